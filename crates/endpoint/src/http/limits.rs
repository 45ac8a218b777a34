//! Rate limits: a token bucket for each address and each session, in tables of a fixed size.

use super::answer::Rejection;
use super::caller::Caller;
use super::cookie::SessionId;
use crate::base::clock::Clock;
use crate::config::Config;
use crate::store::Key;
use crate::upstream::bounds::{Bounds, CALLS, Place};
use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A bucket is full after this time, in microseconds.
const WINDOW: u64 = 60 * SECOND;
const SECOND: u64 = 1_000_000;
/// Most entries of one generation: two of them are a few megabytes.
const MAX_ENTRIES: usize = 32 * 1024;

/// The limits of an endpoint.
pub(crate) struct Limits {
    clock: Clock,
    addresses: Buckets<IpAddr>,
    sessions: Buckets<Key>,
    calls: Bounds,
    /// Separate buckets for sign-outs.
    sign_outs: (Buckets<IpAddr>, Buckets<Key>),
    calls_to_sign_out: Bounds,
}

impl Limits {
    /// Requests per minute for an address and for a session, as configured; 0 is no limit.
    pub(crate) fn new(config: &Config, clock: &Clock) -> Self {
        let (per_address, per_session) = config.limits;
        Self {
            clock: clock.clone(),
            addresses: Buckets::new(per_address),
            sessions: Buckets::new(per_session),
            calls: Bounds::new(&CALLS),
            sign_outs: (Buckets::new(per_address), Buckets::new(per_session)),
            calls_to_sign_out: Bounds::new(&CALLS),
        }
    }

    /// Counts a request, before anything is done for it, and begins it: a session and an address have so many in a minute,
    /// and so many at a time.
    ///
    /// # Errors
    /// 429, with the seconds to wait.
    pub(crate) fn begin(&self, caller: &Caller) -> Result<Place, Rejection> {
        self.check(caller)?;
        self.place(&self.calls, caller)
    }

    /// The same for a sign-out: these have a share of their own.
    ///
    /// # Errors
    /// As [`Limits::begin`].
    pub(crate) fn begin_sign_out(&self, caller: &Caller) -> Result<Place, Rejection> {
        self.count(caller, (&self.sign_outs.0, &self.sign_outs.1))?;
        self.place(&self.calls_to_sign_out, caller)
    }

    /// Counts a request that takes no time.
    ///
    /// # Errors
    /// 429, with the seconds to wait.
    pub(crate) fn check(&self, caller: &Caller) -> Result<(), Rejection> {
        self.count(caller, (&self.addresses, &self.sessions))
    }

    /// Without a limit for addresses, all people may have one.
    fn place(&self, calls: &Bounds, caller: &Caller) -> Result<Place, Rejection> {
        let session = caller.session.as_ref().map(SessionId::key);
        let address = caller.address.filter(|_| self.addresses.cost > 0);
        Ok(calls.begin((session, address))?)
    }

    fn count(
        &self,
        caller: &Caller,
        (addresses, sessions): (&Buckets<IpAddr>, &Buckets<Key>),
    ) -> Result<(), Rejection> {
        let now = self.clock.monotonic();
        let session = caller.session.as_ref();
        let by_address = caller
            .address
            .and_then(|address| addresses.take(address, now));
        // An address that is over its limit does not use up the limit of a session.
        let wait = by_address.or_else(|| sessions.take(session?.key(), now));
        wait.map_or(Ok(()), |seconds| {
            let mut error = Error::new(Code::Throttled, "too many requests came from here");
            error.detail_mut().retry_after_seconds = Some(seconds);
            Err(error.into())
        })
    }
}

/// Token buckets, each stored as the moment at which it is full again.
///
/// Entries are in two generations. When the young one has reached its size or age, it becomes the old
/// one, and the old one is dropped. In ordinary load no entry is dropped before its bucket is full; in a flood of
/// more addresses than fit, the memory stays bounded, and the least recently used entries are dropped.
struct Buckets<K> {
    /// Microseconds that one request takes; 0 is no limit.
    cost: u64,
    tables: Mutex<Tables<K>>,
}

struct Tables<K> {
    young: HashMap<K, u64>,
    old: HashMap<K, u64>,
    /// When the young generation began.
    since: u64,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    fn new(per_minute: u32) -> Self {
        Self {
            cost: WINDOW.checked_div(per_minute.into()).unwrap_or_default(),
            tables: Mutex::new(Tables {
                young: HashMap::new(),
                old: HashMap::new(),
                since: 0,
            }),
        }
    }

    /// Takes one; or the seconds until there is one again. `now` is in seconds.
    fn take(&self, name: K, now: u64) -> Option<u32> {
        if self.cost == 0 {
            return None;
        }
        let now = now.saturating_mul(SECOND);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.rotate(now);
        let full = tables.full(&name).max(now).saturating_add(self.cost);
        let over = full.saturating_sub(now.saturating_add(WINDOW));
        if over > 0 {
            return u32::try_from(over.div_ceil(SECOND)).ok();
        }
        tables.young.insert(name, full);
        None
    }
}

impl<K: Eq + Hash> Tables<K> {
    fn full(&self, name: &K) -> u64 {
        let known = self.young.get(name).or_else(|| self.old.get(name));
        known.copied().unwrap_or_default()
    }

    fn rotate(&mut self, now: u64) {
        let late = now.saturating_sub(self.since) >= WINDOW;
        if late || self.young.len() >= MAX_ENTRIES {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e49_a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(60);
        for _ in 0..60 {
            assert_eq!(buckets.take(1, 1000), None);
        }
        assert_eq!(buckets.take(1, 1000), Some(1));
        assert_eq!(buckets.take(2, 1000), None, "another has its own");
        assert_eq!(buckets.take(1, 1001), None);
        assert_eq!(buckets.take(1, 1001), Some(1));
        let slow = Buckets::new(1);
        assert_eq!((slow.take(1, 7), slow.take(1, 7)), (None, Some(60)));
        assert_eq!((slow.take(1, 66), slow.take(1, 67)), (Some(1), None));
        assert_eq!(Buckets::new(0).take(1, 0), None);
    }

    #[test]
    fn e49_a_debt_is_not_forgotten_with_its_generation() {
        for begin in 0..130 {
            let buckets = Buckets::new(1);
            assert_eq!(buckets.take(0, 0), None);
            assert_eq!(buckets.take(1, begin), None);
            for now in begin..begin + 60 {
                assert!(buckets.take(1, now).is_some(), "{begin} {now}");
            }
            assert_eq!(buckets.take(1, begin + 60), None);
        }
    }

    #[test]
    fn e49_a_flood_does_not_grow_the_table() {
        let buckets = Buckets::new(10);
        for name in 0..5 * MAX_ENTRIES {
            assert_eq!(buckets.take(name, 1000), None);
        }
        let tables = buckets.tables.lock().unwrap();
        assert!(tables.young.len() <= MAX_ENTRIES && tables.old.len() <= MAX_ENTRIES);
        drop(tables);
        buckets.take(0, 1060);
        buckets.take(0, 1120);
        let tables = buckets.tables.lock().unwrap();
        assert_eq!(tables.young.len() + tables.old.len(), 2, "time empties it");
    }
}
