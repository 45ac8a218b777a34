//! The queue for the sign-in service. It lets a limited number of requests through at a time, in order, and a smaller number
//! for each address, so that one address does not stop others.
//!
//! Without it, a slow service would get all requests at once, and an endpoint whose users all come
//! back at the same moment would be throttled.

use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Requests under way at a time.
pub(crate) const MAX_CONCURRENT: usize = 32;
/// Of these, requests of one address.
pub(crate) const MAX_OF_ADDRESS: usize = 8;
/// Most that wait.
const MAX_WAITING: usize = 2048;
/// Most of one address that wait.
const MAX_WAITING_OF_ADDRESS: usize = 256;
/// Longest wait.
const TIMEOUT: Duration = Duration::from_secs(15);
/// When to come back where the queue is full, in seconds.
const RETRY_AFTER: u32 = 5;

/// The queue.
pub(crate) struct Queue {
    places: Semaphore,
    waiting: AtomicUsize,
    shares: Mutex<HashMap<IpAddr, Arc<Share>>>,
}

/// The places of one address.
struct Share {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            places: Semaphore::new(MAX_CONCURRENT),
            waiting: AtomicUsize::new(0),
            shares: Mutex::default(),
        }
    }
}

/// Counts a waiting request until it is dropped, also when its client has gone.
struct WaitingGuard<'a>(&'a AtomicUsize);

impl<'a> WaitingGuard<'a> {
    fn enter(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let guard = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(guard)
    }
}

impl Drop for WaitingGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place; dropping it lets the next one in.
pub(crate) struct Place<'a> {
    _place: SemaphorePermit<'a>,
    _of_address: Option<OfAddress<'a>>,
}

/// A place among those of its address. The last one takes the address off the table.
struct OfAddress<'a> {
    queue: &'a Queue,
    address: IpAddr,
    share: Option<Arc<Share>>,
    place: Option<OwnedSemaphorePermit>,
}

impl Drop for OfAddress<'_> {
    fn drop(&mut self) {
        drop(self.place.take());
        let mut shares = self.queue.shares();
        drop(self.share.take());
        // The table's own is the last one.
        if shares
            .get(&self.address)
            .is_some_and(|share| Arc::strong_count(share) == 1)
        {
            shares.remove(&self.address);
        }
    }
}

impl Queue {
    /// Waits for a place, and before that for one of the address, where it is known.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] where the queue is full, or moves too slowly.
    pub(crate) async fn enter(&self, address: Option<IpAddr>) -> Result<Place<'_>, Error> {
        let entered = tokio::time::timeout(TIMEOUT, self.wait(address)).await;
        entered.unwrap_or_else(|_| Err(busy()))
    }

    async fn wait(&self, address: Option<IpAddr>) -> Result<Place<'_>, Error> {
        let of_address = match address {
            Some(address) => Some(self.share(address).await?),
            None => None,
        };
        let place = match self.places.try_acquire() {
            Ok(place) => place,
            Err(_) => {
                let _waits = WaitingGuard::enter(&self.waiting, MAX_WAITING).ok_or_else(busy)?;
                self.places.acquire().await.map_err(|_| busy())?
            }
        };
        Ok(Place {
            _place: place,
            _of_address: of_address,
        })
    }

    async fn share(&self, address: IpAddr) -> Result<OfAddress<'_>, Error> {
        let share = Arc::clone(self.shares().entry(address).or_insert_with(|| {
            Arc::new(Share {
                places: Arc::new(Semaphore::new(MAX_OF_ADDRESS)),
                waiting: AtomicUsize::new(0),
            })
        }));
        // Made before the wait, so that the table is tidied where whoever waits has gone.
        let mut held = OfAddress {
            queue: self,
            address,
            share: Some(Arc::clone(&share)),
            place: None,
        };
        let waits = WaitingGuard::enter(&share.waiting, MAX_WAITING_OF_ADDRESS).ok_or_else(busy)?;
        let place = Arc::clone(&share.places).acquire_owned().await;
        held.place = Some(place.map_err(|_| busy())?);
        drop(waits);
        Ok(held)
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<IpAddr, Arc<Share>>> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[tokio::test(start_paused = true)]
    async fn e50_the_line_is_short_and_nobody_waits_for_ever() {
        let queue = Arc::new(Queue::default());
        let mut places = Vec::new();
        for _ in 0..MAX_CONCURRENT {
            places.push(queue.enter(None).await.unwrap());
        }
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..MAX_WAITING {
            let queue = Arc::clone(&queue);
            waiting.spawn(async move { queue.enter(None).await.map(drop) });
        }
        while queue.waiting() < MAX_WAITING {
            tokio::task::yield_now().await;
        }
        let error = queue.enter(None).await.err().unwrap();
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
        assert!(queue.enter(None).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn e66_one_address_leaves_places_to_others_and_nothing_behind() {
        let queue = Arc::new(Queue::default());
        let flood: IpAddr = "192.0.2.1".parse().unwrap();
        let other: IpAddr = "192.0.2.2".parse().unwrap();
        let mut places = Vec::new();
        for _ in 0..MAX_OF_ADDRESS {
            places.push(queue.enter(Some(flood)).await.unwrap());
        }
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..2 * MAX_WAITING_OF_ADDRESS {
            let queue = Arc::clone(&queue);
            waiting.spawn(async move { queue.enter(Some(flood)).await.map(drop) });
        }
        tokio::task::yield_now().await;
        let begin = tokio::time::Instant::now();
        let served = queue.enter(Some(other)).await;
        assert!(served.is_ok() && queue.enter(None).await.is_ok());
        assert_eq!(
            begin.elapsed(),
            Duration::ZERO,
            "nobody waits for the flood"
        );
        drop(served);
        while let Some(outcome) = waiting.join_next().await {
            assert!(outcome.unwrap().is_err());
        }
        drop(places);
        assert!(queue.shares().is_empty());
    }
}
