//! An event as JSON, in the time zone of the request.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::message::timestamp;
use super::selection::selected;
use crate::http::Flavor;
use crate::odata::Query;
use crate::store::date_time::{DateTimeTimeZone, NEVER};
use crate::store::event::{Exception, Instance};
use crate::store::id::{change_key, etag};
use crate::store::message::plain_text;
use crate::store::recipient::recipient_json;
use crate::store::{Event, Json, event};

/// The format of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    pub(crate) flavor: Flavor,
    pub(crate) mailbox: u32,
    /// Name of the requested time zone.
    pub(crate) zone: String,
    pub(crate) tz: Tz,
    pub(crate) text_body: bool,
}

/// The writable properties with their defaults.
pub(crate) fn defaults() -> Json {
    let defaults = json!({
        "allowNewTimeProposals": true,
        "attendees": [],
        "body": {"contentType": "html", "content": ""},
        "categories": [],
        "hideAttendees": false,
        "importance": "normal",
        "isOnlineMeeting": false,
        "isReminderOn": true,
        "location": {"displayName": "", "locationType": "default", "uniqueIdType": "unknown", "address": {}, "coordinates": {}},
        "locations": [],
        "onlineMeetingProvider": "unknown",
        "reminderMinutesBeforeStart": 15,
        "responseRequested": true,
        "responseStatus": {"response": "none", "time": NEVER},
        "sensitivity": "normal",
        "showAs": "busy",
        "subject": "",
        "transactionId": null,
    });
    defaults.as_object().cloned().unwrap_or_default()
}

/// What the query selects and expands of an entry, with canonical names and the flavour's date format.
pub(crate) fn to_json(one: &Instance<'_>, format: &Format, query: &Query) -> Map<String, Value> {
    let event = one.event;
    let mut out = whole(one, format);
    if one.kind() == "seriesMaster" && query.select.is_some() {
        let cancelled = cancelled_occurrences(event, &one.id(format.mailbox));
        out.insert("cancelledOccurrences".into(), cancelled.into());
    }
    let mut out = selected(out, query);
    if one.kind() == "seriesMaster" && query.expands("exceptionOccurrences") {
        out.insert(
            "exceptionOccurrences".into(),
            exceptions(event, format).into(),
        );
    }
    out
}

/// All of an entry, with canonical names and with what only an expansion or a selection shows.
pub(crate) fn whole(one: &Instance<'_>, format: &Format) -> Map<String, Value> {
    let event = one.event;
    let mut out = event.json.clone();
    if let Some(exception) = one.exception {
        out.extend(exception.json.clone());
    }
    let id = one.id(format.mailbox);
    let modified = one.exception.map_or(event.modified, |one| one.modified);
    let own = json!({
        "id": id,
        "createdDateTime": timestamp(event.created),
        "lastModifiedDateTime": timestamp(modified),
        "changeKey": change_key(one.change()),
        "originalStartTimeZone": if event.all_day { "UTC" } else { &event.start.zone },
        "originalEndTimeZone": if event.all_day { "UTC" } else { &event.end.zone },
        "iCalUId": event.uid,
        "hasAttachments": event.attachments.iter().any(|one| !one.inline),
        "bodyPreview": preview(&out["body"]),
        "isAllDay": event.all_day,
        "isCancelled": event.cancelled,
        "isOrganizer": event.organized,
        "isDraft": false,
        "type": one.kind(),
        "seriesMasterId": (one.day != 0).then(|| event::id(format.mailbox, event.key, 0)),
        "webLink": format!("https://outlook.office365.com/owa/?itemid={id}&exvsurl=1&path=/calendar/item"),
        "onlineMeetingUrl": null,
        "onlineMeeting": null,
        "organizer": recipient_json(&event.organizer),
        "recurrence": if one.day == 0 { recurrence(event, format.flavor) } else { Value::Null },
    });
    out.extend(own.as_object().cloned().unwrap_or_default());
    if out.get("isOnlineMeeting") == Some(&true.into()) {
        out.insert("onlineMeetingProvider".into(), "teamsForBusiness".into());
        out.insert("onlineMeeting".into(), online_meeting(&event.uid));
    }
    if format.text_body && out["body"]["contentType"] == "html" {
        let text = plain_text(out["body"]["content"].as_str().unwrap_or_default());
        out.insert(
            "body".into(),
            json!({"contentType": "text", "content": text}),
        );
    }
    if !format.flavor.is_graph() {
        let place = outlook_place(&out["location"]);
        out.insert("location".into(), place);
    }
    times(&mut out, one, format);
    out.insert("@odata.etag".into(), etag(one.change()).into());
    out
}

/// The online meeting of an event. Nobody meets there.
fn online_meeting(uid: &str) -> Value {
    let id: String = uid.chars().rev().take(24).collect();
    json!({"joinUrl": format!("https://teams.contoso.example/l/meetup-join/{id}")})
}

/// The changed occurrences of a series, whole.
fn exceptions(event: &Event, format: &Format) -> Vec<Value> {
    let changed = event
        .exceptions
        .iter()
        .filter(|(_, one)| matches!(one, Exception::Changed(_)));
    changed
        .filter_map(|(day, _)| event.occurrence(*day))
        .map(|one| to_json(&one, format, &Query::default()).into())
        .collect()
}

/// The ids of the deleted occurrences of a series.
fn cancelled_occurrences(event: &Event, id: &str) -> Vec<String> {
    let removed = event
        .exceptions
        .iter()
        .filter(|(_, one)| matches!(one, Exception::Removed));
    let dates = removed.filter_map(|(day, _)| chrono::NaiveDate::from_num_days_from_ce_opt(*day));
    dates.map(|date| format!("OID.{id}.{date}")).collect()
}

/// The members of a location in the Outlook flavours.
fn outlook_place(place: &Value) -> Value {
    let mut out = json!({"displayName": place["displayName"], "address": {}});
    for name in ["address", "coordinates"] {
        let given = place[name].as_object().filter(|given| !given.is_empty());
        if let Some(given) = given {
            out[name] = Value::Object(given.clone());
        }
    }
    out
}

fn preview(body: &Value) -> String {
    let content = body["content"].as_str().unwrap_or_default();
    let text = if body["contentType"] == "html" {
        plain_text(content)
    } else {
        content.to_owned()
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(255).collect()
}

/// A time in the requested time zone. All-day events keep their dates.
fn shown(moment: &DateTimeTimeZone, all_day: bool, zone: &str) -> DateTimeTimeZone {
    if all_day {
        DateTimeTimeZone {
            local: moment.local,
            zone: zone.to_owned(),
        }
    } else {
        moment.moved(zone)
    }
}

fn times(out: &mut Map<String, Value>, one: &Instance<'_>, format: &Format) {
    let all_day = one.event.all_day;
    if format.flavor == Flavor::OutlookV1 {
        // v1.0 has no preference for a time zone: the event's own zone is used.
        out.insert("start".into(), one.start.with_offset().into());
        out.insert("end".into(), one.end.with_offset().into());
        out.insert("startTimeZone".into(), one.start.zone.as_str().into());
        out.insert("endTimeZone".into(), one.end.zone.as_str().into());
        return;
    }
    out.insert(
        "start".into(),
        shown(&one.start, all_day, &format.zone).to_json(),
    );
    out.insert(
        "end".into(),
        shown(&one.end, all_day, &format.zone).to_json(),
    );
    if one.day != 0 && format.flavor.is_graph() {
        let date = chrono::NaiveDate::from_num_days_from_ce_opt(one.day);
        let original = date.map(|date| DateTimeTimeZone {
            local: date.and_time(one.event.start.local.time()),
            zone: one.event.start.zone.clone(),
        });
        let original = original.map(|moment| crate::clock::iso(moment.instant()));
        out.insert("originalStart".into(), original.into());
    }
}

fn recurrence(event: &Event, flavor: Flavor) -> Value {
    let Some(json) = event.recurrence.clone() else {
        return Value::Null;
    };
    let mut json = Value::Object(json);
    if flavor == Flavor::OutlookV1 {
        // The dates of the range have an offset in v1.0.
        for name in ["startDate", "endDate"] {
            let text = json["range"][name].as_str().map(str::to_owned);
            if let Some(moment) =
                text.and_then(|text| DateTimeTimeZone::read(&text, &event.start.zone))
            {
                json["range"][name] = moment.with_offset().into();
            } else {
                json["range"][name] = NEVER.into();
            }
        }
        if let Some(range) = json["range"].as_object_mut() {
            range.remove("recurrenceTimeZone");
        }
    }
    json
}
