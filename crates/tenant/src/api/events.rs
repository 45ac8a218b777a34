//! Events: list, get, create, update, delete, instances, calendar view.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::call::{ApiResult, Call};
use super::page::Page;
use super::response::{ApiResponse, Payload};
use super::{find, listing};
use crate::api_error::ApiError;
use crate::odata::Query;
use crate::schema::names::Kind;
use crate::store::event::{Exception, Instance, OccurrenceChange};
use crate::store::{Event, Json, meetings};
use crate::views::event::{self as view, Format};
use crate::views::event_body as body;

fn query(call: &Call<'_>) -> Result<Query, ApiError> {
    let query = call.query(Kind::Event)?;
    if query.search.is_some() {
        let text = "The query parameter '$search' is not supported for events.";
        return Err(ApiError::new(400, "SearchEvents", text));
    }
    Ok(query)
}

/// Lists series masters and single events of a calendar.
pub(crate) fn list(call: &Call<'_>, calendar: u64, tail: &str) -> ApiResult {
    let query = query(call)?;
    let page = call.read(|mailbox| {
        let mut events: Vec<&Event> = find::events_of(mailbox, calendar).collect();
        events.sort_by_key(|event| (std::cmp::Reverse(event.start.instant()), event.key));
        let all = events
            .iter()
            .map(|event| view::whole(&event.itself(), &find::event_format(call)));
        Ok(listing::page(call, Kind::Event, &query, all.collect()))
    })?;
    call.page(tail, &query, page)
}

pub(crate) fn count(call: &Call<'_>, calendar: u64) -> ApiResult {
    let query = query(call)?;
    let count = call.read(|mailbox| {
        let all = find::events_of(mailbox, calendar)
            .map(|event| view::whole(&event.itself(), &find::event_format(call)));
        Ok(all
            .filter(|one| listing::matches(&query, &Value::Object(one.clone())))
            .count())
    })?;
    Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> ApiResult {
    let query = query(call)?;
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            &find::event(call, mailbox, id)?,
            &find::event_format(call),
            &query,
        ))
    })?;
    call.entity(200, Kind::Event, "events", entity)
}

/// Lists single events and occurrences between two times, ordered by start.
pub(crate) fn calendar_view(call: &Call<'_>, calendar: u64, tail: &str) -> ApiResult {
    let query = query(call)?;
    let (from, to) = find::time_window(&call.params, find::event_format(call).tz)?;
    let page = call.read(|mailbox| {
        let instances =
            find::events_of(mailbox, calendar).flat_map(|event| event.between(from, to));
        Ok(shown(call, &query, instances.collect()))
    })?;
    call.page(tail, &query, page)
}

fn shown(call: &Call<'_>, query: &Query, mut instances: Vec<Instance<'_>>) -> Page {
    let format = find::event_format(call);
    instances.sort_by_key(|one| (one.bounds(format.tz).0, one.event.key));
    let all = instances.iter().map(|one| view::whole(one, &format));
    listing::page(call, Kind::Event, query, all.collect())
}

/// `.../events/{id}/instances`.
pub(crate) fn instances(call: &Call<'_>, id: &str) -> ApiResult {
    let query = query(call)?;
    let (from, to) = find::time_window(&call.params, find::event_format(call).tz)?;
    let page = call.read(|mailbox| {
        let master = find::event(call, mailbox, id)?;
        if master.kind() != "seriesMaster" {
            return Err(ApiError::bad("Only the master of a series has instances."));
        }
        Ok(shown(call, &query, master.event.between(from, to)))
    })?;
    call.page(&format!("events('{id}')/instances"), &query, page)
}

/// `POST .../events`. A known `transactionId` returns the existing event.
pub(crate) fn create(call: &Call<'_>, calendar: u64) -> ApiResult {
    let json = call.body(Kind::Event)?;
    let event = body::create(&call.author(), calendar, &json)?;
    let transaction = event.json["transactionId"].clone();
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| ApiError::no_mailbox(call.flavor))?;
    let repeated = mailbox
        .events
        .values()
        .find(|other| transaction.is_string() && other.json["transactionId"] == transaction)
        .map(|other| other.key);
    let key = repeated.unwrap_or_else(|| mailbox.insert_event(event));
    let event = mailbox
        .events
        .get(&key)
        .ok_or_else(ApiError::not_found)?
        .clone();
    if repeated.is_none() {
        meetings::invite(&mut store, call.mailbox, &event, call.now());
    }
    drop(store);
    call.tenant.notify_changed();
    // The responses to POST (time zone of the request) and to PATCH (UTC) ignore `Prefer: outlook.timezone`.
    let format = Format {
        zone: event.start.zone.clone(),
        tz: event.start.tz(),
        ..find::event_format(call)
    };
    let entity = view::to_json(&event.itself(), &format, &Query::default());
    let id = entity
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let location = format!("{}/users/{}/events/{id}", call.root(), call.owner.oid);
    Ok(call
        .entity(201, Kind::Event, "events", entity)?
        .header("location", location))
}

pub(crate) fn update(call: &Call<'_>, text: &str) -> ApiResult {
    let json = call.body(Kind::Event)?;
    let id = find::event_id(call, text)?;
    let now = call.now();
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| ApiError::no_mailbox(call.flavor))?;
    call.check_version(find::event(call, mailbox, text)?.change())?;
    let version = mailbox.fresh_change();
    let event = mailbox
        .events
        .get_mut(&id.key)
        .ok_or_else(ApiError::not_found)?;
    let mut changed = event.clone();
    if id.part == 0 {
        body::apply(&mut changed, &call.author(), &json)?;
        changed.modified = now;
    } else {
        change_occurrence(&mut changed, id.part, version, call, &json)?;
    }
    changed.change = version;
    let old = std::mem::replace(event, changed.clone());
    mailbox.record_lost_occurrences(&old, &changed);
    if changed.organized {
        meetings::invite(&mut store, call.mailbox, &changed, now);
    }
    drop(store);
    call.tenant.notify_changed();
    get_again(call, text)
}

fn change_occurrence(
    event: &mut Event,
    day: i32,
    version: u64,
    call: &Call<'_>,
    json: &Json,
) -> Result<(), ApiError> {
    let mut change = match event.exceptions.get(&day) {
        Some(Exception::Changed(change)) => (**change).clone(),
        _ => OccurrenceChange {
            change: 0,
            modified: 0,
            start: None,
            end: None,
            json: Json::new(),
        },
    };
    body::apply_to_occurrence(&mut change, &call.author(), json)?;
    if let Some(start) = &change.start {
        let date = start.moved(&event.start.zone).local.date();
        if crosses_neighbour(event, day, date) {
            let text = "Modified occurrence is crossing or overlapping adjacent occurrence.";
            return Err(ApiError::new(400, "ErrorOccurrenceCrossingBoundary", text));
        }
    }
    (change.change, change.modified) = (version, call.now());
    event
        .exceptions
        .insert(day, Exception::Changed(Box::new(change)));
    Ok(())
}

/// Whether a new date of an occurrence reaches the day of the occurrence before or after it.
fn crosses_neighbour(event: &Event, day: i32, date: NaiveDate) -> bool {
    let days = event.days();
    let Some(at) = days.iter().position(|one| *one == day) else {
        return false;
    };
    let date_of = |day: &i32| {
        let moved = match event.exceptions.get(day) {
            Some(Exception::Changed(change)) => change.start.as_ref(),
            _ => None,
        };
        let moved = moved.map(|start| start.moved(&event.start.zone).local.date());
        moved.or_else(|| NaiveDate::from_num_days_from_ce_opt(*day))
    };
    let before = at.checked_sub(1).and_then(|at| days.get(at));
    let before = before.and_then(date_of);
    let after = days.get(at + 1).and_then(date_of);
    before.is_some_and(|before| date <= before) || after.is_some_and(|after| date >= after)
}

/// The response to an update: the whole entry.
fn get_again(call: &Call<'_>, id: &str) -> ApiResult {
    let format = Format {
        zone: "UTC".to_owned(),
        tz: Tz::UTC,
        ..find::event_format(call)
    };
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            &find::event(call, mailbox, id)?,
            &format,
            &Query::default(),
        ))
    })?;
    call.entity(200, Kind::Event, "events", entity)
}

/// Deletes an event or one occurrence. If the organizer deletes it, it is cancelled for the attendees.
pub(crate) fn delete(call: &Call<'_>, text: &str) -> ApiResult {
    let id = find::event_id(call, text)?;
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| ApiError::no_mailbox(call.flavor))?;
    call.check_version(find::event(call, mailbox, text)?.change())?;
    meetings::remove_entry(&mut store, call.mailbox, id.key, id.part, call.now());
    drop(store);
    call.tenant.notify_changed();
    Ok(ApiResponse::empty(204))
}
