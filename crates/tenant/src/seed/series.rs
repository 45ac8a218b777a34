//! Series: each recurrence pattern once, in several time zones, some across a change of summer time.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde_json::{Value, json};

use super::seed_event::{BERLIN, LONDON, SEATTLE, SeedEvent, monday};
use crate::store::recurrence::Recurrence;

/// The series that has exceptions.
pub(super) const TEAM_MEETING: &str = "Team meeting";

/// The series of all calendars: one table.
pub(super) fn plans(today: NaiveDate) -> Vec<SeedEvent> {
    let week = monday(today);
    let long_ago = week - Days::new(26 * 7);
    let month = today.with_day(1).unwrap_or(today);
    let months_ago = month.checked_sub_months(Months::new(12)).unwrap_or(month);
    vec![
        SeedEvent {
            time: Some((9, 30)),
            length: 45,
            place: "Room Aurora",
            invited: &[
                "ben@contoso.example",
                "admin@contoso.example",
                "carla@contoso.example",
            ],
            ..plan(TEAM_MEETING, long_ago, weekly(1, &["monday"], long_ago, 78))
        },
        SeedEvent {
            time: Some((8, 0)),
            length: 15,
            zone: SEATTLE,
            more: json!({"categories": ["Blue category"]}),
            ..plan(
                "Stand-up with Seattle",
                long_ago + Days::new(1),
                weekly(1, &["tuesday", "thursday"], long_ago + Days::new(1), 120),
            )
        },
        SeedEvent {
            mailbox: 2,
            time: Some((14, 0)),
            length: 60,
            zone: LONDON,
            ..plan(
                "Design review",
                long_ago + Days::new(2),
                weekly(2, &["wednesday"], long_ago + Days::new(2), 40),
            )
        },
        SeedEvent {
            time: Some((17, 0)),
            length: 10,
            more: json!({"showAs": "free"}),
            ..plan("Water the plants", week, daily(3, week, 30))
        },
        SeedEvent {
            time: Some((9, 0)),
            length: 30,
            more: json!({"categories": ["Suppliers"]}),
            ..plan("Pay suppliers", months_ago, monthly(1, months_ago))
        },
        relative(
            "Monthly figures",
            months_ago,
            json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"}),
            24,
        ),
        yearly(
            "Company anniversary",
            NaiveDate::from_ymd_opt(today.year() - 3, 3, 14),
            today,
        ),
        relative(
            "Summer party",
            months_ago,
            json!({"type": "relativeYearly", "interval": 1, "daysOfWeek": ["saturday"], "index": "second", "month": 7}),
            3,
        ),
    ]
}

fn plan(subject: &'static str, date: NaiveDate, recurrence: Value) -> SeedEvent {
    SeedEvent {
        mailbox: 1,
        subject,
        date,
        time: Some((15, 0)),
        length: 60,
        zone: BERLIN,
        place: "",
        invited: &[],
        recurrence: Some(recurrence),
        more: json!({}),
    }
}

fn numbered(pattern: Value, start: NaiveDate, count: u32) -> Value {
    json!({
        "pattern": complete(pattern),
        "range": {"type": "numbered", "startDate": start.to_string(), "endDate": "0001-01-01",
            "recurrenceTimeZone": BERLIN, "numberOfOccurrences": count},
    })
}

fn endless(pattern: Value, start: NaiveDate) -> Value {
    let mut value = numbered(pattern, start, 0);
    value["range"]["type"] = "noEnd".into();
    value
}

/// Adds the members that responses contain.
fn complete(mut pattern: Value) -> Value {
    for (name, blank) in [
        ("month", json!(0)),
        ("dayOfMonth", json!(0)),
        ("daysOfWeek", json!([])),
        ("firstDayOfWeek", json!("monday")),
        ("index", json!("first")),
    ] {
        if pattern[name].is_null() {
            pattern[name] = blank;
        }
    }
    pattern
}

fn weekly(interval: u32, days: &[&str], start: NaiveDate, count: u32) -> Value {
    numbered(
        json!({"type": "weekly", "interval": interval, "daysOfWeek": days}),
        start,
        count,
    )
}

fn daily(interval: u32, start: NaiveDate, count: u32) -> Value {
    numbered(json!({"type": "daily", "interval": interval}), start, count)
}

fn monthly(day: u32, start: NaiveDate) -> Value {
    endless(
        json!({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": day}),
        start,
    )
}

/// A series whose first day follows from its pattern.
fn relative(subject: &'static str, from: NaiveDate, pattern: Value, count: u32) -> SeedEvent {
    let recurrence = numbered(pattern.clone(), from, count);
    let first = Recurrence::parse(&recurrence).ok().and_then(|series| {
        let until = from.checked_add_months(Months::new(13))?;
        series.dates(until).first().copied()
    });
    let first = first.unwrap_or(from);
    plan(subject, first, numbered(pattern, first, count))
}

fn yearly(subject: &'static str, start: Option<NaiveDate>, today: NaiveDate) -> SeedEvent {
    let start = start.unwrap_or(today);
    let pattern = json!({"type": "absoluteYearly", "interval": 1, "dayOfMonth": start.day(), "month": start.month()});
    SeedEvent {
        time: None,
        length: 1,
        more: json!({"showAs": "free", "isReminderOn": false}),
        ..plan(subject, start, endless(pattern, start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_starts_on_a_day_of_its_own_pattern() {
        for day in ["2026-11-25", "2026-01-01", "2028-02-29", "2027-03-28"] {
            let today: NaiveDate = day.parse().unwrap();
            assert_eq!(monday(today).weekday(), chrono::Weekday::Mon);
            for plan in plans(today) {
                let series = Recurrence::parse(&plan.recurrence.unwrap()).unwrap();
                assert!(series.has(plan.date), "{} from {}", plan.subject, plan.date);
            }
        }
    }
}
