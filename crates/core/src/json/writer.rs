//! The writer of JSON objects.

use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

/// Writes one object, member by member. Methods take it by reference, since each move would be code.
///
/// It holds bytes; they are UTF-8, since only whole texts and ASCII characters are added.
pub struct Writer(Vec<u8>);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self(b"{".to_vec())
    }

    /// Writes the name of a member.
    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        push_text(&mut self.0, name);
        self.0.push(b':');
    }

    /// Adds a member whose value is JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        self.name(name);
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        push_text(&mut self.0, value);
        self
    }

    /// Adds a text, where there is one.
    pub fn optional_text(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// Adds a list of texts.
    pub fn texts(&mut self, name: &str, values: &[String]) -> &mut Self {
        self.name(name);
        self.0.push(b'[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            push_text(&mut self.0, value);
        }
        self.0.push(b']');
        self
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: u64) -> &mut Self {
        let mut digits = String::new();
        scan::push_number(&mut digits, value);
        self.raw(name, &digits)
    }

    /// Ends the object and gives its text.
    #[must_use]
    pub fn finish(&mut self) -> String {
        self.0.push(b'}');
        scan::text(core::mem::take(&mut self.0))
    }
}

/// Appends a quoted text (RFC 8259 §7).
fn push_text(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text.bytes() {
        if byte < b' ' {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
            continue;
        }
        if byte == b'"' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}
