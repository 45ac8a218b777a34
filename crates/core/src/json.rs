//! The JSON of the page's half: one tree for reading, one writer for objects.
//!
//! In the WebAssembly, each derived reader of a struct would bring a parser of its own (1 to 4 kB raw). One tree, and a
//! line for each field (`wire/json.rs`), cost a fraction of that.

use alloc::string::String;
use alloc::vec::Vec;

mod reader;
mod writer;

pub use writer::Writer;

/// A type that can be read from a [`Json`].
pub trait FromJson: Sized {
    /// Reads `json`; `None` where a member is missing or has another type.
    fn from_json(json: &Json) -> Option<Self>;
}

/// A body that the page posts.
pub trait ToJson {
    /// The JSON text.
    fn to_json(&self) -> String;
}

/// Any JSON value. Of numbers only integers from 0 to 4294967295 are kept, since the protocols use no others.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and all other numbers.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that is not negative.
    Number(u64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object: its members in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member `name`; [`Json::Null`] where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        let Self::Object(members) = self else {
            return &Self::Null;
        };
        members
            .iter()
            .find(|member| member.0 == name)
            .map_or(&Self::Null, |member| &member.1)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn str(&self) -> Option<&str> {
        let Self::Text(text) = self else { return None };
        Some(text)
    }

    /// A copy of the text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.str().map(String::from)
    }

    /// A copy of the text; empty where it is none.
    pub(crate) fn text_or_empty(&self) -> String {
        self.str().unwrap_or_default().into()
    }

    /// Whether the members `names` are texts. It is checked before they are read: each early return in between would be
    /// code that drops what was read.
    pub(crate) fn has_texts(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.get(name).str().is_some())
    }

    /// The number, if it is one that fits into 32 bits.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        u32::try_from(*number).ok()
    }

    /// Whether this is a list with the text `text` in it.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.items().iter().any(|item| item.str() == Some(text))
    }

    /// The items of a list; none where it is something else.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is a list of texts.
    pub(crate) fn is_texts(&self) -> bool {
        let list = matches!(self, Self::List(_));
        list && self.items().iter().all(|item| item.str().is_some())
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The texts of a list; `None` where it is something else.
    #[must_use]
    pub fn texts(&self) -> Option<Vec<String>> {
        if !self.is_texts() {
            return None;
        }
        let mut texts = Vec::new();
        for item in self.items() {
            texts.push(item.text_or_empty());
        }
        Some(texts)
    }

    /// The value in `known` whose name it is.
    pub(crate) fn one_of<T: Copy>(&self, known: &[(&str, T)]) -> Option<T> {
        let Self::Text(text) = self else { return None };
        known.iter().find(|one| one.0 == text).map(|one| one.1)
    }
}

#[cfg(test)]
#[path = "tests/json.rs"]
mod tests;
