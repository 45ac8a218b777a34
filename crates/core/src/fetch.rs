//! The second argument of `fetch`, as one JSON text: to build it in JavaScript would take ten calls over the boundary.

use crate::error::{Code, Error};
use crate::json::Writer;
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

/// The methods that may be sent (RFC 9110 §9, RFC 5789).
const METHODS: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Headers of one request, each name once and in lower case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Headers(pub(crate) Vec<(String, String)>);

impl Headers {
    /// Sets a header and replaces one of that name. `Prefer` is not replaced: values are added to it (RFC 7240 §2).
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] where `given` is no token or `value` has characters that no header may have
    /// (RFC 9110 §5.1, §5.5; the Fetch standard takes no code points above U+00FF), and for an empty `If-Match`, which
    /// would be no condition.
    pub fn set(&mut self, given: &str, value: &str) -> Result<(), Error> {
        // The first byte in UTF-8 of a character up to U+00FF is at most C3.
        let fits = value.bytes().all(|byte| (b' '..0xc4).contains(&byte));
        let mut name = String::from(given);
        name.make_ascii_lowercase();
        let missed = name == "if-match" && scan::trim(value).is_empty();
        if name.is_empty() || !scan::is_plain(&name, b"!#$%&'*+-.^_`|~") || !fits || missed {
            let pieces = ["`", given, "` is no header, or its value is none"];
            return Err(Error::with(Code::InvalidArgument, scan::concat(&pieces)));
        }
        match self.0.iter_mut().find(|one| one.0 == name) {
            Some(known) if name == "prefer" => known.1 = scan::concat(&[&known.1, ", ", value]),
            Some(known) => known.1 = value.into(),
            None => self.0.push((name, value.into())),
        }
        Ok(())
    }

    /// Whether there is a header of this name, which is in lower case.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|one| one.0 == name)
    }

    /// Names, in lower case, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The headers and those of `own` that have a value, as a JSON object. Names in `own` are in lower case.
    pub(crate) fn json(&self, own: &[(&str, &str)]) -> String {
        let mut object = Writer::new();
        for (name, value) in &self.0 {
            object.text(name, value);
        }
        for (name, value) in own.iter().filter(|one| !one.1.is_empty()) {
            object.text(name, value);
        }
        object.finish()
    }
}

/// `credentials`: cookies go to the page's own origin.
pub const SAME_ORIGIN: &str = "same-origin";
/// `credentials`: cookies go to every origin.
pub const INCLUDE: &str = "include";
/// `credentials`: no cookies.
pub const OMIT: &str = "omit";

/// A request without URL, body and signal.
#[derive(Clone, Copy, Debug)]
pub struct RequestInit<'a> {
    /// Upper-case.
    pub method: &'a str,
    /// The headers of the request.
    pub headers: &'a Headers,
    /// Further headers, for those that have a value. Names are in lower case.
    pub own: &'a [(&'a str, &'a str)],
    /// [`OMIT`], [`SAME_ORIGIN`] or [`INCLUDE`].
    pub credentials: &'static str,
    /// `no-store` or `reload`; empty for what `fetch` does by itself.
    pub cache: &'static str,
}

impl RequestInit<'_> {
    /// `RequestInit` of the Fetch standard as JSON. Redirects are not followed, and no `Referer` is sent.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`] for an unknown method, and for a body where the method has none. `fetch` would reject
    /// both with the same `TypeError` as a network that is down.
    pub fn to_json(&self, with_body: bool) -> Result<String, Error> {
        let method = self.method;
        if !METHODS.contains(&method) {
            return Err(Error::argument(
                "method is GET, POST, PATCH, PUT, DELETE, HEAD or OPTIONS",
            ));
        }
        if with_body && matches!(method, "GET" | "HEAD") {
            return Err(Error::argument("GET and HEAD have no body"));
        }
        let mut init = Writer::new();
        init.text("method", method)
            .raw("headers", &self.headers.json(self.own))
            .text("credentials", self.credentials)
            .text("redirect", "manual")
            .text("referrerPolicy", "no-referrer");
        // Cloudflare Workers refuse `default`, although it is what they do.
        if !self.cache.is_empty() {
            init.text("cache", self.cache);
        }
        Ok(init.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn init(
        method: &str,
        headers: &Headers,
        own: &[(&str, &str)],
        body: bool,
    ) -> Result<String, Error> {
        RequestInit {
            method,
            headers,
            own,
            credentials: OMIT,
            cache: "",
        }
        .to_json(body)
    }

    #[test]
    fn the_cache_is_named_only_where_it_is_not_the_default() {
        let headers = &Headers::default();
        for (cache, wanted) in [
            ("", None),
            ("reload", Some("reload")),
            ("no-store", Some("no-store")),
        ] {
            let (method, credentials, own) = ("GET", OMIT, &[] as &[_]);
            let init = RequestInit {
                method,
                headers,
                own,
                credentials,
                cache,
            };
            let read: serde_json::Value =
                serde_json::from_str(&init.to_json(false).unwrap()).unwrap();
            assert_eq!(
                read.get("cache").and_then(serde_json::Value::as_str),
                wanted
            );
        }
    }

    #[test]
    fn a_header_is_there_once_and_the_last_one_counts() {
        let mut headers = Headers::default();
        headers.set("Content-Type", "text/plain").unwrap();
        headers.set("content-type", "application/json").unwrap();
        headers.set("prefer", "a").unwrap();
        headers.set("Prefer", "b").unwrap();
        headers.set("x-quote", "a \"b\" \u{e9}").unwrap();
        let own = [("authorization", "Bearer y")];
        assert_eq!(
            init("GET", &headers, &own, false).unwrap(),
            "{\"method\":\"GET\",\"headers\":{\"content-type\":\"application/json\",\"prefer\":\"a, b\",\"x-quote\":\"a \\\"b\\\" \u{e9}\",\"authorization\":\"Bearer y\"},\"credentials\":\"omit\",\"redirect\":\"manual\",\"referrerPolicy\":\"no-referrer\"}"
        );
    }

    #[test]
    fn what_is_no_header_is_refused_by_name() {
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("\u{e9}", "x"),
            ("x-a", "b\r\nauthorization: c"),
            ("x-a", "\0"),
            ("x-a", "a\tb"),
            ("x-a", "\u{100}"),
            ("if-match", ""),
            ("If-Match", " "),
        ] {
            let error = Headers::default().set(name, value).unwrap_err();
            assert_eq!(error.code, Code::InvalidArgument, "{name:?} {value:?}");
            assert!(error.message.contains(name));
        }
    }

    #[test]
    fn a_method_that_is_none_and_a_body_that_cannot_be_are_refused() {
        for (method, body, fits) in [
            ("GET", false, true),
            ("GET", true, false),
            ("HEAD", true, false),
            ("POST", true, true),
            ("DELETE", true, true),
            ("TRACE", false, false),
            ("GET,HEAD", false, false),
            ("", false, false),
        ] {
            let made = init(method, &Headers::default(), &[], body);
            assert_eq!(made.is_ok(), fits, "{method} {body}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_json_with_the_headers_as_they_were_set(name in "[a-z-]{1,12}", value in "[ -~\u{a0}-\u{ff}]{0,40}") {
            let mut headers = Headers::default();
            headers.set(&name, &value).unwrap();
            let read: serde_json::Value = serde_json::from_str(&init("PATCH", &headers, &[], true).unwrap()).unwrap();
            prop_assert_eq!(read["headers"][&name].as_str(), Some(value.as_str()));
        }
    }
}
