//! The calls inside a batch: they are held to the same paths, methods and headers as calls alone.

use super::path::{METHODS, judge, refused};
use super::request_headers::is_forwarded;
use crate::http::answer::Rejection;
use axum::body::Bytes;
use axum::http::StatusCode;
use exo365_core::error::Code;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The checked part of a batch. Unknown or repeated members are refused, since the service might
/// read another one than this parser.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Batch<'a> {
    #[serde(borrow)]
    requests: Vec<Item<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    method: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depends_on: Option<&'a RawValue>,
}

/// Checks the calls inside a batch. Headers that do not go on with a call alone do not go on here: then it gives the body
/// without them.
///
/// # Errors
/// 400 for what is no batch, 403.
pub(crate) fn check_batch(
    prefixes: &[String],
    root: &str,
    body: &[u8],
) -> Result<Option<Bytes>, Rejection> {
    let mut batch: Batch<'_> = serde_json::from_slice(body).map_err(|_| no_batch())?;
    let mut dropped = false;
    for item in &mut batch.requests {
        let known = METHODS
            .iter()
            .any(|method| method.as_str().eq_ignore_ascii_case(&item.method));
        let path = absolute_path(root, &item.url);
        if !known || judge(prefixes, &path).is_none_or(|path| path.is_batch) {
            return Err(refused());
        }
        if let Some(headers) = &mut item.headers {
            let before = headers.len();
            headers.retain(|name, _| is_forwarded(name));
            dropped |= headers.len() < before;
        }
    }
    if !dropped {
        return Ok(None);
    }
    let rest = serde_json::to_vec(&batch).map_err(|_| no_batch())?;
    Ok(Some(rest.into()))
}

fn no_batch() -> Rejection {
    Rejection::at(
        StatusCode::BAD_REQUEST,
        Code::BadRequest,
        "the body is no batch: {\"requests\": [{\"id\", \"method\", \"url\", ...}]}",
    )
}

/// The path of a call inside a batch: relative to the API's root, with or without it.
fn absolute_path(root: &str, url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let head = path.get(..root.len());
    let whole = head.is_some_and(|head| head.eq_ignore_ascii_case(root))
        && path
            .get(root.len()..)
            .is_some_and(|rest| rest.starts_with('/'));
    if whole {
        path.to_owned()
    } else {
        format!("{root}/{}", path.strip_prefix('/').unwrap_or(path))
    }
}

#[cfg(test)]
mod unit {
    use super::super::path::prefixes;
    use super::*;

    #[test]
    fn e37_the_calls_of_a_batch_are_held_to_the_same_paths() {
        let judge = |body: &str| check_batch(&prefixes(), "/v1.0", body.as_bytes()).is_ok();
        let one = |method: &str, url: &str| {
            judge(&format!(
                r#"{{"requests":[{{"id":"1","method":"GET","url":"/me"}},{{"id":"2","method":"{method}","url":"{url}","headers":{{}},"body":{{"url":"/x"}},"dependsOn":["1"]}}]}}"#
            ))
        };
        for (method, url, wanted) in [
            ("GET", "/me/messages?$top=1", true),
            ("post", "me/sendMail", true),
            ("GET", "/v1.0/users/x", true),
            ("GET", "/groups", false),
            ("GET", "/v1.0/groups", false),
            ("GET", "/me/../groups", false),
            ("GET", "/me/%2e%2e/groups", false),
            ("GET", "/me/\\u002e\\u002e/groups", false),
            ("GET", "https://evil.example/v1.0/me", false),
            ("GET", "//evil.example/me", false),
            ("GET", "/$batch", false),
            ("GET", "/$batch/", false),
            ("GET", "/%24batch", false),
            ("GET", "/me/\\uff04batch", false),
            ("GET", "HTTPS:\\\\\\\\evil.example\\\\me", false),
            ("GET", "/me/%C0%AE%C0%AE/groups", false),
            ("GET", "/me/x\\uff0f..\\uff0f..\\uff0fgroups", false),
            ("GET", " /me", false),
            ("GET", "/me\\u0000", false),
            ("TRACE", "/me", false),
        ] {
            assert_eq!(one(method, url), wanted, "{method} {url}");
        }
        for body in [
            "",
            "{}",
            "[]",
            r#"{"requests":[{"id":"1","method":"GET","url":"/me","url":"/groups"}]}"#,
            r#"{"requests":[{"id":"1","method":"GET","url":"/me","URL":"/groups"}]}"#,
            r#"{"requests":[],"Requests":[{"id":"1","method":"GET","url":"/groups"}]}"#,
            "--batch\r\nContent-Type: application/http\r\n\r\nGET /groups",
        ] {
            assert!(!judge(body), "{body}");
        }
    }

    #[test]
    fn e38_the_calls_of_a_batch_have_the_headers_of_calls_alone() {
        let rest = |headers: &str| {
            let body = format!(
                r#"{{"requests":[{{"id":"1","method":"POST","url":"/me/x","headers":{headers},"body":{{"n":1.50}},"dependsOn":["0"]}}]}}"#
            );
            check_batch(&prefixes(), "/v1.0", body.as_bytes()).map_err(|_| ())
        };
        for headers in [
            "{}",
            "null",
            r#"{"Content-Type":"application/json","PREFER":"x"}"#,
        ] {
            assert_eq!(rest(headers), Ok(None), "{headers}: as it came");
        }
        for (name, value) in [
            ("Authorization", "Bearer other"),
            ("x-http-method-override", "DELETE"),
            ("\\u0048ost", "evil.example"),
            ("X-Forwarded-For", "192.0.2.1"),
            ("Prefer ", "a space behind the name"),
            ("", ""),
        ] {
            let headers = format!(r#"{{"If-Match":"e","{name}":"{value}"}}"#);
            let rest = rest(&headers).unwrap().unwrap();
            let wanted = r#"{"requests":[{"id":"1","method":"POST","url":"/me/x","headers":{"If-Match":"e"},"body":{"n":1.50},"dependsOn":["0"]}]}"#;
            assert_eq!(rest, wanted, "{name}");
        }
        assert_eq!(rest("[]"), Err(()), "no object");
        assert_eq!(rest(r#"["Host"]"#), Err(()));
    }
}
