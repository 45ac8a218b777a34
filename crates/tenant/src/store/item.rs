//! What is kept as JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A JSON object in Graph's spelling.
pub(crate) type Json = Map<String, Value>;

/// Something small that is kept as JSON: a contact, a calendar, a category.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Item {
    pub(crate) key: u64,
    pub(crate) change: u64,
    /// Key of the folder, where the thing lies in one.
    pub(crate) parent: u64,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) json: Json,
}
