//! Back-off for retrying a store that is unavailable.

use std::time::{Duration, Instant};

/// The first pause, and the longest one.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The time after which what waits for the store is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3600);

/// The pauses between attempts, each twice as long as the one before.
pub(super) struct BackOff {
    begin: Instant,
    pause: Duration,
}

impl BackOff {
    /// Begins now.
    pub(super) fn begin() -> Self {
        Self {
            begin: Instant::now(),
            pause: FIRST_PAUSE,
        }
    }

    /// Waits until the next attempt; false where there is none any more.
    pub(super) async fn wait(&mut self) -> bool {
        if self.begin.elapsed() >= GIVE_UP_AFTER {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}
