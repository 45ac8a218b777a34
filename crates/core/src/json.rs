//! JSON of the page's half: one tree for reading, one writer for flat objects.
//!
//! The typed structs of [`crate::wire`] are what both sides mean. In the WebAssembly each of them
//! would bring a parser of its own (1 to 4 kB raw); one tree and a line per field cost a
//! fraction (`wire/json.rs`).

use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

mod writer;

pub use writer::Writer;

/// What can be read from a [`Json`]; `None` where a member is missing or of another kind.
pub trait FromJson: Sized {
    /// Reads `json`.
    fn from_json(json: &Json) -> Option<Self>;
}

/// What the page posts, as JSON text.
pub trait ToJson {
    /// Writes the value.
    fn to_json(&self) -> String;
}

/// Any JSON value. Numbers are kept where they are whole and not negative, which is all that the protocols use.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and numbers that nobody here reads.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in its own order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads `text`; `None` where it is no JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Apart from the visitor, of which the compiler makes one for each way to come by members.
    fn of_members(members: Vec<(String, Self)>) -> Self {
        // How numbers come with serde_json's feature `arbitrary_precision` (the WebAssembly's build has it).
        if let [(key, Self::Text(digits))] = members.as_slice()
            && key == "$serde_json::private::Number"
        {
            return scan::number(digits).map_or(Self::Null, |number| Self::Number(number.into()));
        }
        Self::Object(members)
    }

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

    /// Whether the members `names` are texts. Checked once, so that reading them has no way to
    /// fail: each early return would drop what was read before it.
    pub(crate) fn has_texts(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.get(name).str().is_some())
    }

    /// The number, if it is one that fits.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        u32::try_from(*number).ok()
    }

    /// What is in a list; nothing where it is none.
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

    /// The value among `known` that is named.
    pub(crate) fn one_of<T: Copy>(&self, known: &[(&str, T)]) -> Option<T> {
        let Self::Text(text) = self else { return None };
        known.iter().find(|one| one.0 == text).map(|one| one.1)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        // Keys are read as trees too: a reader of texts alone would bring a second family of messages.
        while let Some((key, value)) = members.next_entry::<Json, Json>()? {
            object.push((key.text().unwrap_or_default(), value));
        }
        Ok(Json::of_members(object))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

#[cfg(test)]
#[path = "tests/json.rs"]
mod tests;
