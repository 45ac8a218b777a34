//! The session cookie: a random id, and nothing else.

use crate::base::random;
use crate::store::Key;
use axum::http::{HeaderMap, HeaderValue, header};
use exo365_core::error::Error;
use exo365_core::text::base64url;
use std::fmt;

/// Length of an id: 32 bytes in base64url.
const LENGTH: usize = 43;

/// A session's id, as the browser holds it. Printing it prints nothing of it.
pub(crate) struct SessionId(String);

impl SessionId {
    /// A new one: 256 random bits.
    ///
    /// # Errors
    /// Where there are no random bytes.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self(base64url(&random::bytes::<32>()?)))
    }

    /// The id in the request's cookies. Other cookies, and values of another shape, are passed over.
    pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<Self> {
        let lines = headers.get_all(header::COOKIE).into_iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        let value = pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && is_id(value));
        value.map(|(_, value)| Self(value.into()))
    }

    /// What the record is stored under: the id itself is nowhere on the disk.
    pub(crate) fn key(&self) -> Key {
        Key(random::sha256(self.0.as_bytes()))
    }

    /// The header that sets it, for `seconds`.
    pub(crate) fn set(&self, name: &str, seconds: u64) -> Option<HeaderValue> {
        header(name, &self.0, seconds)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// The header that takes the cookie away.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    header(name, "", 0)
}

fn header(name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
    let text =
        format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Strict");
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
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
        headers.insert(header::COOKIE, HeaderValue::try_from(line).ok()?);
        SessionId::read(&headers, "__Host-x").map(|id| id.0)
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
    fn e21_the_attributes_of_the_cookie() {
        let id = SessionId::new().unwrap();
        let value = id.set("__Host-Http-exo365", 60).unwrap();
        assert!(value.is_sensitive());
        let text = value.to_str().unwrap();
        let (pair, rest) = text.split_once("; ").unwrap();
        assert_eq!(pair, format!("__Host-Http-exo365={}", id.0));
        assert_eq!(
            rest,
            "Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(!format!("{id:?}").contains(&id.0));
        assert_ne!(SessionId::new().unwrap().0, id.0);
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
