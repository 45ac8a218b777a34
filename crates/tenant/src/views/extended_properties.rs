//! Extended properties of items: kept by id, and in responses only where the query expands them.

use serde_json::{Map, Value};

use crate::odata::{Query, eval};
use crate::store::Json;

/// The two collections.
pub(crate) const NAMES: [&str; 2] = [
    "singleValueExtendedProperties",
    "multiValueExtendedProperties",
];

/// Writes the properties that a client sent over those with the same id.
pub(crate) fn merge(held: &mut Json, name: &str, sent: &Value) {
    let list = held
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()))
        .as_array_mut();
    let Some(list) = list else {
        return;
    };
    for one in sent.as_array().into_iter().flatten() {
        let mut one = one.clone();
        let id = one["id"].as_str().map(normal_id).unwrap_or_default();
        one["id"] = id.as_str().into();
        list.retain(|other| other["id"].as_str() != Some(&id));
        list.push(one);
    }
}

/// `Integer 0x0036` is stored as `Integer 0x36`.
fn normal_id(id: &str) -> String {
    match id.rsplit_once("0x") {
        Some((head, number)) if number.chars().all(|char| char.is_ascii_hexdigit()) => {
            let number = number.trim_start_matches('0');
            format!("{head}0x{}", if number.is_empty() { "0" } else { number })
        }
        _ => id.to_owned(),
    }
}

/// Adds the expanded properties to an entity, those that meet the filter of the expansion.
pub(crate) fn expand(out: &mut Map<String, Value>, held: &Json, query: &Query) {
    for name in NAMES {
        let Some(expansion) = query.expansion(name) else {
            continue;
        };
        let list = held.get(name).and_then(Value::as_array);
        let met = |one: &&Value| {
            let filter = expansion.filter.as_ref();
            filter.is_none_or(|filter| eval::matches(filter, *one))
        };
        let list: Vec<Value> = list.into_iter().flatten().filter(met).cloned().collect();
        if !list.is_empty() {
            out.insert(name.to_owned(), list.into());
        }
    }
}
