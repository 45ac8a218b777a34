//! A local time with the name of its time zone (`dateTimeTimeZone`).

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::timezone;

/// Years that are supported. The limits prevent overflows.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// The date that means "no date".
pub(crate) const NEVER: &str = "0001-01-01T00:00:00Z";

/// A local time, and its time zone by the name that the client sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct DateTimeTimeZone {
    pub(crate) local: NaiveDateTime,
    pub(crate) zone: String,
}

impl DateTimeTimeZone {
    /// The local time of an instant in a zone.
    pub(crate) fn at(instant: DateTime<Utc>, zone: &str) -> Self {
        let tz = timezone::find(zone).unwrap_or(Tz::UTC);
        Self {
            local: timezone::local(instant, tz),
            zone: zone.to_owned(),
        }
    }

    /// Parses `dateTime` and `timeZone`. A time with an offset is converted to the time zone.
    pub(crate) fn read(text: &str, zone: &str) -> Option<Self> {
        timezone::find(zone)?;
        if let Some(at) = offset_time(text) {
            return Some(Self::at(at, zone));
        }
        let local = local_time(text)?;
        Some(Self {
            local,
            zone: zone.to_owned(),
        })
    }

    /// The zone's rules.
    pub(crate) fn tz(&self) -> Tz {
        timezone::find(&self.zone).unwrap_or(Tz::UTC)
    }

    /// The instant.
    pub(crate) fn instant(&self) -> DateTime<Utc> {
        timezone::instant(self.local, self.tz())
    }

    /// The same instant in another time zone.
    pub(crate) fn moved(&self, zone: &str) -> Self {
        if self.zone == zone {
            self.clone()
        } else {
            Self::at(self.instant(), zone)
        }
    }

    /// Whether it is midnight there.
    pub(crate) fn is_midnight(&self) -> bool {
        self.local.time() == NaiveTime::MIN
    }

    /// The JSON of a `dateTimeTimeZone`.
    pub(crate) fn to_json(&self) -> Value {
        json!({"dateTime": format!("{}.0000000", self.local.format("%Y-%m-%dT%H:%M:%S")), "timeZone": self.zone})
    }

    /// The time with its offset, as Outlook v1.0 writes it.
    pub(crate) fn with_offset(&self) -> String {
        let at = self.instant().with_timezone(&self.tz());
        let text = at.format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        text.strip_suffix("+00:00")
            .map_or(text.clone(), |head| format!("{head}Z"))
    }
}

/// Parses a time with an offset.
pub(crate) fn offset_time(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"))
        .ok()?;
    YEARS.contains(&at.year()).then(|| at.to_utc())
}

/// Parses a time without an offset.
pub(crate) fn local_time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim_end_matches('Z');
    let read = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| date(text)?.and_hms_opt(0, 0, 0))?;
    YEARS.contains(&read.year()).then_some(read)
}

/// Parses a date.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    YEARS.contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_with_and_without_offset() {
        let berlin =
            DateTimeTimeZone::read("2026-07-01T09:00:00", "W. Europe Standard Time").unwrap();
        assert_eq!(berlin.instant().to_rfc3339(), "2026-07-01T07:00:00+00:00");
        assert_eq!(berlin.with_offset(), "2026-07-01T09:00:00+02:00");
        let moved =
            DateTimeTimeZone::read("2026-07-01T07:00:00Z", "W. Europe Standard Time").unwrap();
        assert_eq!(moved, berlin);
        assert_eq!(berlin.moved("UTC").with_offset(), "2026-07-01T07:00:00Z");
        assert_eq!(berlin.to_json()["dateTime"], "2026-07-01T09:00:00.0000000");
    }

    #[test]
    fn nonsense_is_no_moment() {
        for text in [
            "",
            "soon",
            "2026-13-01T00:00:00",
            "99999-01-01T00:00",
            "-1000-01-01",
        ] {
            assert_eq!(DateTimeTimeZone::read(text, "UTC"), None, "{text}");
        }
        assert_eq!(DateTimeTimeZone::read("2026-01-01T00:00", "Nowhere"), None);
    }
}
