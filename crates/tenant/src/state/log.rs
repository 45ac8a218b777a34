//! The log of requests and their answers, with fingerprints instead of secrets.

use std::collections::VecDeque;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::mask;
use crate::clock::iso;
use crate::http::HttpRequest;
use crate::ids::fingerprint;

/// Largest number of entries; older ones are removed.
const MAX_ENTRIES: usize = 5_000;
/// Largest body in an entry, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;
/// Number of the latest entries that keep the body of their answer.
const MAX_BODIES: usize = 500;
/// Largest number of entries in one answer to those who follow the log.
const MAX_FOLLOWED: usize = 200;

/// The list behind `GET /_control/requests`.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    count: usize,
    /// Grows with each request and each answer.
    version: u64,
}

#[derive(Debug)]
struct Entry {
    number: usize,
    version: u64,
    request: Value,
    answer: Option<Answer>,
}

/// An answer, as it is kept: its body is read when somebody looks at it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body, if it is not too long and has its length.
    pub(crate) body: Option<Bytes>,
    pub(crate) took: Duration,
}

impl RequestLog {
    /// Adds a request. Gives the number of its entry.
    pub(crate) fn record(&mut self, now: DateTime<Utc>, incoming: &HttpRequest) -> usize {
        self.count += 1;
        self.version += 1;
        let mut request = json!({
            "at": iso(now),
            "method": incoming.method.as_str(),
            "path": incoming.path,
            "query": mask::query(&incoming.query),
            "headers": headers(&incoming.headers),
        });
        let kind = kind_of(&incoming.headers);
        if kind.starts_with("application/x-www-form-urlencoded") {
            request["form"] = mask::form(&incoming.form());
        } else if kind.starts_with("application/json") && incoming.body.len() <= MAX_BODY {
            request["body"] =
                serde_json::from_slice(&incoming.body).map_or(Value::Null, mask::json);
        }
        self.entries.push_back(Entry {
            number: self.count,
            version: self.version,
            request,
            answer: None,
        });
        if self.entries.len() > MAX_ENTRIES {
            self.entries.pop_front();
        }
        if let Some(old) = self.entries.len().checked_sub(MAX_BODIES + 1)
            && let Some(answer) = self
                .entries
                .get_mut(old)
                .and_then(|entry| entry.answer.as_mut())
        {
            answer.body = None;
        }
        self.count
    }

    /// Adds the answer to a request, unless its entry was removed.
    pub(crate) fn answer(&mut self, number: usize, answer: Answer) {
        let version = self.version + 1;
        let found = self
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry.number == number);
        if let Some(entry) = found {
            entry.version = version;
            entry.answer = Some(answer);
            self.version = version;
        }
    }

    /// Empties the log. Those who follow it go on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.count = 0;
    }

    /// Number of requests since the start or since the log was emptied.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// All entries, oldest first.
    pub(crate) fn to_json(&self) -> Value {
        self.entries.iter().map(Entry::to_json).collect()
    }

    /// The entries that are new or were answered after a version, and the version to ask for next; `None` if there are
    /// none.
    pub(crate) fn after(&self, version: u64) -> Option<Value> {
        let mut new: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.version > version)
            .collect();
        new.sort_by_key(|entry| entry.version);
        new.truncate(MAX_FOLLOWED);
        let next = new.last()?.version;
        let entries: Value = new.into_iter().map(Entry::to_json).collect();
        Some(json!({"entries": entries, "next": next}))
    }
}

impl Entry {
    fn to_json(&self) -> Value {
        let mut out = self.request.clone();
        out["number"] = self.number.into();
        if let Some(answer) = &self.answer {
            out["status"] = answer.status.into();
            out["milliseconds"] = (answer.took.as_micros() as f64 / 1000.0).into();
            out["responseHeaders"] = headers(&answer.headers);
            out["response"] = answer.shown();
        }
        out
    }
}

impl Answer {
    /// The body: JSON without secrets, the length of anything else. Pages of the sign-in have codes in their forms.
    fn shown(&self) -> Value {
        let Some(body) = &self.body else {
            return Value::Null;
        };
        let json = kind_of(&self.headers)
            .contains("json")
            .then(|| serde_json::from_slice(body).ok());
        match json.flatten() {
            Some(json) => mask::json(json),
            None if body.is_empty() => Value::Null,
            None => format!("{} bytes", body.len()).into(),
        }
    }
}

fn kind_of(headers: &HeaderMap) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().to_ascii_lowercase()
}

fn headers(all: &HeaderMap) -> Value {
    let mut out = Map::new();
    for (name, value) in all {
        let value = value.to_str().unwrap_or_default();
        let shown = match name.as_str() {
            "authorization" => mask::credentials(value),
            "cookie" | "set-cookie" => fingerprint(value),
            "location" | "referer" => mask::url(value),
            _ => value.to_owned(),
        };
        out.insert(name.as_str().to_owned(), shown.into());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Method};

    use super::*;

    fn request() -> HttpRequest {
        HttpRequest {
            method: Method::POST,
            path: "/common/oauth2/v2.0/token".to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    #[test]
    fn answers_are_followed_and_their_secrets_are_fingerprints() {
        let mut log = RequestLog::default();
        let number = log.record(Utc::now(), &request());
        let first = log.after(0).unwrap();
        assert_eq!(first["entries"][0]["status"], Value::Null);
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers.insert("set-cookie", HeaderValue::from_static("a=hush"));
        headers.insert(
            "location",
            HeaderValue::from_static("http://localhost/?code=hush&state=s"),
        );
        let body = Some(Bytes::from_static(
            br#"{"access_token":"hush","token_type":"Bearer","deep":[{"id_token":"hush"}]}"#,
        ));
        log.answer(
            number,
            Answer {
                status: 200,
                headers,
                body,
                took: Duration::ZERO,
            },
        );
        let next = log.after(first["next"].as_u64().unwrap()).unwrap();
        assert_eq!(next["entries"][0]["status"], 200);
        assert_eq!(next["entries"][0]["response"]["token_type"], "Bearer");
        let text = next.to_string();
        assert!(!text.contains("hush") && text.contains("state=s"), "{text}");
        assert_eq!(log.after(next["next"].as_u64().unwrap()), None);
        log.clear();
        assert_eq!((log.len(), log.after(0)), (0, None));
    }

    #[test]
    fn old_entries_lose_the_bodies_of_their_answers() {
        let mut log = RequestLog::default();
        for _ in 0..=MAX_BODIES {
            let number = log.record(Utc::now(), &request());
            let body = Some(Bytes::from_static(b"x"));
            log.answer(
                number,
                Answer {
                    status: 200,
                    headers: HeaderMap::new(),
                    body,
                    took: Duration::ZERO,
                },
            );
        }
        let all = log.to_json();
        assert_eq!(all[0]["response"], Value::Null);
        assert_eq!(all[MAX_BODIES]["response"], "1 bytes");
    }
}
