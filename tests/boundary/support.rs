//! The stubs, the class as JavaScript sees it, and what the tests share.

pub(crate) use js_sys::{Array, Function, JSON, Promise, Reflect};
pub(crate) use wasm_bindgen::prelude::*;
pub(crate) use wasm_bindgen_futures::JsFuture;
pub(crate) use wasm_bindgen_test::wasm_bindgen_test;
pub(crate) use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen(module = "/tests/boundary/stubs.js")]
extern "C" {
    pub(crate) type Network;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Network;
    #[wasm_bindgen(method)]
    pub(crate) fn answer(this: &Network, status: u16, body: &str, headers: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn obey(this: &Network);
    #[wasm_bindgen(method)]
    pub(crate) fn hold(this: &Network, body: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn release(this: &Network);
    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &Network, value: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn count(this: &Network) -> u32;
    #[wasm_bindgen(method)]
    pub(crate) fn url(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn method(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn header(this: &Network, at: u32, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn mode(this: &Network, at: u32) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn text(this: &Network, at: u32) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn restore(this: &Network);
    #[wasm_bindgen(method, js_name = answerWithSecret)]
    pub(crate) fn answer_with_secret(this: &Network, body: &str);
    #[wasm_bindgen(method, js_name = sentSecret)]
    pub(crate) fn sent_secret(this: &Network, at: u32) -> bool;

    #[wasm_bindgen(js_name = holdsSecret)]
    pub(crate) fn holds_secret(memory: &JsValue) -> bool;
    /// Moves the monotonic clock, in seconds.
    pub(crate) fn advance(seconds: f64);
    /// Moves the wall clock, in seconds; gives the function that sets it right again.
    pub(crate) fn set(seconds: f64) -> Function;
    /// What the platform's generator gives from now on.
    pub(crate) fn drawn(byte: u8);
    #[wasm_bindgen(js_name = asUsual)]
    pub(crate) fn as_usual();

    #[wasm_bindgen(js_name = fakePage)]
    pub(crate) fn fake_page(search: &str, record: Option<&str>, framed: bool) -> exo365::Page;
    /// Begins the session call: `page` hands it over, and notes `begun` in what it shows.
    #[wasm_bindgen(js_name = beginSession)]
    pub(crate) fn begin_session(page: &exo365::Page);
    pub(crate) fn shown(page: &exo365::Page) -> String;
    pub(crate) fn kept(page: &exo365::Page) -> String;
    pub(crate) fn json(value: &JsValue) -> String;
}

// The class as JavaScript sees it.
#[wasm_bindgen]
extern "C" {
    pub(crate) type Core;
    #[wasm_bindgen(method)]
    pub(crate) fn account(this: &Core) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn authorize_url(this: &Core, options: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn call(
        this: &Core,
        asked: &str,
        signal: Option<&AbortSignal>,
        body: &JsValue,
    ) -> Promise;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn item(this: &Core, asked: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn judge(this: &Core, answer: &str) -> Array;
    #[wasm_bindgen(method)]
    pub(crate) fn token(this: &Core, request: &str) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn sign_out(this: &Core, microsoft: bool) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn forget(this: &Core);
    #[wasm_bindgen(method)]
    pub(crate) fn free(this: &Core);
}

/// The network until the end of the test, so that a failing test cannot leak its stub.
pub(crate) struct Stub(Network);

impl Stub {
    pub(crate) fn new() -> Self {
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

pub(crate) const ENDPOINT: &str = r#"{"endpoint":"/auth/"}"#;
pub(crate) const SESSION: &str = r#"{"config":{"clientId":"11111111-2222-3333-4444-555555555555","authority":"https://login.microsoftonline.com/organizations","identity":"v2","api":"graph","cloud":{"login":"https://login.microsoftonline.com","api":"https://graph.microsoft.com"},"scopes":["Mail.Read"],"redirectUris":["https://app.contoso.example/"],"mode":"direct"},
    "account":{"tenantId":"t","objectId":"o","username":"adele@contoso.example","name":"Adele","isGuest":false},"accessToken":"first-token-of-the-session","expiresIn":3600}"#;
pub(crate) const NOBODY: &str = r#"{"config":{"clientId":"11111111-2222-3333-4444-555555555555","authority":"https://login.microsoftonline.com/organizations","identity":"v2","api":"graph","cloud":{"login":"https://login.microsoftonline.com","api":"https://graph.microsoft.com"},"scopes":["Mail.Read"],"redirectUris":["https://app.contoso.example/"],"mode":"direct"},"account":null}"#;
pub(crate) const PAGE: &str = r#"{"value":[{"id":"1","subject":"Lunch","fieldThatNobodyKnows":{"a":[1.5]}}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/messages?$skip=1"}"#;

pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// A page's `getToken` with the body `give`, as the face hands it over.
pub(crate) fn get_token(give: &str) -> Function {
    let body = format!(
        "return (async () => {{ const given = await (async () => {{ {give} }})(); const {{ token = given, expiresIn = 0, scopes = [] }} = Object(given); return JSON.stringify({{ accessToken: token, expiresIn, scopes }}); }})()"
    );
    Function::new_with_args("request", &body)
}

/// A core whose tokens come from the page.
pub(crate) async fn own_tokens(give: &str) -> Core {
    let function = get_token(give);
    let opened = exo365::Core::open("{}".into(), Some(function), None, None);
    settled(opened).await.unwrap().unchecked_into()
}

/// A core of an endpoint that answers with `session`.
pub(crate) async fn with_session(
    network: &Network,
    session: &str,
    page: Option<exo365::Page>,
) -> Core {
    network.answer(200, session, "{}");
    let opened = exo365::Core::open(ENDPOINT.into(), None, page, None);
    settled(opened).await.unwrap().unchecked_into()
}

pub(crate) fn list(core: &Core, options: &str, signal: Option<&AbortSignal>) -> Promise {
    let options: serde_json::Value = serde_json::from_str(options).unwrap();
    let allowed = ["select", "top", "timeout", "headers"];
    let asked = serde_json::json!(["GET", null, "messages", [], options, allowed]);
    core.call(&asked.to_string(), signal, &JsValue::UNDEFINED)
}

pub(crate) const SEND: &str = r#"["POST",null,"sendMail",[],{},["signal"]]"#;

pub(crate) fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

pub(crate) fn text(value: &JsValue, name: &str) -> String {
    field(value, name).as_string().unwrap_or_default()
}

/// The error: a real one, of our brand, with a code and a sentence.
pub(crate) fn error(result: Result<JsValue, JsValue>) -> JsValue {
    let error = result.unwrap_err();
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(text(&error, "name"), "Exo365Error");
    assert!(!text(&error, "message").is_empty() && !text(&error, "code").is_empty());
    error
}
