//! Recipients as JSON: `{"emailAddress": {"name", "address"}}`.

use serde_json::{Value, json};

use super::message::Person;
use crate::directory::Directory;

/// The JSON of a recipient.
pub(crate) fn recipient_json(person: &Person) -> Value {
    json!({"emailAddress": {"name": person.name, "address": person.address}})
}

/// Parses a list of recipients. Those of the directory have its names, where none is given.
pub(crate) fn parse_recipients(value: &Value, directory: &Directory) -> Vec<Person> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| parse_recipient(one, directory))
        .collect()
}

/// Parses a recipient.
pub(crate) fn parse_recipient(value: &Value, directory: &Directory) -> Option<Person> {
    let address = value["emailAddress"]["address"].as_str()?;
    let known = directory.find(address).map(|account| account.name);
    let name = value["emailAddress"]["name"]
        .as_str()
        .or(known)
        .unwrap_or(address);
    Some(Person::new(name, address))
}
