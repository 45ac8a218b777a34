//! The reader of JSON (RFC 8259).
//!
//! serde_json's reader, with the visitor of a tree, would take 2.2 kB more of a first view (compressed). The tests and the
//! fuzz target hold this one to serde_json.

use super::Json;
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

/// How many lists and objects may stand in each other, as in serde_json.
const DEPTH: u8 = 127;

impl Json {
    /// Parses `text`; `None` where it is not JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(DEPTH)?;
        reader.next_token();
        (reader.at == text.len()).then_some(value)
    }
}

struct Reader<'a> {
    text: &'a str,
    /// How many bytes are read.
    at: usize,
}

impl Reader<'_> {
    /// The next byte, which stays; 0 at the end, since no 0 can stand in JSON.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    /// Skips one of the bytes `any`, where it comes next.
    fn skip(&mut self, any: &[u8]) -> bool {
        let found = any.contains(&self.peek());
        self.at += usize::from(found);
        found
    }

    /// The first byte of the next token, which stays.
    fn next_token(&mut self) -> u8 {
        while self.skip(b" \t\n\r") {}
        self.peek()
    }

    /// Skips the token `byte`, where it comes next.
    fn skip_token(&mut self, byte: u8) -> bool {
        self.next_token();
        self.skip(&[byte])
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        match self.next_token() {
            b'{' | b'[' => self.items(depth.checked_sub(1)?),
            b'"' => Some(Json::Text(self.text()?)),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(value)
    }

    /// An object or a list.
    fn items(&mut self, depth: u8) -> Option<Json> {
        let is_object = self.next() == b'{';
        let end = if is_object { b'}' } else { b']' };
        let (mut members, mut items) = (Vec::new(), Vec::new());
        let mut more = !self.skip_token(end);
        while more {
            if is_object {
                if self.next_token() != b'"' {
                    return None;
                }
                let name = self.text()?;
                if !self.skip_token(b':') {
                    return None;
                }
                members.push((name, self.value(depth)?));
            } else {
                items.push(self.value(depth)?);
            }
            more = !self.skip_token(end);
            if more && !self.skip(b",") {
                return None;
            }
        }
        Some(if is_object {
            Json::Object(members)
        } else {
            Json::List(items)
        })
    }

    /// A text, which begins with its quotation mark.
    fn text(&mut self) -> Option<String> {
        let mut text = Vec::new();
        self.next();
        loop {
            match self.next() {
                b'"' => return Some(scan::text(text)),
                b'\\' => {
                    let mut utf8 = [0; 4];
                    let letter = self.escaped()?.encode_utf8(&mut utf8);
                    text.extend_from_slice(letter.as_bytes());
                }
                0..b' ' => return None,
                byte => text.push(byte),
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.next() {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return None,
        })
    }

    /// A character by its number, or by the two numbers of its surrogates.
    fn unicode(&mut self) -> Option<char> {
        let mut number = self.unit()?;
        if let high @ 0xd800..0xdc00 = number {
            if self.next() != b'\\' || self.next() != b'u' {
                return None;
            }
            let low = self
                .unit()?
                .checked_sub(0xdc00)
                .filter(|low| *low < 0x400)?;
            number = 0x1_0000 + ((high - 0xd800) << 10) + low;
        }
        char::from_u32(number)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.next()).to_digit(16)?;
        }
        Some(unit)
    }

    fn number(&mut self) -> Option<Json> {
        let mut whole = !self.skip(b"-");
        let digits = self.digits()?;
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        let number = scan::number(digits);
        if self.skip(b".") {
            whole = false;
            self.digits()?;
        }
        if self.skip(b"eE") {
            whole = false;
            self.skip(b"+-");
            self.digits()?;
        }
        let number = number.filter(|_| whole);
        Some(number.map_or(Json::Null, |number| Json::Number(number.into())))
    }

    /// Digits, at least one.
    fn digits(&mut self) -> Option<&str> {
        let from = self.at;
        while self.skip(b"0123456789") {}
        self.text.get(from..self.at).filter(|some| !some.is_empty())
    }
}
