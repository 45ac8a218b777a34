//! Extended properties and open extensions of items: kept by id, and in responses only where the query expands them.

use serde_json::{Map, Value};

use crate::ids;
use crate::odata::{Query, eval};
use crate::store::Json;

/// The collections.
pub(crate) const NAMES: [&str; 3] = [
    "singleValueExtendedProperties",
    "multiValueExtendedProperties",
    EXTENSIONS,
];
/// The collection of open extensions.
pub(crate) const EXTENSIONS: &str = "extensions";
/// What the id of an open extension of an Outlook item has before its name.
const EXTENSION_PREFIX: &str = "Microsoft.OutlookServices.OpenTypeExtension.";

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
        let id = if name == EXTENSIONS {
            one["@odata.type"] = "#microsoft.graph.openTypeExtension".into();
            extension_id(one["extensionName"].as_str().unwrap_or_default())
        } else {
            one["id"].as_str().map(normal_id).unwrap_or_default()
        };
        one["id"] = id.as_str().into();
        list.retain(|other| other["id"].as_str() != Some(&id));
        list.push(one);
    }
}

/// Whether a body has one of the collections.
pub(crate) fn are_in(body: &Json) -> bool {
    NAMES.iter().any(|name| body.contains_key(*name))
}

/// Writes all collections that a body has.
pub(crate) fn merge_all(held: &mut Json, body: &Json) {
    for name in NAMES {
        if let Some(sent) = body.get(name) {
            merge(held, name, sent);
        }
    }
}

/// The first id that a client sent and that is none: a type, then `{GUID} Id 0x..`, `{GUID} Name ..` or a number of MAPI.
pub(crate) fn wrong_id(body: &Json) -> Option<String> {
    let lists = NAMES.iter().filter(|name| **name != EXTENSIONS);
    lists
        .filter_map(|name| Some((*name, body.get(*name)?.as_array()?)))
        .flat_map(|(name, list)| list.iter().map(move |one| (name, one)))
        .map(|(name, one)| (name, one["id"].as_str().unwrap_or_default()))
        .find(|(name, id)| !is_id(id, name.starts_with("multi")))
        .map(|(_, id)| id.to_owned())
}

/// The types of single values; those of several are the same with `Array`.
const TYPES: [&str; 16] = [
    "ApplicationTime",
    "Binary",
    "Boolean",
    "CLSID",
    "Currency",
    "Double",
    "Error",
    "Float",
    "Integer",
    "Long",
    "Null",
    "Object",
    "Short",
    "String",
    "SystemTime",
    "Guid",
];

fn is_id(id: &str, multiple: bool) -> bool {
    let (kind, rest) = id.split_once(' ').unwrap_or((id, ""));
    let kind = match multiple {
        true => kind.strip_suffix("Array").unwrap_or_default(),
        false => kind,
    };
    let known = TYPES.iter().any(|one| one.eq_ignore_ascii_case(kind));
    let hexadecimal = |text: &str| {
        let digits = text.strip_prefix("0x").or(text.strip_prefix("0X"));
        digits.is_some_and(|digits| {
            !digits.is_empty() && digits.chars().all(|char| char.is_ascii_hexdigit())
        })
    };
    let named = || {
        let (guid, rest) = rest.strip_prefix('{')?.split_once("} ")?;
        let (kind, value) = rest.split_once(' ')?;
        let fits = match kind.to_ascii_lowercase().as_str() {
            "id" => hexadecimal(value),
            "name" => !value.trim().is_empty(),
            _ => false,
        };
        Some(fits && ids::is_guid(guid))
    };
    known && (hexadecimal(rest) || named().unwrap_or_default())
}

/// The id of an open extension, of its name or of its id.
pub(crate) fn extension_id(name: &str) -> String {
    let known = name
        .get(..EXTENSION_PREFIX.len())
        .filter(|head| head.eq_ignore_ascii_case(EXTENSION_PREFIX));
    let name = known.map_or(name, |head| &name[head.len()..]);
    format!("{EXTENSION_PREFIX}{name}")
}

/// The collection of an item for a filter. An open extension is there by its id and by its name: clients write both.
pub(crate) fn listed(held: &Json, name: &str) -> Vec<Value> {
    let list = held.get(name).and_then(Value::as_array);
    let mut list = list.cloned().unwrap_or_default();
    if name == EXTENSIONS {
        let named: Vec<Value> = list.iter().map(by_name).collect();
        list.extend(named);
    }
    list
}

fn by_name(extension: &Value) -> Value {
    let mut named = extension.clone();
    named["id"] = extension["extensionName"].clone();
    named
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

/// Puts the collections that an item holds into its entity, for a filter to see.
pub(crate) fn attach(entity: &mut Map<String, Value>, held: &Json) {
    for name in NAMES {
        if let Some(list) = held.get(name) {
            entity.insert(name.to_owned(), list.clone());
        }
    }
}

/// Takes the collections out of an entity, and puts back what the query expands of them.
pub(crate) fn show(entity: &mut Map<String, Value>, query: &Query) {
    let held: Json = NAMES
        .iter()
        .filter_map(|name| entity.remove_entry(*name))
        .collect();
    expand(entity, &held, query);
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
            filter.is_none_or(|filter| {
                let named = name == EXTENSIONS && eval::matches(filter, &by_name(one));
                named || eval::matches(filter, *one)
            })
        };
        let list: Vec<Value> = list.into_iter().flatten().filter(met).cloned().collect();
        if !list.is_empty() {
            out.insert(name.to_owned(), list.into());
        }
    }
}
