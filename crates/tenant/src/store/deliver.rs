//! Delivery: a copy in Sent Items, and one for each recipient with a mailbox in the tenant.

use std::collections::BTreeSet;

use super::automatic;
use super::mailbox::{INBOX, SENT};
use super::mailboxes::Store;
use super::message::Message;
use super::rules;

/// Sends a message from a mailbox. Automatic replies come back.
pub(crate) fn send(store: &mut Store, from: u32, message: Message, save: bool, now: i64) {
    let sent = message.clone();
    for number in deliver(store, from, message, save, now) {
        automatic::answer(store, number, &sent, now);
    }
}

/// Delivers a message, and gives the mailboxes that it came to.
pub(super) fn deliver(
    store: &mut Store,
    from: u32,
    mut message: Message,
    save: bool,
    now: i64,
) -> BTreeSet<u32> {
    message.draft = false;
    (message.sent, message.received, message.modified) = (now, now, now);
    message.moves = 0;
    let recipients: BTreeSet<u32> = message
        .to
        .iter()
        .chain(&message.cc)
        .chain(&message.bcc)
        .filter_map(|person| store.number_of(&person.address))
        .collect();
    for number in recipients.iter().copied() {
        let Some(mailbox) = store.mailbox_mut(number) else {
            continue;
        };
        let mut copy = message.clone();
        copy.folder = INBOX;
        copy.read = false;
        copy.bcc.clear();
        copy.created = now;
        for attachment in &mut copy.attachments {
            attachment.key = mailbox.fresh_key();
        }
        rules::classify(mailbox, &mut copy);
        rules::apply(mailbox, &mut copy);
        mailbox.insert(copy);
    }
    if save && let Some(mailbox) = store.mailbox_mut(from) {
        message.folder = SENT;
        message.read = true;
        message.created = now;
        mailbox.insert(message);
    }
    recipients
}

/// Delivers the messages whose time has come. Returns whether there were any.
pub(crate) fn deliver_due(store: &mut Store, now: i64) -> bool {
    let all = std::mem::take(&mut store.outgoing);
    let (due, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.due <= now);
    store.outgoing = later;
    let any = !due.is_empty();
    for one in due {
        send(store, one.from, one.message, one.save, now);
    }
    any
}
