//! The events that clients send.

use maud::html;
use serde_json::{Value, json};

use super::event::defaults;
use super::event_recurrence::recurrence;
use super::extended_properties;
use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::directory::Account;
use crate::http::Flavor;
use crate::store::date_time::{DateTimeTimeZone, NEVER, offset_time};
use crate::store::message::html_document;
use crate::store::recurrence::Recurrence;
use crate::store::{Event, Json, event::OccurrenceChange, meetings};

const SHOW_AS: [&str; 6] = [
    "free",
    "tentative",
    "busy",
    "oof",
    "workingElsewhere",
    "unknown",
];
const IMPORTANCE: [&str; 3] = ["low", "normal", "high"];
const SENSITIVITY: [&str; 4] = ["normal", "personal", "private", "confidential"];
/// Properties that are handled elsewhere or are read-only.
const NOT_COPIED: [&str; 6] = [
    "start",
    "end",
    "recurrence",
    "isAllDay",
    "responseStatus",
    "transactionId",
];

/// Who writes an event, in which flavour, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author {
    pub(crate) flavor: Flavor,
    /// The owner of the mailbox.
    pub(crate) owner: &'static Account,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Start and end of a body; `None` if it has no such property.
pub(crate) fn times(
    author: &Author,
    body: &Json,
) -> Result<[Option<DateTimeTimeZone>; 2], ApiError> {
    Ok([
        time(author, body, "start", "startTimeZone")?,
        time(author, body, "end", "endTimeZone")?,
    ])
}

fn time(
    author: &Author,
    body: &Json,
    name: &str,
    zone_name: &str,
) -> Result<Option<DateTimeTimeZone>, ApiError> {
    let Some(given) = body.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let (text, zone) = if author.flavor == Flavor::OutlookV1 {
        let text = given.as_str().unwrap_or_default();
        if offset_time(text).is_none() {
            let text = format!(
                "The time zone information is missing on the DateTimeOffset value '{text}'. A \
                 DateTimeOffset value must contain the time zone information."
            );
            return Err(ApiError::bad(text));
        }
        (text, body.get(zone_name).and_then(Value::as_str))
    } else {
        (
            given["dateTime"].as_str().unwrap_or_default(),
            given["timeZone"].as_str(),
        )
    };
    // Outlook v1.0 times have an offset; the zone is optional there.
    let zone = match author.flavor {
        Flavor::Graph => zone.unwrap_or_default(),
        _ => zone.unwrap_or("UTC"),
    };
    if timezone::find(zone).is_none() {
        let text = format!(
            "A valid TimeZone value must be specified. The following TimeZone value is not supported: '{zone}'."
        );
        return Err(ApiError::new(400, "TimeZoneNotSupportedException", text));
    }
    let moment = DateTimeTimeZone::read(text, zone);
    moment.map(Some).ok_or_else(|| {
        ApiError::invalid_property(format!(
            "The value '{text}' of '{name}' is not a valid date and time."
        ))
    })
}

/// Creates an event from a body.
pub(crate) fn create(author: &Author, calendar: u64, body: &Json) -> Result<Event, ApiError> {
    let [Some(start), Some(end)] = times(author, body)? else {
        return Err(ApiError::invalid_property(
            "At least one property failed validation: start and end are required.",
        ));
    };
    let now = author.now;
    let mut json = defaults();
    json.insert(
        "transactionId".into(),
        body.get("transactionId").cloned().unwrap_or_default(),
    );
    json.insert(
        "responseStatus".into(),
        json!({"response": "organizer", "time": NEVER}),
    );
    let mut event = Event {
        key: 0,
        change: 0,
        calendar,
        created: now,
        modified: now,
        uid: meetings::uid(&crate::ids::guid()),
        organizer: crate::store::Person::new(author.owner.name, author.owner.address),
        organized: true,
        cancelled: false,
        all_day: false,
        start,
        end,
        recurrence: None,
        snoozed: None,
        json,
        attachments: Vec::new(),
        exceptions: std::collections::BTreeMap::new(),
    };
    apply(&mut event, author, body)?;
    Ok(event)
}

/// Writes the properties of a body. Times are checked together with the stored ones.
pub(crate) fn apply(event: &mut Event, author: &Author, body: &Json) -> Result<(), ApiError> {
    let [start, end] = times(author, body)?;
    if body.get("isAllDay") == Some(&Value::Bool(true)) && start.is_none() {
        return Err(ApiError::bad("Missing parameters: Event.Start"));
    }
    let reshaped = start.is_some() || body.contains_key("recurrence");
    let before = (
        event.start.clone(),
        event.end.clone(),
        event.recurrence.clone(),
    );
    if let Some(start) = &start
        && event.recurrence.is_some()
        && !body.contains_key("recurrence")
        && start.tz() != event.start.tz()
    {
        return Err(ApiError::invalid_property(
            "At least one property failed validation.",
        ));
    }
    event.start = start.unwrap_or_else(|| event.start.clone());
    event.end = end.unwrap_or_else(|| event.end.clone());
    event.all_day = body
        .get("isAllDay")
        .and_then(Value::as_bool)
        .unwrap_or(event.all_day);
    check_times(event)?;
    apply_recurrence(event, body)?;
    // A series that changes its times or its pattern loses its exceptions.
    if before
        != (
            event.start.clone(),
            event.end.clone(),
            event.recurrence.clone(),
        )
    {
        event.exceptions.clear();
    }
    if reshaped {
        check_first_day(event)?;
    }
    event.json.extend(writable(body)?);
    extended_properties::merge_all(&mut event.json, body);
    Ok(())
}

/// The end is not before the start; an all-day event goes from midnight to midnight.
fn check_times(event: &Event) -> Result<(), ApiError> {
    if event.end.instant() < event.start.instant() {
        return Err(ApiError::invalid_property(
            "At least one property failed validation: the end lies before the start.",
        ));
    }
    let midnight =
        event.start.is_midnight() && event.end.is_midnight() && event.start.zone == event.end.zone;
    if event.all_day && (!midnight || event.start.local == event.end.local) {
        let text = "The Event.Start and Event.End properties of an all-day event need to be set to \
                    midnight, in the same time zone, a day or more apart.";
        return Err(ApiError::invalid_property(text));
    }
    Ok(())
}

/// Writes the recurrence of a body: null ends the series.
fn apply_recurrence(event: &mut Event, body: &Json) -> Result<(), ApiError> {
    match body.get("recurrence") {
        None => {}
        Some(Value::Null) => {
            event.recurrence = None;
            event.exceptions.clear();
        }
        Some(given) => {
            let zone = given["range"]["recurrenceTimeZone"].as_str();
            let zone = zone.filter(|zone| !zone.is_empty());
            if zone.is_some_and(|zone| timezone::find(zone) != Some(event.start.tz())) {
                return Err(ApiError::invalid_property(
                    "At least one property failed validation.",
                ));
            }
            event.recurrence = Some(recurrence(given, &event.start.zone)?);
        }
    }
    Ok(())
}

/// The range of a series begins on the date of its start.
fn check_first_day(event: &Event) -> Result<(), ApiError> {
    if let Some(json) = &event.recurrence {
        let series =
            Recurrence::parse(&Value::Object(json.clone())).map_err(ApiError::invalid_property)?;
        if series.start != event.start.local.date() {
            let text = "The recurrence range's start date has to be the date of the event's start.";
            return Err(ApiError::new(400, "ErrorInvalidRecurrenceRange", text));
        }
    }
    Ok(())
}

/// Writes the properties of a body to one occurrence of a series.
pub(crate) fn apply_to_occurrence(
    change: &mut OccurrenceChange,
    author: &Author,
    body: &Json,
) -> Result<(), ApiError> {
    if body.get("recurrence").is_some_and(|given| !given.is_null()) {
        return Err(ApiError::invalid_property(
            "An occurrence of a series has no recurrence of its own.",
        ));
    }
    let [start, end] = times(author, body)?;
    change.start = start.or(change.start.take());
    change.end = end.or(change.end.take());
    if let (Some(start), Some(end)) = (&change.start, &change.end)
        && end.instant() < start.instant()
    {
        return Err(ApiError::invalid_property(
            "At least one property failed validation: the end lies before the start.",
        ));
    }
    change.json.extend(writable(body)?);
    Ok(())
}

/// The properties that are stored as received.
fn writable(body: &Json) -> Result<Json, ApiError> {
    let known = defaults();
    let mut out = Json::new();
    for (name, value) in body {
        if NOT_COPIED.contains(&name.as_str()) {
            continue;
        }
        let Some(model) = known.get(name) else {
            continue;
        };
        let choices: &[&str] = match name.as_str() {
            "showAs" => &SHOW_AS,
            "importance" => &IMPORTANCE,
            "sensitivity" => &SENSITIVITY,
            _ => &[],
        };
        let fits = std::mem::discriminant(value) == std::mem::discriminant(model);
        let chosen =
            choices.is_empty() || value.as_str().is_some_and(|text| choices.contains(&text));
        if !fits || !chosen {
            return Err(ApiError::invalid_property(format!(
                "At least one property failed validation: '{name}'."
            )));
        }
        out.insert(name.clone(), complete(name, value));
    }
    if let (Some(location), false) = (out.get("location").cloned(), out.contains_key("locations")) {
        let named = location["displayName"]
            .as_str()
            .is_some_and(|name| !name.is_empty());
        out.insert(
            "locations".into(),
            if named { json!([location]) } else { json!([]) },
        );
    }
    Ok(out)
}

/// Adds the members that the service adds to a value.
fn complete(name: &str, value: &Value) -> Value {
    let mut value = value.clone();
    match name {
        "attendees" => {
            let list = value.as_array_mut().into_iter().flatten();
            for one in list.filter(|one| one.is_object()) {
                if one["type"].is_null() {
                    one["type"] = "required".into();
                }
                if one["status"].is_null() {
                    one["status"] = json!({"response": "none", "time": NEVER});
                }
            }
        }
        "body" => complete_body(&mut value),
        "location" => complete_location(&mut value),
        _ => {}
    }
    value
}

/// The body as the service stores it: an HTML document, also of a text.
fn complete_body(body: &mut Value) {
    let html = body["contentType"]
        .as_str()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
    let content = body["content"].as_str().unwrap_or_default();
    let content = match html {
        true if content.is_empty() => String::new(),
        true => html_document(content),
        false => html_document(&html! { div class="PlainText" { (content) } }.into_string()),
    };
    *body = json!({"contentType": "html", "content": content});
}

/// Adds type and id. A location with a mailbox is a conference room.
fn complete_location(place: &mut Value) {
    let text = |name: &str| {
        place[name]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (kind, id, id_kind) = match (text("locationEmailAddress"), text("displayName")) {
        (Some(address), _) => ("conferenceRoom", address, "directory"),
        (None, Some(name)) => ("default", name, "private"),
        (None, None) => ("default", String::new(), "unknown"),
    };
    for (name, value) in [
        ("locationType", kind),
        ("uniqueId", &id),
        ("uniqueIdType", id_kind),
    ] {
        if place[name].is_null() && !value.is_empty() {
            place[name] = value.into();
        }
    }
}
