//! The pause that the sign-in service asked for: until it is over, nobody asks.

use std::sync::atomic::{AtomicU64, Ordering};

/// Longest pause that is believed, in seconds.
const MAX_PAUSE: u32 = 3600;

/// When the pause ends, in seconds since 1970. One per process: tenant and client are fixed.
#[derive(Debug, Default)]
pub(crate) struct RetryAfter(AtomicU64);

impl RetryAfter {
    /// The service asked for `seconds`.
    pub(crate) fn extend(&self, seconds: u32, now: u64) {
        self.0
            .fetch_max(now + u64::from(seconds.min(MAX_PAUSE)), Ordering::Relaxed);
    }

    /// Seconds that are left, or `None`.
    pub(crate) fn remaining(&self, now: u64) -> Option<u32> {
        let remaining = self.0.load(Ordering::Relaxed).saturating_sub(now);
        u32::try_from(remaining)
            .ok()
            .filter(|remaining| *remaining > 0)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e50_the_longest_pause_wins_and_ends() {
        let window = RetryAfter::default();
        assert_eq!(window.remaining(100), None);
        window.extend(60, 100);
        window.extend(5, 100);
        assert_eq!(window.remaining(130), Some(30));
        assert_eq!(window.remaining(160), None);
        window.extend(u32::MAX, 100);
        assert_eq!(window.remaining(100), Some(MAX_PAUSE));
    }
}
