//! One piece of work however many ask for it, and one at a time for each session.

use super::record::Want;
use crate::store::Key;
use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedMutexGuard, watch};

/// What is asked for: requests with the same name share one answer.
pub(crate) type Name = (Key, Want);

type Running<T> = HashMap<Name, watch::Receiver<Option<T>>>;

/// The work under way.
pub(crate) struct Flights<T> {
    running: Mutex<Running<T>>,
    locks: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            locks: Mutex::default(),
        }
    }
}

/// Takes the entry away, whether the work ends or panics.
struct Ended<T> {
    flights: Arc<Flights<T>>,
    name: Name,
}

impl<T> Drop for Ended<T> {
    fn drop(&mut self) {
        guard(&self.flights.running).remove(&self.name);
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Joins the work of this name, or starts it. It goes on when whoever asked has gone: a refresh
    /// token that is being traded in must not be lost on the way back.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] where the work broke.
    pub(crate) async fn join<F>(
        self: &Arc<Self>,
        name: Name,
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
        name: Name,
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
            flights: Arc::clone(self),
            name,
        };
        let work = work();
        tokio::spawn(async move {
            let outcome = work.await;
            // First gone, then told: whoever comes later looks at the record again.
            drop(ended);
            sender.send_replace(Some(outcome));
        });
        receiver
    }

    /// Resolves when no work is under way.
    pub(crate) async fn idle(&self) {
        loop {
            let one = guard(&self.running).values().next().cloned();
            let Some(mut one) = one else { return };
            // Work that broke has ended as well.
            let _ = one.wait_for(Option::is_some).await;
            // Its entry goes away before it is told, or right after where it broke.
            tokio::task::yield_now().await;
        }
    }

    /// The session's turn: whoever holds it is the only one who changes the record in this process.
    pub(crate) async fn turn(self: &Arc<Self>, key: Key) -> Turn<T> {
        let lock = Arc::clone(guard(&self.locks).entry(key).or_default());
        Turn {
            held: Some(lock.lock_owned().await),
            flights: Arc::clone(self),
            key,
        }
    }
}

/// Held while a session's record is changed.
pub(crate) struct Turn<T> {
    held: Option<OwnedMutexGuard<()>>,
    flights: Arc<Flights<T>>,
    key: Key,
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        let mut locks = guard(&self.flights.locks);
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

    fn name(audience: &str) -> Name {
        let want = Want {
            audience: audience.into(),
            ..Want::default()
        };
        (Key([1; 32]), want)
    }

    #[tokio::test]
    async fn e31_work_of_one_name_is_done_once() {
        let flights = Arc::new(Flights::<usize>::default());
        let done = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let done = Arc::clone(&done);
            flights.join(name("a"), || async move {
                tokio::task::yield_now().await;
                done.fetch_add(1, Ordering::SeqCst)
            })
        };
        let (one, two, three) = tokio::join!(ask(), ask(), ask());
        assert_eq!((one.unwrap(), two.unwrap(), three.unwrap()), (0, 0, 0));
        assert_eq!(ask().await.unwrap(), 1, "later work is new work");
        assert!(guard(&flights.running).is_empty());
    }

    #[tokio::test]
    async fn e31_broken_work_is_told_and_leaves_nothing_behind() {
        let flights = Arc::new(Flights::<usize>::default());
        let broken = flights
            .join(name("a"), || async { panic!("on purpose") })
            .await;
        assert_eq!(broken.unwrap_err().code, Code::ServiceUnavailable);
        assert!(guard(&flights.running).is_empty());
    }

    #[tokio::test]
    async fn e49_turns_leave_no_lock_behind() {
        let flights = Arc::new(Flights::<usize>::default());
        let first = flights.turn(Key([1; 32])).await;
        let waiting = tokio::spawn({
            let flights = Arc::clone(&flights);
            async move { drop(flights.turn(Key([1; 32])).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "one at a time");
        drop(first);
        waiting.await.unwrap();
        assert!(guard(&flights.locks).is_empty());
    }
}
