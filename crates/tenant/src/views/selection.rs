//! What a query selects and expands of an entity.

use serde_json::{Map, Value};

use super::extended_properties;
use crate::odata::Query;

/// What the service sends only where the query names it.
const ONLY_SELECTED: &str = "originalStart";

/// The entity without what the query neither selects nor expands.
pub(crate) fn selected(mut entity: Map<String, Value>, query: &Query) -> Map<String, Value> {
    entity.retain(|name, _| {
        let named = query.select.is_some() || name != ONLY_SELECTED;
        let expanded = query.expands(name) || extended_properties::NAMES.contains(&name.as_str());
        expanded || name.starts_with('@') || name == "id" || named && query.selects(name)
    });
    extended_properties::show(&mut entity, query);
    entity
}
