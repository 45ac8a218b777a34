//! The pause that the sign-in service asked for: until it is over, nobody asks.

use std::sync::atomic::{AtomicU64, Ordering};

/// Longest pause that is believed, in seconds.
const LONGEST: u32 = 3600;

/// When the pause ends, in seconds since 1970. One per process: tenant and client are fixed.
#[derive(Debug, Default)]
pub(crate) struct Window(AtomicU64);

impl Window {
    /// The service asked for `seconds`.
    pub(crate) fn note(&self, seconds: u32, now: u64) {
        self.0
            .fetch_max(now + u64::from(seconds.min(LONGEST)), Ordering::Relaxed);
    }

    /// Seconds that are left, or `None`.
    pub(crate) fn left(&self, now: u64) -> Option<u32> {
        let left = self.0.load(Ordering::Relaxed).saturating_sub(now);
        u32::try_from(left).ok().filter(|left| *left > 0)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e50_the_longest_pause_wins_and_ends() {
        let window = Window::default();
        assert_eq!(window.left(100), None);
        window.note(60, 100);
        window.note(5, 100);
        assert_eq!(window.left(130), Some(30));
        assert_eq!(window.left(160), None);
        window.note(u32::MAX, 100);
        assert_eq!(window.left(100), Some(LONGEST));
    }
}
