//! Events, contacts, calendars and contact folders of a mailbox.

use std::collections::BTreeSet;

use super::event::Event;
use super::id::{Id, Kind};
use super::item::{Item, Json};
use super::mailbox::Mailbox;
use super::mailbox::{CALENDAR, CONTACTS, Removal};

/// Property of a contact with its photo as base64. Responses do not contain it.
pub(crate) const PHOTO: &str = "@photo";

impl Mailbox {
    /// Adds an event, and gives it a key and a version.
    pub(crate) fn insert_event(&mut self, mut event: Event) -> u64 {
        event.key = self.fresh_key();
        event.change = self.fresh_change();
        let key = event.key;
        self.events.insert(key, event);
        key
    }

    /// Removes an event.
    pub(crate) fn remove_event(&mut self, key: u64) -> Option<Event> {
        let event = self.events.remove(&key)?;
        self.record_removal(event.calendar, Kind::Event, key, 0);
        for day in event.days() {
            self.record_removal(event.calendar, Kind::Event, key, day);
        }
        Some(event)
    }

    /// Records the occurrences that a change of the series removed.
    pub(crate) fn record_lost_occurrences(&mut self, old: &Event, new: &Event) {
        let kept: BTreeSet<i32> = new.days().into_iter().collect();
        for day in old.days().into_iter().filter(|day| !kept.contains(day)) {
            self.record_removal(old.calendar, Kind::Event, old.key, day);
        }
    }

    /// Records a removal for change tracking.
    pub(crate) fn record_removal(&mut self, folder: u64, kind: Kind, key: u64, part: i32) {
        let change = self.fresh_change();
        let id = Id {
            kind,
            mailbox: self.number,
            key,
            part,
        };
        self.removals.push(Removal { change, folder, id });
    }

    /// A new item with a key and a version.
    pub(crate) fn new_item(&mut self, parent: u64, json: Json, now: i64) -> Item {
        Item {
            key: self.fresh_key(),
            change: self.fresh_change(),
            parent,
            created: now,
            modified: now,
            json,
        }
    }

    /// Adds a contact.
    pub(crate) fn insert_contact(&mut self, folder: u64, json: Json, now: i64) -> u64 {
        let item = self.new_item(folder, json, now);
        let key = item.key;
        self.contacts.insert(key, item);
        key
    }

    /// Removes a contact.
    pub(crate) fn remove_contact(&mut self, key: u64) -> Option<Item> {
        let item = self.contacts.remove(&key)?;
        self.record_removal(item.parent, Kind::Contact, key, 0);
        Some(item)
    }

    /// Whether a calendar with this key exists.
    pub(crate) fn has_calendar(&self, key: u64) -> bool {
        key == CALENDAR || self.calendars.contains_key(&key)
    }

    /// Whether a contact folder with this key exists.
    pub(crate) fn has_contact_folder(&self, key: u64) -> bool {
        key == CONTACTS || self.contact_folders.contains_key(&key)
    }
}
