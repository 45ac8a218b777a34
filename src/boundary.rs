//! Plain objects for JavaScript.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// A member of a plain object.
pub(crate) enum Member<'a> {
    Flag(bool),
    /// An integer that is not negative.
    Number(u32),
    Text(Option<&'a str>),
    Texts(Option<&'a [String]>),
}

impl Serialize for Member<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => flag.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Texts(texts) => texts.serialize(serializer),
        }
    }
}

struct Plain<'a>(&'a [(&'a str, Member<'a>)]);

impl Serialize for Plain<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

/// A plain object. A member that is `None` is undefined. There are no derived types here: each would bring a serializer
/// of its own.
pub(crate) fn plain(members: &[(&str, Member)]) -> JsValue {
    let serializer = Serializer::new().serialize_maps_as_objects(true);
    Plain(members)
        .serialize(&serializer)
        .unwrap_or(JsValue::NULL)
}
