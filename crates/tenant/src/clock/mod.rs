//! The virtual clock: the time of the machine plus an offset that tests can set.

pub(crate) mod timezone;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The time of the tenant.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Moves the clock; negative values move it back. Returns the new offset in seconds.
    pub(crate) fn advance(&self, seconds: i64) -> i64 {
        // A century is enough for tests, and prevents overflows.
        const BOUND: i64 = 100 * 366 * 86_400;
        let moved = self.offset().saturating_add(seconds).clamp(-BOUND, BOUND);
        self.offset_seconds.store(moved, Ordering::SeqCst);
        moved
    }

    /// Sets the offset to zero.
    pub(crate) fn reset(&self) {
        self.offset_seconds.store(0, Ordering::SeqCst);
    }

    /// The offset in seconds.
    pub(crate) fn offset(&self) -> i64 {
        self.offset_seconds.load(Ordering::SeqCst)
    }

    /// The current virtual time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.offset())
    }

    /// The current virtual time as Unix seconds.
    pub(crate) fn unix(&self) -> i64 {
        self.now().timestamp()
    }
}

/// `2026-11-22T10:00:00Z`, the form that the APIs use for instants.
pub(crate) fn iso(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_by_what_it_is_told_and_no_further_than_a_century() {
        let clock = Clock::default();
        let before = clock.unix();
        assert_eq!(clock.advance(3600), 3600);
        assert!(clock.unix() >= before + 3600);
        assert!(clock.advance(i64::MAX) < i64::MAX / 2);
        let _ = clock.now();
        clock.reset();
        assert_eq!(clock.offset(), 0);
    }
}
