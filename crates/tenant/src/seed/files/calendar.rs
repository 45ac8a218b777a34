//! `.ics`: events as iCalendar (RFC 5545).

use std::rc::Rc;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent as Component, ICalendarComponentType, ICalendarEntry as Property,
    ICalendarParameterName as Parameter, ICalendarProperty as Name, ICalendarValue as Of,
};
use calcard::{Entry, Parser};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::item::{Item, Kind};
use super::place::{self, Place, Source};
use super::recurrence::recurrence;
use crate::clock::timezone;
use crate::store::Json;
use crate::store::date_time::DateTimeTimeZone;

/// Reads the events of a file.
///
/// # Errors
/// The file is no calendar, or an event of it cannot be kept.
pub(super) fn read(source: &Rc<Source>, folder: &[String]) -> Result<Vec<Item>, String> {
    let start = Place::new(source, 0);
    place::check_components(source)?;
    let mut parser = Parser::new(&source.text);
    let mut items: Vec<Item> = Vec::new();
    let mut changes: Vec<(Place, String, Json)> = Vec::new();
    let mut at = start.find("BEGIN:VEVENT");
    loop {
        let calendar = match parser.entry() {
            Entry::ICalendar(calendar) => calendar,
            Entry::Eof => break,
            Entry::InvalidLine(line) => {
                return Err(start.find(line.trim()).wrong("this line is in no calendar"));
            }
            _ => {
                return Err(
                    start.wrong("this is no whole calendar, from BEGIN:VCALENDAR to END:VCALENDAR")
                );
            }
        };
        let zones = calendar.build_tz_resolver();
        for (id, component) in (0..).zip(&calendar.components) {
            if component.component_type != ICalendarComponentType::VEvent {
                continue;
            }
            let reader = Reader {
                calendar: &calendar,
                zones: &zones,
                component,
                at: at.clone(),
            };
            let json = reader.event(id)?;
            match reader.original()? {
                Some(original) => {
                    let mut json = json;
                    json.insert("originalStart".to_owned(), original.into());
                    changes.push((at.clone(), reader.text(&Name::Uid), json));
                }
                None => items.push(Item {
                    kind: Kind::Event,
                    at: at.clone(),
                    folder: folder.to_vec(),
                    json,
                }),
            }
            at = at.find("END:VEVENT").find("BEGIN:VEVENT");
        }
    }
    for (at, uid, json) in changes {
        add_change(&mut items, &at, &uid, json)?;
    }
    if items.is_empty() {
        return Err(start.wrong("the file has no event"));
    }
    Ok(items)
}

/// What only a whole event has.
const OF_A_WHOLE_EVENT: [&str; 5] = [
    "iCalUId",
    "organizer",
    "createdDateTime",
    "lastModifiedDateTime",
    "isAllDay",
];

/// Adds a changed occurrence, which is at `at` in the file, to its series among `items`.
fn add_change(items: &mut [Item], at: &Place, uid: &str, mut json: Json) -> Result<(), String> {
    for name in OF_A_WHOLE_EVENT {
        json.remove(name);
    }
    let series = items.iter_mut().find(|item| item.json["iCalUId"] == uid);
    let series =
        series.ok_or_else(|| at.wrong(format!("the file has no series with the UID `{uid}`")))?;
    let list = series
        .json
        .entry("exceptionOccurrences")
        .or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(json.into());
    }
    Ok(())
}

/// Reads one `VEVENT`.
struct Reader<'a> {
    calendar: &'a ICalendar,
    zones: &'a TzResolver<&'a str>,
    component: &'a Component,
    at: Place,
}

impl Reader<'_> {
    fn text(&self, name: &Name) -> String {
        let value = self
            .component
            .property(name)
            .and_then(|one| one.values.first());
        value.and_then(Of::as_text).unwrap_or_default().to_owned()
    }

    fn event(&self, id: u32) -> Result<Json, String> {
        let start = self.component.property(&Name::Dtstart);
        let start = start.ok_or_else(|| self.at.wrong("the event has no DTSTART"))?;
        let (start, all_day) = self.time(start, "DTSTART")?;
        let end = self.end(&start, all_day)?;
        let uid = self.text(&Name::Uid);
        if uid.is_empty() {
            return Err(self.at.wrong("the event has no UID"));
        }
        let mut json = json!({
            "subject": self.text(&Name::Summary),
            "body": {"contentType": "text", "content": self.text(&Name::Description)},
            "start": start.to_json(),
            "end": end.to_json(),
            "isAllDay": all_day,
            "iCalUId": uid,
            "isCancelled": self.text(&Name::Status).eq_ignore_ascii_case("CANCELLED"),
            "sensitivity": match self.text(&Name::Class).to_ascii_uppercase().as_str() {
                "PRIVATE" => "private",
                "CONFIDENTIAL" => "confidential",
                _ => "normal",
            },
            "showAs": self.show_as(),
            "categories": self.categories(),
            "attendees": self.component.properties(&Name::Attendee).map(attendee).collect::<Value>(),
        });
        let place = self.text(&Name::Location);
        if !place.is_empty() {
            json["location"] = json!({"displayName": place});
        }
        if let Some(organizer) = self.component.property(&Name::Organizer) {
            json["organizer"] = json!({"emailAddress": person(organizer)});
        }
        let reminder = self.calendar.alarms_for_id(id).find_map(minutes_before);
        json["isReminderOn"] = reminder.is_some().into();
        json["reminderMinutesBeforeStart"] = reminder.unwrap_or(15).into();
        self.series(&mut json, &start)?;
        Ok(json.as_object().cloned().unwrap_or_default())
    }

    /// Recurrence and deleted occurrences.
    fn series(&self, json: &mut Value, start: &DateTimeTimeZone) -> Result<(), String> {
        if self.component.property(&Name::Rdate).is_some() {
            return Err(self
                .at
                .find("RDATE")
                .wrong("a recurrence of Graph has no RDATE"));
        }
        let Some(rule) = self.component.property(&Name::Rrule) else {
            return Ok(());
        };
        let here = self.at.find("RRULE");
        let Some(Of::RecurrenceRule(rule)) = rule.values.first() else {
            return Err(here.wrong("this is no valid RRULE"));
        };
        let last = rule.until.as_ref().and_then(|until| {
            let local = local(until)?;
            let at = if until.has_zone() {
                timezone::local(local.and_utc(), start.tz())
            } else {
                local
            };
            Some(at.date())
        });
        let made =
            recurrence(rule, start.local.date(), last).map_err(|sentence| here.wrong(sentence))?;
        json["recurrence"] = made;
        let mut removed = Vec::new();
        for one in self.component.properties(&Name::Exdate) {
            for value in one.values.iter().filter_map(Of::as_partial_date_time) {
                let (at, _) = self.moment(one, value, "EXDATE")?;
                removed.push(Value::from(at.moved(&start.zone).local.date().to_string()));
            }
        }
        if !removed.is_empty() {
            json["cancelledOccurrences"] = removed.into();
        }
        Ok(())
    }

    /// The day of the occurrence that this event replaces.
    fn original(&self) -> Result<Option<String>, String> {
        let Some(property) = self.component.property(&Name::RecurrenceId) else {
            return Ok(None);
        };
        let (at, _) = self.time(property, "RECURRENCE-ID")?;
        Ok(Some(at.local.date().to_string()))
    }

    fn end(&self, start: &DateTimeTimeZone, all_day: bool) -> Result<DateTimeTimeZone, String> {
        if let Some(end) = self.component.property(&Name::Dtend) {
            return Ok(self.time(end, "DTEND")?.0);
        }
        let duration = self
            .component
            .property(&Name::Duration)
            .and_then(|one| one.values.first());
        let length = match duration {
            Some(Of::Duration(length)) => TimeDelta::seconds(length.as_seconds()),
            _ if all_day => TimeDelta::days(1),
            _ => TimeDelta::zero(),
        };
        let local = start.local.checked_add_signed(length);
        let local =
            local.ok_or_else(|| self.at.find("DURATION").wrong("the DURATION is too long"))?;
        Ok(DateTimeTimeZone {
            local,
            zone: start.zone.clone(),
        })
    }

    /// The time of a property, and whether it is a whole day.
    fn time(&self, property: &Property, name: &str) -> Result<(DateTimeTimeZone, bool), String> {
        let value = property.values.first().and_then(Of::as_partial_date_time);
        let value = value.ok_or_else(|| self.at.find(name).wrong(format!("{name} is no time")))?;
        self.moment(property, value, name)
    }

    fn moment(
        &self,
        property: &Property,
        value: &PartialDateTime,
        name: &str,
    ) -> Result<(DateTimeTimeZone, bool), String> {
        let here = || self.at.find(name);
        let local = local(value).ok_or_else(|| here().wrong(format!("{name} is no time")))?;
        let zone = property
            .parameter(&Parameter::Tzid)
            .and_then(|one| one.as_text());
        let zone = match zone {
            // A time with a Z, a whole day, and a time of no zone.
            _ if value.has_zone() || !value.has_time() => "UTC".to_owned(),
            None => "UTC".to_owned(),
            Some(zone) => self
                .zone(zone)
                .ok_or_else(|| here().wrong(format!("no time zone is named `{zone}`")))?,
        };
        let text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
        let read = DateTimeTimeZone::read(&text, &zone);
        let read =
            read.ok_or_else(|| here().wrong(format!("{name} is not between 1900 and 2200")))?;
        Ok((read, !value.has_time()))
    }

    /// The name of a zone as the tenant knows it: its own, or that of the calendar's `VTIMEZONE`.
    fn zone(&self, name: &str) -> Option<String> {
        if timezone::find(name).is_some() {
            return Some(name.to_owned());
        }
        match self.zones.resolve(name)? {
            Tz::Tz(zone) => timezone::find(zone.name()).map(|_| zone.name().to_owned()),
            _ => None,
        }
    }

    fn show_as(&self) -> &'static str {
        let busy = self
            .text(&Name::Other("X-MICROSOFT-CDO-BUSYSTATUS".to_owned()))
            .to_ascii_uppercase();
        match busy.as_str() {
            "FREE" => return "free",
            "TENTATIVE" => return "tentative",
            "OOF" => return "oof",
            "WORKINGELSEWHERE" => return "workingElsewhere",
            _ => {}
        }
        match (
            self.text(&Name::Transp).as_str(),
            self.text(&Name::Status).as_str(),
        ) {
            ("TRANSPARENT", _) => "free",
            (_, "TENTATIVE") => "tentative",
            _ => "busy",
        }
    }

    fn categories(&self) -> Value {
        let all = self
            .component
            .properties(&Name::Categories)
            .flat_map(|one| &one.values);
        all.filter_map(Of::as_text).map(Value::from).collect()
    }
}

fn local(value: &PartialDateTime) -> Option<NaiveDateTime> {
    let day = NaiveDate::from_ymd_opt(
        i32::from(value.year?),
        u32::from(value.month?),
        u32::from(value.day?),
    )?;
    let part = |one: Option<u8>| u32::from(one.unwrap_or_default());
    day.and_hms_opt(part(value.hour), part(value.minute), part(value.second))
}

fn person(property: &Property) -> Value {
    let address = property
        .values
        .first()
        .and_then(Of::as_text)
        .unwrap_or_default();
    let address = match address.get(..7) {
        Some(head) if head.eq_ignore_ascii_case("mailto:") => &address[7..],
        _ => address,
    };
    let name = property
        .parameter(&Parameter::Cn)
        .and_then(|one| one.as_text())
        .unwrap_or(address);
    json!({"name": name, "address": address})
}

fn attendee(property: &Property) -> Value {
    let parameter = |name: &Parameter| {
        let value = property.parameter(name).and_then(|one| one.as_text());
        value.unwrap_or_default().to_ascii_uppercase()
    };
    let kind = match (
        parameter(&Parameter::Cutype).as_str(),
        parameter(&Parameter::Role).as_str(),
    ) {
        ("ROOM" | "RESOURCE", _) => "resource",
        (_, "OPT-PARTICIPANT" | "NON-PARTICIPANT") => "optional",
        _ => "required",
    };
    let response = match parameter(&Parameter::Partstat).as_str() {
        "ACCEPTED" => "accepted",
        "DECLINED" => "declined",
        "TENTATIVE" => "tentativelyAccepted",
        _ => "none",
    };
    json!({
        "type": kind,
        "status": {"response": response, "time": crate::store::date_time::NEVER},
        "emailAddress": person(property),
    })
}

/// The minutes between an alarm and the start of its event.
fn minutes_before(alarm: &Component) -> Option<i64> {
    match alarm.property(&Name::Trigger)?.values.first()? {
        Of::Duration(before) if before.as_seconds() <= 0 => Some(-before.as_seconds() / 60),
        _ => None,
    }
}
