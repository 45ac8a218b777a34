//! Next links in the API's answers, made the page's: `https://api/v1.0/...` becomes `{base}/proxy/v1.0/...`.
//!
//! It reads JSON byte by byte as it passes, and touches nothing but the beginning of a text whose key ends
//! in `@odata.nextLink` or `@odata.deltaLink` and which begins with the API's origin. What is kept back
//! between two chunks is never more than that origin.

use memchr::{memchr, memchr2};

/// The keys; one that belongs to a member has its name before them.
const KEYS: [&[u8]; 2] = [b"@odata.nextLink", b"@odata.deltaLink"];
/// The longer one's length.
const TAIL: usize = 16;

/// The matcher.
pub(in crate::routes) struct Rewrite {
    /// In place of the origin.
    page: Vec<u8>,
    /// The API's origin with its slash.
    origin: Vec<u8>,
    place: Place,
    /// The last bytes of the text.
    tail: [u8; TAIL],
    /// The part of the origin that was read, as it came.
    held: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Between texts.
    Outside,
    /// In a text; the byte before was a backslash.
    Text { escaped: bool },
    /// Behind a text that is one of the keys, if a colon follows.
    Key,
    /// Behind the colon.
    Value,
    /// In the value: so much of the origin was there.
    Link { read: usize, escaped: bool },
}

impl Rewrite {
    /// Links to `origin` shall begin with `page` (a path without a slash at its end).
    pub(in crate::routes) fn new(origin: &str, page: &str) -> Self {
        Self {
            page: page.into(),
            origin: format!("{origin}/").into(),
            place: Place::Outside,
            tail: [0; TAIL],
            held: Vec::new(),
        }
    }

    /// The next bytes; gives what can be sent.
    pub(in crate::routes) fn feed(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len() + self.held.len() + self.page.len());
        let mut rest = chunk;
        while let Some((byte, after)) = rest.split_first() {
            // Skips octets that cannot change the state.
            let dull = match self.place {
                Place::Outside => memchr(b'"', rest),
                Place::Text { escaped: false } => memchr2(b'"', b'\\', rest),
                _ => Some(0),
            };
            let (skipped, left) = rest.split_at(dull.unwrap_or(rest.len()));
            if skipped.is_empty() {
                self.step(*byte, &mut out);
                rest = after;
            } else {
                out.extend_from_slice(skipped);
                self.remember(skipped);
                rest = left;
            }
        }
        out
    }

    /// What is left where the answer ends.
    pub(in crate::routes) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        if let Place::Link { read, escaped } = self.place {
            self.link(byte, (read, escaped), out);
            return;
        }
        out.push(byte);
        let blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        if byte == b'"' && !matches!(self.place, Place::Text { .. }) {
            self.tail = [0; TAIL];
        }
        self.place = match self.place {
            Place::Text { escaped } => self.text(byte, escaped),
            Place::Key | Place::Value if blank => self.place,
            Place::Key if byte == b':' => Place::Value,
            Place::Value if byte == b'"' => Place::Link {
                read: 0,
                escaped: false,
            },
            _ if byte == b'"' => Place::Text { escaped: false },
            _ => Place::Outside,
        };
    }

    /// Inside a text.
    fn text(&mut self, byte: u8, escaped: bool) -> Place {
        if byte == b'"' && !escaped {
            return if KEYS.iter().any(|key| self.tail.ends_with(key)) {
                Place::Key
            } else {
                Place::Outside
            };
        }
        self.remember(&[byte]);
        Place::Text {
            escaped: byte == b'\\' && !escaped,
        }
    }

    /// The end of what was read; between texts nobody looks at it.
    fn remember(&mut self, bytes: &[u8]) {
        let end = bytes
            .get(bytes.len().saturating_sub(TAIL)..)
            .unwrap_or_default();
        self.tail.rotate_left(end.len() % TAIL);
        if let Some(place) = self.tail.get_mut(TAIL - end.len()..) {
            place.copy_from_slice(end);
        }
    }

    /// Inside the value of a key, as long as it may be a link to the API.
    fn link(&mut self, byte: u8, (read, escaped): (usize, bool), out: &mut Vec<u8>) {
        let wanted = self.origin.get(read).copied().unwrap_or_default();
        if byte == b'\\' && !escaped && wanted == b'/' {
            self.held.push(byte);
            self.place = Place::Link {
                read,
                escaped: true,
            };
            return;
        }
        if byte.eq_ignore_ascii_case(&wanted) {
            self.held.push(byte);
            let read = read + 1;
            self.place = Place::Link {
                read,
                escaped: false,
            };
            if read == self.origin.len() {
                self.held.clear();
                out.extend_from_slice(&self.page);
                out.push(b'/');
                self.place = Place::Text { escaped: false };
            }
            return;
        }
        // No link to the API: as it came.
        out.append(&mut self.held);
        self.place = Place::Text { escaped };
        self.step(byte, out);
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const API: &str = "https://graph.contoso.example";
    const BASE: &str = "/auth/proxy";

    /// Cut at every place, and in single bytes: always the same.
    fn rewritten(text: &str) -> String {
        let whole = feed(&[text.as_bytes()]);
        for at in 0..text.len() {
            let (one, two) = text.as_bytes().split_at(at);
            assert_eq!(feed(&[one, two]), whole, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(feed(&bytes), whole);
        whole
    }

    fn feed(chunks: &[&[u8]]) -> String {
        let mut rewrite = Rewrite::new(API, BASE);
        let mut out = Vec::new();
        for chunk in chunks {
            out.extend(rewrite.feed(chunk));
        }
        out.extend(rewrite.finish());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn e37_links_of_the_api_become_the_pages() {
        for (text, wanted) in [
            (
                r#"{"@odata.nextLink":"https://graph.contoso.example/v1.0/me?$skip=1","value":[]}"#,
                r#"{"@odata.nextLink":"/auth/proxy/v1.0/me?$skip=1","value":[]}"#,
            ),
            (
                "{\"value\":[1] ,\r\n \"@odata.deltaLink\" :\t\"HTTPS://Graph.contoso.example/v1.0/x\"}",
                "{\"value\":[1] ,\r\n \"@odata.deltaLink\" :\t\"/auth/proxy/v1.0/x\"}",
            ),
            (
                r#"{"value":[{"attachments@odata.nextLink":"https:\/\/graph.contoso.example\/v1.0\/x"}]}"#,
                r#"{"value":[{"attachments@odata.nextLink":"/auth/proxy/v1.0\/x"}]}"#,
            ),
            (
                r#"{"responses":[{"body":{"@odata.nextLink":"https://graph.contoso.example/v1.0/x"}}]}"#,
                r#"{"responses":[{"body":{"@odata.nextLink":"/auth/proxy/v1.0/x"}}]}"#,
            ),
        ] {
            assert_eq!(rewritten(text), wanted);
        }
    }

    #[test]
    fn e37_nothing_else_is_touched() {
        for text in [
            // Other keys, and keys that are values or parts of a text.
            r#"{"webLink":"https://graph.contoso.example/v1.0/x"}"#,
            r#"{"@odata.context":"https://graph.contoso.example/v1.0/$metadata"}"#,
            r#"{"@odata.nextLinks":"https://graph.contoso.example/v1.0/x"}"#,
            r#"{"x":"@odata.nextLink","y":"https://graph.contoso.example/v1.0/x"}"#,
            r#"{"body":"\"@odata.nextLink\":\"https://graph.contoso.example/v1.0/x\""}"#,
            r#"["@odata.nextLink","https://graph.contoso.example/v1.0/x"]"#,
            r#"{"@odata.nextLink":["https://graph.contoso.example/v1.0/x"]}"#,
            r#"{"@odata.nextLink":null,"x":"https://graph.contoso.example/v1.0/x"}"#,
            // Other hosts.
            r#"{"@odata.nextLink":"https://graph.contoso.example.evil.example/v1.0/x"}"#,
            r#"{"@odata.nextLink":"https://graph.contoso.example@evil.example/v1.0/x"}"#,
            r#"{"@odata.nextLink":"https://graph.contoso.example:444/v1.0/x"}"#,
            r#"{"@odata.nextLink":"https://graph.contoso.example"}"#,
            r#"{"@odata.nextLink":"https:\\/graph.contoso.example/v1.0/x"}"#,
            r#"{"@odata.nextLink":"http://graph.contoso.example/v1.0/x"}"#,
            r#"{"@odata.nextLink":"x https://graph.contoso.example/v1.0/x"}"#,
            r#"{"@odata.nextLink":"","x":1}"#,
            r#"{"uploadUrl":"https://outlook.contoso.example/api/v2.0/x?authtoken=y"}"#,
            // No JSON, or half of it.
            r#"{"@odata.nextLink":"https://graph.con"#,
            r#"{"@odata.nextLink":"https:\"#,
            "",
            "@odata.nextLink: https://graph.contoso.example/v1.0/x",
        ] {
            assert_eq!(rewritten(text), text);
        }
    }

    fn tree() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            Just("https://graph.contoso.example/v1.0/me".to_owned()),
            Just("@odata.nextLink".to_owned()),
            "[\"\\\\a:/{}\u{e9}@ ]{0,12}",
        ];
        let leaf = prop_oneof![
            text.prop_map(Value::from),
            any::<u8>().prop_map(Value::from),
            Just(Value::Null),
        ];
        let key = prop_oneof![
            Just("@odata.nextLink".to_owned()),
            Just("x@odata.deltaLink".to_owned()),
            "[\"\\\\a:@]{0,6}",
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::hash_map(key.clone(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// The same by a parser.
    fn expected(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(expected),
            Value::Object(members) => {
                for (key, value) in members.iter_mut() {
                    let link = ["@odata.nextLink", "@odata.deltaLink"];
                    let is_link = link.iter().any(|end| key.ends_with(end));
                    match value.as_str() {
                        Some(text) if is_link => *value = json!(text.replace(API, BASE)),
                        _ => expected(value),
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn e37_a_parser_sees_the_same(mut value in tree(), cut in 1_usize..9) {
            let text = value.to_string();
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            expected(&mut value);
            prop_assert_eq!(serde_json::from_str::<Value>(&feed(&chunks)).unwrap(), value);
        }

        #[test]
        fn e37_no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut rewrite = Rewrite::new(API, BASE);
            let mut out = rewrite.feed(&bytes);
            out.extend(rewrite.finish());
            let links = bytes.windows(API.len()).filter(|part| part.eq_ignore_ascii_case(API.as_bytes()));
            prop_assert!(links.count() > 0 || out == bytes);
        }
    }
}
