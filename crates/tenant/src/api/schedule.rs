//! Free/busy information of several people.

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::find;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::store::date_time::DateTimeTimeZone;
use crate::store::event::Instance;
use crate::store::{Mailbox, Store, busy};

/// Longest time interval, in days.
pub(super) const MAX_DAYS: i64 = 62;

/// Largest number of schedules in one request.
const MAX_SCHEDULES: usize = 20;

/// The instant of a `dateTimeTimeZone`.
pub(super) fn instant_of(value: &Value) -> Option<DateTime<Utc>> {
    let zone = value["timeZone"].as_str().unwrap_or("UTC");
    Some(DateTimeTimeZone::read(value["dateTime"].as_str()?, zone)?.instant())
}

/// `POST calendar/getSchedule`.
pub(crate) fn get_schedule(call: &Call<'_>) -> ApiResult {
    if !call.flavor.is_graph() {
        return Err(call.missing());
    }
    if call.request.method != Method::POST {
        return Err(ApiError::wrong_method());
    }
    let parameters = call.parameters()?;
    let part = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    let schedules = part("schedules");
    let schedules = schedules.as_array().filter(|list| !list.is_empty());
    let schedules = schedules
        .ok_or_else(|| ApiError::invalid_parameter("The parameter 'Schedules' is required."))?;
    if schedules.len() > MAX_SCHEDULES {
        return Err(ApiError::invalid_parameter(
            "At most 20 schedules are supported in one request.",
        ));
    }
    let (from, to) = instant_of(&part("startTime"))
        .zip(instant_of(&part("endTime")))
        .ok_or_else(|| {
            ApiError::invalid_parameter("The parameters 'StartTime' and 'EndTime' are required.")
        })?;
    let minutes = part("availabilityViewInterval").as_i64().unwrap_or(30);
    if !(5..=1440).contains(&minutes) {
        return Err(ApiError::invalid_parameter(
            "The interval has to be 5 to 1440 minutes.",
        ));
    }
    if to <= from {
        let text = "The end of the time interval has to be after its start.";
        return Err(ApiError::new(400, "ErrorInvalidTimeInterval", text));
    }
    if to - from > TimeDelta::days(MAX_DAYS) {
        let text = format!("The time interval is longer than {MAX_DAYS} days.");
        return Err(ApiError::new(400, "ErrorTimeIntervalTooBig", text));
    }
    let store = call.tenant.store();
    let addresses = schedules.iter().filter_map(Value::as_str);
    let value = addresses.map(|address| one_schedule(call, &store, address, (from, to), minutes));
    let value: Value = value.collect();
    let context = format!(
        "{}/$metadata#Collection(microsoft.graph.scheduleInformation)",
        call.root()
    );
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

/// The mailbox of an address.
pub(super) fn mailbox_of<'a>(store: &'a Store, address: &str) -> Option<&'a Mailbox> {
    store.mailbox(store.number_of(address)?)
}

fn one_schedule(
    call: &Call<'_>,
    store: &Store,
    address: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    minutes: i64,
) -> Value {
    let Some(mailbox) = mailbox_of(store, address) else {
        return json!({
            "scheduleId": address,
            "availabilityView": "",
            "scheduleItems": null,
            "error": {"message": "Proxy web request failed.", "responseCode": "5016"},
        });
    };
    // Others see subject and location only if the calendar is shared with them.
    let shared = mailbox.permissions.iter().any(|item| {
        let address = item.json["emailAddress"]["address"].as_str();
        let role = item.json["role"].as_str();
        address.is_some_and(|one| one.eq_ignore_ascii_case(call.owner.address))
            && !matches!(role, None | Some("none" | "freeBusyRead"))
    });
    let details = shared || mailbox.number == call.mailbox;
    let taken = busy::entries(mailbox, from, to);
    let home = busy::time_zone(mailbox);
    let items: Vec<Value> = taken
        .iter()
        .map(|one| schedule_item(call, one, details))
        .collect();
    json!({
        "scheduleId": address,
        "availabilityView": busy::availability_view(&taken, home, from, to, minutes),
        "scheduleItems": items,
        "workingHours": mailbox.settings.get("workingHours"),
    })
}

fn schedule_item(call: &Call<'_>, one: &Instance<'_>, details: bool) -> Value {
    let zone = find::event_format(call).zone;
    let (start, end) = one.bounds(find::event_format(call).tz);
    let private = one.property("sensitivity").and_then(Value::as_str) == Some("private");
    let text = |value: Option<&Value>| value.cloned().unwrap_or_default();
    let mut item = json!({
        "isPrivate": private,
        "status": text(one.property("showAs")),
        "start": DateTimeTimeZone::at(start, &zone).to_json(),
        "end": DateTimeTimeZone::at(end, &zone).to_json(),
    });
    if details && !private {
        item["subject"] = text(one.property("subject"));
        let place = one.property("location");
        item["location"] = text(place.and_then(|place| place.get("displayName")));
    }
    item
}
