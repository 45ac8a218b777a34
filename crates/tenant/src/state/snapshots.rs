//! Snapshots: the mailboxes and the time at a moment, by name, in memory.

use std::collections::BTreeMap;

use crate::store::{Store, snapshot};

/// Largest number of snapshots.
const MOST: usize = 20;

/// What is kept under a name.
#[derive(Debug)]
struct Snapshot {
    /// The mailboxes, as in the data file.
    text: Vec<u8>,
    /// The offset of the clock, in seconds.
    offset: i64,
}

/// All snapshots.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    by_name: BTreeMap<String, Snapshot>,
}

impl Snapshots {
    /// Keeps a snapshot, in place of one of the same name.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn keep(&mut self, name: &str, text: Vec<u8>, offset: i64) -> Result<(), String> {
        if self.by_name.len() >= MOST && !self.by_name.contains_key(name) {
            return Err(format!("there are {MOST} snapshots; remove one first"));
        }
        self.by_name
            .insert(name.to_owned(), Snapshot { text, offset });
        Ok(())
    }

    /// The mailboxes and the offset of the clock of a snapshot.
    ///
    /// # Errors
    /// There is none of this name.
    pub(crate) fn read(&self, name: &str) -> Result<(Store, i64), String> {
        let held = self
            .by_name
            .get(name)
            .ok_or_else(|| format!("there is no snapshot `{name}`"))?;
        Ok((snapshot::read(&held.text)?, held.offset))
    }

    /// Removes a snapshot. Gives whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    /// All names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.by_name.keys().map(String::as_str).collect()
    }
}
