//! Calendars, and the paths to their events.

use axum::http::Method;
use serde_json::{Map, Value};

use super::call::{ApiResult, Call};
use super::extensions::Extended;
use super::holder::Holder;
use super::response::{ApiResponse, Payload};
use super::{
    attachments, delta, events, extensions, find, listing, permissions, respond, schedule,
};
use crate::api_error::ApiError;
use crate::odata::Query;
use crate::schema::names::Kind;
use crate::store::id::{Id, Kind as IdKind};
use crate::store::mailbox::{CALENDAR, CALENDAR_GROUP};
use crate::store::{Item, Json, Mailbox};
use crate::views::selection::selected;
use crate::views::{calendar as view, extended_properties};

/// `events...`, `calendar...`, `calendars...`, `calendarView...`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["calendar", "events", rest @ ..] => of_events(call, CALENDAR, "calendar/events", rest),
        ["events", rest @ ..] => of_events(call, CALENDAR, "events", rest),
        ["calendar", "calendarview", rest @ ..] | ["calendarview", rest @ ..] => {
            of_view(call, CALENDAR, "calendarView", rest)
        }
        ["calendar", "calendarpermissions", rest @ ..] => permissions::handle(call, rest),
        ["calendar", "allowedcalendarsharingroles", who] => permissions::roles(call, who),
        ["calendar", "getschedule"] => schedule::get_schedule(call),
        ["calendar"] => one(call, None),
        ["calendars"] => collection(call),
        ["calendars", "$count"] => {
            let count = call.read(|mailbox| Ok(mailbox.calendars.len() + 1))?;
            Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
        }
        ["calendars", rest @ ..] => below(call, rest),
        _ => Err(call.missing()),
    }
}

/// `calendars/{id}...`.
pub(crate) fn below(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    match rest {
        [id, "events", rest @ ..] => {
            let tail = format!("calendars('{id}')/events");
            of_events(call, key(call, id)?, &tail, rest)
        }
        [id, "calendarview", rest @ ..] => {
            let tail = format!("calendars('{id}')/calendarView");
            of_view(call, key(call, id)?, &tail, rest)
        }
        [id, "getschedule"] => key(call, id).and_then(|_| schedule::get_schedule(call)),
        [id, "permanentdelete"] if posts(call) => remove(call, key(call, id)?),
        [id] => one(call, Some(id)),
        _ => Err(call.missing()),
    }
}

/// Whether the call is a POST to Graph.
fn posts(call: &Call<'_>) -> bool {
    call.request.method == Method::POST && call.flavor.is_graph()
}

fn of_events(call: &Call<'_>, calendar: u64, tail: &str, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => {
            delta::events(call, calendar, false, tail)
        }
        (&Method::GET, []) => events::list(call, calendar, tail),
        (&Method::POST, []) => events::create(call, calendar),
        (&Method::GET, ["$count"]) => events::count(call, calendar),
        (&Method::GET, ["delta"]) => delta::events(call, calendar, false, tail),
        (&Method::GET, [id]) => events::get(call, id),
        (&Method::PATCH, [id]) => events::update(call, id),
        (&Method::DELETE, [id]) => events::delete(call, id),
        (&Method::GET, [id, "instances"]) => events::instances(call, id),
        (&Method::GET, [id, "calendar"]) => calendar_of(call, id),
        (_, [id, "extensions", rest @ ..]) => extensions::handle(call, Extended::Event(id), rest),
        (_, [id, "attachments", rest @ ..]) => attachments::handle(call, Holder::Event(id), rest),
        (&Method::POST, [id, "permanentdelete"]) if call.flavor.is_graph() => {
            events::delete(call, id)
        }
        (&Method::POST, [id, action]) => respond::act(call, id, action),
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

fn of_view(call: &Call<'_>, calendar: u64, tail: &str, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => {
            delta::events(call, calendar, true, tail)
        }
        (&Method::GET, []) => events::calendar_view(call, calendar, tail),
        (&Method::GET, ["delta"]) => delta::events(call, calendar, true, tail),
        (_, []) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The key of an existing calendar.
fn key(call: &Call<'_>, text: &str) -> Result<u64, ApiError> {
    let id = call.id(text, IdKind::Calendar)?;
    call.read(|mailbox| {
        let exists = mailbox.has_calendar(id.key);
        if exists {
            Ok(id.key)
        } else {
            Err(ApiError::not_found())
        }
    })
}

fn entity(call: &Call<'_>, mailbox: &Mailbox, key: u64) -> Result<Map<String, Value>, ApiError> {
    let query = call.query(Kind::Calendar)?;
    let item = mailbox.calendars.get(&key);
    Ok(selected(view::one(mailbox, call.owner, item), &query))
}

fn calendar_of(call: &Call<'_>, id: &str) -> ApiResult {
    let entity = call.read(|mailbox| {
        entity(
            call,
            mailbox,
            find::event(call, mailbox, id)?.event.calendar,
        )
    })?;
    call.entity(200, Kind::Calendar, "calendars", entity)
}

fn collection(call: &Call<'_>) -> ApiResult {
    match call.request.method {
        Method::GET => {
            let query = call.query(Kind::Calendar)?;
            let page = call.read(|mailbox| {
                Ok(listing::page(
                    call,
                    Kind::Calendar,
                    &query,
                    view::all(mailbox, call.owner),
                ))
            })?;
            call.page("calendars", &query, page)
        }
        Method::POST => create(call, CALENDAR_GROUP),
        _ => Err(ApiError::wrong_method()),
    }
}

/// Creates a calendar in a group.
pub(crate) fn create(call: &Call<'_>, group: u64) -> ApiResult {
    let body = call.body(Kind::Calendar)?;
    let mut json = writable(&body)?;
    extended_properties::merge_all(&mut json, &body);
    if !json.contains_key("name") {
        let text = "The property 'Name' is required when creating the entity.";
        return Err(ApiError::invalid_parameter(text));
    }
    let now = call.now();
    let entity = call.change(|mailbox| {
        check_name(call, mailbox, &json, None)?;
        let item = mailbox.new_item(group, json.clone(), now);
        let entity = view::one(mailbox, call.owner, Some(&item));
        let entity = selected(entity, &Query::default());
        mailbox.calendars.insert(item.key, item);
        Ok(entity)
    })?;
    call.entity(201, Kind::Calendar, "calendars", entity)
}

/// The key of a calendar's group.
pub(crate) fn group_of(item: &Item) -> u64 {
    if item.parent == 0 {
        CALENDAR_GROUP
    } else {
        item.parent
    }
}

/// The properties that a client may write, each with a value that it can have.
fn writable(body: &Json) -> Result<Json, ApiError> {
    let mut out = Json::new();
    for name in ["name", "color"] {
        match body.get(name) {
            None => {}
            Some(Value::String(text)) if !text.trim().is_empty() => {
                out.insert(name.to_owned(), text.trim().into());
            }
            Some(_) => {
                return Err(ApiError::invalid_property(format!(
                    "At least one property failed validation: '{name}'."
                )));
            }
        }
    }
    Ok(out)
}

fn check_name(
    call: &Call<'_>,
    mailbox: &Mailbox,
    json: &Json,
    but: Option<u64>,
) -> Result<(), ApiError> {
    let name = json.get("name").and_then(Value::as_str).unwrap_or_default();
    let taken = view::all(mailbox, call.owner).iter().any(|one| {
        let other = one["id"].as_str().and_then(Id::decode).map(|id| id.key);
        one["name"]
            .as_str()
            .is_some_and(|other| other.eq_ignore_ascii_case(name))
            && other != but
    });
    if taken {
        let text = format!(
            "A folder with the specified name already exists, Could not create folder '{name}'."
        );
        return Err(ApiError::new(409, "ErrorFolderExists", text));
    }
    Ok(())
}

fn one(call: &Call<'_>, id: Option<&str>) -> ApiResult {
    let key = id.map_or(Ok(CALENDAR), |id| key(call, id))?;
    match call.request.method {
        Method::GET => {
            let entity = call.read(|mailbox| entity(call, mailbox, key))?;
            call.entity(200, Kind::Calendar, "calendars", entity)
        }
        Method::PATCH => {
            let body = call.body(Kind::Calendar)?;
            let json = writable(&body)?;
            let now = call.now();
            let entity = call.change(|mailbox| {
                check_name(call, mailbox, &json, Some(key))?;
                let version = mailbox.fresh_change();
                let item = match key {
                    CALENDAR => {
                        let blank = mailbox.new_item(CALENDAR_GROUP, Json::new(), now);
                        mailbox.default_calendar.get_or_insert(blank)
                    }
                    _ => (mailbox.calendars.get_mut(&key)).ok_or_else(ApiError::not_found)?,
                };
                item.json.extend(json.clone());
                extended_properties::merge_all(&mut item.json, &body);
                (item.change, item.modified) = (version, now);
                entity(call, mailbox, key)
            })?;
            call.entity(200, Kind::Calendar, "calendars", entity)
        }
        Method::DELETE => remove(call, key),
        _ => Err(ApiError::wrong_method()),
    }
}

/// Deletes a calendar with its events.
fn remove(call: &Call<'_>, key: u64) -> ApiResult {
    if key == CALENDAR {
        let text = "The default calendar cannot be deleted.";
        return Err(ApiError::new(400, "ErrorCannotDeleteObject", text));
    }
    call.change(|mailbox| {
        mailbox.calendars.remove(&key);
        let gone: Vec<u64> = find::events_of(mailbox, key)
            .map(|event| event.key)
            .collect();
        for event in gone {
            mailbox.remove_event(event);
        }
        Ok(ApiResponse::empty(204))
    })
}
