//! The request log, with fingerprints instead of secrets.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::clock::iso;
use crate::http::{HttpRequest, Params};
use crate::ids::fingerprint;

/// Largest number of entries; older ones are removed.
const MAX_ENTRIES: usize = 5_000;
/// Largest JSON body in an entry, in bytes.
const MAX_BODY: usize = 64 * 1024;
const SECRETS: [&str; 8] = [
    "client_secret",
    "client_assertion",
    "code",
    "code_verifier",
    "refresh_token",
    "passwd",
    "flow",
    "otc",
];

/// The list behind `GET /_control/requests`.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Value>,
    count: usize,
}

impl RequestLog {
    /// Adds a request.
    pub(crate) fn record(&mut self, now: DateTime<Utc>, incoming: &HttpRequest) {
        self.count += 1;
        let mut headers = Map::new();
        for (name, value) in &incoming.headers {
            let value = value.to_str().unwrap_or_default();
            let shown = match name.as_str() {
                "authorization" => redacted(value),
                "cookie" => fingerprint(value),
                _ => value.to_owned(),
            };
            headers.insert(name.as_str().to_owned(), shown.into());
        }
        let mut entry = json!({
            "at": iso(now),
            "method": incoming.method.as_str(),
            "path": incoming.path,
            "query": incoming.query,
            "headers": headers,
        });
        let kind = incoming
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if kind.starts_with("application/x-www-form-urlencoded") {
            entry["form"] = form(&incoming.form());
        } else if kind.starts_with("application/json") && incoming.body.len() <= MAX_BODY {
            entry["body"] = serde_json::from_slice(&incoming.body).unwrap_or(Value::Null);
        }
        self.entries.push_back(entry);
        if self.entries.len() > MAX_ENTRIES {
            self.entries.pop_front();
        }
    }

    /// Number of requests since the start or since the log was emptied.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// All entries, oldest first.
    pub(crate) fn to_json(&self) -> Value {
        self.entries.iter().cloned().collect()
    }
}

/// The scheme and the fingerprint of the credentials.
fn redacted(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, secret)) => format!("{scheme} {}", fingerprint(secret)),
        None => fingerprint(value),
    }
}

fn form(params: &Params) -> Value {
    let mut fields = Map::new();
    for (name, value) in &params.0 {
        let secret = SECRETS.contains(&name.as_str());
        let shown = if secret {
            fingerprint(value)
        } else {
            value.clone()
        };
        fields.insert(name.clone(), shown.into());
    }
    Value::Object(fields)
}
