//! Cool-downs: sessions for which something is not tried again for a while.

use crate::store::Key;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Cool-down of renewals after the sign-in service detected a loop (AADSTS50196), in seconds.
pub(crate) const LOOP: u64 = 300;
/// Cool-down after the API refused a renewed token too, in seconds.
pub(crate) const REFUSED: u64 = 30;
/// Most sessions that are remembered; the latest ones.
const MAX_SESSIONS: usize = 1024;

/// The sessions that cool down, and until when.
pub(crate) struct Cooldown {
    seconds: u64,
    latest: Mutex<VecDeque<(Key, u64)>>,
}

impl Cooldown {
    /// Cool-downs of this many seconds.
    pub(crate) fn new(seconds: u64) -> Self {
        Self {
            seconds,
            latest: Mutex::default(),
        }
    }

    /// Starts a cool-down at `now`.
    pub(crate) fn start(&self, key: Key, now: u64) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.truncate(MAX_SESSIONS - 1);
        latest.push_front((key, now + self.seconds));
    }

    /// The remaining seconds, or `None`.
    pub(crate) fn remaining(&self, key: Key, now: u64) -> Option<u64> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|(_, end)| now < *end);
        let (_, end) = latest.iter().find(|(known, _)| *known == key)?;
        Some(end - now)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e49_a_rest_ends_and_the_table_has_its_bound() {
        let rest = Cooldown::new(10);
        let key = |number: usize| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_be_bytes());
            Key(name)
        };
        rest.start(key(0), 100);
        assert_eq!(rest.remaining(key(0), 103), Some(7));
        assert_eq!(
            (rest.remaining(key(1), 103), rest.remaining(key(0), 110)),
            (None, None)
        );
        for number in 0..3 * MAX_SESSIONS {
            rest.start(key(number), 200);
        }
        assert_eq!(rest.latest.lock().unwrap().len(), MAX_SESSIONS);
        assert_eq!(rest.remaining(key(3 * MAX_SESSIONS - 1), 200), Some(10));
        assert_eq!(rest.remaining(key(0), 210), None);
        assert!(rest.latest.lock().unwrap().is_empty());
    }
}
