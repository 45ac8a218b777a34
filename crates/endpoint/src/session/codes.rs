//! The session that each code created, so that a reused code ends it.

use crate::store::Key;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Digests of the latest codes, and their sessions.
#[derive(Default)]
pub(crate) struct Codes(Mutex<VecDeque<([u8; 32], Key)>>);

const REMEMBERED: usize = 4096;

impl Codes {
    pub(crate) fn remember(&self, code: [u8; 32], key: Key) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.truncate(REMEMBERED - 1);
        latest.push_front((code, key));
    }

    pub(crate) fn session(&self, code: &[u8; 32]) -> Option<Key> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest
            .iter()
            .find(|(known, _)| known == code)
            .map(|(_, key)| *key)
    }
}
