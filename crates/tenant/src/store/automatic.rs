//! Automatic replies: when a mailbox has one, and the message that goes back.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::date_time::DateTimeTimeZone;
use super::deliver;
use super::item::Json;
use super::mailboxes::Store;
use super::message::{Message, Person};
use crate::directory::TENANT_DOMAIN;

/// The automatic reply of a mailbox, if it is on at a time.
pub(crate) fn active(settings: &Json, now: DateTime<Utc>) -> Option<&Value> {
    let reply = settings.get("automaticRepliesSetting")?;
    let on = match reply["status"].as_str() {
        Some("alwaysEnabled") => true,
        Some("scheduled") => is_scheduled(reply, now),
        _ => false,
    };
    on.then_some(reply)
}

/// Whether a time is within the schedule of an automatic reply.
fn is_scheduled(reply: &Value, now: DateTime<Utc>) -> bool {
    let at = |name: &str| {
        let value = &reply[name];
        let zone = value["timeZone"].as_str().unwrap_or("UTC");
        DateTimeTimeZone::read(value["dateTime"].as_str()?, zone).map(|one| one.instant())
    };
    let (from, to) = (at("scheduledStartDateTime"), at("scheduledEndDateTime"));
    from.is_some_and(|from| from <= now) && to.is_some_and(|to| now < to)
}

/// Answers a message that was delivered: once to each sender while the reply is on.
pub(super) fn answer(store: &mut Store, number: u32, message: &Message, now: i64) {
    let Some((to, text)) = reply(store, number, message, now) else {
        return;
    };
    let owner = store.directory.owner(number);
    let own = Person::new(owner.name, owner.address);
    if let Some(mailbox) = store.mailbox_mut(number) {
        mailbox.answered.insert(to.address.to_lowercase());
    }
    let mut reply = Message {
        subject: format!("Automatic reply: {}", message.subject),
        from: Some(own.clone()),
        sender: Some(own),
        to: vec![to],
        internet_id: format!("<{}@{TENANT_DOMAIN}>", crate::ids::guid()),
        conversation: message.conversation,
        ..Message::default()
    };
    reply.set_body(true, text);
    deliver::deliver(store, number, reply, false, now);
}

/// To whom an automatic reply goes, and its text.
fn reply(store: &Store, number: u32, message: &Message, now: i64) -> Option<(Person, String)> {
    let to = message.from.clone()?;
    let mailbox = store.mailbox(number)?;
    let owner = store.directory.owner(number);
    let answered = mailbox.answered.contains(&to.address.to_lowercase());
    if answered || to.address.eq_ignore_ascii_case(owner.address) {
        return None;
    }
    let reply = active(&mailbox.settings, DateTime::from_timestamp(now, 0)?)?;
    let colleague = store
        .directory
        .users()
        .any(|one| one.mailbox.is_some() && one.address.eq_ignore_ascii_case(&to.address));
    let text = match (colleague, reply["externalAudience"].as_str()) {
        (true, _) => &reply["internalReplyMessage"],
        (false, Some("none")) => return None,
        (false, Some("contactsOnly")) if !knows(mailbox, &to.address) => return None,
        (false, _) => &reply["externalReplyMessage"],
    };
    let text = text.as_str().unwrap_or_default();
    (!text.is_empty()).then(|| (to, text.to_owned()))
}

/// Whether an address is one of a contact.
fn knows(mailbox: &super::Mailbox, address: &str) -> bool {
    let lists = mailbox
        .contacts
        .values()
        .filter_map(|one| one.json.get("emailAddresses"));
    let mut addresses = lists.filter_map(Value::as_array).flatten();
    addresses.any(|one| {
        one["address"]
            .as_str()
            .is_some_and(|known| known.eq_ignore_ascii_case(address))
    })
}
