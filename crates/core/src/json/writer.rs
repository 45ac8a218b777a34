//! The writer of JSON objects.

use crate::scan;
use alloc::string::String;

/// Writes one object, member by member. Methods take it by reference, since each move would be code.
pub struct Writer(String);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self(String::from('{'))
    }

    /// Writes a text in quotation marks.
    fn push_text(&mut self, text: &str) {
        // A text is always JSON.
        let quoted = serde_json::to_string(text).unwrap_or_default();
        self.0.push_str(&quoted);
    }

    /// Writes the name of a member.
    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.push_text(name);
        self.0.push(':');
    }

    /// Adds a member whose value is JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        self.push_text(value);
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
        self.0.push('[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.push_text(value);
        }
        self.0.push(']');
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
        self.0.push('}');
        core::mem::take(&mut self.0)
    }
}
