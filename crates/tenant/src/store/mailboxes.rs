//! Every mailbox of the tenant.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mailbox::Mailbox;
use super::message::Message;
use crate::directory::Directory;

/// Every mailbox of the tenant.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Store {
    /// Whose mailboxes they are.
    #[serde(skip)]
    pub(crate) directory: Arc<Directory>,
    /// Delta tokens of another generation have expired.
    pub(crate) generation: u64,
    pub(crate) mailboxes: BTreeMap<u32, Mailbox>,
    /// Messages that wait for their delivery.
    #[serde(default)]
    pub(crate) outgoing: Vec<Outgoing>,
}

/// A sent message that waits for its delivery.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Outgoing {
    /// Time of the delivery, Unix seconds.
    pub(crate) due: i64,
    /// Number of the sending mailbox.
    pub(crate) from: u32,
    pub(crate) message: Message,
    /// Whether Sent Items gets a copy.
    pub(crate) save: bool,
}

impl Store {
    /// The store for the accounts of a directory. Those that have no mailbox yet get an empty one.
    pub(crate) fn of(mut self, directory: &Arc<Directory>) -> Self {
        for number in directory.accounts().filter_map(|account| account.mailbox) {
            self.mailboxes
                .entry(number)
                .or_insert_with(|| Mailbox::new(number));
        }
        self.directory = directory.clone();
        self
    }

    /// The mailbox of an address.
    pub(crate) fn number_of(&self, address: &str) -> Option<u32> {
        self.directory.find(address)?.mailbox
    }

    /// The mailbox with this number.
    pub(crate) fn mailbox(&self, number: u32) -> Option<&Mailbox> {
        self.mailboxes.get(&number)
    }

    /// The mailbox with this number, for changes.
    pub(crate) fn mailbox_mut(&mut self, number: u32) -> Option<&mut Mailbox> {
        self.mailboxes.get_mut(&number)
    }
}
