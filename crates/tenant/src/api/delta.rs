//! Change tracking: all entries newer than the client's version, ordered by version.
//!
//! A page ends at a version. An item that changes while a client reads the pages gets a higher
//! version and appears again, as documented. No change is lost.

use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::find;
use super::response::ApiResponse;
use super::sync_token::SyncToken;
use crate::api_error::ApiError;
use crate::http::Params;
use crate::odata::expr::{Expr, Op, Operand};
use crate::odata::query::option;
use crate::odata::{Query, eval};
use crate::schema::case::pascal;
use crate::schema::names::{Kind, Names};
use crate::store::id::{Id, Kind as IdKind};
use crate::store::mailbox::{FOLDER_TREE, ROOT};
use crate::store::{Mailbox, Store};
use crate::views::{
    contact as contact_view, event as event_view, folder as folder_view, message as message_view,
};

/// Default number of entries on a page.
const DEFAULT_PAGE_SIZE: usize = 50;
/// The properties of an occurrence in a calendar view. The series master has the others.
const OCCURRENCE: [&str; 6] = [
    "@odata.etag",
    "id",
    "type",
    "seriesMasterId",
    "start",
    "end",
];
/// Orders removals after other entries of the same version.
const LAST_PART: i32 = i32::MAX;

/// A changed item: its version, a number that orders within the version, and its JSON.
struct DeltaEntry<'a> {
    at: (u64, i32),
    show: Box<dyn FnOnce() -> Value + 'a>,
}

/// One request for changes.
struct DeltaRequest<'a> {
    call: &'a Call<'a>,
    kind: Kind,
    /// The collection in context URLs.
    tail: String,
    params: Params,
    query: Query,
    token: SyncToken,
}

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
    let mut entries = Vec::new();
    for message in mailbox
        .listing(folder)
        .filter(|one| one.change >= delta.token.since.0)
    {
        if delta
            .query
            .filter
            .as_ref()
            .is_none_or(|filter| eval::matches(filter, message))
        {
            let query = &delta.query;
            entries.push(DeltaEntry {
                at: (message.change, 0),
                show: Box::new(move || {
                    Value::Object(message_view::to_json(message, call.message_format(), query))
                }),
            });
        }
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

fn mailbox<'a>(call: &Call<'_>, store: &'a Store) -> Result<&'a Mailbox, ApiError> {
    let found = store.mailbox(call.mailbox);
    found.ok_or_else(|| ApiError::no_mailbox(call.flavor))
}

impl<'a> DeltaRequest<'a> {
    fn new(call: &'a Call<'a>, kind: Kind, tail: &str, store: &Store) -> Result<Self, ApiError> {
        let generation = store.generation;
        let what = tail.to_ascii_lowercase();
        let token = SyncToken::read(call, &what, generation)?;
        let now = mailbox(call, store)?.change;
        let latest = option(&call.params, "deltatoken").is_some();
        let token = token.unwrap_or_else(|| SyncToken {
            generation,
            since: if latest { (now, LAST_PART) } else { (0, 0) },
            floor: now,
            later: latest,
            query: call.request.query.clone(),
            what,
        });
        let params = Params::parse(token.query.as_bytes());
        let names = Names {
            flavor: call.flavor,
            kind,
        };
        let query = Query::read(&params, names, call.flavor.max_top())?;
        Ok(Self {
            call,
            kind,
            tail: tail.to_owned(),
            params,
            query,
            token,
        })
    }

    /// Fails if the query has one of these options.
    fn refuse_options(&self, names: &[&str]) -> Result<(), ApiError> {
        let used: Vec<String> = names
            .iter()
            .filter(|name| option(&self.params, name).is_some())
            .map(|name| format!("${name}"))
            .collect();
        if used.is_empty() {
            return Ok(());
        }
        let text = format!(
            "The following parameters are not supported with change tracking over the '{}' resource: '{}'.",
            pascal(self.tail.rsplit('/').next().unwrap_or(&self.tail)),
            used.join(", ")
        );
        Err(ApiError::new(400, "ErrorInvalidUrlQuery", text))
    }

    /// Graph supports one filter: `receivedDateTime` with `ge` or `gt`.
    fn check_filter(&self) -> Result<(), ApiError> {
        let by_receipt = match &self.query.filter {
            Some(Expr::Compare(
                Op::Ge | Op::Gt,
                Operand::Path { segments, .. },
                Operand::Time(_),
            )) => *segments == ["receivedDateTime"],
            other => other.is_none(),
        };
        if by_receipt || !self.call.flavor.is_graph() {
            return Ok(());
        }
        let text = "Change tracking takes no filter but receivedDateTime ge or gt a time.";
        Err(ApiError::new(400, "ErrorInvalidUrlQuery", text))
    }

    fn selected(&self, mut entity: Map<String, Value>) -> Value {
        entity.retain(|name, _| name == "id" || self.query.selects(name));
        entity.into()
    }

    /// Adds the removed items.
    fn removals<'b>(
        &'b self,
        mailbox: &'b Mailbox,
        kind: IdKind,
        entries: &mut Vec<DeltaEntry<'b>>,
        belongs: impl Fn(&crate::store::mailbox::Removal) -> bool,
    ) {
        let after = self.token.since.0.max(self.token.floor);
        let gone = mailbox.removals.iter().filter(|removal| {
            removal.change > after && removal.id.kind == kind && belongs(removal)
        });
        for removal in gone {
            let immutable = kind == IdKind::Message && self.call.prefer.immutable;
            let id = Id {
                part: if immutable { -1 } else { removal.id.part },
                ..removal.id
            };
            entries.push(DeltaEntry {
                at: (removal.change, LAST_PART),
                show: Box::new(move || self.removed(&id.encode(), "deleted")),
            });
        }
    }

    /// The entry of a removed item.
    fn removed(&self, id: &str, reason: &str) -> Value {
        if self.call.flavor.is_graph() {
            return json!({"id": id, "@removed": {"reason": reason}});
        }
        let set = self.tail.rsplit('/').next().map(pascal).unwrap_or_default();
        let set = if self.kind == Kind::Event {
            "Events".to_owned()
        } else {
            set
        };
        let context = self
            .call
            .context(&format!("{}/$deletedEntity", self.tail), None);
        json!({"@odata.context": context, "id": format!("{set}('{id}')"), "reason": reason})
    }

    /// The number of entries on a page.
    fn size(&self) -> usize {
        let asked = option(&self.params, "top").map(|_| self.query.top);
        self.call
            .prefer
            .max_page
            .or(asked)
            .unwrap_or(DEFAULT_PAGE_SIZE)
    }

    /// Orders the entries and makes the page with its link.
    fn answer(&self, mailbox: &Mailbox, mut entries: Vec<DeltaEntry<'_>>) -> ApiResult {
        entries.retain(|entry| entry.at > self.token.since);
        entries.sort_by_key(|entry| entry.at);
        let more = entries.len() > self.size();
        entries.truncate(self.size());
        let end = (mailbox.change, LAST_PART);
        let last = entries.last().map_or(end, |entry| entry.at);
        let token = SyncToken {
            since: if more { last } else { end },
            floor: if more { self.token.floor } else { end.0 },
            later: self.token.later || !more,
            ..self.token.clone()
        };
        let value: Vec<Value> = entries
            .into_iter()
            .map(|one| self.shown((one.show)()))
            .collect();
        let link = if more {
            "@odata.nextLink"
        } else {
            "@odata.deltaLink"
        };
        let body = json!({
            "@odata.context": self.context(),
            link: self.link(more, &token),
            "value": value,
        });
        Ok(ApiResponse::json(200, body))
    }

    fn context(&self) -> String {
        if self.call.flavor.is_graph() {
            let name = crate::schema::case::camel(self.kind.type_name());
            return format!("{}/$metadata#Collection({name})", self.call.root());
        }
        if self.token.later {
            return self.call.context(&format!("{}/$delta", self.tail), None);
        }
        self.call.context(&self.tail, Some(&self.query))
    }

    fn shown(&self, value: Value) -> Value {
        let gone = value.get("@removed").is_some() || value.get("reason").is_some();
        let mut out = match value {
            Value::Object(entity) if !gone => self.call.render(self.kind, entity),
            other => other,
        };
        if self.call.flavor.is_graph() {
            let name = crate::schema::case::camel(self.kind.type_name());
            out["@odata.type"] = format!("#microsoft.graph.{name}").into();
        }
        out
    }

    fn link(&self, more: bool, token: &SyncToken) -> String {
        let path = format!(
            "{}{}",
            self.call.root(),
            self.call.request.path.trim_end_matches('/')
        );
        let token = token.encode();
        match (self.call.flavor.is_graph(), more) {
            (true, true) => format!("{path}?$skiptoken={token}"),
            (true, false) => format!("{path}?$deltatoken={token}"),
            (false, true) => format!("{path}/?%24skipToken={token}"),
            (false, false) => format!("{path}/?%24deltatoken={token}"),
        }
    }
}
