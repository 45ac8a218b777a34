//! Records that were read a short time ago. Nobody but this process writes to the file, which is locked: as long as it has
//! not changed a record, the record is the one that was read.

use crate::store::key::Key;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most records; each is a few thousand octets.
const MOST: usize = 512;

/// What a write may have changed.
#[derive(Clone, Copy)]
pub(super) enum Changed {
    /// No record.
    Nothing,
    One(Key),
    /// Any of them.
    Some,
}

/// The records, as they are on the disk.
#[derive(Default)]
pub(super) struct Recent(Mutex<State>);

#[derive(Default)]
struct State {
    records: HashMap<Key, Arc<[u8]>>,
    /// How many writes there were: what was read before one is not kept after it.
    writes: u64,
}

impl Recent {
    fn guard(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record, or the number of writes so far, for [`Recent::keep`].
    pub(super) fn get(&self, key: Key) -> Result<Arc<[u8]>, u64> {
        let state = self.guard();
        state.records.get(&key).cloned().ok_or(state.writes)
    }

    /// Keeps a record that was read after so many writes.
    pub(super) fn keep(&self, key: Key, record: &Arc<[u8]>, writes: u64) {
        let mut state = self.guard();
        if state.writes != writes {
            return;
        }
        if state.records.len() >= MOST {
            // Those in use come again with their next request.
            state.records.clear();
        }
        state.records.insert(key, Arc::clone(record));
    }

    /// A write is over, done or failed. This comes before anybody is told so.
    pub(super) fn changed(&self, what: Changed) {
        let mut state = self.guard();
        match what {
            Changed::Nothing => return,
            Changed::One(key) => drop(state.records.remove(&key)),
            Changed::Some => state.records.clear(),
        }
        state.writes += 1;
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn key(number: usize) -> Key {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        Key(key)
    }

    #[test]
    fn e92_a_record_that_was_changed_is_read_anew() {
        let recent = Recent::default();
        let read = |number| recent.get(key(number));
        let kept = |number| {
            let writes = read(number).unwrap_err();
            recent.keep(key(number), &Arc::from([1]), writes);
        };
        kept(1);
        kept(2);
        assert!(read(1).is_ok() && read(2).is_ok());
        recent.changed(Changed::Nothing);
        recent.changed(Changed::One(key(1)));
        assert!(read(1).is_err() && read(2).is_ok());
        recent.changed(Changed::Some);
        assert!(read(2).is_err());
    }

    #[test]
    fn e92_what_was_read_before_a_write_is_not_kept_after_it() {
        let recent = Recent::default();
        let writes = recent.get(key(1)).unwrap_err();
        // Meanwhile the session is signed out.
        recent.changed(Changed::One(key(1)));
        recent.keep(key(1), &Arc::from([1]), writes);
        assert!(recent.get(key(1)).is_err());
    }

    #[test]
    fn e92_the_number_of_records_has_a_bound() {
        let recent = Recent::default();
        for number in 0..3 * MOST {
            recent.keep(key(number), &Arc::from([1]), 0);
            assert!(recent.get(key(number)).is_ok());
        }
        assert!(recent.guard().records.len() <= MOST);
    }
}
