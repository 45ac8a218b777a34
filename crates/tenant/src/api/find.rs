//! Lookups in a mailbox that several handlers share.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::call::Call;
use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::http::{Flavor, Params};
use crate::store::date_time::{local_time, offset_time};
use crate::store::event::Instance;
use crate::store::id::{Id, Kind as IdKind};
use crate::store::mailbox::{CONTACTS, ROOT};
use crate::store::{Event, Folder, Item, Mailbox, Message};
use crate::views::contact as contact_view;
use crate::views::event::Format;

/// Longest calendar view, in days.
const MAX_VIEW_DAYS: i64 = 1825;

/// A folder by well-known name or id.
pub(crate) fn folder<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    name: &str,
) -> Result<&'a Folder, ApiError> {
    if let Some(folder) = mailbox.folder(name) {
        return Ok(folder);
    }
    call.id(name, IdKind::Folder)?;
    let text = "The specified folder could not be found in the store.";
    Err(ApiError::new(404, "ErrorItemNotFound", text))
}

/// The key of the message with this id.
pub(crate) fn message_key(call: &Call<'_>, mailbox: &Mailbox, text: &str) -> Result<u64, ApiError> {
    let id = call.id(text, IdKind::Message)?;
    let message = mailbox.message(id.key).ok_or_else(ApiError::not_found)?;
    // A move makes the old id invalid, unless it is immutable.
    if id.part == -1 || id.part == message.moves {
        Ok(id.key)
    } else {
        Err(ApiError::not_found())
    }
}

/// The message with this id.
pub(crate) fn message<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    text: &str,
) -> Result<&'a Message, ApiError> {
    let key = message_key(call, mailbox, text)?;
    mailbox.message(key).ok_or_else(ApiError::not_found)
}

/// The parsed id of an event or of an occurrence.
pub(crate) fn event_id(call: &Call<'_>, text: &str) -> Result<Id, ApiError> {
    call.id(text, IdKind::Event)
}

/// The event or occurrence with this id.
pub(crate) fn event<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    text: &str,
) -> Result<Instance<'a>, ApiError> {
    let id = event_id(call, text)?;
    let event = mailbox
        .events
        .get(&id.key)
        .ok_or_else(ApiError::not_found)?;
    match id.part {
        0 => Ok(event.itself()),
        day => event.occurrence(day).ok_or_else(ApiError::not_found),
    }
}

/// The events of a calendar.
pub(crate) fn events_of(mailbox: &Mailbox, calendar: u64) -> impl Iterator<Item = &Event> {
    mailbox
        .events
        .values()
        .filter(move |event| event.calendar == calendar)
}

/// The format of events in the response.
pub(crate) fn event_format(call: &Call<'_>) -> Format {
    let (zone, tz) = call
        .prefer
        .timezone
        .clone()
        .unwrap_or_else(|| ("UTC".to_owned(), Tz::UTC));
    Format {
        flavor: call.flavor,
        mailbox: call.mailbox,
        zone,
        tz,
        text_body: call.prefer.text_body == Some(true),
    }
}

/// The parameters `startDateTime` and `endDateTime`, which are required. A time without an offset
/// is in the requested time zone.
pub(crate) fn time_window(
    params: &Params,
    zone: Tz,
) -> Result<(DateTime<Utc>, DateTime<Utc>), ApiError> {
    let one = |name: &str| {
        let Some(text) = params.get_any_case(name) else {
            let text = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.";
            return Err(ApiError::invalid_parameter(text));
        };
        // An unescaped plus sign is decoded to a space.
        let text = text.replace(' ', "+");
        let at = offset_time(&text)
            .or_else(|| local_time(&text).map(|local| timezone::instant(local, zone)));
        at.ok_or_else(|| {
            let text = format!("The value '{text}' of parameter '{name}' is invalid.");
            ApiError::invalid_parameter(text)
        })
    };
    let (from, to) = (one("startDateTime")?, one("endDateTime")?);
    if to < from {
        let text = "The end of the time window lies before its start.";
        return Err(ApiError::invalid_parameter(text));
    }
    if to - from > TimeDelta::days(MAX_VIEW_DAYS) {
        let text = format!(
            "Your request can't be completed. The range between the start and end dates is greater than the allowed range. Maximum number of days: {MAX_VIEW_DAYS}"
        );
        return Err(ApiError::bad(text));
    }
    Ok((from, to))
}

/// The contacts of a folder.
pub(crate) fn contacts_of(mailbox: &Mailbox, folder: u64) -> impl Iterator<Item = &Item> {
    mailbox
        .contacts
        .values()
        .filter(move |item| item.parent == folder)
}

/// The contact with this id.
pub(crate) fn contact<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    text: &str,
) -> Result<&'a Item, ApiError> {
    let key = call.id(text, IdKind::Contact)?.key;
    mailbox.contacts.get(&key).ok_or_else(ApiError::not_found)
}

/// The child folders of a folder.
pub(crate) fn contact_folders_of(mailbox: &Mailbox, parent: u64) -> impl Iterator<Item = &Item> {
    mailbox
        .contact_folders
        .values()
        .filter(move |item| item.parent == parent)
}

/// A contact folder with canonical names.
pub(crate) fn contact_folder_json(mailbox: &Mailbox, key: u64) -> Map<String, Value> {
    match mailbox.contact_folders.get(&key) {
        Some(item) => {
            let name = item.json.get("displayName").and_then(Value::as_str);
            contact_view::folder(key, item.parent, name.unwrap_or_default(), mailbox.number)
        }
        None => contact_view::folder(CONTACTS, ROOT, "Contacts", mailbox.number),
    }
}

/// The collection of messages in context URLs.
pub(crate) fn messages_tail(call: &Call<'_>, folder: Option<&str>) -> String {
    let folders = if call.flavor == Flavor::OutlookV1 {
        "folders"
    } else {
        "mailFolders"
    };
    folder.map_or_else(
        || "messages".to_owned(),
        |name| format!("{folders}('{name}')/messages"),
    )
}
