//! An `RRULE` (RFC 5545, 3.3.10) as the recurrence of Graph. Graph has six patterns; a rule that is none of them is
//! refused, because the tenant could not keep it.

use calcard::icalendar::{
    ICalendarDay, ICalendarFrequency, ICalendarRecurrenceRule as Rule, ICalendarWeekday,
};
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

/// The recurrence of a series that begins on a day; `last` is the day of the rule's `UNTIL`, in the zone of the event.
///
/// # Errors
/// What Graph cannot express.
pub(super) fn recurrence(
    rule: &Rule,
    start: NaiveDate,
    last: Option<NaiveDate>,
) -> Result<Value, String> {
    let mut pattern = pattern(rule, start)?;
    pattern["interval"] = rule.interval.unwrap_or(1).into();
    pattern["firstDayOfWeek"] = rule.wkst.map_or("monday", name).into();
    let mut range = json!({"type": "noEnd", "startDate": start.to_string()});
    if let Some(count) = rule.count {
        range["type"] = "numbered".into();
        range["numberOfOccurrences"] = count.into();
    } else if let Some(last) = last {
        range["type"] = "endDate".into();
        range["endDate"] = last.to_string().into();
    }
    Ok(json!({"pattern": pattern, "range": range}))
}

fn pattern(rule: &Rule, start: NaiveDate) -> Result<Value, String> {
    let unknown = [
        ("BYSECOND", rule.bysecond.is_empty()),
        ("BYMINUTE", rule.byminute.is_empty()),
        ("BYHOUR", rule.byhour.is_empty()),
        ("BYYEARDAY", rule.byyearday.is_empty()),
        ("BYWEEKNO", rule.byweekno.is_empty()),
    ];
    if let Some((part, _)) = unknown.iter().find(|(_, absent)| !absent) {
        return Err(format!("a recurrence of Graph has no {part}"));
    }
    let days: Vec<&str> = rule.byday.iter().map(|day| name(day.weekday)).collect();
    let yearly = rule.freq == ICalendarFrequency::Yearly;
    match rule.freq {
        ICalendarFrequency::Daily if days.is_empty() => Ok(json!({"type": "daily"})),
        // Every day from Monday to Friday, in another spelling.
        ICalendarFrequency::Daily if rule.interval.unwrap_or(1) == 1 => {
            Ok(json!({"type": "weekly", "daysOfWeek": days}))
        }
        ICalendarFrequency::Weekly if days.is_empty() => {
            let day = start.format("%A").to_string().to_lowercase();
            Ok(json!({"type": "weekly", "daysOfWeek": [day]}))
        }
        ICalendarFrequency::Weekly => Ok(json!({"type": "weekly", "daysOfWeek": days})),
        ICalendarFrequency::Monthly | ICalendarFrequency::Yearly => {
            let mut pattern = match rule.byday.is_empty() {
                true => absolute(rule, start)?,
                false => relative(rule, &days)?,
            };
            let kind = if yearly { "Yearly" } else { "Monthly" };
            pattern["type"] =
                format!("{}{kind}", pattern["type"].as_str().unwrap_or_default()).into();
            if yearly {
                pattern["month"] = month(rule, start)?.into();
            }
            Ok(pattern)
        }
        _ => Err("a recurrence of Graph is daily, weekly, monthly or yearly".to_owned()),
    }
}

fn absolute(rule: &Rule, start: NaiveDate) -> Result<Value, String> {
    let day = match rule.bymonthday.as_slice() {
        [] => start.day(),
        // Day 31 is the last day of every month.
        [-1] => 31,
        [day] => u32::try_from(*day).map_err(|_| "BYMONTHDAY is 1 to 31, or -1".to_owned())?,
        _ => return Err("a recurrence of Graph has one day of the month".to_owned()),
    };
    Ok(json!({"type": "absolute", "dayOfMonth": day}))
}

fn relative(rule: &Rule, days: &[&str]) -> Result<Value, String> {
    let ordinal = |day: &ICalendarDay| day.ordwk.map(i32::from);
    let first = rule.byday.first().and_then(ordinal);
    let number = first.or_else(|| rule.bysetpos.first().copied());
    let same = rule.byday.iter().all(|day| ordinal(day) == first);
    let index = match number {
        Some(1) => "first",
        Some(2) => "second",
        Some(3) => "third",
        Some(4) => "fourth",
        Some(-1) => "last",
        _ => return Err("BYDAY has a number from 1 to 4, or -1, in a month".to_owned()),
    };
    if !same || rule.bysetpos.len() > 1 {
        return Err("the days of BYDAY have one number in a recurrence of Graph".to_owned());
    }
    Ok(json!({"type": "relative", "daysOfWeek": days, "index": index}))
}

fn month(rule: &Rule, start: NaiveDate) -> Result<u32, String> {
    match rule.bymonth.as_slice() {
        [] => Ok(start.month()),
        [one] => Ok(u32::from(one.month())),
        _ => Err("a recurrence of Graph has one month".to_owned()),
    }
}

fn name(day: ICalendarWeekday) -> &'static str {
    match day {
        ICalendarWeekday::Sunday => "sunday",
        ICalendarWeekday::Monday => "monday",
        ICalendarWeekday::Tuesday => "tuesday",
        ICalendarWeekday::Wednesday => "wednesday",
        ICalendarWeekday::Thursday => "thursday",
        ICalendarWeekday::Friday => "friday",
        ICalendarWeekday::Saturday => "saturday",
    }
}

#[cfg(test)]
mod tests {
    use calcard::icalendar::{ICalendarProperty, ICalendarValue};
    use calcard::{Entry, Parser};

    use super::*;
    use crate::store::recurrence::Recurrence;

    fn read(text: &str) -> Result<Value, String> {
        let event = format!("BEGIN:VEVENT\nRRULE:{text}\nEND:VEVENT\n");
        let Entry::ICalendar(calendar) = Parser::new(&event).entry() else {
            panic!("no event: {event}");
        };
        let property = calendar.components[0].property(&ICalendarProperty::Rrule);
        let Some(ICalendarValue::RecurrenceRule(rule)) =
            property.and_then(|one| one.values.first())
        else {
            panic!("no rule: {text}");
        };
        // A Tuesday, the first of its month.
        recurrence(rule, NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), None)
    }

    #[test]
    fn rules_become_the_patterns_of_graph() {
        for (text, pattern) in [
            (
                "FREQ=DAILY;INTERVAL=2",
                json!({"type": "daily", "interval": 2}),
            ),
            (
                "FREQ=DAILY;BYDAY=MO,TU",
                json!({"type": "weekly", "daysOfWeek": ["monday", "tuesday"]}),
            ),
            (
                "FREQ=WEEKLY",
                json!({"type": "weekly", "daysOfWeek": ["tuesday"]}),
            ),
            (
                "FREQ=WEEKLY;BYDAY=TU,TH;WKST=SU",
                json!({"type": "weekly", "daysOfWeek": ["tuesday", "thursday"], "firstDayOfWeek": "sunday"}),
            ),
            (
                "FREQ=MONTHLY",
                json!({"type": "absoluteMonthly", "dayOfMonth": 1}),
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                json!({"type": "absoluteMonthly", "dayOfMonth": 31}),
            ),
            (
                "FREQ=MONTHLY;BYDAY=1TU",
                json!({"type": "relativeMonthly", "daysOfWeek": ["tuesday"], "index": "first"}),
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                json!({"type": "relativeMonthly", "index": "last"}),
            ),
            (
                "FREQ=YEARLY",
                json!({"type": "absoluteYearly", "dayOfMonth": 1, "month": 12}),
            ),
            (
                "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
                json!({"type": "relativeYearly", "month": 3, "daysOfWeek": ["sunday"], "index": "last"}),
            ),
        ] {
            let made = read(text).unwrap();
            for (name, value) in pattern.as_object().unwrap() {
                assert_eq!(&made["pattern"][name], value, "{text}: {name}");
            }
            assert!(Recurrence::parse(&made).is_ok(), "{text}");
        }
        let range = &read("FREQ=DAILY;COUNT=5").unwrap()["range"];
        assert_eq!(
            (&range["type"], &range["numberOfOccurrences"]),
            (&json!("numbered"), &json!(5))
        );
    }

    #[test]
    fn what_graph_cannot_express_is_refused() {
        for text in [
            "FREQ=HOURLY",
            "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
            "FREQ=DAILY;BYHOUR=9,12",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "FREQ=MONTHLY;BYMONTHDAY=-2",
            "FREQ=MONTHLY;BYDAY=1MO,2TU",
            "FREQ=MONTHLY;BYDAY=MO",
            "FREQ=YEARLY;BYMONTH=3,4",
            "FREQ=YEARLY;BYWEEKNO=20",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
