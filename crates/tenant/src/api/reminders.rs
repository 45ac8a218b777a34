//! Reminders: the reminder view, snooze and dismiss.

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::find;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::http::Params;
use crate::store::date_time::DateTimeTimeZone;
use crate::store::event::Instance;
use crate::store::id::{Kind as IdKind, change_key};
use crate::views::outlook;

/// Largest time between a reminder and its event, in minutes.
const MAX_LEAD: i64 = 14 * 24 * 60;

/// `reminderView(StartDateTime='..',EndDateTime='..')`.
pub(crate) fn view(call: &Call<'_>, key: Option<&str>) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    if call.request.method != Method::GET {
        return Err(ApiError::wrong_method());
    }
    let (from, to) = find::time_window(&bounds(call, key), find::event_format(call).tz)?;
    let format = find::event_format(call);
    let mut found: Vec<(DateTime<Utc>, Value)> = call.read(|mailbox| {
        let until = to + TimeDelta::minutes(MAX_LEAD);
        let all = mailbox.events.values();
        let all = all.flat_map(|event| event.between(from, until));
        let ringing = all.filter_map(|one| {
            let at = rings(&one, format.tz)?;
            (from <= at && at <= to).then(|| (at, reminder(&one, at, &format)))
        });
        Ok(ringing.collect())
    })?;
    found.sort_by_key(|(at, _)| *at);
    let graph = call.flavor.is_graph();
    let value = found.into_iter().map(|(_, one)| match graph {
        true => one,
        false => outlook::to_outlook("", one),
    });
    let value: Value = value.collect();
    let kind = match graph {
        true => "microsoft.graph.reminder",
        false => "Microsoft.OutlookServices.Reminder",
    };
    let context = format!("{}/$metadata#Collection({kind})", call.root());
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

/// The parameters of the function, from its parentheses or from the query.
fn bounds(call: &Call<'_>, key: Option<&str>) -> Params {
    let mut list = call.params.0.clone();
    for pair in key.unwrap_or_default().split(',') {
        if let Some((name, value)) = pair.split_once('=') {
            list.push((
                name.trim().to_owned(),
                value.trim().trim_matches('\'').to_owned(),
            ));
        }
    }
    Params(list)
}

/// The time of an entry's reminder; `None` if it has no reminder.
fn rings(one: &Instance<'_>, zone: chrono_tz::Tz) -> Option<DateTime<Utc>> {
    if one.property("isReminderOn") != Some(&Value::Bool(true)) || one.event.cancelled {
        return None;
    }
    if let Some(at) = one.event.snoozed {
        return DateTime::from_timestamp(at, 0);
    }
    let minutes = one
        .property("reminderMinutesBeforeStart")
        .and_then(Value::as_i64);
    let lead = TimeDelta::minutes(minutes.unwrap_or(15).clamp(0, MAX_LEAD));
    Some(one.bounds(zone).0 - lead)
}

fn reminder(one: &Instance<'_>, at: DateTime<Utc>, format: &crate::views::event::Format) -> Value {
    let (start, end) = one.bounds(format.tz);
    let id = one.id(format.mailbox);
    let moment = |at| DateTimeTimeZone::at(at, &format.zone).to_json();
    json!({
        "eventId": id,
        "eventStartTime": moment(start),
        "eventEndTime": moment(end),
        "changeKey": change_key(one.change()),
        "eventSubject": one.property("subject"),
        "eventLocation": one.property("location"),
        "eventWebLink": format!("https://outlook.office365.com/owa/?itemid={id}&exvsurl=1&path=/calendar/item"),
        "reminderFireTime": moment(at),
    })
}

/// `POST events/{id}/dismissReminder`.
pub(crate) fn dismiss(call: &Call<'_>, text: &str) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    let key = call.id(text, IdKind::Event)?.key;
    call.change(|mailbox| {
        find::event(call, mailbox, text)?;
        let version = mailbox.fresh_change();
        if let Some(event) = mailbox.events.get_mut(&key) {
            event.json.insert("isReminderOn".into(), false.into());
            event.change = version;
        }
        Ok(ApiResponse::empty(200))
    })
}

/// `POST events/{id}/snoozeReminder`.
pub(crate) fn snooze(call: &Call<'_>, text: &str) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    let parameters = call.parameters()?;
    let time = parameters
        .get("newReminderTime")
        .cloned()
        .unwrap_or_default();
    let zone = time["timeZone"].as_str().unwrap_or("UTC");
    let moment = DateTimeTimeZone::read(time["dateTime"].as_str().unwrap_or_default(), zone);
    let moment = moment
        .ok_or_else(|| ApiError::invalid_property("The new time of the reminder is not valid."))?;
    let key = call.id(text, IdKind::Event)?.key;
    call.change(|mailbox| {
        find::event(call, mailbox, text)?;
        let version = mailbox.fresh_change();
        if let Some(event) = mailbox.events.get_mut(&key) {
            event.snoozed = Some(moment.instant().timestamp());
            event.change = version;
        }
        Ok(ApiResponse::empty(200))
    })
}
