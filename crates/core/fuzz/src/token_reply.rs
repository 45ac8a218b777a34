//! The judge of the token endpoint. Fields: status, `Content-Type`, `Retry-After`, the body.

use super::{fields, number};
use exo365_core::aadsts;
use exo365_core::error::Code;
use exo365_core::retry::after;
use exo365_core::token_reply::{Head, Refusal, Tokens, is_claims, is_json, judge};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

const NOW: u64 = 1_790_000_000;

pub(super) fn run(input: &str) {
    let [status, content_type, retry_after, body] = fields(input);
    let head = Head {
        status: number(status, 400),
        content_type,
        retry_after: Some(retry_after),
    };
    let value = serde_json::from_str::<Value>(body).unwrap_or_default();
    match judge(head, body, NOW) {
        Ok(tokens) => {
            assert!(head.status == 200 && is_json(content_type));
            granted(&tokens, &value);
        }
        Err(refusal) => refused(head, &refusal, &value),
    }
}

fn granted(tokens: &Tokens, value: &Value) {
    let token = tokens.access_token.as_str();
    assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_eq!(value["access_token"], token);
    let kind = value["token_type"].as_str();
    assert!(kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")));
    let refresh = tokens.refresh_token.as_deref();
    assert!(refresh.is_none_or(|token| !token.is_empty() && value["refresh_token"] == token));
    assert_eq!(tokens.id_token.as_deref(), value["id_token"].as_str());
    if let Some(seconds) = value["expires_in"].as_u64() {
        assert_eq!(u64::from(tokens.expires_in), seconds.min(u32::MAX.into()));
    }
    assert!(tokens.scopes.iter().all(|scope| !scope.is_empty()));
}

fn refused(head: Head<'_>, refusal: &Refusal, value: &Value) {
    let error = &refusal.error;
    // Nothing of the service's own sentences: all sentences are ours.
    assert!(matches!(error.message, Cow::Borrowed(_)));
    let detail = error.detail.as_deref().cloned().unwrap_or_default();
    let known = detail.aadsts.first();
    let known = known.and_then(|number| aadsts::lookup(*number));
    let remedy = known.map(|entry| entry.remedy);
    assert_eq!(detail.remedy.as_deref(), remedy);
    assert!(detail.diagnostics.is_none() && detail.service_code.is_none());
    assert!(detail.consent_url.is_none() && detail.request_id.is_none());

    // And its fields only where they have the shape of what they are.
    let name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let suberror = detail.suberror.unwrap_or_default();
    assert!(suberror.len() <= 64 && suberror.bytes().all(name));
    for id in [detail.trace_id, detail.correlation_id]
        .into_iter()
        .flatten()
    {
        let hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        assert!(id.len() == 36 && id.bytes().all(hex), "{id}");
    }
    assert!(detail.claims.is_none_or(|claims| is_claims(&claims)));
    let unique: BTreeSet<_> = detail.aadsts.iter().collect();
    assert!(unique.len() == detail.aadsts.len() && unique.len() <= 16);
    let wait = head.retry_after.and_then(|text| after(text, NOW));
    assert!(
        detail
            .retry_after_seconds
            .is_none_or(|_| detail.retry_after_seconds == wait)
    );

    if refusal.ends_session {
        assert_eq!(error.code, Code::InteractionRequired);
        assert_eq!(value["error"], "invalid_grant");
        assert!(is_json(head.content_type) && !matches!(head.status, 200 | 429));
        assert!(!detail.aadsts.contains(&aadsts::LOOP));
    }
    if head.status == 429 {
        assert_eq!(error.code, Code::Throttled);
    }
}
