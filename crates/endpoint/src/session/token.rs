//! An access token in memory: one copy for all who are given it, which the last of them overwrites.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::{Arc, OnceLock};
use zeroize::Zeroize as _;

/// An access token. A clone is the same one. It has no `Debug`.
#[derive(Clone)]
pub(crate) struct Token(Arc<Held>);

struct Held {
    text: String,
    /// The same as it stands in an answer: written once, since looking for what JSON escapes costs more than all else that
    /// an answer costs here.
    json: OnceLock<Option<Box<RawValue>>>,
}

impl Token {
    /// Takes the text.
    pub(crate) fn new(text: String) -> Self {
        Self(Arc::new(Held {
            text,
            json: OnceLock::new(),
        }))
    }

    /// The token itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0.text
    }

    /// As a JSON string.
    pub(crate) fn json(&self) -> Option<&RawValue> {
        let json = self.0.json.get_or_init(|| to_raw_value(&self.0.text).ok());
        json.as_deref()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.text.zeroize();
        if let Some(Some(json)) = self.json.take() {
            Box::<str>::from(json).zeroize();
        }
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.reveal())
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_token_is_the_same_in_a_record_and_in_an_answer() {
        for text in ["", "eyJ0.eyJh.c2ln-_", "a\"b\\c\n\u{1}\u{e9}\u{2028}"] {
            let token = Token::new(text.to_owned());
            let written = serde_json::to_string(&token).unwrap();
            assert_eq!(token.json().unwrap().get(), written);
            assert_eq!(written, serde_json::to_string(text).unwrap());
            let read: Token = serde_json::from_str(&written).unwrap();
            assert_eq!(read.reveal(), text);
        }
    }
}
