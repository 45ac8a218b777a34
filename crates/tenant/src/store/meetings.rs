//! Meetings: the copies of the attendees, and the notifications.

use serde_json::{Value, json};

use super::date_time::NEVER;
use super::deliver;
use super::event::Event;
use super::event::Exception;
use super::id::Kind;
use super::item::Json;
use super::mailbox::CALENDAR;
use super::mailboxes::Store;
use super::message::{MeetingMessage, Message, Person};
use super::recipient::parse_recipient;

/// The `iCalUId` of a meeting, made of a GUID.
pub(crate) fn uid(guid: &str) -> String {
    let digits = guid.replace('-', "").to_uppercase();
    format!("040000008200E00074C5B7101A82E008{digits}")
}

/// Mailboxes of the attendees, without the organizer's.
fn attendees(store: &Store, event: &Event, own: u32) -> Vec<u32> {
    let list = event.json.get("attendees").and_then(Value::as_array);
    let list = list.into_iter().flatten();
    let list = list.filter_map(|one| parse_recipient(one, &store.directory));
    let mut numbers: Vec<u32> = list
        .filter_map(|one| store.number_of(&one.address))
        .filter(|number| *number != own)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The key of a meeting in a mailbox.
fn find_copy(store: &Store, mailbox: u32, uid: &str) -> Option<u64> {
    let events = &store.mailbox(mailbox)?.events;
    events
        .values()
        .find(|event| event.uid == uid)
        .map(|event| event.key)
}

/// Updates the copies of a meeting. New attendees get a copy and a notification; for removed
/// attendees it is cancelled.
pub(crate) fn invite(store: &mut Store, own: u32, event: &Event, now: i64) {
    let invited = attendees(store, event, own);
    for number in &invited {
        match find_copy(store, *number, &event.uid) {
            Some(key) => update_copy(store, *number, key, event, now),
            None => {
                add_attendee_copy(store, *number, event);
                let address = store.directory.owner(*number).address;
                send_notification(
                    store,
                    own,
                    &[address],
                    &Notice {
                        kind: MeetingMessage::Request,
                        subject: &subject(event),
                        text: "You are invited.",
                    },
                    now,
                );
            }
        }
    }
    let all: Vec<u32> = store
        .mailboxes
        .keys()
        .copied()
        .filter(|number| *number != own)
        .collect();
    for number in all.into_iter().filter(|number| !invited.contains(number)) {
        if let Some(key) = find_copy(store, number, &event.uid) {
            cancel_copy(store, number, key, now);
        }
    }
}

/// Adds a meeting without a response to an attendee's calendar.
pub(crate) fn add_attendee_copy(store: &mut Store, number: u32, event: &Event) {
    let mut copy = event.clone();
    copy.organized = false;
    copy.calendar = CALENDAR;
    copy.json.insert("transactionId".into(), Value::Null);
    copy.json.insert(
        "responseStatus".into(),
        json!({"response": "notResponded", "time": NEVER}),
    );
    copy.json.insert("showAs".into(), "tentative".into());
    if let Some(mailbox) = store.mailbox_mut(number) {
        mailbox.insert_event(copy);
    }
}

fn update_copy(store: &mut Store, number: u32, key: u64, event: &Event, now: i64) {
    let Some(mailbox) = store.mailbox_mut(number) else {
        return;
    };
    let change = mailbox.fresh_change();
    let Some(copy) = mailbox.events.get_mut(&key) else {
        return;
    };
    let mut fresh = Event {
        key,
        change,
        calendar: copy.calendar,
        organized: false,
        modified: now,
        ..event.clone()
    };
    for name in ["responseStatus", "showAs", "transactionId"] {
        let kept = copy.json.get(name).cloned().unwrap_or_default();
        fresh.json.insert(name.to_owned(), kept);
    }
    *copy = fresh;
}

fn cancel_copy(store: &mut Store, number: u32, key: u64, now: i64) {
    let Some(mailbox) = store.mailbox_mut(number) else {
        return;
    };
    let change = mailbox.fresh_change();
    if let Some(copy) = mailbox.events.get_mut(&key).filter(|copy| !copy.cancelled) {
        (copy.cancelled, copy.change, copy.modified) = (true, change, now);
        let subject = format!("Canceled: {}", subject(copy));
        copy.json.insert("subject".into(), subject.into());
    }
}

pub(crate) fn subject(event: &Event) -> String {
    event
        .json
        .get("subject")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Removes an entry from a calendar. If the owner is the organizer, it is cancelled for the attendees.
pub(crate) fn remove_entry(store: &mut Store, own: u32, key: u64, day: i32, now: i64) {
    let Some(mailbox) = store.mailbox_mut(own) else {
        return;
    };
    if day == 0 {
        let Some(event) = mailbox.remove_event(key) else {
            return;
        };
        if event.organized {
            for number in attendees(store, &event, own) {
                if let Some(key) = find_copy(store, number, &event.uid) {
                    cancel_copy(store, number, key, now);
                }
            }
        }
        return;
    }
    let change = mailbox.fresh_change();
    let Some(event) = mailbox.events.get_mut(&key) else {
        return;
    };
    event.exceptions.insert(day, Exception::Removed);
    (event.change, event.modified) = (change, now);
    let event = event.clone();
    mailbox.record_removal(event.calendar, Kind::Event, key, day);
    if event.organized {
        invite(store, own, &event, now);
    }
}

/// Records an attendee's response in the organizer's calendar.
pub(crate) fn record_response(
    store: &mut Store,
    event: &Event,
    who: &str,
    status: &Value,
    now: i64,
) {
    let Some(number) = store.number_of(&event.organizer.address) else {
        return;
    };
    let Some(key) = find_copy(store, number, &event.uid) else {
        return;
    };
    let Some(mailbox) = store.mailbox_mut(number) else {
        return;
    };
    let change = mailbox.fresh_change();
    let Some(meeting) = mailbox.events.get_mut(&key) else {
        return;
    };
    let list = meeting
        .json
        .get_mut("attendees")
        .and_then(Value::as_array_mut);
    for one in list.into_iter().flatten() {
        let same = one["emailAddress"]["address"]
            .as_str()
            .is_some_and(|it| it.eq_ignore_ascii_case(who));
        if same {
            one["status"] = status.clone();
        }
    }
    (meeting.change, meeting.modified) = (change, now);
}

/// What a notification says.
pub(crate) struct Notice<'a> {
    pub(crate) kind: MeetingMessage,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
}

/// Sends a notification about a meeting.
pub(crate) fn send_notification(
    store: &mut Store,
    from: u32,
    to: &[&str],
    notice: &Notice<'_>,
    now: i64,
) {
    let owner = store.directory.owner(from);
    let sender = Person::new(owner.name, owner.address);
    let named = |address: &&str| {
        let name = store
            .directory
            .find(address)
            .map_or(*address, |account| account.name);
        Person::new(name, address)
    };
    let mut message = Message {
        subject: notice.subject.to_owned(),
        meeting: Some(notice.kind),
        from: Some(sender.clone()),
        sender: Some(sender),
        to: to.iter().map(named).collect(),
        internet_id: format!(
            "<{}@{}>",
            crate::ids::guid(),
            crate::directory::TENANT_DOMAIN
        ),
        ..Message::default()
    };
    message.set_body(false, notice.text.to_owned());
    deliver::send(store, from, message, false, now);
}

/// The parameter `comment`.
pub(crate) fn comment(parameters: &Json) -> &str {
    parameters
        .get("comment")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
