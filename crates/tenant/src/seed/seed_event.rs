//! How the tables of the calendars write an entry.

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use serde_json::Value;

pub(super) const BERLIN: &str = "W. Europe Standard Time";
pub(super) const LONDON: &str = "GMT Standard Time";
pub(super) const SEATTLE: &str = "Pacific Standard Time";
pub(super) const TOKYO: &str = "Tokyo Standard Time";

/// One entry as the tables write it.
pub(super) struct SeedEvent {
    pub(super) mailbox: u32,
    pub(super) subject: &'static str,
    pub(super) date: NaiveDate,
    /// Hour and minute; `None` for a whole day.
    pub(super) time: Option<(u32, u32)>,
    /// Minutes, or days of an all-day event.
    pub(super) length: i64,
    pub(super) zone: &'static str,
    pub(super) place: &'static str,
    /// Addresses of those who are invited.
    pub(super) invited: &'static [&'static str],
    pub(super) recurrence: Option<Value>,
    /// Further properties.
    pub(super) more: Value,
}

/// Monday of the week of a day.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))
}
