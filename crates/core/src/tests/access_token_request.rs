//! Tests of `access_token_request.rs`.

use super::*;
use alloc::vec;

#[test]
fn what_is_asked_for_a_token_is_read_by_the_derived_type() {
    let asked = |want: &AccessTokenRequest, rejected| {
        let text = want.to_json(rejected);
        serde_json::from_str::<crate::wire::TokenRequest>(&text).unwrap()
    };
    let want = AccessTokenRequest::read(
        r#"{"scopes":["a"],"resource":"r","claims":"{}","forceRefresh":true,"signal":{}}"#,
    )
    .unwrap();
    let read = asked(&want, Some("h"));
    let text = |text: &str| Some(String::from(text));
    assert_eq!(
        (read.scopes, read.resource, read.claims, read.rejected),
        (Some(vec!["a".into()]), text("r"), text("{}"), text("h"))
    );
    let read = asked(&AccessTokenRequest::default(), None);
    assert_eq!(
        (read.scopes, read.resource, read.claims, read.rejected),
        (None, None, None, None)
    );
    assert_eq!(AccessTokenRequest::default().cache_key(), "|");
    let want = AccessTokenRequest::with_claims("{\"a\":1}");
    assert_eq!(
        (want.cache_key().as_str(), want.claims()),
        ("|", Some("{\"a\":1}"))
    );
    assert!(!want.force_refresh());
}

#[test]
fn s24_a_token_with_fewer_permissions_is_not_what_was_asked_for() {
    let covered = |asked: &str, granted: &[&str]| {
        let granted: Vec<String> = granted.iter().copied().map(String::from).collect();
        AccessTokenRequest::read(asked)
            .unwrap()
            .is_covered_by(&granted)
    };
    let asked = r#"{"scopes":["Mail.Read","https://graph.example/User.Read"]}"#;
    assert!(covered(
        asked,
        &["user.read", "https://graph.example/mail.read", "openid"]
    ));
    assert!(!covered(asked, &["User.Read"]));
    assert!(!covered(asked, &["User.Read", "Mail.ReadWrite"]));
    assert!(covered(asked, &[]), "a service that names none is believed");
    assert!(covered("{}", &["User.Read"]));
    assert!(covered(
        r#"{"scopes":["https://graph.example/.default"]}"#,
        &["User.Read"]
    ));
}

#[test]
fn s30_a_token_has_no_white_space_and_no_control_characters() {
    for (text, wanted) in [
        ("eyJ0.a-b_c~d+/==", true),
        ("", false),
        (" ", false),
        ("first\nsecond", false),
        ("first second", false),
        ("first\0second", false),
        ("f\u{fc}rst", false),
        ("f\u{2013}rst", false),
    ] {
        assert_eq!(is_token(text), wanted, "{text:?}");
    }
}
