//! Bytes as base64 in the data file.

use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

use crate::ids;

/// Writes bytes as text.
pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&ids::base64(bytes))
}

/// Reads bytes from text.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(input)?;
    ids::from_base64(&text).ok_or_else(|| D::Error::custom("bytes that are not valid base64"))
}
