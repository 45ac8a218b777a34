//! Change tracking: all entries newer than the client's version, ordered by version.
//!
//! A page ends at a version. An item that changes while a client reads the pages gets a higher
//! version and appears again, as documented. No change is lost.

mod page;
mod request;

use serde_json::Value;

use super::call::{ApiResult, Call};
use super::find;
use crate::odata::eval;
use crate::schema::names::Kind;
use crate::store::id::Kind as IdKind;
use crate::store::mailbox::{FOLDER_TREE, ROOT};
use crate::views::{
    contact as contact_view, event as event_view, folder as folder_view, message as message_view,
};
use request::{DeltaEntry, DeltaRequest, LAST_PART, mailbox};

/// The properties of an occurrence in a calendar view. The series master has the others.
const OCCURRENCE: [&str; 6] = [
    "@odata.etag",
    "id",
    "type",
    "seriesMasterId",
    "start",
    "end",
];
/// `messages/delta`, or a list of messages with `odata.track-changes`.
pub(crate) fn messages(call: &Call<'_>, folder: Option<&str>) -> ApiResult {
    let tail = find::messages_tail(call, folder);
    let store = call.tenant.store();
    let mailbox = mailbox(call, &store)?;
    let folder = folder
        .map(|name| find::folder(call, mailbox, name))
        .transpose()?;
    let folder = folder.map(|folder| folder.key);
    let delta = DeltaRequest::new(call, Kind::Message, &tail, &store)?;
    delta.refuse_options(&["search", "skip", "count"])?;
    delta.check_filter()?;
    delta.check_order()?;
    let mut entries = Vec::new();
    let query = &delta.query;
    let met = mailbox.changed_since(delta.token.since.0).filter(|one| {
        folder.is_none_or(|key| one.folder == key)
            && query
                .filter
                .as_ref()
                .is_none_or(|filter| eval::matches(filter, *one))
    });
    // One that says whether there are more, and one that the last page can have had.
    for message in met.take(delta.size() + 2) {
        entries.push(DeltaEntry {
            at: (message.change, 0),
            show: Box::new(move || {
                Value::Object(message_view::to_json(message, call.message_format(), query))
            }),
        });
    }
    delta.removals(
        mailbox,
        IdKind::Message,
        &mut entries,
        |removal| match folder {
            Some(key) => removal.folder == key,
            // A move within the mailbox is not a removal.
            None => mailbox.message(removal.id.key).is_none(),
        },
    );
    delta.answer(mailbox, entries)
}

/// `contacts/delta`.
pub(crate) fn contacts(call: &Call<'_>, folder: u64, tail: &str) -> ApiResult {
    let store = call.tenant.store();
    let mailbox = mailbox(call, &store)?;
    let delta = DeltaRequest::new(call, Kind::Contact, tail, &store)?;
    delta.refuse_options(&["search", "filter", "orderby", "skip", "count"])?;
    let mut entries = Vec::new();
    for item in find::contacts_of(mailbox, folder).filter(|item| item.change >= delta.token.since.0)
    {
        let query = &delta.query;
        entries.push(DeltaEntry {
            at: (item.change, 0),
            show: Box::new(move || contact_view::to_json(item, call.mailbox, query).into()),
        });
    }
    delta.removals(mailbox, IdKind::Contact, &mut entries, |removal| {
        removal.folder == folder
    });
    delta.answer(mailbox, entries)
}

/// `contactFolders/delta`.
pub(crate) fn contact_folders(call: &Call<'_>, parent: u64, tail: &str) -> ApiResult {
    let store = call.tenant.store();
    let mailbox = mailbox(call, &store)?;
    let delta = DeltaRequest::new(call, Kind::ContactFolder, tail, &store)?;
    let mut entries = Vec::new();
    let fresh =
        find::contact_folders_of(mailbox, parent).filter(|one| one.change >= delta.token.since.0);
    for item in fresh {
        let delta = &delta;
        entries.push(DeltaEntry {
            at: (item.change, 0),
            show: Box::new(move || delta.selected(find::contact_folder_json(mailbox, item.key))),
        });
    }
    delta.removals(mailbox, IdKind::Folder, &mut entries, |removal| {
        removal.folder == parent
    });
    delta.answer(mailbox, entries)
}

/// `mailFolders/delta`: all folders, or those in a folder. Removed ones are named whatever folder they were in.
pub(crate) fn folders(call: &Call<'_>, parent: Option<&str>, tail: &str) -> ApiResult {
    let store = call.tenant.store();
    let mailbox = mailbox(call, &store)?;
    let parent = parent
        .map(|name| find::folder(call, mailbox, name))
        .transpose()?;
    let delta = DeltaRequest::new(call, Kind::Folder, tail, &store)?;
    let mut entries = Vec::new();
    let below = mailbox.folders.values().filter(|folder| {
        folder.key != ROOT && parent.is_none_or(|parent| folder.parent == parent.key)
    });
    for folder in below {
        // Unchanged folders have the first version.
        let change = folder.change.max(1);
        let delta = &delta;
        if change >= delta.token.since.0 {
            entries.push(DeltaEntry {
                at: (change, folder.key as i32),
                show: Box::new(move || {
                    let json = folder_view::to_json(mailbox, folder);
                    delta.selected(json.as_object().cloned().unwrap_or_default())
                }),
            });
        }
    }
    delta.removals(mailbox, IdKind::Folder, &mut entries, |one| {
        one.folder == FOLDER_TREE
    });
    delta.answer(mailbox, entries)
}

/// `events/delta` and `calendarView/delta`.
pub(crate) fn events(call: &Call<'_>, calendar: u64, view: bool, tail: &str) -> ApiResult {
    let store = call.tenant.store();
    let mailbox = mailbox(call, &store)?;
    let delta = DeltaRequest::new(call, Kind::Event, tail, &store)?;
    delta.refuse_options(&["search", "filter", "orderby", "expand", "skip", "count"])?;
    let window = if view {
        if call.flavor.is_graph() {
            delta.refuse_options(&["select"])?;
        }
        Some(find::time_window(
            &delta.params,
            find::event_format(call).tz,
        )?)
    } else {
        None
    };
    let format = find::event_format(call);
    let mut entries = Vec::new();
    for event in find::events_of(mailbox, calendar).filter(|one| one.change >= delta.token.since.0)
    {
        let instances = match window {
            Some((from, to)) => event.between(from, to),
            None => vec![event.itself()],
        };
        let left = instances.is_empty() && event.recurrence.is_none() && delta.token.later;
        if window.is_some() && event.recurrence.is_some() && !instances.is_empty() {
            let (format, query) = (format.clone(), &delta.query);
            entries.push(DeltaEntry {
                at: (event.change, 0),
                show: Box::new(move || event_view::to_json(&event.itself(), &format, query).into()),
            });
        }
        for one in instances {
            let (format, query) = (format.clone(), &delta.query);
            entries.push(DeltaEntry {
                at: (event.change, one.day),
                show: Box::new(move || {
                    let mut json = event_view::to_json(&one, &format, query);
                    if one.kind() == "occurrence" {
                        json.retain(|name, _| OCCURRENCE.contains(&name.as_str()));
                    }
                    json.into()
                }),
            });
        }
        if left && event.modified > event.created {
            let id = event.itself().id(call.mailbox);
            let delta = &delta;
            entries.push(DeltaEntry {
                at: (event.change, LAST_PART),
                show: Box::new(move || delta.removed(&id, "changed")),
            });
        }
    }
    let single = window.is_none();
    delta.removals(mailbox, IdKind::Event, &mut entries, |removal| {
        removal.folder == calendar && !(single && removal.id.part != 0)
    });
    delta.answer(mailbox, entries)
}
