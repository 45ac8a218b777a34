//! `.vcf`: contacts as vCards (RFC 6350; 2.1 and 3.0 too).

use std::rc::Rc;

use calcard::common::PartialDateTime;
use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardProperty, VCardValue};
use calcard::{Entry, Parser};
use serde_json::{Value, json};

use super::item::{Item, Kind};
use super::place::{self, Place, Source};
use crate::ids;
use crate::store::Json;

/// Reads the contacts of a file.
///
/// # Errors
/// The file has a line that belongs to no vCard, or a vCard without an end or a name.
pub(super) fn read(source: &Rc<Source>, folder: &[String]) -> Result<Vec<Item>, String> {
    place::check_components(source)?;
    let mut parser = Parser::new(&source.text);
    let mut at = Place::new(source, 0).find("BEGIN:VCARD");
    let mut items = Vec::new();
    loop {
        match parser.entry() {
            Entry::VCard(card) => {
                let json = contact(&card);
                let named = ["displayName", "givenName", "surname", "companyName"];
                if !named.iter().any(|name| json.contains_key(*name)) {
                    return Err(at.wrong("the vCard has no name: FN, N or ORG"));
                }
                items.push(Item {
                    kind: Kind::Contact,
                    at: at.clone(),
                    folder: folder.to_vec(),
                    json,
                });
                at = at.find("END:VCARD").find("BEGIN:VCARD");
            }
            Entry::Eof => break,
            Entry::InvalidLine(line) => {
                let place = Place::new(source, 0).find(line.trim());
                return Err(place.wrong("this line is in no vCard"));
            }
            _ => return Err(at.wrong("this is no whole vCard, from BEGIN:VCARD to END:VCARD")),
        }
    }
    if items.is_empty() {
        return Err(at.wrong("the file has no vCard"));
    }
    Ok(items)
}

fn contact(card: &VCard) -> Json {
    let mut out = Json::new();
    for entry in &card.entries {
        property(&mut out, entry);
    }
    out.retain(|_, value| !value.is_null());
    out
}

fn property(out: &mut Json, entry: &VCardEntry) {
    let text = || {
        entry
            .values
            .first()
            .and_then(VCardValue::as_text)
            .filter(|text| !text.is_empty())
    };
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    match &entry.name {
        VCardProperty::Fn => set("displayName", text().map(Value::from)),
        VCardProperty::N => {
            let parts = ["surname", "givenName", "middleName", "title", "generation"];
            for (part, value) in parts.into_iter().zip(components(entry)) {
                set(part, (!value.is_empty()).then(|| value.into()));
            }
        }
        VCardProperty::Nickname => set("nickName", text().map(Value::from)),
        VCardProperty::Org => {
            for (part, value) in ["companyName", "department"]
                .into_iter()
                .zip(components(entry))
            {
                set(part, (!value.is_empty()).then(|| value.into()));
            }
        }
        VCardProperty::Title => set("jobTitle", text().map(Value::from)),
        VCardProperty::Role => set("profession", text().map(Value::from)),
        VCardProperty::Note => set("personalNotes", text().map(Value::from)),
        VCardProperty::Url => set("businessHomePage", text().map(Value::from)),
        VCardProperty::Bday => set("birthday", entry.values.first().and_then(birthday)),
        VCardProperty::Photo => set("photo", entry.values.iter().find_map(photo)),
        VCardProperty::Categories => {
            set(
                "categories",
                Some(
                    components(entry)
                        .into_iter()
                        .filter(|one| !one.is_empty())
                        .collect(),
                ),
            );
        }
        VCardProperty::Adr => {
            let name = match (has(entry, "home"), has(entry, "work")) {
                (true, _) => "homeAddress",
                (_, true) => "businessAddress",
                _ => "otherAddress",
            };
            set(name, Some(address(entry)));
        }
        VCardProperty::Email => {
            let one = text().map(|address| json!({"address": address, "name": address}));
            push(out, "emailAddresses", one, 3);
        }
        VCardProperty::Impp => push(out, "imAddresses", text().map(Value::from), usize::MAX),
        VCardProperty::Tel => {
            let number = text().map(|number| number.trim_start_matches("tel:").into());
            match (has(entry, "cell"), has(entry, "home")) {
                (true, _) => set("mobilePhone", number),
                (_, true) => push(out, "homePhones", number, 2),
                _ => push(out, "businessPhones", number, 2),
            }
        }
        _ => {}
    }
}

/// Adds a value to a list, up to the number that a contact has fields for.
fn push(out: &mut Json, name: &str, value: Option<Value>, most: usize) {
    let list = out.entry(name).or_insert_with(|| json!([]));
    if let (Some(list), Some(value)) = (list.as_array_mut(), value)
        && list.len() < most
    {
        list.push(value);
    }
}

/// The parts of a value such as a name or an address.
fn components(entry: &VCardEntry) -> Vec<String> {
    let part = |value: &VCardValue| match value {
        VCardValue::Component(parts) => parts.join(", "),
        other => other.as_text().unwrap_or_default().to_owned(),
    };
    entry.values.iter().map(part).collect()
}

fn address(entry: &VCardEntry) -> Value {
    // Post office box, extended address, street, town, region, postal code, country.
    let parts = components(entry);
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    json!({
        "street": part(2),
        "city": part(3),
        "state": part(4),
        "postalCode": part(5),
        "countryOrRegion": part(6),
    })
}

/// Whether the entry has a type such as `home`.
fn has(entry: &VCardEntry, kind: &str) -> bool {
    entry.parameters(&VCardParameterName::Type).any(|one| {
        one.as_text()
            .is_some_and(|text| text.eq_ignore_ascii_case(kind))
    })
}

/// A birthday as Outlook keeps it: shortly before noon, which is the same day in most zones.
fn birthday(value: &VCardValue) -> Option<Value> {
    let written = |at: &PartialDateTime| {
        Some(format!(
            "{:04}-{:02}-{:02}T11:59:00Z",
            at.year?, at.month?, at.day?
        ))
    };
    match value {
        VCardValue::PartialDateTime(at) => written(at).map(Value::from),
        other => {
            let day = crate::store::date_time::date(other.as_text()?.get(..10)?)?;
            Some(format!("{day}T11:59:00Z").into())
        }
    }
}

fn photo(value: &VCardValue) -> Option<Value> {
    match value {
        VCardValue::Binary(data) => Some(ids::base64(&data.data).into()),
        other => {
            let (_, data) = other
                .as_text()?
                .strip_prefix("data:")?
                .split_once(";base64,")?;
            Some(data.into())
        }
    }
}
