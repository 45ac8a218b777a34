//! Sign-ins: how they begin and end.

use super::support::*;

#[wasm_bindgen_test]
async fn s10_s19_an_answer_for_another_window_is_not_judged_here_even_with_a_copy_of_its_record() {
    let network = Stub::new();
    let away = fake_page("", None, false);
    let core = with_session(&network, NOBODY, Some(away.clone().unchecked_into())).await;
    let url = core.authorize_url(r#"{"mode":"popup"}"#).unwrap();
    let state = url.split("state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap().to_owned();
    assert!(state.ends_with(".p"), "{state}");
    let record = kept(&away);
    for framed in [false, true] {
        let page = fake_page(&format!("?code=c&state={state}"), Some(&record), framed);
        let page: exo365::Page = page.unchecked_into();
        let opened = exo365::Core::open(ENDPOINT.into(), None, Some(page), None);
        let wanted = if framed {
            "navigation_blocked"
        } else {
            "state_mismatch"
        };
        assert_eq!(text(&error(settled(opened).await), "code"), wanted);
    }
    assert_eq!(network.count(), 1, "the code goes nowhere from here");
}

#[wasm_bindgen_test]
async fn s39_what_is_not_ours_is_left_alone() {
    let network = Stub::new();
    for query in [
        "?code=c&state=theirs",
        "?state=CA&code=94105",
        "?code=VOUCHER10",
    ] {
        network.answer(200, SESSION, "{}");
        let page = fake_page(query, None, false);
        let opened = exo365::Core::open(
            ENDPOINT.into(),
            None,
            Some(page.clone().unchecked_into()),
            None,
        );
        let core: Core = settled(opened).await.unwrap().unchecked_into();
        assert!(!core.account().is_null(), "{query}");
        assert_eq!(shown(&page), "", "{query}");
    }
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
    let opened = exo365::Core::open(
        ENDPOINT.into(),
        None,
        Some(back.clone().unchecked_into()),
        None,
    );
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
        "cleaned /?view=week",
        "wiped first, then the place from before"
    );
    assert_eq!(kept(&back), "null");

    let again = exo365::Core::open(ENDPOINT.into(), None, Some(back), None);
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

#[wasm_bindgen_test]
async fn s39_an_answer_for_the_client_of_another_endpoint_is_left_to_it() {
    let network = Stub::new();
    let away = fake_page("", None, false);
    let core = with_session(&network, NOBODY, Some(away.clone().unchecked_into())).await;
    let url = core.authorize_url("{}").unwrap();
    let state = url.split("state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap();
    let own = kept(&away);
    let query = format!("?code=c&state={state}");
    for (endpoint, is_own) in [("https://app.contoso.example/other", false), ("", true)] {
        let (name, record): (String, String) = serde_json::from_str(&own).unwrap();
        let mut record: serde_json::Value = serde_json::from_str(&record).unwrap();
        record["endpoint"] = endpoint.into();
        let record = serde_json::json!([name, record.to_string()]).to_string();
        let page = fake_page(&query, Some(&record), false);
        network.answer(200, NOBODY, "{}");
        let opened = exo365::Core::open(
            ENDPOINT.into(),
            None,
            Some(page.clone().unchecked_into()),
            None,
        );
        let _ = settled(opened).await;
        let sent = network.url(network.count() - 1);
        let route = if is_own { "/exchange" } else { "/session" };
        assert!(sent.ends_with(route), "{endpoint}: {sent}");
        if !is_own {
            assert_eq!(kept(&page), record);
            assert_eq!(shown(&page), "");
        }
    }
}
