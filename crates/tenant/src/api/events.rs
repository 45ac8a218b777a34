//! Events: list, get, create, update, delete, instances, calendar view.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::call::{Call, Outcome, Page};
use super::errors::Failure;
use super::event_body as body;
use super::listing;
use super::reply::{Payload, Reply};
use crate::front::Params;
use crate::odata::Query;
use crate::store::event::{Change, Exception, Instance};
use crate::store::id::{Id, Kind as IdKind};
use crate::store::mailbox::CALENDAR;
use crate::store::moment::{local_time, offset_time};
use crate::store::{Event, Json, Mailbox, meetings};
use crate::timezone;
use crate::views::event::{self as view, Look};
use crate::views::names::Kind;

/// Longest calendar view, in days.
const LONGEST_VIEW: i64 = 1825;

/// How events are to look.
pub(crate) fn look(call: &Call<'_>) -> Look {
    let (zone, tz) = call
        .prefer
        .timezone
        .clone()
        .unwrap_or_else(|| ("UTC".to_owned(), Tz::UTC));
    Look {
        flavour: call.flavour,
        mailbox: call.mailbox,
        zone,
        tz,
        text_body: call.prefer.text_body == Some(true),
    }
}

fn query(call: &Call<'_>) -> Result<Query, Failure> {
    let query = call.query(Kind::Event)?;
    if query.search.is_some() {
        let text = "The query parameter '$search' is not supported for events.";
        return Err(Failure::new(400, "SearchEvents", text));
    }
    Ok(query)
}

/// The id of an event, and the day where it is of an occurrence.
pub(crate) fn id(call: &Call<'_>, text: &str) -> Result<Id, Failure> {
    call.id(text, IdKind::Event)
}

/// The entry under an id.
pub(crate) fn find<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    text: &str,
) -> Result<Instance<'a>, Failure> {
    let id = id(call, text)?;
    let event = mailbox.events.get(&id.key).ok_or_else(Failure::not_found)?;
    match id.part {
        0 => Ok(event.itself()),
        day => event.occurrence(day).ok_or_else(Failure::not_found),
    }
}

/// Masters and single events of a calendar.
pub(crate) fn list(call: &Call<'_>, calendar: u64, tail: &str) -> Outcome {
    let query = query(call)?;
    let page = call.read(|mailbox| {
        let mut events: Vec<&Event> = of(mailbox, calendar).collect();
        events.sort_by_key(|event| (std::cmp::Reverse(event.start.instant()), event.key));
        let all = events
            .iter()
            .map(|event| view::to_json(&event.itself(), &look(call), &Query::default()));
        Ok(listing::page(call, Kind::Event, &query, all.collect()))
    })?;
    call.page(tail, &query, page)
}

/// The events of a calendar.
pub(crate) fn of(mailbox: &Mailbox, calendar: u64) -> impl Iterator<Item = &Event> {
    mailbox
        .events
        .values()
        .filter(move |event| event.calendar == calendar)
}

pub(crate) fn count(call: &Call<'_>, calendar: u64) -> Outcome {
    let query = query(call)?;
    let count = call.read(|mailbox| {
        let all = of(mailbox, calendar)
            .map(|event| view::to_json(&event.itself(), &look(call), &Query::default()));
        Ok(all
            .filter(|one| listing::fits(&query, &Value::Object(one.clone())))
            .count())
    })?;
    Ok(Reply::new(200, Payload::Text(count.to_string())))
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let query = query(call)?;
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            &find(call, mailbox, id)?,
            &look(call),
            &query,
        ))
    })?;
    call.entity(200, Kind::Event, "events", entity)
}

/// `startDateTime` and `endDateTime`, which a view has to have. Without offset they are meant
/// in the zone of the answer.
pub(crate) fn range(params: &Params, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
    let one = |name: &str| {
        let Some(text) = params.get_any_case(name) else {
            let text = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.";
            return Err(Failure::new(400, "ErrorInvalidParameter", text));
        };
        // A plus sign that was not escaped arrives as a space.
        let text = text.replace(' ', "+");
        let at = offset_time(&text)
            .or_else(|| local_time(&text).map(|local| timezone::instant(local, zone)));
        at.ok_or_else(|| {
            let text = format!("The value '{text}' of parameter '{name}' is invalid.");
            Failure::new(400, "ErrorInvalidParameter", text)
        })
    };
    let (from, to) = (one("startDateTime")?, one("endDateTime")?);
    if to < from {
        let text = "The end of the time window lies before its start.";
        return Err(Failure::new(400, "ErrorInvalidParameter", text));
    }
    if to - from > TimeDelta::days(LONGEST_VIEW) {
        let text = format!(
            "Your request can't be completed. The range between the start and end dates is greater than the allowed range. Maximum number of days: {LONGEST_VIEW}"
        );
        return Err(Failure::bad(text));
    }
    Ok((from, to))
}

/// Occurrences between two instants, series expanded, by their start.
pub(crate) fn calendar_view(call: &Call<'_>, calendar: u64, tail: &str) -> Outcome {
    let query = query(call)?;
    let (from, to) = range(&call.params, look(call).tz)?;
    let page = call.read(|mailbox| {
        let instances =
            of(mailbox, calendar).flat_map(|event| event.between(from, to, look(call).tz));
        Ok(shown(call, &query, instances.collect()))
    })?;
    call.page(tail, &query, page)
}

fn shown(call: &Call<'_>, query: &Query, mut instances: Vec<Instance<'_>>) -> Page {
    let look = look(call);
    instances.sort_by_key(|one| (one.bounds(look.tz).0, one.event.key));
    let all = instances
        .iter()
        .map(|one| view::to_json(one, &look, &Query::default()));
    listing::page(call, Kind::Event, query, all.collect())
}

/// `.../events/{id}/instances`.
pub(crate) fn instances(call: &Call<'_>, id: &str) -> Outcome {
    let query = query(call)?;
    let (from, to) = range(&call.params, look(call).tz)?;
    let page = call.read(|mailbox| {
        let master = find(call, mailbox, id)?;
        if master.kind() != "seriesMaster" {
            return Err(Failure::bad("Only the master of a series has instances."));
        }
        Ok(shown(
            call,
            &query,
            master.event.between(from, to, look(call).tz),
        ))
    })?;
    call.page(&format!("events('{id}')/instances"), &query, page)
}

/// `POST .../events`. The same transaction id again gives the same event again.
pub(crate) fn create(call: &Call<'_>, calendar: u64) -> Outcome {
    let json = call.body(Kind::Event)?;
    let event = body::create(call, calendar, &json)?;
    let transaction = event.json["transactionId"].clone();
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| Failure::no_mailbox(call.flavour))?;
    let repeated = mailbox
        .events
        .values()
        .find(|other| transaction.is_string() && other.json["transactionId"] == transaction)
        .map(|other| other.key);
    let key = repeated.unwrap_or_else(|| mailbox.insert_event(event));
    let event = mailbox
        .events
        .get(&key)
        .ok_or_else(Failure::not_found)?
        .clone();
    if repeated.is_none() {
        meetings::invite(&mut store, call.mailbox, &event, call.now());
    }
    drop(store);
    call.tenant.touch();
    let entity = view::to_json(&event.itself(), &look(call), &Query::default());
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

pub(crate) fn update(call: &Call<'_>, text: &str) -> Outcome {
    let json = call.body(Kind::Event)?;
    let id = id(call, text)?;
    let now = call.now();
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| Failure::no_mailbox(call.flavour))?;
    call.check_version(find(call, mailbox, text)?.change())?;
    let version = mailbox.fresh_change();
    let event = mailbox
        .events
        .get_mut(&id.key)
        .ok_or_else(Failure::not_found)?;
    let mut changed = event.clone();
    if id.part == 0 {
        body::apply(&mut changed, call, &json)?;
        changed.modified = now;
    } else {
        change_occurrence(&mut changed, id.part, version, call, &json)?;
    }
    changed.change = version;
    let old = std::mem::replace(event, changed.clone());
    mailbox.note_lost_days(&old, &changed);
    if changed.organized {
        meetings::invite(&mut store, call.mailbox, &changed, now);
    }
    drop(store);
    call.tenant.touch();
    get_again(call, text)
}

fn change_occurrence(
    event: &mut Event,
    day: i32,
    version: u64,
    call: &Call<'_>,
    json: &Json,
) -> Result<(), Failure> {
    let mut change = match event.exceptions.get(&day) {
        Some(Exception::Changed(change)) => (**change).clone(),
        _ => Change {
            change: 0,
            modified: 0,
            start: None,
            end: None,
            json: Json::new(),
        },
    };
    body::apply_to_occurrence(&mut change, call, json)?;
    (change.change, change.modified) = (version, call.now());
    event
        .exceptions
        .insert(day, Exception::Changed(Box::new(change)));
    Ok(())
}

/// The answer to a change: the whole entry.
fn get_again(call: &Call<'_>, id: &str) -> Outcome {
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            &find(call, mailbox, id)?,
            &look(call),
            &Query::default(),
        ))
    })?;
    call.entity(200, Kind::Event, "events", entity)
}

/// Deletes an event or one occurrence; where the organizer does it, the others hear of it.
pub(crate) fn delete(call: &Call<'_>, text: &str) -> Outcome {
    let id = id(call, text)?;
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| Failure::no_mailbox(call.flavour))?;
    call.check_version(find(call, mailbox, text)?.change())?;
    meetings::withdraw(&mut store, call.mailbox, id.key, id.part, call.now());
    drop(store);
    call.tenant.touch();
    Ok(Reply::empty(204))
}

/// The calendar that `/me/events` is about.
pub(crate) const DEFAULT: u64 = CALENDAR;
