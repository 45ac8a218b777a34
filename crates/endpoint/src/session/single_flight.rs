//! Single flight: concurrent requests for the same work share one run of it, and each session has a lock.

use super::record::TokenSpec;
use crate::store::Key;
use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedMutexGuard, watch};

/// The key of a piece of work: requests with the same key share one result.
pub(crate) type FlightKey = (Key, TokenSpec);

type Running<T> = HashMap<FlightKey, watch::Receiver<Option<T>>>;

/// The work in flight.
pub(crate) struct SingleFlight<T> {
    running: Mutex<Running<T>>,
    locks: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            locks: Mutex::default(),
        }
    }
}

/// Removes the entry when the work ends or panics.
struct Ended<T> {
    in_flight: Arc<SingleFlight<T>>,
    name: FlightKey,
}

impl<T> Drop for Ended<T> {
    fn drop(&mut self) {
        guard(&self.in_flight.running).remove(&self.name);
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// Joins the work with this key, or starts it. It goes on when its client has gone: a refresh
    /// token must not be lost on the way back.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] if the work panicked.
    pub(crate) async fn join<F>(
        self: &Arc<Self>,
        name: FlightKey,
        work: impl FnOnce() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut receiver = self.start(name, work);
        let outcome = receiver.wait_for(Option::is_some).await;
        let outcome = outcome.ok().and_then(|outcome| outcome.clone());
        outcome.ok_or(Error::new(
            Code::ServiceUnavailable,
            "the endpoint has trouble",
        ))
    }

    pub(crate) fn start<F>(
        self: &Arc<Self>,
        name: FlightKey,
        work: impl FnOnce() -> F,
    ) -> watch::Receiver<Option<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut running = guard(&self.running);
        if let Some(receiver) = running.get(&name) {
            return receiver.clone();
        }
        let (sender, receiver) = watch::channel(None);
        running.insert(name.clone(), receiver.clone());
        drop(running);
        let ended = Ended {
            in_flight: Arc::clone(self),
            name,
        };
        let work = work();
        tokio::spawn(async move {
            let outcome = work.await;
            // The entry is removed first, so that later requests read the record again.
            drop(ended);
            sender.send_replace(Some(outcome));
        });
        receiver
    }

    /// Resolves when no work is under way.
    pub(crate) async fn wait_until_idle(&self) {
        loop {
            let one = guard(&self.running).values().next().cloned();
            let Some(mut one) = one else { return };
            // Work that broke has ended as well.
            let _ = one.wait_for(Option::is_some).await;
            // Its entry goes away before it is told, or right after where it broke.
            tokio::task::yield_now().await;
        }
    }

    /// The session's lock in this process.
    pub(crate) async fn lock(self: &Arc<Self>, key: Key) -> SessionLock<T> {
        let lock = Arc::clone(guard(&self.locks).entry(key).or_default());
        SessionLock {
            held: Some(lock.lock_owned().await),
            in_flight: Arc::clone(self),
            key,
        }
    }
}

/// Held while a session's record is changed.
pub(crate) struct SessionLock<T> {
    held: Option<OwnedMutexGuard<()>>,
    in_flight: Arc<SingleFlight<T>>,
    key: Key,
}

impl<T> Drop for SessionLock<T> {
    fn drop(&mut self) {
        let mut locks = guard(&self.in_flight.locks);
        drop(self.held.take());
        // The map's own is the last one: nobody waits.
        if locks
            .get(&self.key)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn name(audience: &str) -> FlightKey {
        let want = TokenSpec {
            audience: audience.into(),
            ..TokenSpec::default()
        };
        (Key([1; 32]), want)
    }

    #[tokio::test]
    async fn e31_work_of_one_name_is_done_once() {
        let in_flight = Arc::new(SingleFlight::<usize>::default());
        let done = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let done = Arc::clone(&done);
            in_flight.join(name("a"), || async move {
                tokio::task::yield_now().await;
                done.fetch_add(1, Ordering::SeqCst)
            })
        };
        let (one, two, three) = tokio::join!(ask(), ask(), ask());
        assert_eq!((one.unwrap(), two.unwrap(), three.unwrap()), (0, 0, 0));
        assert_eq!(ask().await.unwrap(), 1, "later work is new work");
        assert!(guard(&in_flight.running).is_empty());
    }

    #[tokio::test]
    async fn e31_broken_work_is_told_and_leaves_nothing_behind() {
        let in_flight = Arc::new(SingleFlight::<usize>::default());
        let broken = in_flight
            .join(name("a"), || async { panic!("on purpose") })
            .await;
        assert_eq!(broken.unwrap_err().code, Code::ServiceUnavailable);
        assert!(guard(&in_flight.running).is_empty());
    }

    #[tokio::test]
    async fn e49_turns_leave_no_lock_behind() {
        let in_flight = Arc::new(SingleFlight::<usize>::default());
        let first = in_flight.lock(Key([1; 32])).await;
        let waiting = tokio::spawn({
            let in_flight = Arc::clone(&in_flight);
            async move { drop(in_flight.lock(Key([1; 32])).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "one at a time");
        drop(first);
        waiting.await.unwrap();
        assert!(guard(&in_flight.locks).is_empty());
    }
}
