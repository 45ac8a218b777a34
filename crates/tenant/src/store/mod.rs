//! The one store behind the three views: mailboxes with folders, messages, events, contacts.

pub(crate) mod busy;
mod bytes;
pub(crate) mod deliver;
pub(crate) mod event;
pub(crate) mod id;
mod items;
pub(crate) mod mailbox;
pub(crate) mod meetings;
pub(crate) mod message;
pub(crate) mod moment;
pub(crate) mod recurrence;
pub(crate) mod rules;
pub(crate) mod settings;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use event::Event;
pub(crate) use mailbox::{Folder, Mailbox};
pub(crate) use message::{Attachment, Flag, Importance, Message, Person};

/// A JSON object in Graph's spelling.
pub(crate) type Json = Map<String, Value>;

/// Every mailbox of the tenant.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Store {
    /// Delta tokens of another generation are forgotten.
    pub(crate) generation: u64,
    pub(crate) mailboxes: BTreeMap<u32, Mailbox>,
}

/// Something small that is kept as JSON: a contact, a calendar, a category.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Item {
    pub(crate) key: u64,
    pub(crate) change: u64,
    /// Key of the folder, where the thing lies in one.
    pub(crate) parent: u64,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) json: Json,
}

impl Store {
    /// The mailbox with this number.
    pub(crate) fn mailbox(&self, number: u32) -> Option<&Mailbox> {
        self.mailboxes.get(&number)
    }

    /// The mailbox with this number, to be changed.
    pub(crate) fn mailbox_mut(&mut self, number: u32) -> Option<&mut Mailbox> {
        self.mailboxes.get_mut(&number)
    }
}
