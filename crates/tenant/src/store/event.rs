//! Events: single ones, series, and the occurrences that a series has.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::date_time::DateTimeTimeZone;
use super::id::{Id, Kind};
use super::item::Json;
use super::message::{Attachment, Person};
use super::recurrence::Recurrence;
use crate::clock::timezone;

/// An event, or the master of a series.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Event {
    pub(crate) key: u64,
    pub(crate) change: u64,
    pub(crate) calendar: u64,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) modified: i64,
    /// The same in all copies of the meeting.
    pub(crate) uid: String,
    pub(crate) organizer: Person,
    /// Whether the mailbox's owner is the organizer.
    pub(crate) organized: bool,
    pub(crate) cancelled: bool,
    pub(crate) all_day: bool,
    pub(crate) start: DateTimeTimeZone,
    pub(crate) end: DateTimeTimeZone,
    pub(crate) recurrence: Option<Json>,
    /// Time of a snoozed reminder, Unix seconds.
    pub(crate) snoozed: Option<i64>,
    /// Other writable properties, with Graph's names.
    pub(crate) json: Json,
    pub(crate) attachments: Vec<Attachment>,
    /// Exceptions by the day of the occurrence.
    pub(crate) exceptions: BTreeMap<i32, Exception>,
}

/// An exception of a series.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Exception {
    Changed(Box<OccurrenceChange>),
    Removed,
}

/// The changed properties of an occurrence.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct OccurrenceChange {
    pub(crate) change: u64,
    pub(crate) modified: i64,
    pub(crate) start: Option<DateTimeTimeZone>,
    pub(crate) end: Option<DateTimeTimeZone>,
    pub(crate) json: Json,
}

/// One entry of a calendar: the event itself, or an occurrence of it.
#[derive(Clone, Debug)]
pub(crate) struct Instance<'a> {
    pub(crate) event: &'a Event,
    /// Day of the occurrence (days from the Common Era); 0 for the event itself.
    pub(crate) day: i32,
    pub(crate) start: DateTimeTimeZone,
    pub(crate) end: DateTimeTimeZone,
    pub(crate) exception: Option<&'a OccurrenceChange>,
}

impl Event {
    /// The event itself.
    pub(crate) fn itself(&self) -> Instance<'_> {
        Instance {
            event: self,
            day: 0,
            start: self.start.clone(),
            end: self.end.clone(),
            exception: None,
        }
    }

    /// The recurrence, if the event is a series.
    pub(crate) fn series(&self) -> Option<Recurrence> {
        let json = self.recurrence.clone()?;
        Recurrence::parse(&json.into()).ok()
    }

    /// The occurrence of a day, if there is one.
    pub(crate) fn occurrence(&self, day: i32) -> Option<Instance<'_>> {
        let date = NaiveDate::from_num_days_from_ce_opt(day)?;
        let exists = self.series()?.has(date);
        if exists { self.on(date) } else { None }
    }

    /// The occurrence of a day of the series, unless it was deleted.
    fn on(&self, date: NaiveDate) -> Option<Instance<'_>> {
        let day = date.num_days_from_ce();
        let exception = match self.exceptions.get(&day) {
            Some(Exception::Removed) => return None,
            Some(Exception::Changed(change)) => Some(&**change),
            None => None,
        };
        let start = DateTimeTimeZone {
            local: date.and_time(self.start.local.time()),
            zone: self.start.zone.clone(),
        };
        let end = DateTimeTimeZone {
            local: start.local + self.length(),
            zone: self.start.zone.clone(),
        };
        Some(Instance {
            event: self,
            day,
            start: exception.and_then(|one| one.start.clone()).unwrap_or(start),
            end: exception.and_then(|one| one.end.clone()).unwrap_or(end),
            exception,
        })
    }

    /// The days of the occurrences; for a series without end those of the first years.
    pub(crate) fn days(&self) -> Vec<i32> {
        const MOST: usize = 1000;
        let Some(series) = self.series() else {
            return Vec::new();
        };
        let until = series.start + TimeDelta::days(4 * 366);
        let days = series.dates(until).into_iter().take(MOST);
        days.map(|day| day.num_days_from_ce()).collect()
    }

    /// Length in local time of the start's zone.
    fn length(&self) -> TimeDelta {
        self.end.moved(&self.start.zone).local - self.start.local
    }

    /// The single event or the occurrences between two instants. All-day events count as UTC
    /// midnights here, whatever time zone is requested.
    pub(crate) fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Instance<'_>> {
        let inside = |one: &Instance<'_>| {
            let (start, end) = one.bounds(Tz::UTC);
            start < to && (end > from || (start == end && start >= from))
        };
        let Some(series) = self.series() else {
            return Some(self.itself()).into_iter().filter(inside).collect();
        };
        // Two days more because of time zones, and exceptions that were moved to another day.
        let until = (to + TimeDelta::days(2)).date_naive();
        let mut days = series.dates(until);
        for day in self.exceptions.keys() {
            let date = NaiveDate::from_num_days_from_ce_opt(*day);
            days.extend(date.filter(|date| *date > until));
        }
        let all = days.into_iter().filter_map(|day| self.on(day));
        all.filter(inside).collect()
    }
}

impl Instance<'_> {
    /// The id. The day identifies the occurrence of a series.
    pub(crate) fn id(&self, mailbox: u32) -> String {
        id(mailbox, self.event.key, self.day)
    }

    /// Version of the entry.
    pub(crate) fn change(&self) -> u64 {
        let own = self.exception.map_or(0, |one| one.change);
        own.max(self.event.change)
    }

    /// The `type`: `singleInstance`, `occurrence`, `exception` or `seriesMaster`.
    pub(crate) fn kind(&self) -> &'static str {
        match (self.day, &self.event.recurrence, self.exception) {
            (0, None, _) => "singleInstance",
            (0, Some(_), _) => "seriesMaster",
            (_, _, Some(_)) => "exception",
            _ => "occurrence",
        }
    }

    /// A property of the exception, or else of the series.
    pub(crate) fn property(&self, name: &str) -> Option<&Value> {
        let own = self.exception.and_then(|one| one.json.get(name));
        own.or_else(|| self.event.json.get(name))
    }

    /// Start and end as instants.
    pub(crate) fn bounds(&self, view: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        if self.event.all_day {
            (
                timezone::instant(self.start.local, view),
                timezone::instant(self.end.local, view),
            )
        } else {
            (self.start.instant(), self.end.instant())
        }
    }
}

/// The id of an event or of an occurrence.
pub(crate) fn id(mailbox: u32, key: u64, day: i32) -> String {
    Id {
        kind: Kind::Event,
        mailbox,
        key,
        part: day,
    }
    .encode()
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// Fridays at nine in Berlin, from 20 March 2026: across the change to summer time.
    pub(crate) fn fridays() -> Event {
        let zone = "W. Europe Standard Time";
        let recurrence = json!({
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["friday"]},
            "range": {"type": "numbered", "startDate": "2026-03-20", "numberOfOccurrences": 3}
        });
        Event {
            key: 1,
            change: 1,
            calendar: 21,
            created: 0,
            modified: 0,
            uid: "u".into(),
            organizer: Person::default(),
            organized: true,
            cancelled: false,
            all_day: false,
            start: DateTimeTimeZone::read("2026-03-20T09:00", zone).unwrap(),
            end: DateTimeTimeZone::read("2026-03-20T09:45", zone).unwrap(),
            recurrence: recurrence.as_object().cloned(),
            snoozed: None,
            json: Json::new(),
            attachments: Vec::new(),
            exceptions: BTreeMap::new(),
        }
    }

    fn instants(event: &Event, from: &str, to: &str) -> Vec<String> {
        let at = |text: &str| crate::store::date_time::offset_time(text).unwrap();
        let found = event.between(at(from), at(to));
        found
            .iter()
            .map(|one| one.bounds(Tz::UTC).0.to_rfc3339())
            .collect()
    }

    #[test]
    fn the_local_hour_stays_across_summer_time() {
        let event = fridays();
        assert_eq!(
            instants(&event, "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z"),
            [
                "2026-03-20T08:00:00+00:00",
                "2026-03-27T08:00:00+00:00",
                "2026-04-03T07:00:00+00:00"
            ]
        );
        assert_eq!(
            instants(&event, "2026-03-27T08:44:00Z", "2026-03-27T09:00:00Z").len(),
            1
        );
        assert_eq!(
            instants(&event, "2026-03-27T08:45:00Z", "2026-03-27T09:00:00Z").len(),
            0
        );
    }

    #[test]
    fn occurrences_are_moved_and_removed_one_by_one() {
        let mut event = fridays();
        let day = |text: &str| {
            super::super::date_time::date(text)
                .unwrap()
                .num_days_from_ce()
        };
        event
            .exceptions
            .insert(day("2026-03-20"), Exception::Removed);
        let moved = OccurrenceChange {
            change: 9,
            modified: 0,
            start: DateTimeTimeZone::read("2026-03-28T10:00", "UTC"),
            end: DateTimeTimeZone::read("2026-03-28T11:00", "UTC"),
            json: Json::new(),
        };
        event
            .exceptions
            .insert(day("2026-03-27"), Exception::Changed(Box::new(moved)));
        assert_eq!(
            instants(&event, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            ["2026-03-28T10:00:00+00:00"]
        );
        assert!(event.occurrence(day("2026-03-20")).is_none());
        assert!(event.occurrence(day("2026-03-21")).is_none());
        assert_eq!(
            event.occurrence(day("2026-03-27")).unwrap().kind(),
            "exception"
        );
        assert_eq!(
            event.occurrence(day("2026-04-03")).unwrap().kind(),
            "occurrence"
        );
    }

    #[test]
    fn all_day_events_float_with_the_viewer() {
        let mut event = fridays();
        (event.recurrence, event.all_day) = (None, true);
        event.start = DateTimeTimeZone::read("2026-03-20", "W. Europe Standard Time").unwrap();
        event.end = DateTimeTimeZone::read("2026-03-21", "W. Europe Standard Time").unwrap();
        let bounds = event.itself().bounds(Tz::America__New_York);
        assert_eq!(bounds.0.to_rfc3339(), "2026-03-20T04:00:00+00:00");
    }

    #[test]
    fn every_pattern_keeps_its_hour_through_the_year_in_every_zone() {
        let patterns = [
            json!({"type": "daily", "interval": 5}),
            json!({"type": "weekly", "interval": 1, "daysOfWeek": ["sunday", "wednesday"]}),
            json!({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 29}),
            json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["sunday"], "index": "last"}),
            json!({"type": "absoluteYearly", "interval": 1, "dayOfMonth": 1, "month": 11}),
            json!({"type": "relativeYearly", "interval": 1, "daysOfWeek": ["sunday"], "index": "second", "month": 3}),
        ];
        // The last zone is ahead of UTC and has summer in January.
        for zone in [
            "W. Europe Standard Time",
            "Eastern Standard Time",
            "AUS Eastern Standard Time",
        ] {
            for pattern in &patterns {
                let mut event = fridays();
                let range = json!({"type": "noEnd", "startDate": "2026-01-01"});
                event.recurrence = json!({"pattern": pattern, "range": range})
                    .as_object()
                    .cloned();
                event.start = DateTimeTimeZone::read("2026-01-01T09:00", zone).unwrap();
                event.end = DateTimeTimeZone::read("2026-01-01T10:00", zone).unwrap();
                let at = |text: &str| crate::store::date_time::offset_time(text).unwrap();
                let year = (at("2025-12-31T00:00:00Z"), at("2028-12-31T00:00:00Z"));
                let found = event.between(year.0, year.1);
                assert!(found.len() >= 2, "{pattern}");
                let mut offsets = std::collections::BTreeSet::new();
                for one in &found {
                    let (start, end) = one.bounds(Tz::UTC);
                    let local = timezone::local(start, one.start.tz());
                    assert_eq!(local.time().to_string(), "09:00:00", "{zone} {pattern}");
                    assert_eq!(end - start, TimeDelta::hours(1), "{zone} {pattern}");
                    offsets.insert(local - start.naive_utc());
                }
                let yearly = pattern["type"].as_str().unwrap().ends_with("Yearly");
                assert!(
                    yearly || offsets.len() == 2,
                    "{zone} {pattern}: winter and summer"
                );
            }
        }
    }

    #[test]
    fn an_event_in_the_hour_that_does_not_exist_is_still_there() {
        let mut event = fridays();
        event.recurrence = json!({
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-03-28", "numberOfOccurrences": 3}
        })
        .as_object()
        .cloned();
        event.start =
            DateTimeTimeZone::read("2026-03-28T02:30", "W. Europe Standard Time").unwrap();
        event.end = DateTimeTimeZone::read("2026-03-28T03:00", "W. Europe Standard Time").unwrap();
        assert_eq!(
            instants(&event, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"),
            [
                "2026-03-28T01:30:00+00:00",
                "2026-03-29T01:30:00+00:00",
                "2026-03-30T00:30:00+00:00"
            ]
        );
    }
}
