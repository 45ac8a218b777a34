//! Every mailbox of the tenant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mailbox::Mailbox;

/// Every mailbox of the tenant.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Store {
    /// Delta tokens of another generation have expired.
    pub(crate) generation: u64,
    pub(crate) mailboxes: BTreeMap<u32, Mailbox>,
}

impl Store {
    /// The mailbox with this number.
    pub(crate) fn mailbox(&self, number: u32) -> Option<&Mailbox> {
        self.mailboxes.get(&number)
    }

    /// The mailbox with this number, for changes.
    pub(crate) fn mailbox_mut(&mut self, number: u32) -> Option<&mut Mailbox> {
        self.mailboxes.get_mut(&number)
    }
}
