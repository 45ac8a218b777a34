//! Tests of `token_reply.rs`.

use super::*;
use alloc::format;
use proptest::prelude::*;

const JSON: &str = "application/json; charset=utf-8";

fn at(status: u16, content_type: &str, body: &str) -> Result<Tokens, Refusal> {
    let head = Head {
        status,
        content_type,
        retry_after: None,
    };
    judge(head, body, 0)
}

#[test]
fn v1_numbers_are_texts_and_v2_numbers_are_numbers() {
    for expires in ["3599", "\"3599\"", "3599.0"] {
        let body = format!(
            r#"{{"token_type":"Bearer","access_token":"a.b","expires_in":{expires},"scope":"Mail.Read User.Read","refresh_token":"r","unknown":1}}"#
        );
        let tokens = at(200, JSON, &body).ok().unwrap();
        assert_eq!(tokens.expires_in, 3599, "{expires}");
        assert_eq!(tokens.scopes, ["Mail.Read", "User.Read"]);
        assert_eq!(tokens.refresh_token.as_deref(), Some("r"));
    }
}

// One table: a row for each answer.
#[test]
fn e37_what_is_no_token_reply_is_none() {
    let good = r#"{"token_type":"Bearer","access_token":"a","expires_in":1}"#;
    for (name, status, kind, body, wanted) in [
        (
            "html with 200",
            200,
            "text/html",
            "<html>",
            Code::InvalidResponse,
        ),
        (
            "json as html",
            200,
            "text/html",
            good,
            Code::InvalidResponse,
        ),
        (
            "half",
            200,
            JSON,
            r#"{"token_type":"Bea"#,
            Code::InvalidResponse,
        ),
        (
            "another type",
            200,
            JSON,
            r#"{"token_type":"mac","access_token":"a"}"#,
            Code::InvalidResponse,
        ),
        (
            "line break in the token",
            200,
            JSON,
            r#"{"token_type":"Bearer","access_token":"a\r\nb"}"#,
            Code::InvalidResponse,
        ),
        ("redirect", 302, "text/html", "", Code::InvalidResponse),
        ("500", 500, "text/plain", "oops", Code::ServiceUnavailable),
        (
            "503 with json",
            503,
            JSON,
            r#"{"error":"temporarily_unavailable"}"#,
            Code::ServiceUnavailable,
        ),
        (
            "plain 429",
            429,
            "text/plain",
            "Too many requests",
            Code::Throttled,
        ),
        ("404", 404, "text/html", "<html>", Code::InvalidResponse),
    ] {
        let refusal = at(status, kind, body).err().unwrap();
        assert_eq!(refusal.error.code, wanted, "{name}");
        assert!(!refusal.ends_session, "{name}");
    }
}

// One table: a row for each error.
#[test]
fn e33_the_class_follows_error_and_suberror() {
    for (error, suberror, number, wanted, ends) in [
        (
            "invalid_grant",
            "",
            700_082,
            Code::InteractionRequired,
            true,
        ),
        (
            "invalid_grant",
            "bad_token",
            50_173,
            Code::InteractionRequired,
            true,
        ),
        ("invalid_grant", "", 0, Code::InteractionRequired, true),
        (
            "invalid_grant",
            "",
            aadsts::LOOP,
            Code::InteractionRequired,
            false,
        ),
        (
            "invalid_grant",
            "basic_action",
            50_076,
            Code::InteractionRequired,
            false,
        ),
        (
            "invalid_grant",
            "consent_required",
            65_001,
            Code::ConsentRequired,
            false,
        ),
        ("invalid_grant", "", 65_001, Code::ConsentRequired, false),
        (
            "invalid_grant",
            "",
            90_094,
            Code::AdminConsentRequired,
            false,
        ),
        (
            "interaction_required",
            "",
            50_076,
            Code::InteractionRequired,
            false,
        ),
        ("invalid_client", "", 7_000_222, Code::Misconfigured, false),
        (
            "unauthorized_client",
            "",
            700_016,
            Code::Misconfigured,
            false,
        ),
        (
            "temporarily_unavailable",
            "",
            90_055,
            Code::ServiceUnavailable,
            false,
        ),
        ("what", "", 0, Code::InvalidResponse, false),
    ] {
        let body = format!(
            r#"{{"error":"{error}","suberror":"{suberror}","error_codes":[{number}],"error_description":"AADSTS{number}: adele@contoso.example"}}"#
        );
        let refusal = at(400, JSON, &body).err().unwrap();
        assert_eq!(refusal.error.code, wanted, "{error} {suberror} {number}");
        assert_eq!(refusal.ends_session, ends, "{error} {suberror} {number}");
        assert!(
            !format!("{refusal:?}").contains("adele"),
            "E47 the service's text stays here"
        );
    }
}

#[test]
fn e47_only_structured_fields_of_the_right_shape_pass() {
    let body = r#"{"error":"interaction_required","suberror":"<b>","trace_id":"x\r\ny","correlation_id":"aaaa0000-bb11-2222-33cc-444444dddddd","claims":"{\"access_token\":{}}","error_codes":["50076"]}"#;
    let detail = *at(400, JSON, body)
        .err()
        .unwrap()
        .error
        .detail
        .clone()
        .unwrap();
    assert_eq!((detail.suberror, detail.trace_id), (None, None));
    assert_eq!(
        detail.correlation_id.as_deref(),
        Some("aaaa0000-bb11-2222-33cc-444444dddddd")
    );
    assert_eq!(detail.claims.as_deref(), Some(r#"{"access_token":{}}"#));
    assert_eq!(detail.aadsts, [50_076]);
}

#[test]
fn the_wait_of_a_plain_429_is_kept() {
    let head = Head {
        status: 429,
        content_type: "text/plain",
        retry_after: Some("60"),
    };
    let error = judge(head, "Too many requests", 0).err().unwrap().error;
    assert_eq!(error.detail.clone().unwrap().retry_after_seconds, Some(60));
}

proptest! {
    #[test]
    fn no_answer_breaks_it(status in 100_u16..600, body in "\\PC{0,200}") {
        let _ = at(status, JSON, &body);
    }
}
