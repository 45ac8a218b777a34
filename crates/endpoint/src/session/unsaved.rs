//! Sessions whose new tokens wait for the store.

use crate::store::Key;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions whose new tokens are not written yet: nobody renews these.
#[derive(Clone, Default)]
pub(super) struct Unsaved(Arc<Mutex<HashSet<Key>>>);

/// Marks a session's tokens as not written, until it is dropped.
pub(super) struct UnsavedGuard(Unsaved, Key);

impl Unsaved {
    fn keys(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys().is_empty()
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.keys().contains(key)
    }

    pub(super) fn add(&self, key: Key) -> UnsavedGuard {
        self.keys().insert(key);
        UnsavedGuard(self.clone(), key)
    }
}

impl Drop for UnsavedGuard {
    fn drop(&mut self) {
        self.0.keys().remove(&self.1);
    }
}
