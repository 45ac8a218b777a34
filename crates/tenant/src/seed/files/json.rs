//! `.json`: messages, events, contacts and categories by the address of the account, with Graph's names. Beside them the
//! account itself, and a list of registrations.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::item::{Item, Kind};
use super::photo;
use super::place::{Place, Source};
use crate::directory::{Account, Directory, NewAccount, Registration};
use crate::store::Json;

/// The name under which a file has registrations; all other names are addresses.
const REGISTRATIONS: &str = "registrations";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mailbox<'a> {
    #[serde(borrow, default)]
    account: Option<&'a RawValue>,
    /// Photo of the account, as base64.
    #[serde(borrow, default)]
    photo: Option<&'a RawValue>,
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    events: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    contacts: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    categories: Vec<&'a RawValue>,
}

/// What a file has.
struct File<'a> {
    mailboxes: BTreeMap<String, Mailbox<'a>>,
    registrations: Vec<&'a RawValue>,
}

fn parse(source: &Source) -> Result<File<'_>, String> {
    let wrong = |error: serde_json::Error| format!("{}:{}: {error}", source.name, error.line());
    let mut whole: BTreeMap<String, &RawValue> =
        serde_json::from_str(&source.text).map_err(wrong)?;
    let at = |raw: &RawValue| line(source, raw);
    let registrations = match whole.remove(REGISTRATIONS) {
        None => Vec::new(),
        Some(raw) => serde_json::from_str(raw.get())
            .map_err(|_| format!("{}:{}: `{REGISTRATIONS}` is no list", source.name, at(raw)))?,
    };
    let mut mailboxes = BTreeMap::new();
    for (address, raw) in whole {
        let mailbox = serde_json::from_str(raw.get()).map_err(|error| {
            let line = at(raw) + error.line().saturating_sub(1);
            format!("{}:{line}: {}", source.name, without_place(&error))
        })?;
        mailboxes.insert(address, mailbox);
    }
    Ok(File {
        mailboxes,
        registrations,
    })
}

/// The line of a value, which is a part of the text.
fn line(source: &Source, raw: &RawValue) -> usize {
    let before = source.text.as_bytes().get(..offset(source, raw));
    before
        .unwrap_or_default()
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

fn offset(source: &Source, raw: &RawValue) -> usize {
    (raw.get().as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize)
}

/// The message of a parser without its place, which counts from the part that was parsed.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map_or_else(|| text.clone(), |(head, _)| head.to_owned())
}

/// Adds the accounts and registrations of a file.
///
/// # Errors
/// A message with the line.
pub(super) fn directory(source: &Rc<Source>, directory: &mut Directory) -> Result<(), String> {
    let file = parse(source)?;
    for (address, mailbox) in file.mailboxes {
        let Some(raw) = mailbox.account else {
            continue;
        };
        let at = Place::new(source, offset(source, raw));
        let account: NewAccount = serde_json::from_str(raw.get())
            .map_err(|error| at.wrong(format!("`account`: {}", without_place(&error))))?;
        directory
            .add(&address, account)
            .map_err(|sentence| at.wrong(sentence))?;
    }
    for raw in file.registrations {
        let at = Place::new(source, offset(source, raw));
        let app: Registration = serde_json::from_str(raw.get())
            .map_err(|error| at.wrong(format!("a registration: {}", without_place(&error))))?;
        if let Some(sentence) = app.problem() {
            return Err(at.wrong(sentence));
        }
        directory.register(app);
    }
    Ok(())
}

/// Reads the items of a file.
///
/// # Errors
/// A message with the line.
pub(super) fn read(
    directory: &Directory,
    source: &Rc<Source>,
) -> Result<Vec<(&'static Account, Item)>, String> {
    let mut out = Vec::new();
    for (address, mailbox) in parse(source)?.mailboxes {
        let named = Place::new(source, 0).find(&format!("\"{address}\""));
        if is_guest(directory, &address, &mailbox) {
            continue;
        }
        let account = super::find(directory, &address).map_err(|sentence| named.wrong(sentence))?;
        if let Some(raw) = mailbox.photo {
            let at = Place::new(source, offset(source, raw));
            let text: Option<String> = serde_json::from_str(raw.get()).ok();
            let picture = text.and_then(|text| crate::ids::from_base64(&text));
            let picture = picture.ok_or_else(|| at.wrong("`photo` is no base64"))?;
            let read = photo::read(source.name.clone(), &picture, &[]);
            out.push((
                account,
                read.map_err(|_| at.wrong("`photo` is no PNG, JPEG or GIF"))?,
            ));
        }
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

/// Whether there is only an account, which needs no mailbox.
fn is_guest(directory: &Directory, address: &str, mailbox: &Mailbox<'_>) -> bool {
    let lists = [
        &mailbox.messages,
        &mailbox.events,
        &mailbox.contacts,
        &mailbox.categories,
    ];
    let empty = mailbox.photo.is_none() && lists.iter().all(|list| list.is_empty());
    let known = directory.find(address);
    empty && known.is_some_and(|account| account.mailbox.is_none())
}

fn item(source: &Rc<Source>, raw: &RawValue, kind: Kind, folder: &str) -> Result<Item, String> {
    let at = Place::new(source, offset(source, raw));
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
