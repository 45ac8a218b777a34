//! Secrets in the log become fingerprints: the same secret has the same one, and nobody can use it.

use serde_json::Value;

use crate::http::Params;
use crate::ids::fingerprint;

/// Names of parameters and JSON members whose values are secrets.
const SECRETS: [&str; 20] = [
    "access_token",
    "assertion",
    "authtoken",
    "client_assertion",
    "client_info",
    "client_secret",
    "clientstate",
    "code",
    "code_verifier",
    "device_code",
    "flow",
    "id_token",
    "id_token_hint",
    "otc",
    "passwd",
    "password",
    "refresh_token",
    "validationtoken",
    "validationtokens",
    "subject_token",
];

fn is_secret(name: &str) -> bool {
    SECRETS
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
}

/// The scheme and the fingerprint of the credentials.
pub(crate) fn credentials(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, secret)) => format!("{scheme} {}", fingerprint(secret)),
        None => fingerprint(value),
    }
}

/// The fields of a form.
pub(crate) fn form(params: &Params) -> Value {
    let fields = params.0.iter().map(|(name, value)| {
        let shown = if is_secret(name) {
            fingerprint(value)
        } else {
            value.clone()
        };
        (name.clone(), Value::from(shown))
    });
    Value::Object(fields.collect())
}

/// A query, otherwise as it was sent.
pub(crate) fn query(text: &str) -> String {
    let parts = text.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if is_secret(name) => format!("{name}={}", fingerprint(value)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// A URL with its query and its fragment.
pub(crate) fn url(text: &str) -> String {
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, fragment)) => (rest, format!("#{}", query(fragment))),
        None => (text, String::new()),
    };
    match rest.split_once('?') {
        Some((path, sent)) => format!("{path}?{}{fragment}", query(sent)),
        None => format!("{rest}{fragment}"),
    }
}

/// The members of JSON at every depth, and the queries of its URLs.
pub(crate) fn json(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            // An error has a `code` too, which is no secret.
            let error = members.contains_key("message");
            let shown = members.into_iter().map(|(name, value)| {
                let secret = is_secret(&name) && !(error && name == "code");
                let shown = match (secret, &value) {
                    (true, Value::String(text)) => fingerprint(text).into(),
                    (true, Value::Array(all)) => all
                        .iter()
                        .map(|one| fingerprint(&one.to_string()))
                        .collect(),
                    _ => json(value),
                };
                (name, shown)
            });
            Value::Object(shown.collect())
        }
        Value::Array(all) => all.into_iter().map(json).collect(),
        Value::String(text) if text.contains("authtoken=") => url(&text).into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn secrets_are_found_in_queries_urls_and_json() {
        assert_eq!(query("state=s&x"), "state=s&x");
        for text in [
            query("a=b&id_token_hint=hush"),
            url("http://localhost/?code=hush#id_token=hush&state=s"),
            url("http://localhost/#code=hush"),
            credentials("Bearer hush"),
            json(value!({"a": [{"Refresh_Token": "hush", "validationTokens": ["hush"]}]}))
                .to_string(),
            json(value!({"uploadUrl": "https://127.0.0.1/a?authtoken=hush"})).to_string(),
        ] {
            assert!(!text.contains("hush") && text.contains("sha256:"), "{text}");
        }
        let error = value!({"error": {"code": "ErrorItemNotFound", "message": "no"}});
        assert_eq!(json(error.clone()), error);
    }
}
