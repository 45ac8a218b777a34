//! Recurrence: the days of a pattern and a range.

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde_json::Value;

use super::date_time::date;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
const INDEXES: [&str; 5] = ["first", "second", "third", "fourth", "last"];
/// Largest interval and largest number of occurrences.
const MAX_NUMBER: u64 = 999;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pattern {
    Daily,
    Weekly,
    AbsoluteMonthly,
    RelativeMonthly,
    AbsoluteYearly,
    RelativeYearly,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Never,
    On(NaiveDate),
    After(usize),
}

/// A series.
#[derive(Clone, Debug)]
pub(crate) struct Recurrence {
    pattern: Pattern,
    interval: u32,
    month: u32,
    day: u32,
    days: Vec<Weekday>,
    first_day: Weekday,
    /// 0 to 3 for the first to the fourth, 4 for the last.
    index: usize,
    pub(crate) start: NaiveDate,
    end: End,
}

fn weekday(value: &Value) -> Option<Weekday> {
    let name = value.as_str()?;
    DAYS.iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, day)| *day)
}

/// A whole number in a range.
fn number(value: &Value, range: std::ops::RangeInclusive<u64>) -> Option<u32> {
    let number = value.as_u64().filter(|number| range.contains(number))?;
    u32::try_from(number).ok()
}

impl Recurrence {
    /// Reads a `patternedRecurrence`.
    ///
    /// # Errors
    /// A message that says what is not valid.
    pub(crate) fn parse(json: &Value) -> Result<Self, &'static str> {
        let (pattern, range) = (&json["pattern"], &json["range"]);
        let kind = match pattern["type"]
            .as_str()
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("daily") => Pattern::Daily,
            Some("weekly") => Pattern::Weekly,
            Some("absolutemonthly") => Pattern::AbsoluteMonthly,
            Some("relativemonthly") => Pattern::RelativeMonthly,
            Some("absoluteyearly") => Pattern::AbsoluteYearly,
            Some("relativeyearly") => Pattern::RelativeYearly,
            _ => return Err("The recurrence pattern has no known type."),
        };
        let interval = match &pattern["interval"] {
            Value::Null => 1,
            given => {
                number(given, 1..=MAX_NUMBER).ok_or("The recurrence interval is not valid.")?
            }
        };
        let days = pattern["daysOfWeek"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let days: Option<Vec<Weekday>> = days.iter().map(weekday).collect();
        let days = days.ok_or("The recurrence names a day of the week that does not exist.")?;
        let start = range["startDate"]
            .as_str()
            .and_then(|text| date(text.get(..10)?));
        let start = start.ok_or("The recurrence range has no valid start date.")?;
        // A value of a pattern that has no use for it can be anything: answers say 0.
        let yearly = matches!(kind, Pattern::AbsoluteYearly | Pattern::RelativeYearly);
        let month = number(&pattern["month"], 1..=12);
        if yearly && month.is_none() && !pattern["month"].is_null() {
            return Err("The month of the recurrence pattern is not valid.");
        }
        let absolute = matches!(kind, Pattern::AbsoluteMonthly | Pattern::AbsoluteYearly);
        let day = number(&pattern["dayOfMonth"], 1..=31);
        if absolute && day.is_none() && !pattern["dayOfMonth"].is_null() {
            return Err("The day of the month of the recurrence pattern is not valid.");
        }
        let made = Self {
            pattern: kind,
            interval,
            month: month.unwrap_or(start.month()),
            day: day.unwrap_or(start.day()),
            days,
            first_day: weekday(&pattern["firstDayOfWeek"]).unwrap_or(Weekday::Sun),
            index: index(&pattern["index"])?,
            start,
            end: end(range)?,
        };
        made.check()
    }

    fn check(self) -> Result<Self, &'static str> {
        let by_day = matches!(
            self.pattern,
            Pattern::Weekly | Pattern::RelativeMonthly | Pattern::RelativeYearly
        );
        if by_day && self.days.is_empty() {
            return Err("The recurrence pattern needs days of the week.");
        }
        if matches!(self.end, End::On(end) if end < self.start) {
            return Err("The recurrence range ends before it starts.");
        }
        Ok(self)
    }

    /// The days of the series up to a day.
    pub(crate) fn dates(&self, until: NaiveDate) -> Vec<NaiveDate> {
        let until = match self.end {
            End::On(end) => end.min(until),
            _ => until,
        };
        let most = match self.end {
            End::After(count) => count,
            _ => usize::MAX,
        };
        let mut out = Vec::new();
        for period in 0.. {
            let Some(days) = self.period(period) else {
                break;
            };
            for day in days.into_iter().filter(|day| *day >= self.start) {
                if day > until || out.len() >= most {
                    return out;
                }
                out.push(day);
            }
        }
        out
    }

    /// Whether a day belongs to the series.
    pub(crate) fn has(&self, day: NaiveDate) -> bool {
        self.dates(day).last() == Some(&day)
    }

    /// The days of one period (day, week, month, year), in order; `None` after the last year.
    fn period(&self, number: u32) -> Option<Vec<NaiveDate>> {
        let step = number.checked_mul(self.interval)?;
        // Later than all calendars: it stops series that never reach their end.
        const END_OF_TIME: i32 = 2400;
        let base = match self.pattern {
            Pattern::Daily => self.start.checked_add_days(Days::new(u64::from(step)))?,
            Pattern::Weekly => {
                let back = days_between(self.first_day, self.start.weekday());
                let week = self.start.checked_sub_days(Days::new(back))?;
                week.checked_add_days(Days::new(u64::from(step) * 7))?
            }
            Pattern::AbsoluteMonthly | Pattern::RelativeMonthly => self
                .start
                .with_day(1)?
                .checked_add_months(Months::new(step))?,
            Pattern::AbsoluteYearly | Pattern::RelativeYearly => {
                let year = self.start.year().checked_add(i32::try_from(step).ok()?)?;
                NaiveDate::from_ymd_opt(year, self.month, 1)?
            }
        };
        (base.year() < END_OF_TIME).then(|| self.days_from(base))
    }

    fn days_from(&self, base: NaiveDate) -> Vec<NaiveDate> {
        match self.pattern {
            Pattern::Daily => vec![base],
            Pattern::Weekly => base
                .iter_days()
                .take(7)
                .filter(|day| self.days.contains(&day.weekday()))
                .collect(),
            Pattern::AbsoluteMonthly | Pattern::AbsoluteYearly => {
                // Day 31 of a shorter month is its last day.
                month(base)
                    .take(self.day as usize)
                    .last()
                    .into_iter()
                    .collect()
            }
            Pattern::RelativeMonthly | Pattern::RelativeYearly => {
                let mut fitting = month(base).filter(|day| self.days.contains(&day.weekday()));
                let day = if self.index == 4 {
                    fitting.last()
                } else {
                    fitting.nth(self.index)
                };
                day.into_iter().collect()
            }
        }
    }
}

/// The days of a month.
fn month(first: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first
        .iter_days()
        .take_while(move |day| day.month() == first.month())
}

fn days_between(from: Weekday, to: Weekday) -> u64 {
    u64::from((7 + to.num_days_from_monday() - from.num_days_from_monday()) % 7)
}

fn index(value: &Value) -> Result<usize, &'static str> {
    match value.as_str() {
        None => Ok(0),
        Some(name) => INDEXES
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            .ok_or("The recurrence index is not valid."),
    }
}

fn end(range: &Value) -> Result<End, &'static str> {
    match range["type"]
        .as_str()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("noend") => Ok(End::Never),
        Some("enddate") => {
            let day = range["endDate"]
                .as_str()
                .and_then(|text| date(text.get(..10)?));
            day.map(End::On)
                .ok_or("The recurrence range has no valid end date.")
        }
        Some("numbered") => {
            let count = number(&range["numberOfOccurrences"], 1..=MAX_NUMBER);
            count
                .map(|count| End::After(count as usize))
                .ok_or("The recurrence range has no valid number of occurrences.")
        }
        _ => Err("The recurrence range has no known type."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn days(pattern: &Value, range: &Value, until: &str) -> Vec<String> {
        let series = Recurrence::parse(&json!({"pattern": pattern, "range": range})).unwrap();
        let days = series.dates(date(until).unwrap());
        days.iter().map(NaiveDate::to_string).collect()
    }

    #[test]
    fn every_pattern_gives_its_days() {
        let from = |day: &str| json!({"type": "noEnd", "startDate": day});
        let table = [
            (
                json!({"type": "daily", "interval": 3}),
                "2026-02-26",
                "2026-03-05",
                vec!["2026-02-26", "2026-03-01", "2026-03-04"],
            ),
            (
                json!({"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "friday"], "firstDayOfWeek": "monday"}),
                "2026-01-07",
                "2026-01-31",
                vec!["2026-01-09", "2026-01-19", "2026-01-23"],
            ),
            (
                json!({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}),
                "2026-01-31",
                "2026-04-30",
                vec!["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
            ),
            (
                json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["tuesday"], "index": "last"}),
                "2026-01-01",
                "2026-03-31",
                vec!["2026-01-27", "2026-02-24", "2026-03-31"],
            ),
            (
                json!({"type": "absoluteYearly", "interval": 1, "dayOfMonth": 29, "month": 2}),
                "2024-02-29",
                "2026-12-31",
                vec!["2024-02-29", "2025-02-28", "2026-02-28"],
            ),
            (
                json!({"type": "relativeYearly", "interval": 1, "daysOfWeek": ["thursday"], "index": "fourth", "month": 11}),
                "2025-01-01",
                "2026-12-31",
                vec!["2025-11-27", "2026-11-26"],
            ),
        ];
        for (pattern, start, until, expected) in table {
            assert_eq!(days(&pattern, &from(start), until), expected, "{pattern}");
        }
    }

    #[test]
    fn ranges_end_by_date_and_by_number() {
        let daily = json!({"type": "daily", "interval": 1});
        let by_date =
            json!({"type": "endDate", "startDate": "2026-01-01", "endDate": "2026-01-02"});
        assert_eq!(days(&daily, &by_date, "2027-01-01").len(), 2);
        let by_number =
            json!({"type": "numbered", "startDate": "2026-01-01", "numberOfOccurrences": 5});
        assert_eq!(
            days(&daily, &by_number, "2027-01-01").last().unwrap(),
            "2026-01-05"
        );
    }

    #[test]
    fn broken_recurrences_are_refused() {
        let range = json!({"type": "noEnd", "startDate": "2026-01-01"});
        let daily = json!({"type": "daily", "interval": 1});
        for broken in [
            json!({}),
            json!({"pattern": {"type": "hourly"}, "range": range}),
            json!({"pattern": {"type": "daily", "interval": 0}, "range": range}),
            json!({"pattern": {"type": "weekly"}, "range": range}),
            json!({"pattern": {"type": "weekly", "daysOfWeek": ["someday"]}, "range": range}),
            json!({"pattern": daily, "range": {"type": "noEnd"}}),
            json!({"pattern": daily, "range": {"type": "endDate", "startDate": "2026-02-01", "endDate": "2026-01-01"}}),
            json!({"pattern": daily, "range": {"type": "numbered", "startDate": "2026-02-01", "numberOfOccurrences": 0}}),
        ] {
            assert!(Recurrence::parse(&broken).is_err(), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn days_come_in_order_and_inside_the_range(
            kind in prop_oneof![Just("daily"), Just("weekly"), Just("absoluteMonthly"), Just("relativeMonthly"),
                Just("absoluteYearly"), Just("relativeYearly")],
            interval in 1_u32..999, day in 1_u32..32, month in 1_u32..13, offset in 0_u64..20_000,
        ) {
            let start = date("1990-01-01").unwrap() + Days::new(offset);
            let json = json!({
                "pattern": {"type": kind, "interval": interval, "dayOfMonth": day, "month": month, "daysOfWeek": ["sunday"]},
                "range": {"type": "noEnd", "startDate": start.to_string()}
            });
            let until = date("2100-01-01").unwrap();
            let days = Recurrence::parse(&json).unwrap().dates(until);
            prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(days.iter().all(|day| *day >= start && *day <= until));
        }
    }
}
