//! Free/busy information of a mailbox.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::event::Instance;
use super::mailbox::CALENDAR;
use super::mailbox::Mailbox;
use crate::clock::timezone;

/// Free/busy statuses and their digits in the availability view.
const CODES: [(&str, char); 5] = [
    ("free", '0'),
    ("tentative", '1'),
    ("busy", '2'),
    ("oof", '3'),
    ("workingElsewhere", '4'),
];
/// The precedence of statuses, the highest first.
const STRENGTH: [char; 5] = ['3', '2', '1', '4', '0'];

/// The time zone of a mailbox.
pub(crate) fn time_zone(mailbox: &Mailbox) -> Tz {
    let zone = mailbox.settings.get("timeZone").and_then(Value::as_str);
    zone.and_then(timezone::find).unwrap_or(Tz::UTC)
}

/// Entries of the default calendar in a time interval, ordered by start, without cancelled meetings.
pub(crate) fn entries(
    mailbox: &Mailbox,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<Instance<'_>> {
    let view = time_zone(mailbox);
    let own = mailbox
        .events
        .values()
        .filter(|event| event.calendar == CALENDAR && !event.cancelled);
    let mut all: Vec<_> = own.flat_map(|event| event.between(from, to)).collect();
    all.sort_by_key(|one| one.bounds(view).0);
    all
}

/// The digit of an entry in the availability view.
pub(crate) fn availability_code(one: &Instance<'_>) -> char {
    let show_as = one
        .property("showAs")
        .and_then(Value::as_str)
        .unwrap_or("busy");
    let found = CODES.iter().find(|(name, _)| *name == show_as);
    found.map_or('2', |(_, code)| *code)
}

/// The intervals in which the owner is not available.
pub(crate) fn busy_intervals(
    mailbox: &Mailbox,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let zone = time_zone(mailbox);
    let taken = entries(mailbox, from, to);
    let hard = taken
        .iter()
        .filter(|one| !matches!(availability_code(one), '0' | '4'));
    hard.map(|one| one.bounds(zone)).collect()
}

/// Whether no busy interval overlaps with an interval.
pub(crate) fn is_free(
    blocked: &[(DateTime<Utc>, DateTime<Utc>)],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> bool {
    blocked
        .iter()
        .all(|(start, end)| *end <= from || *start >= to)
}

/// The availability view: one digit for each interval.
pub(crate) fn availability_view(
    taken: &[Instance<'_>],
    zone: Tz,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    minutes: i64,
) -> String {
    let step = TimeDelta::minutes(minutes);
    let mut out = String::new();
    let mut at = from;
    while at < to {
        let until = at + step;
        let inside = taken.iter().filter(|one| {
            let (start, end) = one.bounds(zone);
            start < until && end > at
        });
        let codes: Vec<char> = inside.map(availability_code).collect();
        let strongest = STRENGTH.iter().find(|code| codes.contains(code));
        out.push(*strongest.unwrap_or(&'0'));
        at = until;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::date_time::offset_time;
    use crate::store::event::tests::fridays;

    #[test]
    fn a_digit_for_each_half_hour() {
        let mut mailbox = Mailbox::new(1);
        mailbox.insert_event(fridays());
        let at = |text: &str| offset_time(text).unwrap();
        let (from, to) = (at("2026-03-20T07:30:00Z"), at("2026-03-20T09:30:00Z"));
        let taken = entries(&mailbox, from, to);
        assert_eq!(availability_view(&taken, Tz::UTC, from, to, 30), "0220");
        let blocked = busy_intervals(&mailbox, from, to);
        assert!(!is_free(&blocked, from, to));
        assert!(is_free(&blocked, at("2026-03-20T08:45:00Z"), to));
    }
}
