//! Sessions that were opened a short time ago, each with the record that it was read from.
//!
//! The store is asked at each request all the same, and a session counts only if the store gave the very same record: a
//! sign-out, a renewal or another endpoint's change counts at once. What is saved is decrypting and parsing.

use super::record::StoredSession;
use crate::store::Key;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most sessions of one generation: a record and its session are a few thousand octets each.
const MOST: usize = 512;
/// How long a generation is filled.
const LIFE: Duration = Duration::from_secs(60);

/// The sessions, in two generations: when the young one is full or old it becomes the old one, and the old one is dropped.
#[derive(Default)]
pub(crate) struct Opened(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Arc<StoredSession>>,
    old: HashMap<Key, Arc<StoredSession>>,
    /// When the young one began.
    since: Option<Instant>,
}

impl Opened {
    fn guard(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of this record, if it is here.
    pub(crate) fn get(&self, key: Key, record: &Arc<[u8]>) -> Option<Arc<StoredSession>> {
        let is_same =
            |held: &StoredSession| Arc::ptr_eq(&held.record, record) || held.record == *record;
        let mut all = self.guard();
        if let Some(held) = all.young.get(&key) {
            return is_same(held).then(|| Arc::clone(held));
        }
        let held = all.old.remove(&key).filter(|held| is_same(held))?;
        drop(all.take(key, &held));
        Some(held)
    }

    /// Takes a session in.
    pub(crate) fn insert(&self, key: Key, held: &Arc<StoredSession>) {
        // What goes is dropped after the lock.
        let gone = self.guard().take(key, held);
        drop(gone);
    }

    /// Drops a session: its record is gone.
    pub(crate) fn remove(&self, key: Key) {
        let mut all = self.guard();
        let gone = (all.young.remove(&key), all.old.remove(&key));
        drop(all);
        drop(gone);
    }
}

impl Generations {
    /// Takes a session in; gives the generation that goes.
    fn take(&mut self, key: Key, held: &Arc<StoredSession>) -> HashMap<Key, Arc<StoredSession>> {
        let now = Instant::now();
        let mut gone = HashMap::new();
        let is_old = self
            .since
            .is_none_or(|since| now.duration_since(since) > LIFE);
        if is_old || self.young.len() >= MOST {
            let young = std::mem::take(&mut self.young);
            gone = std::mem::replace(&mut self.old, young);
            self.since = Some(now);
        }
        self.young.insert(key, Arc::clone(held));
        gone
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::session::record::Session;
    use exo365_core::wire::Account;

    fn held(record: &[u8]) -> Arc<StoredSession> {
        Arc::new(StoredSession {
            session: Session {
                account: Account {
                    tenant_id: String::new(),
                    object_id: String::new(),
                    username: String::new(),
                    name: String::new(),
                    is_guest: false,
                    login_hint: None,
                },
                sid: None,
                refresh_token: None,
                created: 0,
                touched: 0,
                scopes: None,
                tokens: Vec::new(),
            },
            record: record.into(),
            is_reconfigured: false,
        })
    }

    fn found(opened: &Opened, key: Key, record: &[u8]) -> Option<Arc<StoredSession>> {
        opened.get(key, &record.into())
    }

    fn key(number: usize) -> Key {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        Key(key)
    }

    #[test]
    fn e92_a_session_counts_for_its_own_record_alone() {
        let opened = Opened::default();
        opened.insert(key(1), &held(b"one"));
        assert!(found(&opened, key(1), b"one").is_some());
        assert!(found(&opened, key(1), b"two").is_none(), "it was changed");
        assert!(found(&opened, key(2), b"one").is_none());
        opened.insert(key(1), &held(b"two"));
        assert!(
            found(&opened, key(1), b"two").is_some() && found(&opened, key(1), b"one").is_none()
        );
        opened.remove(key(1));
        assert!(found(&opened, key(1), b"two").is_none());
    }

    #[test]
    fn e92_the_number_has_a_bound_and_what_is_in_use_stays() {
        let opened = Opened::default();
        for number in 0..5 * MOST {
            opened.insert(key(number), &held(b"r"));
            assert!(found(&opened, key(0), b"r").is_some(), "{number}");
        }
        let all = opened.guard();
        assert!(all.young.len() <= MOST && all.old.len() <= MOST);
        drop(all);
        assert!(found(&opened, key(1), b"r").is_none());
        assert!(found(&opened, key(5 * MOST - 1), b"r").is_some());
    }

    #[test]
    fn e92_a_session_that_nobody_uses_goes_with_time() {
        let opened = Opened::default();
        opened.insert(key(1), &held(b"r"));
        for number in 2..4 {
            let mut all = opened.guard();
            all.since = Instant::now().checked_sub(LIFE + Duration::from_secs(1));
            drop(all);
            opened.insert(key(number), &held(b"r"));
        }
        assert!(found(&opened, key(1), b"r").is_none());
        assert!(found(&opened, key(2), b"r").is_some());
    }
}
