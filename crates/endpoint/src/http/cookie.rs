//! The session cookie, which holds a random id only.

use crate::base::random;
use crate::config::Config;
use crate::store::Key;
use axum::http::{HeaderMap, HeaderValue, header};
use exo365_core::error::Error;
use exo365_core::origin;
use exo365_core::text::base64url;
use std::fmt;

/// Length of an id: 32 bytes in base64url.
const LENGTH: usize = 43;

/// A session id, as in the cookie. `Debug` does not print it.
pub(crate) struct SessionId {
    id: String,
    key: Key,
    /// It came by the cookie's old name.
    pub(crate) is_old: bool,
}

impl SessionId {
    /// A new one: 256 random bits.
    ///
    /// # Errors
    /// Where there are no random bytes.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self::from_id(base64url(&random::bytes::<32>()?)))
    }

    /// The id of this endpoint's cookie; else that of its name in the version before.
    pub(crate) fn of(headers: &HeaderMap, config: &Config) -> Option<Self> {
        let old = || {
            let id = Self::read(headers, config.old_cookie?)?;
            Some(Self { is_old: true, ..id })
        };
        Self::read(headers, Cookie::of(headers, config).name).or_else(old)
    }

    /// The id in the request's cookies. Other cookies, and values of another shape, are ignored.
    ///
    /// Cookies are octets (RFC 6265 §4.2.1): another application's may hold any. Around a name only space and tab are
    /// trimmed, since a sibling host can set a cookie whose name begins with other white space.
    fn read(headers: &HeaderMap, name: &str) -> Option<Self> {
        let lines = headers.get_all(header::COOKIE).into_iter();
        let mut pairs = lines.flat_map(|line| pairs(line.as_bytes()));
        pairs.find_map(|pair| {
            let value = trim(pair)
                .strip_prefix(name.as_bytes())?
                .strip_prefix(b"=")?;
            let value = std::str::from_utf8(value).ok()?;
            is_id(value).then(|| Self::from_id(value.into()))
        })
    }

    fn from_id(id: String) -> Self {
        Self {
            key: Key(random::sha256(id.as_bytes())),
            id,
            is_old: false,
        }
    }

    /// The name of the record. The id itself is never stored.
    pub(crate) const fn key(&self) -> Key {
        self.key
    }
}

/// The cookie of a request: its name, and whether browsers send it over https only.
pub(crate) struct Cookie<'a> {
    name: &'a str,
    is_secure: bool,
}

impl<'a> Cookie<'a> {
    /// The one without `Secure` is for a page and an endpoint on one machine alone: nothing else of the browser's side may
    /// have another name or https.
    pub(crate) fn of(headers: &HeaderMap, config: &'a Config) -> Self {
        let local = config.loopback_cookie.as_deref();
        match local.filter(|_| is_on_loopback(headers)) {
            Some(name) => Self {
                name,
                is_secure: false,
            },
            None => Self::secure(&config.cookie),
        }
    }

    /// The cookie of this name, over https.
    pub(crate) const fn secure(name: &'a str) -> Self {
        Self {
            name,
            is_secure: true,
        }
    }

    /// The header that sets it, for `seconds`.
    pub(crate) fn set(&self, id: &SessionId, seconds: u64) -> Option<HeaderValue> {
        self.header(&id.id, seconds)
    }

    /// The header that clears it.
    pub(crate) fn clear(&self) -> Option<HeaderValue> {
        self.header("", 0)
    }

    fn header(&self, value: &str, seconds: u64) -> Option<HeaderValue> {
        let (name, secure) = (self.name, if self.is_secure { " Secure;" } else { "" });
        let text =
            format!("{name}={value}; Max-Age={seconds}; Path=/;{secure} HttpOnly; SameSite=Strict");
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// Whether the browser reached the endpoint, and the page, at a name of this machine without TLS.
fn is_on_loopback(headers: &HeaderMap) -> bool {
    let single = |name| {
        let mut all = headers.get_all(name).into_iter();
        let first = all.next().and_then(|value| value.to_str().ok());
        first.filter(|_| all.next().is_none())
    };
    let host = single(header::HOST).is_some_and(origin::is_loopback);
    let page = match headers.contains_key(header::ORIGIN) {
        false => true,
        true => single(header::ORIGIN)
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(origin::is_loopback),
    };
    host && page
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// The cookies of a line, with the white space around them.
fn pairs(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = memchr::memchr(b';', line);
        rest = end.and_then(|end| line.get(end + 1..));
        line.get(..end.unwrap_or(line.len()))
    })
}

fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == LENGTH && text.bytes().all(fits)
}

#[cfg(test)]
mod unit {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_bytes(line.as_bytes()).ok()?,
        );
        SessionId::read(&headers, "__Host-x").map(|id| id.id)
    }

    #[test]
    fn the_cookie_is_found_among_others_and_by_its_whole_name() {
        let id = "A".repeat(LENGTH);
        assert_eq!(read(&format!("a=b; __Host-x={id}; c")), Some(id.clone()));
        assert_eq!(read(&format!("x__Host-x={id}")), None);
        assert_eq!(read(&format!("__host-x={id}")), None);
        assert_eq!(read("__Host-x=short"), None);
        assert_eq!(read(&format!("__Host-x={id}=")), None);
    }

    #[test]
    fn e61_cookies_are_octets_and_only_space_and_tab_are_trimmed() {
        let id = "A".repeat(LENGTH);
        for (before, after) in [
            ("city=München; ", ""),
            ("a=\u{80}\u{ff}; ", "; b=\u{85}"),
            ("", "; city=Zürich"),
            ("\t ", " \t"),
        ] {
            let line = format!("{before}__Host-x={id}{after}");
            assert_eq!(read(&line), Some(id.clone()), "{line:?}");
        }
        for white in ["\u{85}", "\u{a0}", "\u{2000}", "\u{3000}", "\u{feff}"] {
            assert_eq!(
                read(&format!("a=b; {white}__Host-x={id}")),
                None,
                "{white:?}"
            );
            assert_eq!(
                read(&format!("a=b;{white} __Host-x={id}")),
                None,
                "{white:?}"
            );
            assert_eq!(read(&format!("__Host-x={id}{white}")), None, "{white:?}");
        }
        let mut latin = HeaderMap::new();
        let line = [b"city=M\xfcnchen; __Host-x=", id.as_bytes()].concat();
        latin.insert(header::COOKIE, HeaderValue::from_bytes(&line).unwrap());
        assert_eq!(
            SessionId::read(&latin, "__Host-x").map(|id| id.id),
            Some(id)
        );
    }

    #[test]
    fn e21_the_attributes_of_the_cookie() {
        let id = SessionId::new().unwrap();
        let value = Cookie::secure("__Host-Http-exo365").set(&id, 60).unwrap();
        assert!(value.is_sensitive());
        let text = value.to_str().unwrap();
        let (pair, rest) = text.split_once("; ").unwrap();
        assert_eq!(pair, format!("__Host-Http-exo365={}", id.id));
        assert_eq!(
            rest,
            "Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(!format!("{id:?}").contains(&id.id));
        assert_ne!(SessionId::new().unwrap().id, id.id);
    }

    #[test]
    fn e84_loopback_is_a_name_of_this_machine_without_tls() {
        let map = |pairs: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                let name: axum::http::HeaderName = name.parse().unwrap();
                headers.append(name, value.parse().unwrap());
            }
            headers
        };
        for (pairs, wanted) in [
            (&[("host", "localhost:8080")][..], true),
            (&[("host", "127.0.0.1")], true),
            (
                &[("host", "localhost"), ("origin", "http://localhost")],
                true,
            ),
            (
                &[("host", "localhost"), ("origin", "http://127.0.0.1:3000")],
                true,
            ),
            (&[], false),
            (&[("host", "app.contoso.example")], false),
            (&[("host", "localhost.contoso.example")], false),
            (&[("host", "localhost@contoso.example")], false),
            (&[("host", "192.0.2.1")], false),
            (&[("host", "localhost"), ("host", "localhost")], false),
            (
                &[
                    ("host", "localhost"),
                    ("origin", "https://app.contoso.example"),
                ],
                false,
            ),
            (
                &[("host", "localhost"), ("origin", "https://localhost")],
                false,
            ),
            (
                &[
                    ("host", "localhost"),
                    ("origin", "http://app.contoso.example"),
                ],
                false,
            ),
            (&[("host", "localhost"), ("origin", "null")], false),
            (
                &[
                    ("host", "app.contoso.example"),
                    ("origin", "http://localhost"),
                ],
                false,
            ),
        ] {
            assert_eq!(is_on_loopback(&map(pairs)), wanted, "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn only_ids_are_read(line in "(__Host-x=|[ -~]|;){0,80}") {
            if let Some(id) = read(&line) {
                prop_assert!(is_id(&id) && line.contains(&id));
            }
        }
    }
}
