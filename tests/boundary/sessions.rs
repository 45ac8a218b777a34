//! Sessions: restored, renewed, ended.

use super::support::*;

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
async fn s23_a_session_call_that_has_begun_is_taken_over_unread_and_not_sent_again() {
    let network = Stub::new();
    let page = fake_page("", None, false);
    network.answer(200, SESSION, "{}");
    begin_session(&page);
    let opened = exo365::Core::open(ENDPOINT.into(), None, Some(page), None);
    let core: Core = settled(opened).await.unwrap().unchecked_into();
    assert_eq!(network.count(), 1, "the one that had begun");
    assert_eq!(text(&core.account(), "username"), "adele@contoso.example");
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    assert_eq!(
        network.header(1, "authorization").unwrap(),
        "Bearer first-token-of-the-session"
    );
}

#[wasm_bindgen_test]
async fn a_session_call_that_has_begun_fails_as_one_of_the_modules_own() {
    type Prepare = fn(&Network);
    let cases: [(&str, Prepare); 4] = [
        ("timeout", |network| network.obey()),
        ("network", |network| {
            network.fail(&js_sys::TypeError::new("Failed to fetch"));
        }),
        ("invalid_response", |network| {
            network.answer(200, "<p>a login page</p>", "{}");
        }),
        ("service_unavailable", |network| {
            let body = r#"{"error":{"code":"service_unavailable","message":"Later."}}"#;
            network.answer(503, body, "{}");
        }),
    ];
    for (code, prepare) in cases {
        let network = Stub::new();
        let page = fake_page("", None, false);
        prepare(&network);
        begin_session(&page);
        let setup = r#"{"endpoint":"/auth/","timeout":50}"#;
        let opened = exo365::Core::open(setup.into(), None, Some(page), None);
        assert_eq!(text(&error(settled(opened).await), "code"), code);
        assert_eq!(network.count(), 1, "{code}");
    }
}

#[wasm_bindgen_test]
async fn s23_cookies_go_to_another_origin_only_where_it_was_named() {
    let network = Stub::new();
    network.answer(200, NOBODY, "{}");
    let named = r#"{"endpoint":"https://auth.contoso.example/auth"}"#;
    settled(exo365::Core::open(named.into(), None, None, None))
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
async fn a_token_is_renewed_ahead_of_its_end_and_not_by_all_pages_at_once() {
    for (byte, early) in [(0, 120.0), (255, 171.0)] {
        drawn(byte);
        let core = own_tokens("globalThis.times = (globalThis.times ?? 0) + 1; return { token: 'a-token', expiresIn: 3600, scopes: [] }").await;
        let times = async || {
            settled(core.token("{}")).await.unwrap();
            field(&js_sys::global(), "times").as_f64().unwrap()
        };
        let first = times().await;
        advance(3600.0 - early - 2.0);
        assert_eq!(times().await, first, "{byte}");
        advance(4.0);
        assert_eq!(times().await, first + 1.0, "{byte}");
        as_usual();
    }
}

#[wasm_bindgen_test]
async fn a_token_has_ended_when_either_clock_says_so() {
    let core = own_tokens("globalThis.given = (globalThis.given ?? 0) + 1; return { token: 'a-token', expiresIn: 3600, scopes: [] }").await;
    let given = async || {
        let token = settled(core.token("{}")).await.unwrap();
        let left = field(&token, "expiresIn").as_f64().unwrap();
        assert!(left > 3500.0 && left <= 3600.0, "{left}");
        field(&js_sys::global(), "given").as_f64().unwrap()
    };
    let first = given().await;
    // Asleep: the monotonic clock stood still.
    let right = set(7200.0);
    assert_eq!(given().await, first + 1.0);
    right.call0(&JsValue::NULL).unwrap();
    // The clock was set back: the monotonic one counts.
    advance(7200.0);
    assert_eq!(given().await, first + 2.0);
    as_usual();
}

#[wasm_bindgen_test]
async fn s30_a_text_that_is_no_token_is_refused_and_told_by_no_error() {
    let network = Stub::new();
    for odd in [
        "first\\nsecond",
        "first\\r\\nsecond",
        "first second",
        "first\\tsecond",
        "first\\u0000second",
        "f\u{fc}rst second",
    ] {
        for give in [
            format!("return '{odd}'"),
            format!("return {{ token: '{odd}', expiresIn: 3600, scopes: [] }}"),
        ] {
            let core = own_tokens(&give).await;
            let refused = error(settled(list(&core, "{}", None)).await);
            assert_eq!(text(&refused, "code"), "invalid_response", "{odd}");
            let cause = field(&refused, "cause");
            let told = [
                json(&refused),
                text(&refused, "message"),
                format!("{cause:?}"),
            ]
            .concat();
            assert!(!told.contains("second"), "{told}");
        }
    }
    // The face refuses them before (pkg-template/calls/token.ts).
    assert_eq!(network.count(), 0);
}
