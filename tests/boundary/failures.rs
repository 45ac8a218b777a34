//! What is thrown, and what becomes of a core that is freed.

use super::support::*;

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
async fn a_remedy_crosses_only_where_it_is_better_than_the_codes_own() {
    let network = Stub::new();
    let core = with_session(&network, SESSION, None).await;
    network.answer(
        403,
        r#"{"error":{"code":"admin_consent_required","message":"Not granted.","remedy":"Ask Adele.","consentUrl":"https://login.microsoftonline.com/x"}}"#,
        "{}",
    );
    let better = error(settled(core.token(r#"{"forceRefresh":true}"#)).await);
    assert_eq!(text(&better, "remedy"), "Ask Adele.");
    network.answer(404, "{}", "{}");
    let plain = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&plain, "code"), "not_found");
    assert!(
        !Reflect::has(&plain, &"remedy".into()).unwrap(),
        "the face has the sentences"
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
    let function = get_token("return 'a-token'");
    let opened = exo365::Core::open(r#"{"retries":0}"#.into(), Some(function), None, None);
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
