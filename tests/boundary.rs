//! What crosses the boundary, in a real browser: what is sent, what comes back, what is thrown, what is freed.
//! Branches are tested natively, in `crates/core`.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{AbortController, AbortSignal};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/boundary/stubs.js")]
extern "C" {
    type Network;
    #[wasm_bindgen(constructor)]
    fn new() -> Network;
    #[wasm_bindgen(method)]
    fn answer(this: &Network, status: u16, body: &str, headers: &str);
    #[wasm_bindgen(method)]
    fn obey(this: &Network);
    #[wasm_bindgen(method)]
    fn hold(this: &Network, body: &str);
    #[wasm_bindgen(method)]
    fn release(this: &Network);
    #[wasm_bindgen(method)]
    fn fail(this: &Network, value: &JsValue);
    #[wasm_bindgen(method)]
    fn count(this: &Network) -> u32;
    #[wasm_bindgen(method)]
    fn url(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    fn method(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    fn header(this: &Network, at: u32, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn mode(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    fn text(this: &Network, at: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn restore(this: &Network);

    #[wasm_bindgen(js_name = fakePage)]
    fn fake_page(search: &str, record: Option<&str>, framed: bool) -> exo365::Page;
    fn relayed(page: &exo365::Page) -> String;
    fn shown(page: &exo365::Page) -> String;
    fn went(page: &exo365::Page) -> String;
    fn kept(page: &exo365::Page) -> String;
    fn json(value: &JsValue) -> String;
}

// The class as JavaScript sees it.
#[wasm_bindgen]
extern "C" {
    type Core;
    #[wasm_bindgen(method)]
    fn account(this: &Core) -> JsValue;
    #[wasm_bindgen(method, catch)]
    fn authorize_url(this: &Core, options: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method)]
    fn call(this: &Core, asked: &str, signal: Option<&AbortSignal>, body: &JsValue) -> Promise;
    #[wasm_bindgen(method, catch)]
    fn item(this: &Core, asked: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method)]
    fn judge(this: &Core, answer: &JsValue, body: &str) -> JsValue;
    #[wasm_bindgen(method)]
    fn token(this: &Core, request: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn sign_out(this: &Core, microsoft: bool) -> Promise;
    #[wasm_bindgen(method)]
    fn free(this: &Core);
}

/// The network until the end of the test, so that a failing test cannot leak its stub.
struct Stub(Network);

impl Stub {
    fn new() -> Self {
        Self(Network::new())
    }
}

impl core::ops::Deref for Stub {
    type Target = Network;

    fn deref(&self) -> &Network {
        &self.0
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.0.restore();
    }
}

const ENDPOINT: &str = r#"{"endpoint":"/auth/"}"#;
const SESSION: &str = r#"{"config":{"clientId":"11111111-2222-3333-4444-555555555555","authority":"https://login.microsoftonline.com/organizations","identity":"v2","api":"graph","cloud":{"login":"https://login.microsoftonline.com","api":"https://graph.microsoft.com"},"scopes":["Mail.Read"],"redirectUris":["https://app.contoso.example/"],"mode":"direct"},
    "account":{"tenantId":"t","objectId":"o","username":"adele@contoso.example","name":"Adele","isGuest":false},"accessToken":"first-token-of-the-session","expiresIn":3600}"#;
const NOBODY: &str = r#"{"config":{"clientId":"11111111-2222-3333-4444-555555555555","authority":"https://login.microsoftonline.com/organizations","identity":"v2","api":"graph","cloud":{"login":"https://login.microsoftonline.com","api":"https://graph.microsoft.com"},"scopes":["Mail.Read"],"redirectUris":["https://app.contoso.example/"],"mode":"direct"},"account":null}"#;
const PAGE: &str = r#"{"value":[{"id":"1","subject":"Lunch","fieldThatNobodyKnows":{"a":[1.5]}}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/messages?$skip=1"}"#;

async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// A core whose tokens come from the page.
async fn own_tokens(give: &str) -> Core {
    let function = Function::new_with_args("request", give);
    let opened = exo365::Core::open("{}".into(), Some(function), None);
    settled(opened).await.unwrap().unchecked_into()
}

/// A core of an endpoint that answers with `session`.
async fn with_session(network: &Network, session: &str, page: Option<exo365::Page>) -> Core {
    network.answer(200, session, "{}");
    let opened = exo365::Core::open(ENDPOINT.into(), None, page);
    settled(opened).await.unwrap().unchecked_into()
}

fn list(core: &Core, options: &str, signal: Option<&AbortSignal>) -> Promise {
    let asked = format!(r#"["GET",null,"messages",[],{options},"select,top,timeout,headers"]"#);
    core.call(&asked, signal, &JsValue::UNDEFINED)
}

const SEND: &str = r#"["POST",null,"sendMail",[],{},"signal"]"#;

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

fn text(value: &JsValue, name: &str) -> String {
    field(value, name).as_string().unwrap_or_default()
}

/// The error: a real one, of our brand, with a sentence and what to do.
fn error(result: Result<JsValue, JsValue>) -> JsValue {
    let error = result.unwrap_err();
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(text(&error, "name"), "Exo365Error");
    assert!(!text(&error, "message").is_empty() && !text(&error, "remedy").is_empty());
    error
}

#[wasm_bindgen_test]
async fn s16_s17_a_call_goes_out_as_it_should_and_its_body_comes_back_untouched() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.answer(200, PAGE, "{}");
    let page = settled(list(&core, r#"{"select":["subject"],"top":5}"#, None))
        .await
        .unwrap();
    assert_eq!(json(&page), json(&JSON::parse(PAGE).unwrap()));
    assert_eq!(network.method(0), "GET");
    assert_eq!(
        network.url(0),
        "https://graph.microsoft.com/v1.0/me/messages?$select=subject&$top=5"
    );
    assert_eq!(
        network.header(0, "authorization").unwrap(),
        "Bearer a-token"
    );
    assert_eq!(
        network.header(0, "return-client-request-id").unwrap(),
        "true"
    );
    assert_eq!(
        network.header(0, "prefer").unwrap(),
        "IdType=\"ImmutableId\""
    );
    assert_eq!(network.mode(0), "omit manual default no-referrer");
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    let ids = [0, 1].map(|at| network.header(at, "client-request-id").unwrap());
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.len() == 36));
}

#[wasm_bindgen_test]
async fn a_body_goes_out_as_it_is_with_the_headers_that_were_asked_for() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for (at, headers, wanted) in [
        (
            0,
            r#"{"content-type":"application/json"}"#,
            "application/json",
        ),
        (1, "{}", "text/plain;charset=UTF-8"),
    ] {
        network.answer(202, "", "{}");
        let asked =
            format!(r#"["POST",null,"sendMail",[],{{"headers":{headers}}},"signal,headers"]"#);
        let body = r#"{"subject":"Grüße","unknown":[1.25,null]}"#;
        let sent = settled(core.call(&asked, None, &body.into())).await;
        assert!(sent.unwrap().is_undefined(), "202 has no body");
        assert_eq!(network.header(at, "content-type").unwrap(), wanted);
        let text = settled(network.text(at)).await.unwrap();
        assert_eq!(text.as_string().unwrap(), body);
    }
    let refused = core.call(
        r#"["GET",null,"messages",[],{},"signal"]"#,
        None,
        &"x".into(),
    );
    assert_eq!(
        text(&error(settled(refused).await), "code"),
        "invalid_argument"
    );
    assert_eq!(network.count(), 2);
}

#[wasm_bindgen_test]
async fn an_answer_to_an_item_of_a_batch_is_judged_as_one_of_its_own() {
    let _network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    let item = core.item(r#"["GET",null,"messages/{}",["a/b"],{"timeZone":"UTC"},"timeZone"]"#);
    assert_eq!(
        item.unwrap(),
        r#"{"method":"GET","url":"/me/messages/a%2Fb","headers":{"prefer":"outlook.timezone=\"UTC\", IdType=\"ImmutableId\""}}"#
    );
    assert!(
        core.item(r#"["GET",null,"messages/{}",[""],{},"x"]"#)
            .is_err()
    );
    let answer = JSON::parse(r#"{"id":"0","status":429,"headers":{"Retry-After":"7"}}"#).unwrap();
    let body = r#"{"error":{"code":"ApplicationThrottled","message":"Too many."}}"#;
    let error = error(Err(core.judge(&answer, body)));
    assert_eq!(text(&error, "code"), "throttled");
    assert_eq!(text(&error, "serviceCode"), "ApplicationThrottled");
    assert_eq!(field(&error, "retryAfterSeconds").as_f64(), Some(7.0));
    let odd = JSON::parse(r#"{"status":7}"#).unwrap();
    assert_eq!(text(&core.judge(&odd, ""), "code"), "invalid_response");
}

#[wasm_bindgen_test]
async fn e29_in_proxy_mode_calls_go_to_the_endpoint_with_its_header_and_without_a_token() {
    let network = Stub::new();
    let proxied = SESSION
        .replace(r#""mode":"direct""#, r#""mode":"proxy""#)
        .replace(
            r#","accessToken":"first-token-of-the-session","expiresIn":3600"#,
            "",
        );
    let core = with_session(&network, &proxied, None).await;
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    assert!(network.url(1).ends_with("/auth/proxy/v1.0/me/messages"));
    assert_eq!(network.header(1, "x-exo365").unwrap(), "1");
    assert_eq!(network.header(1, "authorization"), None);
    assert_eq!(
        network.mode(1),
        "same-origin manual default no-referrer",
        "with the cookie of the session"
    );
    // What the API refuses is not what the endpoint refuses, though both are a 401.
    network.answer(
        401,
        r#"{"error":{"code":"InvalidAuthenticationToken"}}"#,
        "{}",
    );
    let refused = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&refused, "code"), "interaction_required");
    assert_eq!(network.count(), 3, "the endpoint has renewed already");
    let token = error(settled(core.token("{}")).await);
    assert_eq!(text(&token, "code"), "misconfigured");
    network.answer(
        401,
        r#"{"error":{"code":"signed_out","message":"the session is over"}}"#,
        r#"{"x-exo365":"1"}"#,
    );
    let over = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&over, "code"), "signed_out");
    assert!(core.account().is_null());
}

#[wasm_bindgen_test]
async fn s19_s20_an_answer_for_another_window_is_passed_on_and_not_judged_here() {
    let network = Stub::new();
    for framed in [false, true] {
        let page = fake_page("?code=c&state=abc.p", None, framed);
        let opened = exo365::Core::open(ENDPOINT.into(), None, Some(page.clone().unchecked_into()));
        let refused = error(settled(opened).await);
        let (code, told) = if framed {
            ("navigation_blocked", "")
        } else {
            ("state_mismatch", "abc.p")
        };
        assert_eq!(text(&refused, "code"), code);
        assert_eq!(relayed(&page), told);
    }
    assert_eq!(network.count(), 0, "the code goes nowhere from here");
}

#[wasm_bindgen_test]
async fn s15_a_piece_of_an_upload_goes_elsewhere_without_token_and_id() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    let put = |url: &str| {
        let asked = format!(
            r#"["PUT",null,"{url}",null,{{"bare":true,"headers":{{"content-range":"bytes 0-0/2"}}}},"bare,headers"]"#
        );
        core.call(&asked, None, &"x".into())
    };
    network.answer(200, r#"{"NextExpectedRanges":["1"]}"#, "{}");
    let answer = settled(put("https://outlook.office.com/upload?authtoken=x")).await;
    assert!(
        answer.unwrap().is_instance_of::<web_sys::Response>(),
        "not read"
    );
    assert_eq!(network.header(0, "content-range").unwrap(), "bytes 0-0/2");
    for name in ["authorization", "client-request-id", "prefer"] {
        assert_eq!(network.header(0, name), None, "{name}");
    }
    network.answer(416, "{}", "{}");
    let refused = error(settled(put("https://outlook.office.com/upload")).await);
    assert_eq!(field(&refused, "status").as_f64(), Some(416.0));
    for evil in ["http://evil.example/x", "https://a@evil.example/", "/me"] {
        let refused = error(settled(put(evil)).await);
        assert_eq!(text(&refused, "code"), "untrusted_host", "{evil}");
    }
    assert_eq!(network.count(), 2);
}

#[wasm_bindgen_test]
async fn a_refusal_becomes_an_error_with_what_is_known() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    let body = r#"{"error":{"code":"ErrorItemNotFound","message":"The item is gone.","innerError":{"request-id":"r-1"}}}"#;
    network.answer(
        404,
        body,
        r#"{"x-ms-diagnostics":"2000003;reason=\"not there\";error_category=\"none\""}"#,
    );
    let error = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&error, "code"), "not_found");
    assert_eq!(text(&error, "message"), "The item is gone.");
    assert_eq!(text(&error, "serviceCode"), "ErrorItemNotFound");
    assert_eq!(text(&error, "requestId"), "r-1");
    assert_eq!(field(&error, "status").as_f64(), Some(404.0));
    assert_eq!(
        text(&error, "clientRequestId"),
        network.header(0, "client-request-id").unwrap()
    );
    let diagnostics = field(&error, "diagnostics");
    assert_eq!(field(&diagnostics, "number").as_f64(), Some(2_000_003.0));
    assert_eq!(text(&diagnostics, "reason"), "not there");
    assert!(
        field(&error, "retryAfterSeconds").is_undefined(),
        "what is not known is not there"
    );
}

#[wasm_bindgen_test]
async fn an_abort_with_a_string_reason_rejects_and_keeps_the_reason() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.obey();
    let controller = AbortController::new().unwrap();
    let promise = list(&core, "{}", Some(&controller.signal()));
    controller.abort_with_reason(&"left the page".into());
    let error = error(settled(promise).await);
    assert_eq!(text(&error, "code"), "aborted");
    assert_eq!(
        field(&error, "cause").as_string().as_deref(),
        Some("left the page")
    );
}

#[wasm_bindgen_test]
async fn no_answer_in_time_and_no_answer_at_all_are_told_apart() {
    let network = Stub::new();
    let function = Function::new_no_args("return 'a-token'");
    let opened = exo365::Core::open(r#"{"retries":0}"#.into(), Some(function), None);
    let core: Core = settled(opened).await.unwrap().unchecked_into();
    network.obey();
    let late = error(settled(list(&core, r#"{"timeout":1}"#, None)).await);
    assert_eq!(text(&late, "code"), "timeout");
    let down = js_sys::TypeError::new("Failed to fetch");
    network.fail(&down);
    let none = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&none, "code"), "network");
    assert!(
        js_sys::Object::is(&field(&none, "cause"), &down),
        "the cause is the very object"
    );
    network.answer(200, "<!doctype html>", "{}");
    let page = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&page, "code"), "invalid_response");
}

#[wasm_bindgen_test]
async fn freed_with_a_call_in_flight_the_call_still_resolves() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.hold(PAGE);
    let first = list(&core, "{}", None);
    core.free(); // before the first poll
    // The token comes in a microtask of its own: the request goes out behind it.
    while network.count() == 0 {
        settled(Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    network.release();
    let page = settled(first).await.unwrap();
    assert_eq!(json(&page), json(&JSON::parse(PAGE).unwrap()));
    let after = js_sys::Function::new_with_args(
        "core",
        "try { core.account(); return 'nothing' } catch (error) { return error.message }",
    );
    let said = after
        .call1(&JsValue::NULL, &core)
        .unwrap()
        .as_string()
        .unwrap();
    assert_ne!(said, "nothing", "an ordinary exception");
}

#[wasm_bindgen_test]
async fn three_calls_at_once_ask_for_one_token() {
    let network = Stub::new();
    let core = own_tokens("globalThis.asked = (globalThis.asked ?? 0) + 1; return { token: 'a-token', expiresIn: 3600, scopes: ['Mail.Read'] }").await;
    for _ in 0..3 {
        network.answer(200, PAGE, "{}");
    }
    let calls: Array = (0..3).map(|_| list(&core, "{}", None)).collect();
    settled(Promise::all(&calls)).await.unwrap();
    assert_eq!(field(&js_sys::global(), "asked").as_f64(), Some(1.0));
    let token = settled(core.token("{}")).await.unwrap();
    assert_eq!(text(&token, "token"), "a-token");
    assert_eq!(json(&field(&token, "scopes")), r#"["Mail.Read"]"#);
    assert!(field(&token, "expiresIn").as_f64().unwrap() > 3500.0);
}

#[wasm_bindgen_test]
async fn options_are_refused_by_name_before_anything_is_sent() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for (options, said) in [
        (r#"{"slect":["a"]}"#, "slect"),
        (r#"{"top":"fifty"}"#, "top"),
        (r#"{"top":70000}"#, "top"),
        (r#"{"headers":{"a":1}}"#, "headers"),
    ] {
        let error = error(settled(list(&core, options, None)).await);
        assert_eq!(text(&error, "code"), "invalid_argument", "{options}");
        assert!(text(&error, "message").contains(said), "{options}");
    }
    let header = error(settled(list(&core, r#"{"headers":{"no header":"x"}}"#, None)).await);
    assert_eq!(text(&header, "code"), "invalid_argument");
    assert_eq!(network.count(), 0);
    let both = exo365::Core::open(ENDPOINT.into(), Some(Function::new_no_args("")), None);
    assert_eq!(
        text(&error(settled(both).await), "code"),
        "invalid_argument"
    );
}

#[wasm_bindgen_test]
async fn s23_one_round_trip_restores_a_session() {
    let network = Stub::new();
    let core = with_session(&network, SESSION, None).await;
    assert_eq!(network.count(), 1);
    assert!(
        network.url(0).ends_with("/auth/session"),
        "{}",
        network.url(0)
    );
    assert_eq!(network.method(0), "POST");
    assert_eq!(network.header(0, "x-exo365").unwrap(), "1");
    assert_eq!(
        network.header(0, "content-type").unwrap(),
        "application/json"
    );
    assert_eq!(network.mode(0), "same-origin manual no-store no-referrer");
    let account = core.account();
    assert_eq!(text(&account, "username"), "adele@contoso.example");
    assert!(field(&account, "loginHint").is_undefined());
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    assert_eq!(
        network.header(1, "authorization").unwrap(),
        "Bearer first-token-of-the-session"
    );
}

#[wasm_bindgen_test]
async fn s23_cookies_go_to_another_origin_only_where_it_was_named() {
    let network = Stub::new();
    network.answer(200, NOBODY, "{}");
    let named = r#"{"endpoint":"https://auth.contoso.example/auth"}"#;
    settled(exo365::Core::open(named.into(), None, None))
        .await
        .unwrap();
    assert_eq!(network.url(0), "https://auth.contoso.example/auth/session");
    assert_eq!(network.mode(0), "include manual no-store no-referrer");
}

#[wasm_bindgen_test]
async fn s27_a_401_leads_to_one_renewal_and_one_repeat() {
    let network = Stub::new();
    let core = with_session(&network, SESSION, None).await;
    network.answer(401, "", "{}");
    network.answer(
        200,
        r#"{"accessToken":"second","expiresIn":3600,"scopes":["Mail.Read"]}"#,
        "{}",
    );
    network.answer(401, "", "{}");
    let error = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&error, "code"), "interaction_required");
    assert_eq!(
        network.count(),
        4,
        "session, call, renewal, repeat: no more"
    );
    assert!(network.url(2).ends_with("/auth/token"));
    let asked = settled(network.text(2)).await.unwrap().as_string().unwrap();
    assert!(
        asked.contains("\"rejected\":") && !asked.contains("first-token"),
        "{asked}"
    );
    assert_eq!(network.header(3, "authorization").unwrap(), "Bearer second");
    assert_ne!(
        network.header(1, "client-request-id"),
        network.header(3, "client-request-id")
    );
}

#[wasm_bindgen_test]
async fn a_410_is_asked_again_past_the_cache_and_then_believed() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.answer(
        410,
        r#"{"error":{"code":"SyncStateNotFound","message":"old"}}"#,
        "{}",
    );
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    let modes = [0, 1].map(|at| network.mode(at));
    assert_eq!(modes[0], "omit manual default no-referrer");
    assert_eq!(modes[1], "omit manual reload no-referrer");
    for _ in 0..2 {
        network.answer(410, "{}", "{}");
    }
    let error = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&error, "code"), "gone");
    assert_eq!(network.count(), 4);
}

#[wasm_bindgen_test]
async fn an_answer_without_a_body_is_none_whatever_its_status() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for status in [200, 201, 202, 204] {
        network.answer(status, "", "{}");
        let promise = core.call(SEND, None, &JsValue::UNDEFINED);
        assert!(settled(promise).await.unwrap().is_undefined(), "{status}");
    }
}

#[wasm_bindgen_test]
async fn s32_sign_out_forgets_at_once_and_a_renewal_in_flight_changes_nothing() {
    let network = Stub::new();
    let core = with_session(&network, SESSION, None).await;
    network.hold(r#"{"accessToken":"late","expiresIn":3600,"scopes":[]}"#);
    let renewal = core.token(r#"{"forceRefresh":true}"#);
    while network.count() < 2 {
        settled(Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    network.answer(200, "{}", "{}");
    let out = core.sign_out(false);
    assert!(core.account().is_null(), "before anything was answered");
    network.release();
    assert_eq!(text(&error(settled(renewal).await), "code"), "signed_out");
    settled(out).await.unwrap();
    assert_eq!(
        text(&error(settled(list(&core, "{}", None)).await), "code"),
        "signed_out"
    );
    assert_eq!(network.count(), 3, "nobody was asked");
}

#[wasm_bindgen_test]
async fn s6_s18_a_redirect_is_traded_in_once_and_wiped() {
    let network = Stub::new();
    let away = fake_page("?view=week", None, false);
    let core = with_session(&network, NOBODY, Some(away.clone().unchecked_into())).await;
    assert!(core.account().is_null());
    let url = core.authorize_url("{}").unwrap();
    let record = kept(&away);
    let state = url
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    assert!(record.contains(&state) && !url.contains("verifier"));

    let back = fake_page(
        &format!("?code=the-code&state={state}&session_state=x"),
        Some(&record),
        false,
    );
    let exchanged = r#"{"account":{"tenantId":"t","objectId":"o","username":"adele@contoso.example","name":"Adele","isGuest":false},"accessToken":"t-1","expiresIn":3600,"scopes":["Mail.Read"]}"#;
    network.answer(200, exchanged, "{}");
    let opened = exo365::Core::open(ENDPOINT.into(), None, Some(back.clone().unchecked_into()));
    let signed_in: Core = settled(opened).await.unwrap().unchecked_into();
    assert_eq!(
        text(&signed_in.account(), "username"),
        "adele@contoso.example"
    );
    assert!(network.url(1).ends_with("/auth/exchange"));
    let posted = settled(network.text(1)).await.unwrap().as_string().unwrap();
    assert!(
        posted.contains("the-code") && posted.contains("codeVerifier") && posted.contains("nonce")
    );
    assert_eq!(
        shown(&back),
        "/ /?view=week",
        "wiped first, then the place from before"
    );
    assert_eq!((kept(&back).as_str(), went(&back).as_str()), ("null", ""));

    let again = exo365::Core::open(ENDPOINT.into(), None, Some(back));
    let error = error(settled(again).await);
    assert_eq!(text(&error, "code"), "state_mismatch");
    assert_eq!(network.count(), 2, "the code went nowhere a second time");
    assert!(
        !json(&error).contains("the-code") && !text(&error, "message").contains("the-code"),
        "S30"
    );
}

#[wasm_bindgen_test]
async fn s19_a_frame_starts_no_sign_in() {
    let network = Stub::new();
    let core = with_session(&network, NOBODY, Some(fake_page("", None, true))).await;
    let refused = core.authorize_url("{}").unwrap_err();
    assert_eq!(text(&refused, "code"), "navigation_blocked");
    let own = own_tokens("return 'a-token'").await;
    let windowless = own.authorize_url("{}").unwrap_err();
    assert_eq!(text(&windowless, "code"), "navigation_blocked");
}
