//! Calendars: series and single events around today, in several zones.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::seed_event::{BERLIN, LONDON, SEATTLE, SeedEvent, TOKYO, monday};
use super::series;
use crate::directory::Account;
use crate::store::date_time::{DateTimeTimeZone, NEVER};
use crate::store::event::{Exception, OccurrenceChange};
use crate::store::id::guid_of;
use crate::store::mailbox::CALENDAR;
use crate::store::{Attachment, Event, Json, Person, Store, meetings};
use crate::views::event::defaults;

/// Fills the calendars, relative to `now`.
pub(super) fn fill(store: &mut Store, now: DateTime<Utc>) {
    let today = now.date_naive();
    let mut number = 0;
    for plan in series::plans(today)
        .into_iter()
        .chain(singles(today))
        .chain(past(today))
    {
        number += 1;
        put(store, &plan, number, now);
    }
    for number in [1, 2] {
        if let Some(mailbox) = store.mailbox_mut(number) {
            let name = json!({"name": "Birthdays", "color": "lightGreen"});
            let json = name.as_object().cloned().unwrap_or_default();
            let item = mailbox.new_item(0, json, now.timestamp());
            mailbox.calendars.insert(item.key, item);
        }
    }
}

/// Single events around today: one table.
fn singles(today: NaiveDate) -> Vec<SeedEvent> {
    let week = monday(today);
    let day = |offset: u64| week + Days::new(offset);
    let plan = |subject, date, time, length, zone, place| SeedEvent {
        mailbox: 1,
        subject,
        date,
        time,
        length,
        zone,
        place,
        invited: &[],
        recurrence: None,
        more: json!({}),
    };
    vec![
        SeedEvent {
            invited: &["nadia@fabrikam.example"],
            ..plan(
                "Lunch with Nadia",
                day(2),
                Some((12, 30)),
                60,
                BERLIN,
                "Canteen",
            )
        },
        SeedEvent {
            more: json!({"sensitivity": "private", "showAs": "oof", "reminderMinutesBeforeStart": 60}),
            ..plan("Dentist", day(3), Some((16, 0)), 45, BERLIN, "")
        },
        SeedEvent {
            more: json!({"showAs": "free", "isReminderOn": false, "categories": ["Travel"]}),
            ..plan("Trade fair", day(3), None, 2, BERLIN, "Utrecht")
        },
        SeedEvent {
            invited: &["tomoko@litware.example", "ben@contoso.example"],
            more: json!({"importance": "high"}),
            ..plan(
                "Call with Tokyo",
                today + Days::new(1),
                Some((9, 0)),
                30,
                TOKYO,
                "",
            )
        },
        SeedEvent {
            mailbox: 2,
            invited: &["adele@contoso.example", "viktor@litware.example"],
            ..plan(
                "Budget draft",
                today + Days::new(2),
                Some((15, 0)),
                90,
                LONDON,
                "Room Aurora",
            )
        },
        SeedEvent {
            mailbox: 2,
            invited: &["adele@contoso.example"],
            more: json!({"cancelled": true}),
            ..plan(
                "Supplier visit",
                day(8),
                Some((11, 0)),
                60,
                LONDON,
                "Reception",
            )
        },
        SeedEvent {
            more: json!({"showAs": "oof", "isReminderOn": false}),
            ..plan("Holiday", day(21), None, 5, BERLIN, "")
        },
        SeedEvent {
            more: json!({"showAs": "workingElsewhere", "isReminderOn": false}),
            ..plan("Working from home", today, None, 1, BERLIN, "")
        },
        SeedEvent {
            mailbox: 4,
            invited: &["yasmin@litware.example", "adele@contoso.example"],
            ..plan(
                "Customer visit",
                day(1),
                Some((10, 0)),
                120,
                BERLIN,
                "Showroom",
            )
        },
        SeedEvent {
            mailbox: 3,
            more: json!({"showAs": "tentative"}),
            ..plan("Maintenance window", day(5), Some((22, 0)), 240, "UTC", "")
        },
    ]
}

/// Events of the past year: one about every nine days.
fn past(today: NaiveDate) -> Vec<SeedEvent> {
    const SUBJECTS: [&str; 6] = [
        "Interview",
        "Review of the price list",
        "Workshop",
        "Visit of the printers",
        "Security training",
        "Contract talks",
    ];
    let plans = (1_u32..40).map(|number| SeedEvent {
        mailbox: if number % 4 == 0 { 2 } else { 1 },
        subject: SUBJECTS[number as usize % SUBJECTS.len()],
        date: monday(today - Days::new(u64::from(number) * 9)) + Days::new(u64::from(number % 5)),
        time: Some((9 + number % 8, 30 * (number % 2))),
        length: 30 + 15 * i64::from(number % 4),
        zone: if number.is_multiple_of(7) {
            SEATTLE
        } else {
            BERLIN
        },
        place: if number.is_multiple_of(3) {
            "Room Aurora"
        } else {
            ""
        },
        invited: if number.is_multiple_of(5) {
            &["ben@contoso.example"]
        } else {
            &[]
        },
        recurrence: None,
        more: json!({}),
    });
    plans.collect()
}

fn put(store: &mut Store, plan: &SeedEvent, number: u64, now: DateTime<Utc>) {
    let owner = store.directory.owner(plan.mailbox);
    let (event, cancelled) = event(plan, owner, number, now);
    let Some(mailbox) = store.mailbox_mut(plan.mailbox) else {
        return;
    };
    let key = mailbox.insert_event(event);
    let Some(event) = mailbox.events.get(&key).cloned() else {
        return;
    };
    for address in plan.invited {
        let other = store.number_of(address);
        if let Some(other) = other.filter(|other| *other != plan.mailbox) {
            meetings::add_attendee_copy(store, other, &event);
        }
    }
    if cancelled {
        meetings::remove_entry(store, plan.mailbox, key, 0, now.timestamp());
    }
}

fn event(plan: &SeedEvent, owner: &Account, number: u64, now: DateTime<Utc>) -> (Event, bool) {
    let (hour, minute) = plan.time.unwrap_or_default();
    let start = plan.date.and_hms_opt(hour, minute, 0).unwrap_or_default();
    let length = match plan.time {
        Some(_) => TimeDelta::minutes(plan.length),
        None => TimeDelta::days(plan.length),
    };
    let at = |local| DateTimeTimeZone {
        local,
        zone: plan.zone.to_owned(),
    };
    let created = (now - TimeDelta::days(400))
        .timestamp()
        .min(start.and_utc().timestamp());
    let created = created - 14 * 86_400;
    let mut json = properties(plan);
    let cancelled = json.remove("cancelled").is_some();
    let made = Event {
        key: 0,
        change: 0,
        calendar: CALENDAR,
        created,
        modified: created,
        uid: meetings::uid(&guid_of(0xe000 + number)),
        organizer: Person::new(owner.name, owner.address),
        organized: true,
        cancelled: false,
        all_day: plan.time.is_none(),
        start: at(start),
        end: at(start + length),
        recurrence: plan
            .recurrence
            .as_ref()
            .and_then(|one| one.as_object().cloned()),
        snoozed: None,
        json,
        attachments: files(plan, number, created),
        exceptions: exceptions(plan, now),
    };
    (made, cancelled)
}

/// One meeting has an attachment.
fn files(plan: &SeedEvent, number: u64, modified: i64) -> Vec<Attachment> {
    if plan.subject != "Budget draft" {
        return Vec::new();
    }
    vec![Attachment {
        // Larger than all keys that mailboxes give, and the same in each mailbox.
        key: (1 << 40) + number,
        name: "budget.pdf".to_owned(),
        content_type: Some("application/pdf".to_owned()),
        modified,
        bytes: super::mail::PDF.to_vec(),
        ..Attachment::default()
    }]
}

fn properties(plan: &SeedEvent) -> Json {
    let mut json = defaults();
    let text = format!("<html><body><p>{}</p></body></html>", plan.subject);
    let attendees = plan.invited.iter().map(|address| {
        let name = super::texts::name_of(address);
        let response = if address.starts_with('a') {
            "none"
        } else {
            "accepted"
        };
        json!({
            "type": "required",
            "status": {"response": response, "time": NEVER},
            "emailAddress": {"name": name, "address": address},
        })
    });
    let own = json!({
        "subject": plan.subject,
        "body": {"contentType": "html", "content": text},
        "attendees": attendees.collect::<Value>(),
        "responseStatus": {"response": "organizer", "time": NEVER},
    });
    json.extend(own.as_object().cloned().unwrap_or_default());
    if !plan.place.is_empty() {
        let place = json!({"displayName": plan.place, "locationType": "default", "uniqueId": plan.place, "uniqueIdType": "private"});
        json.insert("location".into(), place.clone());
        json.insert("locations".into(), json!([place]));
    }
    json.extend(plan.more.as_object().cloned().unwrap_or_default());
    json
}

/// The occurrence of next week is an hour later; the one of two weeks ago was deleted.
fn exceptions(plan: &SeedEvent, now: DateTime<Utc>) -> BTreeMap<i32, Exception> {
    let mut out = BTreeMap::new();
    if plan.subject != series::TEAM_MEETING {
        return out;
    }
    let (hour, minute) = plan.time.unwrap_or_default();
    let week = monday(now.date_naive());
    let later = week + Days::new(7);
    let moment = |hour| {
        Some(DateTimeTimeZone {
            local: later.and_hms_opt(hour, minute, 0)?,
            zone: plan.zone.to_owned(),
        })
    };
    let change = OccurrenceChange {
        change: 0,
        modified: now.timestamp() - 86_400,
        start: moment(hour + 1),
        end: moment(hour + 2),
        json: Json::new(),
    };
    out.insert(
        later.num_days_from_ce(),
        Exception::Changed(Box::new(change)),
    );
    let gone = week - Days::new(14);
    out.insert(gone.num_days_from_ce(), Exception::Removed);
    out
}
