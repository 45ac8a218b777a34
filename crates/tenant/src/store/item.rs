//! Items that are stored as JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A JSON object with Graph's names.
pub(crate) type Json = Map<String, Value>;

/// An item that is stored as JSON: a contact, a calendar, a category.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Item {
    pub(crate) key: u64,
    pub(crate) change: u64,
    /// Key of its folder; 0 without a folder.
    pub(crate) parent: u64,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) json: Json,
}
