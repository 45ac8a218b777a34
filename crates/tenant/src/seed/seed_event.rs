//! An event of the seed in short form.

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use serde_json::Value;

pub(super) const BERLIN: &str = "W. Europe Standard Time";
pub(super) const LONDON: &str = "GMT Standard Time";
pub(super) const SEATTLE: &str = "Pacific Standard Time";
pub(super) const TOKYO: &str = "Tokyo Standard Time";

/// An event of the seed.
pub(super) struct SeedEvent {
    pub(super) mailbox: u32,
    pub(super) subject: &'static str,
    pub(super) date: NaiveDate,
    /// Hour and minute; `None` for a whole day.
    pub(super) time: Option<(u32, u32)>,
    /// Length in minutes; in days for an all-day event.
    pub(super) length: i64,
    pub(super) zone: &'static str,
    pub(super) place: &'static str,
    /// Addresses of the attendees.
    pub(super) invited: &'static [&'static str],
    pub(super) recurrence: Option<Value>,
    /// Further properties.
    pub(super) more: Value,
}

/// The Monday of the week of a day.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))
}
