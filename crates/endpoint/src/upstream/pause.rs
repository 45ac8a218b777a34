//! Pauses that the sign-in service asked for (`Retry-After`), each for the request that it answered.
//!
//! One code or one session that the service throttles stops nobody else. Where it throttles several in a row, it means
//! this client, and everybody waits: for a short time, since made-up codes can bring it there.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longest pause of one code or session, in seconds.
const MAX_PAUSE: u32 = 3600;
/// Different codes or sessions in a row that mean everybody.
pub(crate) const STREAK: usize = 5;
/// Most that are remembered; the latest ones.
const REMEMBERED: usize = 1024;

/// What a request is about: a digest of its code, or of its session.
pub(crate) type Subject = [u8; 32];

/// The pauses of one kind of request.
pub(crate) struct Pauses {
    /// Longest pause of everybody, in seconds.
    most: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whose, and until when.
    own: VecDeque<(Subject, u64)>,
    /// Who was throttled since the last success.
    streak: Vec<Subject>,
    everybody: u64,
}

impl Pauses {
    /// Nobody pauses; everybody for `most` seconds at a time.
    pub(crate) fn new(most: u32) -> Self {
        let state = Mutex::default();
        Self { most, state }
    }

    fn guard(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The service asked for `seconds`, at `now`.
    pub(crate) fn extend(&self, subject: Subject, seconds: u32, now: u64) {
        let mut state = self.guard();
        let end = |seconds: u32| now + u64::from(seconds);
        state.own.truncate(REMEMBERED - 1);
        state.own.push_front((subject, end(seconds.min(MAX_PAUSE))));
        if !state.streak.contains(&subject) {
            state.streak.truncate(STREAK - 1);
            state.streak.push(subject);
        }
        if state.streak.len() >= STREAK {
            state.everybody = state.everybody.max(end(seconds.min(self.most)));
        }
    }

    /// The service answered as it should.
    pub(crate) fn succeeded(&self) {
        self.guard().streak.clear();
    }

    /// Seconds that are left for this one, or `None`.
    pub(crate) fn remaining(&self, subject: &Subject, now: u64) -> Option<u32> {
        let mut state = self.guard();
        state.own.retain(|(_, end)| now < *end);
        let own = state.own.iter().filter(|(known, _)| known == subject);
        let end = own.map(|(_, end)| *end).max().unwrap_or_default();
        let left = end.max(state.everybody).saturating_sub(now);
        u32::try_from(left).ok().filter(|left| *left > 0)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e50_e68_a_pause_is_for_what_it_answered_and_ends() {
        let pauses = Pauses::new(10);
        let (one, other) = ([1; 32], [2; 32]);
        assert_eq!(pauses.remaining(&one, 100), None);
        pauses.extend(one, 60, 100);
        pauses.extend(one, 5, 100);
        assert_eq!(pauses.remaining(&one, 130), Some(30), "the longest wins");
        assert_eq!(pauses.remaining(&other, 130), None);
        assert_eq!(pauses.remaining(&one, 160), None);
        pauses.extend(one, u32::MAX, 200);
        assert_eq!(pauses.remaining(&one, 200), Some(MAX_PAUSE));
    }

    #[test]
    fn e68_several_in_a_row_are_a_short_pause_for_everybody() {
        let pauses = Pauses::new(10);
        for number in 0..4 {
            pauses.extend([number; 32], 3600, 100);
        }
        assert_eq!(pauses.remaining(&[9; 32], 100), None);
        pauses.succeeded();
        pauses.extend([4; 32], 3600, 100);
        assert_eq!(pauses.remaining(&[9; 32], 100), None, "not in a row");
        for number in 5..9 {
            pauses.extend([number; 32], 3600, 100);
        }
        assert_eq!(pauses.remaining(&[9; 32], 100), Some(10));
        assert_eq!(pauses.remaining(&[9; 32], 110), None);
        for number in 0..200 {
            pauses.extend([number; 32], 1, 200);
        }
        assert!(pauses.guard().own.len() <= REMEMBERED);
    }
}
