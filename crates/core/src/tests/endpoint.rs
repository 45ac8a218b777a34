//! Tests of `endpoint.rs`.

use super::*;
use crate::wire::{ExchangeReply, Identity, LogoutReply, Mode};
use alloc::vec;
use proptest::prelude::*;

fn config() -> PageConfig {
    PageConfig {
        client_id: "id".into(),
        authority: "https://login.microsoftonline.com/organizations".into(),
        identity: Identity::V2,
        api: Flavor::Graph,
        cloud: flavor::global(Flavor::Graph),
        scopes: vec!["Mail.Read".into(), "Mail.Send".into()],
        redirect_uris: vec![
            "https://other.example/".into(),
            "https://app.example/".into(),
            "https://app.example/back".into(),
        ],
        mode: Mode::Direct,
    }
}

#[test]
fn answers_that_are_none_say_what_answers() {
    let code = |status, body: &str| {
        read(status, body)
            .and_then(|json| success::<SessionReply>(&json))
            .err()
            .map(|error| error.code)
    };
    assert_eq!(code(200, "<!doctype html>"), Some(Code::InvalidResponse));
    assert_eq!(
        code(200, &"x".repeat(MAX_ANSWER + 1)),
        Some(Code::InvalidResponse)
    );
    assert_eq!(code(404, "not here"), Some(Code::Misconfigured));
    assert_eq!(code(405, ""), Some(Code::Misconfigured));
    assert_eq!(code(500, "oops"), Some(Code::ServiceUnavailable));
    assert_eq!(code(429, ""), Some(Code::Throttled));
    assert_eq!(
        code(
            401,
            r#"{"error":{"code":"interaction_required","message":"m"}}"#
        ),
        Some(Code::InteractionRequired)
    );
    assert!(
        read(200, "{}")
            .and_then(|json| success::<LogoutReply>(&json))
            .is_ok()
    );
}

/// What a page with an endpoint set.
fn set(more: &str) -> Options {
    Options::setup(&alloc::format!("{{\"endpoint\":\"/auth\"{more}}}"), false).unwrap()
}

/// What both agree on.
fn agreed(setup: &Options, mut config: PageConfig, loopback: bool) -> Result<PageConfig, Error> {
    reconcile(setup, &mut config, loopback).map(|()| config)
}

/// What a page with tokens of its own set.
fn own(text: &str) -> Options {
    Options::setup(text, true).unwrap()
}

#[test]
fn the_page_gets_no_more_than_the_endpoint_allows() {
    for (name, more) in [
        ("clientId", r#","clientId":"x""#),
        ("tenant", r#","tenant":"common""#),
        ("api", r#","api":"outlook-v1""#),
        ("identity", r#","identity":"v1""#),
        ("mode", r#","mode":"proxy""#),
        ("cloud", r#","cloud":"china""#),
        ("scopes", r#","scopes":["Files.Read"]"#),
    ] {
        let error = agreed(&set(more), config(), false).unwrap_err();
        let wanted = alloc::format!(
            "createClient's `{name}` is not what the endpoint allows: change one of them"
        );
        assert_eq!(
            (error.code, error.message.as_ref()),
            (Code::Misconfigured, wanted.as_str())
        );
    }
    assert_eq!(agreed(&set(""), config(), false).unwrap(), config());
    let fewer = agreed(&set(r#","scopes":["Mail.Read"]"#), config(), false).unwrap();
    assert_eq!(fewer.scopes, ["Mail.Read"]);
    let same = r#","tenant":"organizations","api":"graph","identity":"v2","mode":"direct","cloud":"global""#;
    assert_eq!(agreed(&set(same), config(), false).unwrap(), config());
    let odd = agreed(&set(r#","cloud":"germany""#), config(), false).unwrap_err();
    assert_eq!(odd.code, Code::InvalidArgument);
}

#[test]
fn s36_hosts_of_the_configuration_are_checked() {
    let mut bad = config();
    bad.cloud.api = "http://graph.microsoft.com".into();
    assert_eq!(
        agreed(&set(""), bad, true).unwrap_err().code,
        Code::Misconfigured
    );
    let mut local = config();
    local.cloud = Hosts {
        login: "http://localhost:1".into(),
        api: "http://localhost:1".into(),
    };
    local.authority = "http://localhost:1/organizations".into();
    assert!(agreed(&set(""), local.clone(), true).is_ok());
    assert!(agreed(&set(""), local.clone(), false).is_err());
    local.authority = "https://evil.example/organizations".into();
    assert!(agreed(&set(""), local, true).is_err());
}

#[test]
fn without_an_endpoint_the_public_cloud_is_meant() {
    let (api, cloud) = without_endpoint(&own("{}")).unwrap();
    assert_eq!(api, Flavor::Graph);
    assert_eq!(
        (cloud.login.as_str(), cloud.api.as_str()),
        (
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com"
        )
    );
    let (api, cloud) = without_endpoint(&own(r#"{"api":"outlook-v1"}"#)).unwrap();
    assert_eq!(
        (api, cloud.api.as_str()),
        (Flavor::OutlookV1, "https://outlook.office365.com")
    );
    let custom = r#""cloud":{"login":"http://localhost:1","api":"http://localhost:1"}"#;
    assert!(without_endpoint(&own(&alloc::format!("{{{custom}}}"))).is_err());
    let allowed = alloc::format!(r#"{{{custom},"allowInsecureLoopback":true}}"#);
    assert!(without_endpoint(&own(&allowed)).is_ok());
}

#[test]
fn redirect_uris_are_the_registered_ones() {
    let config = config();
    let uri = |wish, here| redirect_uri(&config, wish, here).ok();
    assert_eq!(
        uri(None, "https://app.example/back"),
        Some("https://app.example/back")
    );
    assert_eq!(
        uri(None, "https://app.example/mail"),
        Some("https://app.example/")
    );
    assert_eq!(
        uri(Some("https://app.example/back"), "https://app.example/"),
        Some("https://app.example/back")
    );
    assert_eq!(
        uri(Some("https://app.example/x"), "https://app.example/"),
        None
    );
    assert_eq!(uri(None, "https://elsewhere.example/"), None);
}

#[test]
fn an_exchange_is_read_as_the_derived_type_reads_it() {
    let account = r#""account":{"tenantId":"t","objectId":"o","username":"u","name":"n","isGuest":true,"loginHint":"h"}"#;
    let rest = [
        r#""accessToken":"x""#,
        r#""expiresIn":7"#,
        r#""scopes":["a"]"#,
    ];
    let body = |parts: &[&str]| alloc::format!("{{{}}}", parts.join(","));
    let read = |text: &str| exchanged(&Json::parse(text).unwrap(), config());
    for token in [true, false] {
        let rest = if token { &rest[..] } else { &rest[1..] };
        let text = body(&[&[account], rest].concat());
        let derived: ExchangeReply = serde_json::from_str(&text).unwrap();
        let session = read(&text).unwrap();
        assert_eq!(
            (
                session.config,
                session.account,
                session.access_token,
                session.expires_in
            ),
            (
                config(),
                Some(derived.account),
                derived.access_token,
                Some(derived.expires_in)
            )
        );
    }
    for lacking in [
        body(&rest),
        body(&[account, rest[1]]),
        body(&[account, rest[2]]),
        body(&[r#""account":null"#, rest[1], rest[2]]),
        body(&[account, rest[1], r#""scopes":[1]"#]),
    ] {
        assert!(
            serde_json::from_str::<ExchangeReply>(&lacking).is_err(),
            "{lacking}"
        );
        assert_eq!(
            read(&lacking).err().unwrap().code,
            Code::InvalidResponse,
            "{lacking}"
        );
    }
}

#[test]
fn a_refusal_is_read_as_the_derived_type_reads_it() {
    let body = r#"{"error":{"code":"consent_required","message":"m","remedy":"r","aadsts":[65001,5],"suberror":"s",
        "correlationId":"c","traceId":"t","retryAfterSeconds":7,"claims":"{}","consentUrl":"u"}}"#;
    let reply: crate::wire::ErrorReply = serde_json::from_str(body).unwrap();
    assert_eq!(read(403, body).err(), reply.error.into_error(403));
    for (name, odd) in [("code", "teapot"), ("message", "5")] {
        let body = body.replace(
            &alloc::format!("\"{name}\":"),
            &alloc::format!("\"{name}\":5,\"{odd}\":"),
        );
        assert_eq!(read(403, &body).unwrap_err().code, Code::Misconfigured);
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_it(status in any::<u16>(), body in "\\PC{0,200}") {
        let _ = read(status, &body).and_then(|json| success::<SessionReply>(&json));
    }
}

#[test]
fn s44_another_sign_in_in_front_is_told_where_the_endpoint_has_answered_before() {
    let told = |status, body: &str, signed_in| {
        let error = answer(status, body, signed_in).unwrap_err();
        (error.code, error.message.contains("in front"))
    };
    for (status, body) in [
        (0, ""),
        (200, "<!doctype html>"),
        (401, "<html>"),
        (403, ""),
        (404, "{}"),
    ] {
        assert_eq!(
            told(status, body, true),
            (Code::InteractionRequired, true),
            "{status}"
        );
        assert_ne!(
            told(status, body, false).0,
            Code::InteractionRequired,
            "{status}"
        );
    }
    assert_eq!(told(0, "", false).0, Code::Misconfigured);
    assert_eq!(told(429, "", true).0, Code::Throttled);
    assert_eq!(told(502, "<html>", true).0, Code::ServiceUnavailable);
    let own = r#"{"error":{"code":"signed_out","message":"nobody"}}"#;
    assert_eq!(told(401, own, true), (Code::SignedOut, false));
}
