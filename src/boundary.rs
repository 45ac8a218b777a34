//! Plain objects for JavaScript.

use js_sys::{Object, Reflect};
use serde::Serialize;
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

/// A plain object. A member that is `None` is undefined. There are no derived types here: each would bring a serializer
/// of its own.
pub(crate) fn plain(members: &[(&str, Member)]) -> JsValue {
    let object = Object::new().into();
    for (name, member) in members {
        let value = serde_wasm_bindgen::to_value(member).unwrap_or_default();
        // The object is our own: setting cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object
}
