//! `.json`: messages, events, contacts and categories by the address of the account, with Graph's names.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::item::{Item, Kind};
use super::place::{Place, Source};
use crate::directory::Account;
use crate::store::Json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mailbox<'a> {
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    events: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    contacts: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    categories: Vec<&'a RawValue>,
}

/// Reads the items of a file.
///
/// # Errors
/// A message with the line.
pub(super) fn read(source: &Rc<Source>) -> Result<Vec<(&'static Account, Item)>, String> {
    let read: Result<BTreeMap<String, Mailbox<'_>>, _> = serde_json::from_str(&source.text);
    let read = read.map_err(|error| format!("{}:{}: {error}", source.name, error.line()))?;
    let mut out = Vec::new();
    for (address, mailbox) in read {
        let named = Place::new(source, 0).find(&format!("\"{address}\""));
        let account = super::find(&address).map_err(|sentence| named.wrong(sentence))?;
        let lists = [
            (Kind::Category, "", mailbox.categories),
            (Kind::Message, "folder", mailbox.messages),
            (Kind::Event, "calendar", mailbox.events),
            (Kind::Contact, "folder", mailbox.contacts),
        ];
        for (kind, folder, list) in lists {
            for raw in list {
                out.push((account, item(source, raw, kind, folder)?));
            }
        }
    }
    Ok(out)
}

fn item(source: &Rc<Source>, raw: &RawValue, kind: Kind, folder: &str) -> Result<Item, String> {
    // The raw value is a part of the text.
    let offset = (raw.get().as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    let at = Place::new(source, offset);
    let mut json: Json =
        serde_json::from_str(raw.get()).map_err(|_| at.wrong("this is no JSON object"))?;
    let folder = match json.remove(folder) {
        None => Vec::new(),
        Some(value) => {
            let path = value.as_str().filter(|path| !path.is_empty());
            let path = path.ok_or_else(|| {
                at.find(&format!("\"{folder}\""))
                    .wrong(format!("`{folder}` is no name"))
            })?;
            path.split('/').map(str::to_owned).collect()
        }
    };
    Ok(Item {
        kind,
        at,
        folder,
        json,
    })
}
