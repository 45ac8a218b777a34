//! The connections there are: who goes where there are too many, and which one is idle or not read from for too long.
//!
//! The clock of the table moves once a second ([`Table::tick`]). A timer of its own for each request would be exact, and
//! costs more than anything else that stands between a request and its handler.

use exo365_endpoint::household;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a request's head may take, and a connection may be idle.
pub(super) const HEAD: Duration = Duration::from_secs(30);
/// How long somebody who reads an answer may take for the next octets.
pub(super) const READER: Duration = Duration::from_secs(60);
/// How long an idle connection has for its orderly end: in HTTP/2 that is a message and its answer.
const FAREWELL: u64 = 2;
/// Least time between two lines of the log about the bound, in seconds.
const SAY: u64 = 10;

/// What a connection is told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub(super) enum Order {
    /// Go on.
    Serve,
    /// Finish what is under way, and take no more.
    Finish,
    /// Close at once.
    End,
}

/// The connections. A clone is the same table.
#[derive(Clone)]
pub(super) struct Table(Arc<Shared>);

struct Shared {
    begin: Instant,
    /// Seconds since then, at the last tick.
    now: AtomicU64,
    state: Mutex<State>,
    /// The last connection is gone.
    empty: Notify,
}

struct State {
    most: usize,
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
    /// When the log was told last, and how many went since then.
    said: Option<u64>,
    gone: u64,
}

/// One connection, as the table and its task see it.
struct Connection {
    peer: IpAddr,
    /// Requests that are served.
    busy: AtomicUsize,
    /// When a request ended last, or octets went out after a wait: seconds of the table.
    since: AtomicU64,
    /// Since when octets wait for their reader, in seconds of the table plus one; 0 where none do.
    waits: AtomicU64,
    order: AtomicU8,
    task: OnceLock<Waker>,
}

impl Connection {
    fn tell(&self, order: Order) {
        if self.order.fetch_max(order as u8, Ordering::AcqRel) < order as u8
            && let Some(task) = self.task.get()
        {
            task.wake_by_ref();
        }
    }

    fn is_idle(&self) -> bool {
        self.busy.load(Ordering::Relaxed) == 0 && self.waits.load(Ordering::Relaxed) == 0
    }

    /// What the time says.
    fn due(&self, now: u64) -> Order {
        let waits = self.waits.load(Ordering::Relaxed);
        if waits > 0 && now.saturating_sub(waits - 1) > READER.as_secs() {
            return Order::End;
        }
        let idle = now.saturating_sub(self.since.load(Ordering::Relaxed));
        match idle.checked_sub(HEAD.as_secs()) {
            Some(over) if self.is_idle() && over >= FAREWELL => Order::End,
            Some(_) if self.is_idle() => Order::Finish,
            _ => Order::Serve,
        }
    }
}

/// A place in the table; dropping it leaves it.
pub(super) struct Entry {
    table: Table,
    id: u64,
    connection: Arc<Connection>,
}

impl Entry {
    /// What it was told last. The task that asks is woken when that changes.
    pub(super) fn order(&self, task: &Waker) -> Order {
        // It is the same task each time.
        self.connection.task.get_or_init(|| task.clone());
        match self.connection.order.load(Ordering::Acquire) {
            0 => Order::Serve,
            1 => Order::Finish,
            _ => Order::End,
        }
    }

    /// What notes the requests that it serves.
    pub(super) fn line(&self) -> Line {
        Line(self.table.clone(), Arc::clone(&self.connection))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut state = self.table.guard();
        state.connections.remove(&self.id);
        if state.connections.is_empty() {
            self.table.0.empty.notify_waiters();
        }
    }
}

/// What happens on a connection, noted for the table.
#[derive(Clone)]
pub(super) struct Line(Table, Arc<Connection>);

impl Line {
    /// A request begins.
    pub(super) fn begin(&self) -> Busy {
        self.1.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    /// Octets were taken for the reader, or have to wait for it.
    pub(super) fn wrote(&self, taken: bool) {
        let waits = self.1.waits.load(Ordering::Relaxed);
        if taken && waits > 0 {
            self.1.waits.store(0, Ordering::Relaxed);
            self.1.since.store(self.0.now(), Ordering::Relaxed);
        } else if !taken && waits == 0 {
            self.1.waits.store(self.0.now() + 1, Ordering::Relaxed);
        }
    }
}

/// A request that is served; dropping it ends it.
pub(super) struct Busy(Line);

impl Drop for Busy {
    fn drop(&mut self) {
        let Line(table, connection) = &self.0;
        connection.since.store(table.now(), Ordering::Relaxed);
        connection.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Table {
    /// An empty one, for so many.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            begin: Instant::now(),
            now: AtomicU64::new(0),
            state: Mutex::new(State {
                most,
                next: 0,
                connections: HashMap::new(),
                said: None,
                gone: 0,
            }),
            empty: Notify::new(),
        }))
    }

    fn guard(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.0.now.load(Ordering::Relaxed)
    }

    /// A place for a connection; `None` where there is none for this peer.
    pub(super) fn enter(&self, peer: IpAddr) -> Option<Entry> {
        let now = self.now();
        let peer = household(peer);
        let mut state = self.guard();
        if state.connections.len() >= state.most {
            state.say(now);
            let goes = state
                .oldest_idle()
                .or_else(|| state.of_whoever_has_most(peer));
            let gone = goes.and_then(|id| state.connections.remove(&id))?;
            gone.tell(Order::End);
        }
        state.next += 1;
        let id = state.next;
        let connection = Arc::new(Connection {
            peer,
            busy: AtomicUsize::new(0),
            since: AtomicU64::new(now),
            waits: AtomicU64::new(0),
            order: AtomicU8::new(Order::Serve as u8),
            task: OnceLock::new(),
        });
        state.connections.insert(id, Arc::clone(&connection));
        Some(Entry {
            table: self.clone(),
            id,
            connection,
        })
    }

    /// Moves the clock on, and ends what is idle for too long, or not read from.
    pub(super) fn tick(&self) {
        let now = self.0.begin.elapsed().as_secs();
        self.0.now.store(now, Ordering::Relaxed);
        for connection in self.guard().connections.values() {
            connection.tell(connection.due(now));
        }
    }

    /// Tells all of them to finish; the future resolves when they are gone.
    pub(super) async fn finish(&self) {
        loop {
            let empty = self.0.empty.notified();
            tokio::pin!(empty);
            empty.as_mut().enable();
            {
                let state = self.guard();
                if state.connections.is_empty() {
                    return;
                }
                for connection in state.connections.values() {
                    connection.tell(Order::Finish);
                }
            }
            empty.await;
        }
    }
}

impl State {
    /// Of the address that has most connections without a request, the first that came.
    fn oldest_idle(&self) -> Option<u64> {
        let idle = |connection: &Connection| connection.is_idle();
        self.oldest(idle).map(|(_, _, oldest)| oldest)
    }

    /// Where all serve a request: of another address that has more than half of them, the first that came.
    fn of_whoever_has_most(&self, peer: IpAddr) -> Option<u64> {
        let (address, count, oldest) = self.oldest(|_| true)?;
        (address != peer && count > self.most / 2).then_some(oldest)
    }

    /// The address that has most connections of this kind, how many, and which of them came first.
    fn oldest(&self, kind: impl Fn(&Connection) -> bool) -> Option<(IpAddr, usize, u64)> {
        let mut of: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (id, connection) in &self.connections {
            if kind(connection) {
                let (count, oldest) = of.entry(connection.peer).or_insert((0, *id));
                *count += 1;
                *oldest = (*oldest).min(*id);
            }
        }
        let most = of.into_iter().max_by_key(|(_, (count, _))| *count);
        most.map(|(address, (count, oldest))| (address, count, oldest))
    }

    /// One line, not one for each.
    fn say(&mut self, now: u64) {
        self.gone += 1;
        if self.said.is_none_or(|said| now >= said + SAY) {
            tracing::warn!(
                bound = self.most,
                gone = self.gone,
                "there are more connections than the bound: the oldest without a request are closed"
            );
            self.said = Some(now);
            self.gone = 0;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod unit {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn e69_the_oldest_connection_without_a_request_goes() {
        let table = Table::new(3);
        let (flood, user) = (address("192.0.2.1"), address("192.0.2.2"));
        let good = table.enter(user).unwrap();
        let first = table.enter(flood).unwrap();
        let second = table.enter(flood).unwrap();
        let third = table.enter(flood).unwrap();
        assert_eq!(first.order(Waker::noop()), Order::End);
        let calls = [&good, &second, &third].map(|entry| entry.line().begin());
        assert!(table.enter(flood).is_none(), "all serve a request");
        drop(calls);
        drop(good);
        assert!(table.enter(user).is_some());
    }

    /// Half a body is a request that is served.
    #[test]
    fn e69_whoever_has_more_than_half_of_all_makes_room() {
        let table = Table::new(4);
        let (flood, user) = (address("192.0.2.1"), address("192.0.2.2"));
        let held: Vec<_> = (0..4)
            .map(|_| {
                let entry = table.enter(flood).unwrap();
                let call = entry.line().begin();
                (entry, call)
            })
            .collect();
        assert!(table.enter(flood).is_none(), "not for themselves");
        let good = table.enter(user).unwrap();
        let _one = good.line().begin();
        assert_eq!(held[0].0.order(Waker::noop()), Order::End);
        let other = table.enter(user).unwrap();
        let _two = other.line().begin();
        assert!(table.enter(user).is_none(), "half is nobody's too much");
        assert_eq!(held[3].0.order(Waker::noop()), Order::Serve);
    }

    #[test]
    fn e69_a_network_of_ipv6_is_one_address() {
        let table = Table::new(3);
        let good = table.enter(address("2001:db8:0:1::1")).unwrap();
        let first = table.enter(address("2001:db8:0:2::1")).unwrap();
        let _second = table.enter(address("2001:db8:0:2:ffff::1")).unwrap();
        let _mapped = table.enter(address("::ffff:192.0.2.1")).unwrap();
        assert_eq!(good.order(Waker::noop()), Order::Serve);
        assert_eq!(first.order(Waker::noop()), Order::End);
    }

    /// What the connection is told after so many seconds more.
    async fn after(seconds: u64, entry: &Entry) -> Order {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        entry.table.tick();
        entry.order(Waker::noop())
    }

    #[tokio::test(start_paused = true)]
    async fn e69_a_connection_without_a_request_has_its_time() {
        let (head, table) = (HEAD.as_secs(), Table::new(3));
        let entry = table.enter(address("192.0.2.1")).unwrap();
        assert_eq!(after(head - 1, &entry).await, Order::Serve);
        let call = entry.line().begin();
        assert_eq!(after(10 * head, &entry).await, Order::Serve, "it serves");
        drop(call);
        assert_eq!(after(head - 1, &entry).await, Order::Serve);
        assert_eq!(after(1, &entry).await, Order::Finish);
        assert_eq!(after(FAREWELL, &entry).await, Order::End);
    }

    #[tokio::test(start_paused = true)]
    async fn e69_octets_that_nobody_reads_have_their_time() {
        let (reader, table) = (READER.as_secs(), Table::new(3));
        let entry = table.enter(address("192.0.2.1")).unwrap();
        let line = entry.line();
        let _call = line.begin();
        for _ in 0..3 {
            line.wrote(false);
            line.wrote(false);
            assert_eq!(after(reader, &entry).await, Order::Serve);
            line.wrote(true);
        }
        assert_eq!(after(10 * reader, &entry).await, Order::Serve);
        line.wrote(false);
        assert_eq!(after(reader + 1, &entry).await, Order::End);
    }
}
