//! What requests may take: a number under way, and memory, for each session, for each address and for all.
//! Whoever takes a share whole leaves the others theirs.

use crate::store::Key;
use exo365_core::error::{Code, Error};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MB: usize = 1024 * 1024;
/// No bound of this kind: another one is in its place.
const ANY: usize = usize::MAX;
/// When to come back, in seconds.
const RETRY_AFTER: u32 = 1;

/// A share, and what is taken of it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Share {
    /// What is not answered yet.
    pub(crate) under_way: usize,
    /// Octets that are held.
    pub(crate) octets: usize,
}

impl Share {
    pub(crate) const fn new(under_way: usize, octets: usize) -> Self {
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

/// How much there may be.
pub(crate) struct Most {
    /// What is refused, in the words of the error.
    over: &'static str,
    /// Octets of one place.
    pub(crate) one: usize,
    /// Of one session: over all its tabs.
    pub(crate) session: Share,
    /// Of one address: a house full of people.
    pub(crate) address: Share,
    pub(crate) all: Share,
}

/// Calls of pages, each until its answer is sent.
pub(crate) static CALLS: Most = Most {
    over: "too many calls are under way",
    one: 0,
    session: Share::new(64, 0),
    address: Share::new(256, 0),
    all: Share::new(ANY, 0),
};

/// Preloads, each of up to four calls, and their answers until these are sent.
pub(crate) static PRELOADS: Most = Most {
    over: "too many preloads are under way",
    one: MB,
    session: Share::new(8, 4 * MB),
    address: Share::new(32, 16 * MB),
    all: Share::new(96, 64 * MB),
};

/// Bodies of calls in proxy mode, as far as they are read before they go on. Their number is that of the calls.
pub(crate) static BODIES: Most = Most {
    over: "too many calls are under way",
    one: ANY,
    session: Share::new(ANY, 16 * MB),
    address: Share::new(ANY, 32 * MB),
    all: Share::new(ANY, 64 * MB),
};

/// What is taken. A clone is the same.
#[derive(Clone)]
pub(crate) struct Bounds {
    most: &'static Most,
    used: Arc<Mutex<Used>>,
}

#[derive(Default)]
struct Used {
    all: Share,
    sessions: HashMap<Key, Share>,
    addresses: HashMap<IpAddr, Share>,
}

/// Who asks: session and address, where they are known.
pub(crate) type Asker = (Option<Key>, Option<IpAddr>);

impl Used {
    /// Takes so much for this asker; false, and nothing taken, where one of the shares has no room.
    fn take(&mut self, most: &Most, (key, address): Asker, more: Share) -> bool {
        let of_session = key.map(|key| self.sessions.entry(key).or_default());
        let of_address = address.map(|address| self.addresses.entry(address).or_default());
        let has_room = |share: &Option<&mut Share>, most| {
            share
                .as_ref()
                .is_none_or(|share| share.has_room(more, most))
        };
        let fits = self.all.has_room(more, most.all)
            && has_room(&of_session, most.session)
            && has_room(&of_address, most.address);
        if fits {
            self.all.add(more);
            for share in [of_session, of_address].into_iter().flatten() {
                share.add(more);
            }
        } else {
            // Whoever is refused leaves no entry behind.
            self.give_back((key, address), Share::default());
        }
        fits
    }

    fn give_back(&mut self, (key, address): Asker, less: Share) {
        self.all.take_away(less);
        if let Some(key) = key {
            take_away(&mut self.sessions, key, less);
        }
        if let Some(address) = address {
            take_away(&mut self.addresses, address, less);
        }
    }
}

/// Takes a part off a share, and the share away where nothing is left of it.
fn take_away<K: Eq + Hash>(shares: &mut HashMap<K, Share>, name: K, less: Share) {
    if let Entry::Occupied(mut entry) = shares.entry(name) {
        entry.get_mut().take_away(less);
        if *entry.get() == Share::default() {
            entry.remove();
        }
    }
}

impl Bounds {
    /// Nothing is taken yet.
    pub(crate) fn new(most: &'static Most) -> Self {
        Self {
            most,
            used: Arc::default(),
        }
    }

    fn guard(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, which has no memory yet.
    ///
    /// # Errors
    /// [`Code::Throttled`] where too many are under way.
    pub(crate) fn begin(&self, asker: Asker) -> Result<Place, Error> {
        if !self.guard().take(self.most, asker, Share::new(1, 0)) {
            let mut error = Error::new(Code::Throttled, self.most.over);
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

    /// What all of them take, and how many sessions and addresses that are.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> (Share, usize, usize) {
        let used = self.guard();
        (used.all, used.sessions.len(), used.addresses.len())
    }
}

/// A call or a preload; dropping it gives back what it took.
pub(crate) struct Place {
    bounds: Bounds,
    asker: Asker,
    /// It waits for the API; else only its memory is held.
    waits: bool,
    octets: AtomicUsize,
}

impl Place {
    /// Whether one place may have so many octets more.
    pub(crate) fn fits(&self, octets: usize) -> bool {
        let most = self.bounds.most.one;
        octets <= most.saturating_sub(self.octets.load(Ordering::Relaxed))
    }

    /// Takes so many more; false, and nothing taken, where there is no room.
    pub(crate) fn grow(&self, octets: usize) -> bool {
        // The lock is held over all of it: the calls of a preload share its octets.
        let mut used = self.bounds.guard();
        let more = Share::new(0, octets);
        let fits = self.fits(octets) && used.take(self.bounds.most, self.asker, more);
        if fits {
            self.octets.fetch_add(octets, Ordering::Relaxed);
        }
        fits
    }

    /// The room for one of its answers, of which nothing is taken yet.
    pub(crate) const fn octets(&self) -> Octets<'_> {
        Octets {
            place: self,
            taken: 0,
        }
    }

    /// The API has answered: only the memory is held any longer.
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
    /// As [`Place::fits`].
    pub(crate) fn fits(&self, octets: usize) -> bool {
        self.place.fits(octets)
    }

    /// As [`Place::grow`].
    pub(crate) fn grow(&mut self, octets: usize) -> bool {
        let fits = self.place.grow(octets);
        self.taken += if fits { octets } else { 0 };
        fits
    }

    /// The answer is whole: its octets are its place's until that is dropped.
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

    fn asker(session: u8, house: u8) -> Asker {
        let address = Ipv4Addr::new(192, 0, 2, house);
        (Some(Key([session; 32])), Some(address.into()))
    }

    #[test]
    fn e90_each_session_and_each_address_has_its_share() {
        let bounds = Bounds::new(&PRELOADS);
        let begin = |session: u8, house: u8| bounds.begin(asker(session, house));
        let mut held: Vec<Place> = (0..PRELOADS.session.under_way)
            .map(|_| begin(1, 1).ok().unwrap())
            .collect();
        let error = begin(1, 2).err().unwrap();
        assert_eq!(error.code, Code::Throttled, "the session's");
        while let Ok(place) = begin(10 + u8::try_from(held.len()).unwrap(), 1) {
            held.push(place);
        }
        assert_eq!(held.len(), PRELOADS.address.under_way, "the address's");
        held.extend(begin(200, 2).ok());
        assert_eq!(
            held.len(),
            PRELOADS.address.under_way + 1,
            "others have theirs"
        );
        for house in 3..=255 {
            held.extend((0..8).filter_map(|session| begin(session + 201, house).ok()));
        }
        assert_eq!(held.len(), PRELOADS.all.under_way);
        held.pop();
        held.push(begin(250, 250).ok().unwrap());
        drop(held);
        assert_eq!(bounds.taken(), (Share::default(), 0, 0));
    }

    #[test]
    fn e90_answers_have_their_memory_until_they_are_sent() {
        let bounds = Bounds::new(&PRELOADS);
        let place = bounds.begin(asker(1, 1)).ok().unwrap();
        let mut one = place.octets();
        assert!(one.fits(PRELOADS.one) && !one.fits(PRELOADS.one + 1));
        assert!(one.grow(PRELOADS.one - 1));
        let mut other = place.octets();
        assert!(other.grow(1) && !other.grow(1), "one preload's");
        one.keep();
        drop(other);
        let mut sent = vec![place.answered()];
        let taken = Share::new(0, PRELOADS.one - 1);
        assert_eq!(bounds.taken(), (taken, 1, 1), "it waits no longer");
        let mut fill = |session: u8, house: u8| {
            let place = bounds.begin(asker(session, house)).ok().unwrap();
            let mut octets = place.octets();
            let fits = octets.grow(PRELOADS.one);
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

    #[test]
    fn e69_calls_have_their_number_and_whoever_is_refused_leaves_nothing_behind() {
        let bounds = Bounds::new(&CALLS);
        let of_one: Vec<Place> = (0..CALLS.session.under_way)
            .map(|_| bounds.begin(asker(1, 1)).ok().unwrap())
            .collect();
        assert!(bounds.begin(asker(1, 2)).is_err(), "the session's");
        // Without a cookie, or with one that was made up.
        let (_, address) = asker(1, 1);
        let mut others = vec![bounds.begin(asker(2, 1)).ok().unwrap()];
        while let Ok(place) = bounds.begin((None, address)) {
            others.push(place);
        }
        assert_eq!(of_one.len() + others.len(), CALLS.address.under_way);
        for number in 0..200 {
            assert!(bounds.begin(asker(number, 1)).is_err());
        }
        assert_eq!(bounds.taken().1, 2, "sessions");
        assert!(bounds.begin(asker(2, 2)).is_ok() && bounds.begin((None, None)).is_ok());
        drop((of_one, others));
        assert_eq!(bounds.taken(), (Share::default(), 0, 0));
    }

    /// Whoever signs in with many browsers is still one address.
    #[test]
    fn e69_bodies_have_a_share_of_the_memory_for_each_session_and_each_address() {
        let bounds = Bounds::new(&BODIES);
        let fill = |session: u8, house: u8| {
            let place = bounds.begin(asker(session, house)).ok().unwrap();
            place.grow(BODIES.session.octets).then_some(place)
        };
        let one = fill(1, 1).unwrap();
        assert!(!one.grow(1), "the session's");
        let two = fill(2, 1).unwrap();
        assert!(fill(3, 1).is_none(), "the address's");
        let others = [fill(3, 2).unwrap(), fill(4, 3).unwrap()];
        assert!(fill(5, 4).is_none(), "the memory of all");
        drop((one, others));
        assert!(fill(5, 4).is_some() && fill(3, 1).is_some());
        drop(two);
        assert_eq!(bounds.taken(), (Share::default(), 0, 0));
    }
}
