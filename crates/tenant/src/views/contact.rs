//! A contact and a contact folder as JSON.

use serde_json::{Map, Value, json};

use super::extended_properties;
use super::message::timestamp;
use super::selection::selected;
use crate::odata::Query;
use crate::store::id::{Id, Kind, change_key, etag};
use crate::store::{Item, Json};

/// The writable properties with their defaults.
const TEXTS: [&str; 22] = [
    "birthday",
    "fileAs",
    "displayName",
    "givenName",
    "initials",
    "middleName",
    "nickName",
    "surname",
    "title",
    "yomiGivenName",
    "yomiSurname",
    "yomiCompanyName",
    "generation",
    "jobTitle",
    "companyName",
    "department",
    "officeLocation",
    "profession",
    "businessHomePage",
    "assistantName",
    "manager",
    "mobilePhone",
];
const MORE_TEXTS: [&str; 2] = ["spouseName", "personalNotes"];
const LISTS: [&str; 6] = [
    "categories",
    "imAddresses",
    "homePhones",
    "businessPhones",
    "children",
    "emailAddresses",
];
/// Largest number of elements: a contact has fields for these and no more.
const LIMITS: [(&str, usize); 3] = [
    ("emailAddresses", 3),
    ("businessPhones", 2),
    ("homePhones", 2),
];
const ADDRESSES: [&str; 3] = ["homeAddress", "businessAddress", "otherAddress"];

/// An empty contact.
pub(crate) fn blank() -> Json {
    let texts = TEXTS
        .iter()
        .chain(&MORE_TEXTS)
        .map(|name| ((*name).to_owned(), Value::Null));
    let lists = LISTS.iter().map(|name| ((*name).to_owned(), json!([])));
    let addresses = ADDRESSES.iter().map(|name| ((*name).to_owned(), json!({})));
    texts.chain(lists).chain(addresses).collect()
}

/// Writes the properties that a client sent. Read-only properties are ignored.
///
/// # Errors
/// The name of a property whose value has the wrong type or too many elements.
pub(crate) fn apply(contact: &mut Json, body: &Json) -> Result<(), String> {
    let named = ["displayName", "fileAs"].map(|name| body.contains_key(name));
    for (name, value) in body {
        let name = name.as_str();
        let fits = if LISTS.contains(&name) {
            value.is_array()
        } else if ADDRESSES.contains(&name) {
            value.is_object() || value.is_null()
        } else if TEXTS.contains(&name) || MORE_TEXTS.contains(&name) {
            value.is_string() || value.is_null()
        } else {
            continue;
        };
        let limit = LIMITS.iter().find(|(limited, _)| *limited == name);
        let many = value.as_array().map_or(0, Vec::len);
        if !fits || limit.is_some_and(|(_, most)| many > *most) {
            return Err(name.to_owned());
        }
        contact.insert(name.to_owned(), value.clone());
    }
    extended_properties::merge_all(contact, body);
    derive(contact, named);
    Ok(())
}

/// Fills display name, sort name and initials from the names, as Exchange does.
fn derive(contact: &mut Json, named: [bool; 2]) {
    let text = |name: &str| {
        contact
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (given, surname) = (text("givenName"), text("surname"));
    let full = format!("{given} {surname}").trim().to_owned();
    let sorted = match (given.is_empty(), surname.is_empty()) {
        (false, false) => format!("{surname}, {given}"),
        _ => full.clone(),
    };
    let mut set = |name: &str, value: String, keep: bool| {
        let empty = contact
            .get(name)
            .and_then(Value::as_str)
            .is_none_or(str::is_empty);
        if !value.is_empty() && (empty || !keep) {
            contact.insert(name.to_owned(), value.into());
        }
    };
    let initials: String = [&given, &surname]
        .iter()
        .filter_map(|name| name.chars().next())
        .map(|first| format!("{first}."))
        .collect();
    set("displayName", full, true);
    set("fileAs", sorted, named[1] || named[0]);
    set("initials", initials, true);
}

fn id(kind: Kind, mailbox: u32, key: u64) -> String {
    Id {
        kind,
        mailbox,
        key,
        part: 0,
    }
    .encode()
}

/// What the query selects and expands of a contact, with canonical names.
pub(crate) fn to_json(item: &Item, mailbox: u32, query: &Query) -> Map<String, Value> {
    selected(whole(item, mailbox), query)
}

/// All of a contact, with canonical names and with what only an expansion shows.
pub(crate) fn whole(item: &Item, mailbox: u32) -> Map<String, Value> {
    let mut out = item.json.clone();
    out.retain(|name, _| !name.starts_with('@'));
    let own = json!({
        "id": id(Kind::Contact, mailbox, item.key),
        "createdDateTime": timestamp(item.created),
        "lastModifiedDateTime": timestamp(item.modified),
        "changeKey": change_key(item.change),
        "parentFolderId": id(Kind::Folder, mailbox, item.parent),
    });
    out.extend(own.as_object().cloned().unwrap_or_default());
    out.insert("@odata.etag".into(), etag(item.change).into());
    out
}

/// A contact folder with canonical names.
pub(crate) fn folder(key: u64, parent: u64, name: &str, mailbox: u32) -> Map<String, Value> {
    let json = json!({
        "id": id(Kind::Folder, mailbox, key),
        "parentFolderId": id(Kind::Folder, mailbox, parent),
        "displayName": name,
    });
    json.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_derived_and_wrong_types_refused() {
        let mut contact = blank();
        let body = json!({"givenName": "Nadia", "surname": "Nazari", "changeKey": "x"});
        apply(&mut contact, body.as_object().unwrap()).unwrap();
        assert_eq!(contact["displayName"], "Nadia Nazari");
        assert_eq!(contact["fileAs"], "Nazari, Nadia");
        assert_eq!(contact["initials"], "N.N.");
        assert!(!contact.contains_key("changeKey"));
        let wrong = json!({"emailAddresses": "a@b"});
        assert_eq!(
            apply(&mut contact, wrong.as_object().unwrap()),
            Err("emailAddresses".to_owned())
        );
    }
}
