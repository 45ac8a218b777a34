//! Recipients as JSON: `{"emailAddress": {"name", "address"}}`.

use serde_json::{Value, json};

use super::message::Person;
use crate::directory;

/// The JSON of a recipient.
pub(crate) fn recipient_json(person: &Person) -> Value {
    json!({"emailAddress": {"name": person.name, "address": person.address}})
}

/// Parses a list of recipients.
pub(crate) fn parse_recipients(value: &Value) -> Vec<Person> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(parse_recipient)
        .collect()
}

/// Parses a recipient.
pub(crate) fn parse_recipient(value: &Value) -> Option<Person> {
    let address = value["emailAddress"]["address"].as_str()?;
    let known = directory::find(address).map(|account| account.name);
    let name = value["emailAddress"]["name"]
        .as_str()
        .or(known)
        .unwrap_or(address);
    Some(Person::new(name, address))
}
