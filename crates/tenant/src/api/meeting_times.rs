//! Meeting time suggestions.

use axum::http::Method;
use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::find;
use super::response::ApiResponse;
use super::schedule::{MAX_DAYS, instant_of, mailbox_of};
use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::store::date_time::DateTimeTimeZone;
use crate::store::{Json, Mailbox, Store, busy};
use crate::views::outlook;

/// Time between two suggested starts, in minutes.
const STEP: i64 = 30;

/// The parameters of `findMeetingTimes`.
struct MeetingTimesRequest {
    length: TimeDelta,
    slots: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    attendees: Vec<Value>,
    most: usize,
    least_confidence: f64,
    work: bool,
    reasons: bool,
}

/// `POST findMeetingTimes`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    if call.flavor == crate::http::Flavor::OutlookV1 {
        return Err(call.missing());
    }
    if call.request.method != Method::POST {
        return Err(ApiError::wrong_method());
    }
    let wanted = parse(call, &call.parameters()?)?;
    let store = call.tenant.store();
    let own = store.mailbox(call.mailbox);
    let own = own.ok_or_else(|| ApiError::no_mailbox(call.flavor))?;
    let from = wanted
        .slots
        .iter()
        .map(|slot| slot.0)
        .min()
        .unwrap_or_default();
    let to = wanted
        .slots
        .iter()
        .map(|slot| slot.1)
        .max()
        .unwrap_or_default();
    let mine = busy::busy_intervals(own, from, to);
    let attendees_known: Vec<Attendee> = wanted
        .attendees
        .iter()
        .map(|one| attendee(&store, one, from, to))
        .collect();
    let mut found = Vec::new();
    let mut organizer_free = false;
    for start in starts(&wanted) {
        let end = start + wanted.length;
        if wanted.work && !works(own, start, end) {
            continue;
        }
        if !busy::is_free(&mine, start, end) {
            continue;
        }
        organizer_free = true;
        let (confidence, answers) = availability(&attendees_known, start, end);
        if confidence >= wanted.least_confidence {
            found.push(suggestion(
                call,
                &wanted,
                (start, end),
                confidence,
                &answers,
            ));
        }
    }
    // Highest confidence first; the earliest among equals.
    found.sort_by(|a, b| {
        let confidence = |one: &Value| one["confidence"].as_f64().unwrap_or_default();
        confidence(b).total_cmp(&confidence(a))
    });
    found.truncate(wanted.most);
    for (at, one) in (1_u32..).zip(&mut found) {
        one["order"] = at.into();
    }
    let reason = match (found.is_empty(), organizer_free) {
        (false, _) => "",
        (true, true) => "AttendeesUnavailable",
        (true, false) => "OrganizerUnavailable",
    };
    let body = json!({"emptySuggestionsReason": reason, "meetingTimeSuggestions": found});
    let (mut body, kind) = match call.flavor.is_graph() {
        true => (body, "microsoft.graph.meetingTimeSuggestionsResult"),
        false => {
            let kind = "Microsoft.OutlookServices.MeetingTimeSuggestionsResult";
            (outlook::to_outlook("", body), kind)
        }
    };
    body["@odata.context"] = format!("{}/$metadata#{kind}", call.root()).into();
    Ok(ApiResponse::json(200, body))
}

fn parse(call: &Call<'_>, parameters: &Json) -> Result<MeetingTimesRequest, ApiError> {
    let part = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    let length = match part("meetingDuration").as_str() {
        None => TimeDelta::minutes(30),
        Some(text) => duration(text).ok_or_else(|| {
            ApiError::invalid_parameter(
                "The meeting duration is no ISO 8601 duration of up to a day.",
            )
        })?,
    };
    let constraint = part("timeConstraint");
    // The Outlook APIs write enum values in Pascal case.
    let domain = constraint["activityDomain"]
        .as_str()
        .unwrap_or("work")
        .to_ascii_lowercase();
    let given = constraint["timeSlots"]
        .as_array()
        .or(constraint["timeslots"].as_array());
    let slots: Option<Vec<_>> = given.map(|list| {
        let read = list
            .iter()
            .map(|slot| instant_of(&slot["start"]).zip(instant_of(&slot["end"])));
        read.collect::<Option<Vec<_>>>().unwrap_or_default()
    });
    let now = call.tenant.clock().now();
    let slots = slots.unwrap_or_else(|| vec![(now, now + TimeDelta::days(7))]);
    let sensible = |(from, to): &(DateTime<Utc>, DateTime<Utc>)| {
        from < to && *to - *from <= TimeDelta::days(MAX_DAYS)
    };
    if slots.is_empty() || !slots.iter().all(sensible) {
        return Err(ApiError::invalid_parameter(
            "The time slots of the constraint are not valid.",
        ));
    }
    let attendees = part("attendees").as_array().cloned().unwrap_or_default();
    let most = part("maxCandidates").as_u64().unwrap_or(20).clamp(1, 100);
    Ok(MeetingTimesRequest {
        length,
        slots,
        attendees,
        most: usize::try_from(most).unwrap_or(20),
        least_confidence: part("minimumAttendeePercentage").as_f64().unwrap_or(50.0),
        work: matches!(domain.as_str(), "work" | "unknown"),
        reasons: part("returnSuggestionReasons") == Value::Bool(true),
    })
}

/// Reads an ISO 8601 duration of up to a day, such as `PT1H30M` or `P1D`.
fn duration(text: &str) -> Option<TimeDelta> {
    if text == "P1D" {
        return Some(TimeDelta::days(1));
    }
    let (hours, rest) = text
        .strip_prefix("PT")?
        .split_once('H')
        .unwrap_or(("0", &text[2..]));
    let (minutes, rest) = match rest.split_once('M') {
        Some(parts) => parts,
        None => ("0", rest),
    };
    let total = hours
        .parse::<i64>()
        .ok()?
        .checked_mul(60)?
        .checked_add(minutes.parse().ok()?)?;
    (rest.is_empty() && (1..=24 * 60).contains(&total)).then(|| TimeDelta::minutes(total))
}

/// All starts at which the meeting fits into a time slot.
fn starts(wanted: &MeetingTimesRequest) -> Vec<DateTime<Utc>> {
    let mut out = Vec::new();
    for (from, to) in &wanted.slots {
        let step = STEP * 60;
        let first = (from.timestamp() + step - 1).div_euclid(step) * step;
        let mut at = DateTime::from_timestamp(first, 0).unwrap_or(*from);
        while at + wanted.length <= *to {
            out.push(at);
            at += TimeDelta::seconds(step);
        }
    }
    out
}

/// Whether a meeting is within the working hours of a mailbox.
fn works(mailbox: &Mailbox, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    let hours = mailbox
        .settings
        .get("workingHours")
        .cloned()
        .unwrap_or_default();
    let zone = hours["timeZone"]["name"].as_str().and_then(timezone::find);
    let zone = zone.unwrap_or_else(|| busy::time_zone(mailbox));
    let (start, end) = (timezone::local(start, zone), timezone::local(end, zone));
    let time = |name: &str| {
        let text = hours[name].as_str().and_then(|text| text.get(..8));
        text.and_then(|text| NaiveTime::parse_from_str(text, "%H:%M:%S").ok())
    };
    let day = start.weekday().to_string().to_lowercase();
    let days = hours["daysOfWeek"].as_array();
    let works = days.is_none_or(|days| {
        days.iter()
            .filter_map(Value::as_str)
            .any(|one| one.to_lowercase().starts_with(&day))
    });
    let begins = time("startTime").is_none_or(|time| start.time() >= time);
    let ends = time("endTime").is_none_or(|time| end.time() <= time);
    works && begins && ends && start.date() == end.date()
}

/// An attendee.
struct Attendee {
    kind: String,
    address: String,
    /// Busy intervals; `None` if the attendee has no mailbox in this tenant.
    blocked: Option<Vec<(DateTime<Utc>, DateTime<Utc>)>>,
}

fn attendee(store: &Store, attendee: &Value, from: DateTime<Utc>, to: DateTime<Utc>) -> Attendee {
    let address = attendee["emailAddress"]["address"]
        .as_str()
        .unwrap_or_default();
    Attendee {
        kind: attendee["type"]
            .as_str()
            .unwrap_or("required")
            .to_lowercase(),
        address: address.to_owned(),
        blocked: mailbox_of(store, address).map(|mailbox| busy::busy_intervals(mailbox, from, to)),
    }
}

/// The confidence in percent, and the availability of each attendee.
fn availability(
    attendees_known: &[Attendee],
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> (f64, Vec<Value>) {
    let mut sum = 0.0;
    let mut answers = Vec::new();
    for attendee in attendees_known {
        let (word, chance) = match &attendee.blocked {
            None => ("unknown", 49.0),
            Some(blocked) if busy::is_free(blocked, start, end) => ("free", 100.0),
            Some(_) => ("busy", 0.0),
        };
        sum += chance;
        answers.push(json!({
            "availability": word,
            "attendee": {"type": attendee.kind, "emailAddress": {"address": attendee.address}},
        }));
    }
    // The organizer counts as free.
    ((sum + 100.0) / (answers.len() + 1) as f64, answers)
}

fn suggestion(
    call: &Call<'_>,
    wanted: &MeetingTimesRequest,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    confidence: f64,
    answers: &[Value],
) -> Value {
    let zone = find::event_format(call).zone;
    let mut one = json!({
        "confidence": confidence,
        "organizerAvailability": "free",
        "meetingTimeSlot": {
            "start": DateTimeTimeZone::at(start, &zone).to_json(),
            "end": DateTimeTimeZone::at(end, &zone).to_json(),
        },
        "attendeeAvailability": answers,
        "locations": [],
    });
    if wanted.reasons {
        let everybody = answers.iter().all(|one| one["availability"] == "free");
        one["suggestionReason"] = match everybody {
            true => "Everybody is available, and it is among the nearest times.".into(),
            false => "Enough attendees are available.".into(),
        };
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_up_to_a_day() {
        let table = [("PT1H", 60), ("PT30M", 30), ("PT1H30M", 90), ("P1D", 1440)];
        for (text, minutes) in table {
            assert_eq!(duration(text), Some(TimeDelta::minutes(minutes)), "{text}");
        }
        for broken in [
            "",
            "PT",
            "PT0M",
            "1H",
            "PT25H",
            "PTxH",
            "PT1H5",
            "PT99999999999999999999H",
        ] {
            assert_eq!(duration(broken), None, "{broken}");
        }
    }
}
