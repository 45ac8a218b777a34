//! One mailbox: folders, messages, events, contacts, settings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::id::{Id, Kind};
use super::item::{Item, Json};
use super::message::Message;
use super::settings;

type Order = BTreeSet<(Reverse<i64>, u64)>;

/// A mail folder.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Folder {
    pub(crate) key: u64,
    pub(crate) parent: u64,
    pub(crate) name: String,
    /// The well-known name, such as `inbox`.
    pub(crate) well_known: Option<String>,
    /// Version. A change of its messages changes it too.
    pub(crate) change: u64,
    /// Messages, newest first.
    pub(crate) order: Order,
    /// Extended properties, with Graph's names.
    #[serde(default)]
    pub(crate) extended: Json,
}

/// The folders that every mailbox has: well-known name and display name.
pub(crate) const WELL_KNOWN: [(&str, &str); 8] = [
    ("msgfolderroot", "Top of Information Store"),
    ("inbox", "Inbox"),
    ("drafts", "Drafts"),
    ("sentitems", "Sent Items"),
    ("deleteditems", "Deleted Items"),
    ("archive", "Archive"),
    ("junkemail", "Junk Email"),
    ("outbox", "Outbox"),
];

/// Key of the root folder; the well-known folders follow in the order of the table.
pub(crate) const ROOT: u64 = 1;
/// Key of the Inbox.
pub(crate) const INBOX: u64 = 2;
/// Key of Drafts.
pub(crate) const DRAFTS: u64 = 3;
/// Key of Sent Items.
pub(crate) const SENT: u64 = 4;
/// Key of Deleted Items.
pub(crate) const DELETED: u64 = 5;
/// Key of the default contacts folder (not in the table of mail folders).
pub(crate) const CONTACTS: u64 = 20;
/// Key of the default calendar.
pub(crate) const CALENDAR: u64 = 21;
/// Key of the calendar group that every mailbox has.
pub(crate) const CALENDAR_GROUP: u64 = 22;
/// Folder key under which removals of mail folders are recorded.
pub(crate) const FOLDER_TREE: u64 = 0;
const FIRST_FREE: u64 = 100;

/// An item that was removed from a folder or a calendar, for change tracking.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Removal {
    pub(crate) change: u64,
    pub(crate) folder: u64,
    /// The id of the item at that time.
    pub(crate) id: Id,
}

/// A mailbox.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Mailbox {
    pub(crate) number: u32,
    pub(crate) folders: BTreeMap<u64, Folder>,
    /// The message with key n is in slot n - 1. A slot is emptied on deletion and never reused.
    slots: Vec<Option<Box<Message>>>,
    order: Order,
    /// Keys of messages by version, for change tracking. It follows from the slots.
    #[serde(skip)]
    versions: BTreeMap<u64, u64>,
    pub(crate) events: BTreeMap<u64, Event>,
    /// Calendars beside the default one.
    pub(crate) calendars: BTreeMap<u64, Item>,
    /// What was written to the default calendar.
    #[serde(default)]
    pub(crate) default_calendar: Option<Item>,
    pub(crate) contacts: BTreeMap<u64, Item>,
    pub(crate) contact_folders: BTreeMap<u64, Item>,
    pub(crate) categories: Vec<Item>,
    /// Message rules of the inbox.
    pub(crate) rules: Vec<Item>,
    /// Inference classification overrides.
    pub(crate) overrides: Vec<Item>,
    /// Permissions of the default calendar.
    pub(crate) permissions: Vec<Item>,
    pub(crate) calendar_groups: BTreeMap<u64, Item>,
    pub(crate) settings: Json,
    /// Whom the automatic reply that is set has answered, in lower case.
    #[serde(default)]
    pub(crate) answered: BTreeSet<String>,
    /// Photo of the owner, as base64.
    pub(crate) photo: Option<String>,
    pub(crate) removals: Vec<Removal>,
    next_key: u64,
    pub(crate) change: u64,
}

impl Mailbox {
    /// An empty mailbox with its well-known folders.
    pub(crate) fn new(number: u32) -> Self {
        let mut folders = BTreeMap::new();
        for (at, (well_known, name)) in (1_u64..).zip(WELL_KNOWN) {
            let folder = Folder {
                key: at,
                parent: if at == ROOT { 0 } else { ROOT },
                name: name.to_owned(),
                well_known: Some(well_known.to_owned()),
                change: 0,
                order: Order::new(),
                extended: Json::new(),
            };
            folders.insert(at, folder);
        }
        Self {
            number,
            folders,
            slots: Vec::new(),
            order: Order::new(),
            versions: BTreeMap::new(),
            events: BTreeMap::new(),
            calendars: BTreeMap::new(),
            default_calendar: None,
            contacts: BTreeMap::new(),
            contact_folders: BTreeMap::new(),
            categories: Vec::new(),
            rules: Vec::new(),
            overrides: Vec::new(),
            permissions: Vec::new(),
            calendar_groups: BTreeMap::new(),
            settings: settings::default(),
            answered: BTreeSet::new(),
            photo: None,
            removals: Vec::new(),
            next_key: FIRST_FREE,
            change: 1,
        }
    }

    /// A fresh key for all items except messages.
    pub(crate) fn fresh_key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// The key of the next item that is no message.
    pub(crate) fn next_item_key(&self) -> u64 {
        self.next_key + 1
    }

    /// A fresh version number.
    pub(crate) fn fresh_change(&mut self) -> u64 {
        self.change += 1;
        self.change
    }

    /// The key of the next message.
    pub(crate) fn next_message_key(&self) -> u64 {
        self.slots.len() as u64 + 1
    }

    /// Adds a message, and gives it a key and a version.
    pub(crate) fn insert(&mut self, mut message: Message) -> u64 {
        message.key = self.next_message_key();
        message.change = self.fresh_change();
        let (key, order) = (message.key, message.order());
        self.order.insert(order);
        self.versions.insert(message.change, key);
        if let Some(folder) = self.folders.get_mut(&message.folder) {
            folder.order.insert(order);
            folder.change = message.change;
        }
        self.slots.push(Some(Box::new(message)));
        key
    }

    /// The message with this key.
    pub(crate) fn message(&self, key: u64) -> Option<&Message> {
        let slot = usize::try_from(key.checked_sub(1)?).ok()?;
        self.slots.get(slot)?.as_deref()
    }

    fn slot_mut(&mut self, key: u64) -> Option<&mut Option<Box<Message>>> {
        let slot = usize::try_from(key.checked_sub(1)?).ok()?;
        self.slots.get_mut(slot)
    }

    /// Changes a message and gives it a new version. Keeps the lists in order when the folder or the
    /// time of receipt changes.
    pub(crate) fn change_message(
        &mut self,
        key: u64,
        now: i64,
        change: impl FnOnce(&mut Message),
    ) -> Option<&Message> {
        let version = self.fresh_change();
        let message = self.slot_mut(key)?.as_mut()?;
        let (old_order, old_folder, old_read) = (message.order(), message.folder, message.read);
        let old_version = message.change;
        change(message);
        message.change = version;
        message.modified = now;
        let (order, folder) = (message.order(), message.folder);
        let recounted = old_folder != folder || old_read != message.read;
        self.versions.remove(&old_version);
        self.versions.insert(version, key);
        if old_order != order || old_folder != folder {
            self.order.remove(&old_order);
            self.order.insert(order);
            if let Some(left) = self.folders.get_mut(&old_folder) {
                left.order.remove(&old_order);
            }
            if let Some(entered) = self.folders.get_mut(&folder) {
                entered.order.insert(order);
            }
        }
        for key in [old_folder, folder] {
            if let Some(held) = self.folders.get_mut(&key).filter(|_| recounted) {
                held.change = version;
            }
        }
        self.message(key)
    }

    /// Moves a message, which changes its id.
    pub(crate) fn move_message(&mut self, key: u64, folder: u64, now: i64) -> Option<&Message> {
        let old = self.message(key)?;
        let (left, moves) = (old.folder, old.moves);
        self.record_removal(left, Kind::Message, key, moves);
        self.change_message(key, now, |message| {
            message.folder = folder;
            message.moves += 1;
        })
    }

    /// Removes a message.
    pub(crate) fn remove_message(&mut self, key: u64) -> Option<Message> {
        let message = self.slot_mut(key)?.take()?;
        self.order.remove(&message.order());
        self.versions.remove(&message.change);
        if let Some(folder) = self.folders.get_mut(&message.folder) {
            folder.order.remove(&message.order());
        }
        self.record_removal(message.folder, Kind::Message, key, message.moves);
        let change = self.change;
        if let Some(folder) = self.folders.get_mut(&message.folder) {
            folder.change = change;
        }
        Some(*message)
    }

    /// Messages of a folder, or of the whole mailbox, newest first.
    pub(crate) fn listing(&self, folder: Option<u64>) -> impl Iterator<Item = &Message> {
        let order = match folder {
            Some(key) => self.folders.get(&key).map(|folder| &folder.order),
            None => Some(&self.order),
        };
        order
            .into_iter()
            .flatten()
            .filter_map(|(_, key)| self.message(*key))
    }

    /// Messages of a version and of later ones, oldest version first.
    pub(crate) fn changed_since(&self, version: u64) -> impl Iterator<Item = &Message> {
        self.versions
            .range(version..)
            .filter_map(|(_, key)| self.message(*key))
    }

    /// Makes what the data file does not have.
    pub(crate) fn index(&mut self) {
        let messages = self.slots.iter().flatten();
        self.versions = messages
            .map(|message| (message.change, message.key))
            .collect();
    }

    /// Number of messages in a folder.
    pub(crate) fn total(&self, folder: u64) -> usize {
        self.folders
            .get(&folder)
            .map_or(0, |folder| folder.order.len())
    }

    /// Number of unread messages in a folder.
    pub(crate) fn unread(&self, folder: u64) -> usize {
        self.listing(Some(folder))
            .filter(|message| !message.read)
            .count()
    }

    /// A folder by well-known name or id.
    pub(crate) fn folder(&self, name: &str) -> Option<&Folder> {
        let lower = name.to_ascii_lowercase();
        let known = self
            .folders
            .values()
            .find(|folder| folder.well_known.as_deref() == Some(&*lower));
        known.or_else(|| {
            let id = Id::decode(name).filter(|id| id.kind == Kind::Folder)?;
            if id.mailbox == self.number {
                self.folders.get(&id.key)
            } else {
                None
            }
        })
    }

    /// The child folders of a folder.
    pub(crate) fn children(&self, parent: u64) -> impl Iterator<Item = &Folder> {
        self.folders
            .values()
            .filter(move |folder| folder.parent == parent)
    }

    /// Adds a folder; `None` if the parent has a folder of that name.
    pub(crate) fn add_folder(&mut self, parent: u64, name: &str) -> Option<u64> {
        if self
            .children(parent)
            .any(|folder| folder.name.eq_ignore_ascii_case(name))
        {
            return None;
        }
        let key = self.fresh_key();
        let folder = Folder {
            key,
            parent,
            name: name.to_owned(),
            well_known: None,
            change: self.fresh_change(),
            order: Order::new(),
            extended: Json::new(),
        };
        self.folders.insert(key, folder);
        Some(key)
    }
}

/// The id of a folder.
pub(crate) fn folder_id(mailbox: u32, key: u64) -> String {
    Id {
        kind: Kind::Folder,
        mailbox,
        key,
        part: 0,
    }
    .encode()
}
