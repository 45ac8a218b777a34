//! What explains a refusal of the API. Fields: status, `WWW-Authenticate`, `Retry-After`, `x-ms-diagnostics`, the body.

use super::{fields, number};
use exo365_core::challenge::{Challenge, bearer, diagnostics};
use exo365_core::reply::{Headers, judge, needs_new_token};
use exo365_core::retry::after;
use exo365_core::text::base64url;
use std::time::UNIX_EPOCH;

const NOW: u64 = 1_790_000_000;

pub(super) fn run(input: &str) {
    let [status, challenge, retry_after, explained, body] = fields(input);
    let status = number(status, 401);
    a_challenge_reads_the_same_written_again(&bearer(challenge));
    diagnostics_read_the_same_written_again(explained);
    waits_are_those_of_the_standard(retry_after);

    let headers = Headers {
        www_authenticate: Some(challenge.to_owned()),
        diagnostics: Some(explained.to_owned()),
        request_id: None,
        retry_after: Some(retry_after.to_owned()),
    };
    let error = judge(status, headers, body, |date| after(date, NOW));
    assert!(!error.message.is_empty() && error.message.len() <= 600);
    assert_eq!(needs_new_token(&error), status == 401);
    let detail = error.detail.as_deref().cloned().unwrap_or_default();
    assert_eq!(detail.status, Some(status));
    assert_eq!(detail.diagnostics, diagnostics(explained));
    assert_eq!(detail.retry_after_seconds, after(retry_after, NOW));
    assert!(
        detail.consent_url.is_none(),
        "the API sends nobody anywhere"
    );
    let own = detail
        .remedy
        .is_none_or(|remedy| remedy.starts_with("The mailbox is full"));
    assert!(own, "a remedy is a sentence of ours");
    let claims = bearer(challenge).claims.filter(|_| status == 401);
    assert_eq!(detail.claims, claims, "claims come with a 401 only");
}

fn a_challenge_reads_the_same_written_again(read: &Challenge) {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut written = String::from("Negotiate, Bearer realm=\"a, b=\\\"c\\\"\"");
    if let Some(error) = &read.error {
        written += &format!(", error=\"{}\"", quoted(error));
    }
    if let Some(claims) = &read.claims {
        assert!(claims.len() <= 8192);
        let value = serde_json::from_str::<serde_json::Value>(claims);
        assert!(value.is_ok_and(|value| value.is_object()), "{claims}");
        written += &format!(", claims=\"{}\"", base64url(claims.as_bytes()));
    }
    written += ", Basic error=\"no\", claims=\"e30\"";
    assert_eq!(&bearer(&written), read, "{written}");
}

fn diagnostics_read_the_same_written_again(header: &str) {
    let Some(read) = diagnostics(header) else {
        return;
    };
    // Quotes are not escaped: a reason that looks like the next parameter is taken for it.
    if ["reason=", "category="]
        .iter()
        .any(|key| read.reason.contains(key))
    {
        return;
    }
    let (number, reason, category) = (read.number, &read.reason, &read.category);
    let written = format!("{number};reason=\"{reason}\";error_category=\"{category}\";");
    assert_eq!(diagnostics(&written).as_ref(), Some(&read), "{written}");
}

fn waits_are_those_of_the_standard(text: &str) {
    let wait = after(text, NOW);
    let plain = text.trim_matches([' ', '\t']);
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        assert_eq!(wait, plain.parse().ok(), "{plain}");
    }
    // Days that a month does not have are another day here, and none there.
    let day = plain.get(5..7).and_then(|day| day.parse::<u8>().ok());
    let usual = plain.len() == 29 && day.is_some_and(|day| day <= 28);
    let date = httpdate::parse_http_date(plain).ok().filter(|_| usual);
    if let Some(seconds) = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()) {
        let left = seconds.as_secs().saturating_sub(NOW);
        assert_eq!(wait, u32::try_from(left).ok(), "{plain}");
    }
}
