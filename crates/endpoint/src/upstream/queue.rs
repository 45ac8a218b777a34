//! The line before the sign-in service: so many requests at a time, in the order in which they came.
//!
//! A service that is slow would otherwise be asked by everyone at once, and an endpoint whose users all come
//! back at the same moment would be told to stop.

use exo365_core::error::{Code, Error};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Requests under way at a time.
pub(crate) const MAX_CONCURRENT: usize = 32;
/// Most that wait.
const MAX_WAITING: usize = 2048;
/// Longest wait.
const TIMEOUT: Duration = Duration::from_secs(15);
/// When to come back where the line is too long, in seconds.
const RETRY_AFTER: u32 = 5;

/// The line. One per process: tenant and client are fixed.
pub(crate) struct Queue {
    places: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            places: Semaphore::new(MAX_CONCURRENT),
            waiting: AtomicUsize::new(0),
        }
    }
}

/// Leaves the line, also where whoever waits has gone.
struct WaitingGuard<'a>(&'a AtomicUsize);

impl Drop for WaitingGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Queue {
    /// Waits for a place; dropping it lets the next one in.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] where the line is too long, or moves too slowly.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, Error> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waits = WaitingGuard(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            return Err(busy());
        }
        let place = tokio::time::timeout(TIMEOUT, self.places.acquire()).await;
        drop(waits);
        place.ok().and_then(Result::ok).ok_or_else(busy)
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

fn busy() -> Error {
    let mut error = Error::new(
        Code::ServiceUnavailable,
        "too many requests wait for the sign-in service",
    );
    error.detail_mut().retry_after_seconds = Some(RETRY_AFTER);
    error
}

#[cfg(test)]
mod unit {
    use super::*;
    use std::sync::Arc;

    #[tokio::test(start_paused = true)]
    async fn e50_the_line_is_short_and_nobody_waits_for_ever() {
        let queue = Arc::new(Queue::default());
        let mut places = Vec::new();
        for _ in 0..MAX_CONCURRENT {
            places.push(queue.enter().await.unwrap());
        }
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..MAX_WAITING {
            let queue = Arc::clone(&queue);
            waiting.spawn(async move { queue.enter().await.map(drop) });
        }
        while queue.waiting() < MAX_WAITING {
            tokio::task::yield_now().await;
        }
        let error = queue.enter().await.unwrap_err();
        assert_eq!(error.code, Code::ServiceUnavailable);
        let wait = error.detail.as_ref().unwrap().retry_after_seconds;
        assert_eq!(wait, Some(RETRY_AFTER));
        assert_eq!(
            queue.waiting(),
            MAX_WAITING,
            "who is sent away does not count"
        );
        // Time passes, and nobody is served: all are told so.
        while let Some(outcome) = waiting.join_next().await {
            assert!(outcome.unwrap().is_err());
        }
        assert_eq!(queue.waiting(), 0);
        drop(places);
        assert!(queue.enter().await.is_ok());
    }
}
