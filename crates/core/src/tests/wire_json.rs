//! Tests of `wire/json.rs`.

use super::*;
use alloc::vec;

fn config() -> PageConfig {
    PageConfig {
        client_id: "id \"quoted\" \\ \u{1}\u{1f}é".into(),
        authority: "https://login.example/x".into(),
        identity: Identity::V1,
        api: Flavor::OutlookV2,
        cloud: Hosts {
            login: "https://login.example".into(),
            api: "https://api.example".into(),
        },
        scopes: vec!["a".into(), "b".into()],
        redirect_uris: vec![],
        mode: Mode::Proxy,
    }
}

fn account() -> Account {
    Account {
        tenant_id: "t".into(),
        object_id: "o".into(),
        username: "u".into(),
        name: "n".into(),
        is_guest: true,
        login_hint: Some("h".into()),
    }
}

#[test]
fn configuration_and_account_of_the_endpoint_are_read_as_the_derived_types_read_them() {
    let text = serde_json::to_string(&config()).unwrap();
    assert_eq!(
        PageConfig::from_json(&Json::parse(&text).unwrap()),
        Some(config())
    );
    assert_eq!(
        serde_json::from_str::<PageConfig>(&config().to_json()).unwrap(),
        config()
    );
    let text = serde_json::to_string(&account()).unwrap();
    assert_eq!(
        Account::from_json(&Json::parse(&text).unwrap()),
        Some(account())
    );
}

#[test]
fn a_session_of_the_endpoint_is_read_with_and_without_a_user() {
    let session = SessionReply {
        config: config(),
        account: Some(account()),
        access_token: Some("t".into()),
        expires_in: Some(5),
    };
    let read =
        SessionReply::from_json(&Json::parse(&serde_json::to_string(&session).unwrap()).unwrap())
            .unwrap();
    assert_eq!(
        (
            read.config,
            read.account,
            read.access_token,
            read.expires_in
        ),
        (config(), Some(account()), Some("t".into()), Some(5))
    );
    let session = SessionReply {
        config: config(),
        account: None,
        access_token: None,
        expires_in: None,
    };
    let read =
        SessionReply::from_json(&Json::parse(&serde_json::to_string(&session).unwrap()).unwrap())
            .unwrap();
    assert_eq!(
        (read.account, read.access_token, read.expires_in),
        (None, None, None)
    );
}

#[test]
fn token_and_sign_out_of_the_endpoint_are_read() {
    let token: TokenReply = TokenReply {
        access_token: "t".into(),
        expires_in: 9,
        scopes: vec![],
    };
    let read =
        TokenReply::from_json(&Json::parse(&serde_json::to_string(&token).unwrap()).unwrap())
            .unwrap();
    assert_eq!(
        (read.access_token, read.expires_in, read.scopes),
        ("t".into(), 9, vec![])
    );
    assert_eq!(
        LogoutReply::from_json(&Json::parse("{\"logoutUrl\":\"u\"}").unwrap())
            .unwrap()
            .logout_url
            .as_deref(),
        Some("u")
    );
}

#[test]
fn what_the_page_writes_is_read_by_the_derived_types() {
    let exchange = ExchangeRequest {
        code: "c".into(),
        code_verifier: "v".into(),
        nonce: "n".into(),
        redirect_uri: "r".into(),
        resource: Some("x".into()),
        iss: Some("i".into()),
        max_age: Some("60".into()),
        account: Some("t.o".into()),
    };
    let read: ExchangeRequest = serde_json::from_str(&exchange.to_json()).unwrap();
    assert_eq!(
        (
            read.code,
            read.code_verifier,
            read.nonce,
            read.redirect_uri,
            read.resource,
            read.iss,
            read.max_age,
            read.account
        ),
        (
            "c".into(),
            "v".into(),
            "n".into(),
            "r".into(),
            Some("x".into()),
            Some("i".into()),
            Some("60".into()),
            Some("t.o".into())
        )
    );
    for microsoft in [true, false] {
        let read: LogoutRequest =
            serde_json::from_str(&LogoutRequest { microsoft }.to_json()).unwrap();
        assert_eq!(read.microsoft, microsoft);
    }
    assert!(serde_json::from_str::<SessionRequest>(&SessionRequest {}.to_json()).is_ok());
}

#[test]
fn what_is_missing_or_of_another_kind_is_not_made_up() {
    for text in [
        "{}",
        "[]",
        "null",
        "5",
        "{\"config\":{}}",
        "{\"accessToken\":5,\"expiresIn\":1,\"scopes\":[]}",
        "{\"accessToken\":\"t\",\"expiresIn\":-1,\"scopes\":[]}",
        "{\"accessToken\":\"t\",\"expiresIn\":1,\"scopes\":[1]}",
    ] {
        let json = Json::parse(text).unwrap();
        assert!(SessionReply::from_json(&json).is_none(), "{text}");
        assert!(TokenReply::from_json(&json).is_none(), "{text}");
    }
}
