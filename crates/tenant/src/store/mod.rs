//! The one store behind the three views: mailboxes with folders, messages, events, contacts.

pub(crate) mod deliver;
pub(crate) mod event;
pub(crate) mod id;
pub(crate) mod mailbox;
pub(crate) mod message;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use event::Event;
pub(crate) use mailbox::{Folder, Mailbox};
pub(crate) use message::{Attachment, Importance, Message, Person};

/// A JSON object in Graph's spelling.
pub(crate) type Json = Map<String, Value>;

/// Every mailbox of the tenant.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) mailboxes: BTreeMap<u32, Mailbox>,
}

/// Something small that is kept as JSON: a contact, a category.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) key: u64,
    pub(crate) change: u64,
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
