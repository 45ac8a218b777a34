//! What preloads may take: a number under way, and memory for their answers until these are sent, for each session, for
//! each address and for all. Whoever takes a share whole leaves the others theirs.

use crate::store::Key;
use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Octets of the answers of one preload together.
pub(crate) const OCTETS: usize = 1024 * 1024;
/// Of one session: over all its tabs.
pub(crate) const OF_SESSION: Share = Share::new(8, 4 * OCTETS);
/// Of one address: a house full of people.
pub(crate) const OF_ADDRESS: Share = Share::new(32, 16 * OCTETS);
/// Of all; each of them is up to four calls.
pub(crate) const OF_ALL: Share = Share::new(96, 64 * OCTETS);
/// When to come back, in seconds.
const RETRY_AFTER: u32 = 1;

/// A share, and what is taken of it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Share {
    /// Preloads that wait for the API.
    pub(crate) under_way: usize,
    /// Octets of answers that are read or sent.
    pub(crate) octets: usize,
}

impl Share {
    const fn new(under_way: usize, octets: usize) -> Self {
        Self { under_way, octets }
    }

    /// Whether so much more stays within `most`.
    const fn has_room(self, more: Self, most: Self) -> bool {
        self.under_way + more.under_way <= most.under_way
            && self.octets + more.octets <= most.octets
    }

    const fn add(&mut self, more: Self) {
        self.under_way += more.under_way;
        self.octets += more.octets;
    }

    const fn take_away(&mut self, less: Self) {
        self.under_way = self.under_way.saturating_sub(less.under_way);
        self.octets = self.octets.saturating_sub(less.octets);
    }
}

/// What is taken. A clone is the same.
#[derive(Clone, Default)]
pub(crate) struct Bounds(Arc<Mutex<Used>>);

#[derive(Default)]
struct Used {
    all: Share,
    sessions: HashMap<Key, Share>,
    addresses: HashMap<IpAddr, Share>,
}

/// Who asks; the address where it is known.
type Asker = (Key, Option<IpAddr>);

impl Used {
    /// Takes so much for this asker; false, and nothing taken, where one of the shares has no room.
    fn take(&mut self, (key, address): Asker, more: Share) -> bool {
        let of_session = self.sessions.get(&key).copied().unwrap_or_default();
        let of_address = address.and_then(|address| self.addresses.get(&address).copied());
        let fits = self.all.has_room(more, OF_ALL)
            && of_session.has_room(more, OF_SESSION)
            && of_address.unwrap_or_default().has_room(more, OF_ADDRESS);
        if fits {
            self.all.add(more);
            self.sessions.entry(key).or_default().add(more);
            if let Some(address) = address {
                self.addresses.entry(address).or_default().add(more);
            }
        }
        fits
    }

    fn give_back(&mut self, (key, address): Asker, less: Share) {
        self.all.take_away(less);
        take_away(&mut self.sessions, &key, less);
        if let Some(address) = address {
            take_away(&mut self.addresses, &address, less);
        }
    }
}

/// Takes a part off a share, and the share away where nothing is left of it.
fn take_away<K: Eq + Hash>(shares: &mut HashMap<K, Share>, name: &K, less: Share) {
    if let Some(share) = shares.get_mut(name) {
        share.take_away(less);
        if *share == Share::default() {
            shares.remove(name);
        }
    }
}

impl Bounds {
    fn guard(&self) -> MutexGuard<'_, Used> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a preload.
    ///
    /// # Errors
    /// [`Code::Throttled`] where too many are under way.
    pub(crate) fn begin(&self, key: Key, address: Option<IpAddr>) -> Result<Place, Error> {
        let asker = (key, address);
        if !self.guard().take(asker, Share::new(1, 0)) {
            let mut error = Error::new(Code::Throttled, "too many preloads are under way");
            error.detail_mut().retry_after_seconds = Some(RETRY_AFTER);
            return Err(error);
        }
        Ok(Place {
            bounds: self.clone(),
            asker,
            waits: true,
            octets: AtomicUsize::new(0),
        })
    }

    /// What all of them take.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> (Share, usize, usize) {
        let used = self.guard();
        (used.all, used.sessions.len(), used.addresses.len())
    }
}

/// One preload; dropping it gives back what it took.
pub(crate) struct Place {
    bounds: Bounds,
    asker: Asker,
    /// It waits for the API; else only its answer is there.
    waits: bool,
    octets: AtomicUsize,
}

impl Place {
    /// The room for one of its answers, of which nothing is taken yet.
    pub(crate) const fn octets(&self) -> Octets<'_> {
        Octets {
            place: self,
            taken: 0,
        }
    }

    /// The API has answered: only the memory of the answers is held any longer.
    pub(crate) fn answered(mut self) -> Self {
        self.waits = false;
        self.bounds.guard().give_back(self.asker, Share::new(1, 0));
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let less = Share::new(self.waits.into(), *self.octets.get_mut());
        self.bounds.guard().give_back(self.asker, less);
    }
}

/// The octets of one answer; dropping it gives them back, unless they are kept.
pub(crate) struct Octets<'a> {
    place: &'a Place,
    taken: usize,
}

impl Octets<'_> {
    /// Whether a preload may have so many.
    pub(crate) fn fits(&self, octets: usize) -> bool {
        octets <= OCTETS.saturating_sub(self.place.octets.load(Ordering::Relaxed))
    }

    /// Takes so many more; false, and nothing taken, where there is no room.
    pub(crate) fn grow(&mut self, octets: usize) -> bool {
        // The lock is held over all of it: the calls of a preload share its octets.
        let mut used = self.place.bounds.guard();
        if !self.fits(octets) || !used.take(self.place.asker, Share::new(0, octets)) {
            return false;
        }
        self.place.octets.fetch_add(octets, Ordering::Relaxed);
        self.taken += octets;
        true
    }

    /// The answer is whole: its octets are the preload's until that is sent.
    pub(crate) fn keep(mut self) {
        self.taken = 0;
    }
}

impl Drop for Octets<'_> {
    fn drop(&mut self) {
        let mut used = self.place.bounds.guard();
        used.give_back(self.place.asker, Share::new(0, self.taken));
        self.place.octets.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use std::net::Ipv4Addr;

    fn address(number: u8) -> Option<IpAddr> {
        Some(Ipv4Addr::new(192, 0, 2, number).into())
    }

    #[test]
    fn e90_each_session_and_each_address_has_its_share() {
        let bounds = Bounds::default();
        let begin = |session: u8, house: u8| bounds.begin(Key([session; 32]), address(house));
        let mut held: Vec<Place> = (0..OF_SESSION.under_way)
            .map(|_| begin(1, 1).ok().unwrap())
            .collect();
        let error = begin(1, 2).err().unwrap();
        assert_eq!(error.code, Code::Throttled, "the session's");
        while let Ok(place) = begin(10 + u8::try_from(held.len()).unwrap(), 1) {
            held.push(place);
        }
        assert_eq!(held.len(), OF_ADDRESS.under_way, "the address's");
        held.extend(begin(200, 2).ok());
        assert_eq!(held.len(), OF_ADDRESS.under_way + 1, "others have theirs");
        for house in 3..=255 {
            held.extend((0..8).filter_map(|session| begin(session + 201, house).ok()));
        }
        assert_eq!(held.len(), OF_ALL.under_way);
        held.pop();
        held.push(begin(250, 250).ok().unwrap());
        drop(held);
        assert_eq!(bounds.taken(), (Share::default(), 0, 0));
    }

    #[test]
    fn e90_answers_have_their_memory_until_they_are_sent() {
        let bounds = Bounds::default();
        let place = bounds.begin(Key([1; 32]), address(1)).ok().unwrap();
        let mut one = place.octets();
        assert!(one.fits(OCTETS) && !one.fits(OCTETS + 1));
        assert!(one.grow(OCTETS - 1));
        let mut other = place.octets();
        assert!(other.grow(1) && !other.grow(1), "one preload's");
        one.keep();
        drop(other);
        let mut sent = vec![place.answered()];
        let taken = Share::new(0, OCTETS - 1);
        assert_eq!(bounds.taken(), (taken, 1, 1), "it waits no longer");
        let mut fill = |session: u8, house: u8| {
            let place = bounds
                .begin(Key([session; 32]), address(house))
                .ok()
                .unwrap();
            let mut octets = place.octets();
            let fits = octets.grow(OCTETS);
            octets.keep();
            sent.push(place.answered());
            fits
        };
        assert!(fill(1, 1) && fill(1, 1) && fill(1, 1) && !fill(1, 1));
        assert!((2..5).all(|session| (0..4).all(|_| fill(session, 1))));
        assert!(!fill(5, 1) && fill(5, 2), "the address's");
        drop(sent);
        assert_eq!(bounds.taken(), (Share::default(), 0, 0));
    }
}
