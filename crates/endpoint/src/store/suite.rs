//! What every store has to do: the same tests over the file and over real servers of Redis, alone, watched and as a cluster.

use super::*;
use crate::base::clock::Clock;
use crate::config::store_address::StoreAddress;
use crate::tests::server::Server;
use crate::tests::topology::{Nodes, Watched};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const NOW: u64 = 1_790_000_000;

/// Where a store keeps what it has.
enum Place {
    File(tempfile::TempDir),
    Redis(Server),
    /// The primary that a sentinel names.
    Watched(Watched),
    /// A node that has all of a cluster: a script whose names do not belong together is refused there too.
    Cluster(Nodes),
}

impl Place {
    async fn all() -> Vec<Self> {
        let mut all = vec![Self::File(tempfile::tempdir().unwrap())];
        all.extend(Server::start().map(Self::Redis));
        all.extend(Watched::start(0, 1).await.map(Self::Watched));
        all.extend(Nodes::start(1, false).await.map(Self::Cluster));
        all
    }

    fn open(&self) -> Box<dyn Store> {
        match self {
            Self::File(dir) => Box::new(FileStore::open(&dir.path().join("db")).unwrap()),
            Self::Redis(server) => shared(&server.address()),
            Self::Watched(watched) => shared(&watched.address()),
            Self::Cluster(nodes) => shared(&nodes.address()),
        }
    }

    /// As if the machine had lost its power; no store is open.
    async fn restart(&mut self) {
        match self {
            Self::File(_) => {}
            Self::Redis(server) => {
                server.kill();
                server.start_again();
            }
            Self::Watched(watched) => {
                watched.servers[0].kill();
                watched.servers[0].start_again();
            }
            Self::Cluster(nodes) => {
                nodes.servers[0].kill();
                nodes.servers[0].start_again();
                nodes.agreed().await;
            }
        }
    }
}

/// A store that no replica has to confirm.
fn shared(address: &str) -> Box<dyn Store> {
    let store = RedisStore::open(address, None, Clock::from_fn(|| NOW)).unwrap();
    Box::new(store.with_replicas(Some(0)))
}

fn key(byte: u8) -> Key {
    Key([byte; 32])
}

/// A record as the seal makes them, its rest in clear.
fn record(life: u64, group: u8, rest: u8) -> Vec<u8> {
    let mut record = vec![2];
    record.extend((NOW + life).to_be_bytes());
    record.extend([group; 32]);
    // Octets that are no text have to come back unchanged.
    record.extend([rest, 0, 255, b'\r', b'\n', 0x80]);
    record
}

#[tokio::test]
async fn what_is_put_in_comes_out_until_it_is_removed() {
    for place in Place::all().await {
        let store = place.open();
        assert_eq!(store.get(key(1)).await.unwrap(), None);
        store.insert(key(1), record(9, 0, 1)).await.unwrap();
        store.insert(key(2), record(9, 0, 2)).await.unwrap();
        assert_eq!(store.get(key(1)).await.unwrap(), Some(record(9, 0, 1)));
        store.remove(key(1)).await.unwrap();
        assert_eq!(store.get(key(1)).await.unwrap(), None);
        assert_eq!(store.get(key(2)).await.unwrap(), Some(record(9, 0, 2)));
        store.remove(key(1)).await.unwrap();
    }
}

#[tokio::test]
async fn e30_s32_a_record_that_changed_or_went_is_not_replaced() {
    for place in Place::all().await {
        let store = place.open();
        let [one, two, three] = [1, 2, 3].map(|rest| record(9, 0, rest));
        let swap = |old: &[u8], new: &[u8]| store.swap(key(1), old.to_vec(), new.to_vec());
        assert!(!swap(&one, &two).await.unwrap(), "it was never there");
        store.insert(key(1), one.clone()).await.unwrap();
        assert!(swap(&one, &two).await.unwrap());
        assert!(!swap(&one, &three).await.unwrap(), "it is another by now");
        store.remove(key(1)).await.unwrap();
        assert!(!swap(&two, &three).await.unwrap(), "it is gone");
        assert_eq!(store.get(key(1)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn e30_of_many_that_swap_one_does() {
    for place in Place::all().await {
        let store: Arc<dyn Store> = Arc::from(place.open());
        store.insert(key(1), record(9, 0, 0)).await.unwrap();
        let mut set = tokio::task::JoinSet::new();
        for rest in 1..=20 {
            let store = Arc::clone(&store);
            set.spawn(async move {
                let swapped = store.swap(key(1), record(9, 0, 0), record(9, 0, rest));
                swapped.await.unwrap().then_some(rest)
            });
        }
        let done: Vec<u8> = set.join_all().await.into_iter().flatten().collect();
        let [rest] = done[..] else { panic!("{done:?}") };
        assert_eq!(store.get(key(1)).await.unwrap(), Some(record(9, 0, rest)));
    }
}

#[tokio::test]
async fn e30_what_is_kept_outlives_the_machine() {
    for mut place in Place::all().await {
        let store = place.open();
        store.insert(key(1), record(99, 0, 1)).await.unwrap();
        assert!(
            store
                .swap(key(1), record(99, 0, 1), record(99, 0, 2))
                .await
                .unwrap()
        );
        store.insert(key(2), record(99, 0, 1)).await.unwrap();
        store.remove(key(2)).await.unwrap();
        drop(store);
        place.restart().await;
        let store = place.open();
        assert_eq!(store.get(key(1)).await.unwrap(), Some(record(99, 0, 2)));
        assert_eq!(store.get(key(2)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn e43_a_group_ends_together_in_every_store() {
    for place in Place::all().await {
        let store = place.open();
        for (name, group) in [(1, 1), (2, 1), (3, 2), (4, 0), (5, 0)] {
            store
                .insert(key(name), record(9, group, name))
                .await
                .unwrap();
        }
        let moved = store.swap(key(2), record(9, 1, 2), record(9, 2, 2));
        assert!(moved.await.unwrap());
        let end = |group: u8| store.remove_group(Group([group; 32]));
        assert_eq!(end(1).await.unwrap(), 1);
        assert_eq!(store.get(key(1)).await.unwrap(), None);
        assert_eq!(end(1).await.unwrap(), 0);
        store.remove(key(3)).await.unwrap();
        assert_eq!(end(2).await.unwrap(), 1);
        assert_eq!(end(0).await.unwrap(), 0, "zeros are no group");
        assert!(store.get(key(5)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn e34_what_has_ended_leaves_every_store() {
    for place in Place::all().await {
        let store = place.open();
        store.insert(key(1), record(1, 0, 1)).await.unwrap();
        store.insert(key(2), record(900, 0, 2)).await.unwrap();
        let gone = async {
            while store.get(key(1)).await.unwrap().is_some() {
                // The file is swept; Redis does it by itself.
                store.sweep(NOW + 1).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone)
            .await
            .unwrap();
        assert!(store.get(key(2)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn every_store_knows_how_many_records_it_has() {
    for mut place in Place::all().await {
        let store = place.open();
        let count = async || store.count().await.unwrap();
        assert_eq!(count().await, 0);
        for name in 1..=6 {
            let group = u8::from(name > 4);
            store
                .insert(key(name), record(900, group, name))
                .await
                .unwrap();
        }
        assert_eq!(count().await, 6);
        let swap = |old, new| store.swap(key(1), old, new);
        let [one, two, three] = [900, 950, 960].map(|life| record(life, 0, 1));
        assert!(swap(one.clone(), two).await.unwrap());
        assert!(!swap(one, three).await.unwrap(), "it is another by now");
        assert_eq!(count().await, 6, "a changed one is the same one");
        store.remove(key(2)).await.unwrap();
        store.remove(key(2)).await.unwrap();
        assert!(
            !store
                .swap(key(2), record(900, 0, 2), record(950, 0, 2))
                .await
                .unwrap()
        );
        assert_eq!(count().await, 5);
        assert_eq!(store.remove_group(Group([1; 32])).await.unwrap(), 2);
        assert_eq!(count().await, 3);
        drop(store);
        place.restart().await;
        let store = place.open();
        assert_eq!(store.count().await.unwrap(), 3);
        store.sweep(NOW + 920).await.unwrap();
        assert_eq!(store.count().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn e34_redis_drops_a_record_when_it_ends_and_a_group_after_its_last() {
    let Some(server) = Server::start() else {
        return;
    };
    let time = Arc::new(AtomicU64::new(NOW));
    let tell = Arc::clone(&time);
    let clock = Clock::from_fn(move || tell.load(Ordering::SeqCst));
    let store = RedisStore::open(&server.address(), None, clock).unwrap();
    let left = async |kind: &str, byte: u8| {
        let client = ::redis::Client::open(server.address()).unwrap();
        let mut link = client.get_multiplexed_async_connection().await.unwrap();
        let name = exo365_core::text::base64url(&[byte; 32]);
        let mut command = ::redis::cmd("PTTL");
        command.arg(format!("exo365:{kind}:{name}"));
        let left: i64 = command.query_async(&mut link).await.unwrap();
        // In minutes, since some milliseconds have passed.
        (left + 59_999) / 60_000
    };
    store.insert(key(1), record(600, 7, 1)).await.unwrap();
    assert_eq!(left("session", 1).await, 10);
    time.store(NOW + 300, Ordering::SeqCst);
    let swapped = store.swap(key(1), record(600, 7, 1), record(1200, 7, 2));
    assert!(swapped.await.unwrap());
    assert_eq!(left("session", 1).await, 15);
    store.insert(key(2), record(420, 7, 1)).await.unwrap();
    assert_eq!(left("session", 2).await, 2);
    assert_eq!(left("group", 7).await, 15);
}

#[tokio::test]
async fn e31_a_lock_has_one_holder_and_ends_with_it() {
    for place in Place::all().await {
        let store = place.open();
        let Some(locks) = store.locks() else {
            assert!(matches!(place, Place::File(_)));
            continue;
        };
        let [one, two] = [Holder([1; 16]), Holder([2; 16])];
        let long = Duration::from_secs(60);
        assert!(locks.claim(key(1), one, long).await.unwrap());
        assert!(locks.claim(key(1), one, long).await.unwrap(), "it stays so");
        assert!(!locks.claim(key(1), two, long).await.unwrap());
        assert!(locks.claim(key(2), two, long).await.unwrap());
        locks.release(key(1), two).await.unwrap();
        assert!(
            !locks.claim(key(1), two, long).await.unwrap(),
            "not his to give"
        );
        locks.release(key(1), one).await.unwrap();
        let short = Duration::from_millis(50);
        assert!(locks.claim(key(1), two, short).await.unwrap());
        let ended = async {
            while !locks.claim(key(1), one, long).await.unwrap() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_store_that_is_away_fails_and_works_again_when_it_is_back() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let store = RedisStore::open(&server.address(), None, Clock::from_fn(|| NOW)).unwrap();
    store.insert(key(1), record(99, 0, 1)).await.unwrap();
    for _ in 0..3 {
        server.kill();
        assert!(store.get(key(1)).await.is_err());
        assert!(store.remove(key(1)).await.is_err());
        server.start_again();
        let back = store.get(key(1)).await;
        assert_eq!(
            back.unwrap(),
            Some(record(99, 0, 1)),
            "with the first request"
        );
    }
}

/// A proxy that drops idle lines, a failover: the store is there, and the connection was not.
#[tokio::test]
async fn a_connection_that_dies_costs_no_request() {
    let Some(server) = Server::start() else {
        return;
    };
    let store = RedisStore::open(&server.address(), None, Clock::from_fn(|| NOW)).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    store.insert(key(1), record(99, 0, 0)).await.unwrap();
    let client = ::redis::Client::open(server.address()).unwrap();
    let mut link = client.get_multiplexed_async_connection().await.unwrap();
    let (mut slowest, mut connections) = (Duration::ZERO, 0);
    for round in 0..50 {
        let mut set = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = Arc::clone(&store);
            set.spawn(async move {
                let begin = std::time::Instant::now();
                assert!(store.get(key(1)).await.unwrap().is_some());
                begin.elapsed()
            });
        }
        let mut command = ::redis::cmd("CLIENT");
        command.arg(["KILL", "TYPE", "normal", "SKIPME", "yes"].as_slice());
        let killed: usize = command.query_async(&mut link).await.unwrap();
        connections += killed;
        let swap = store.swap(key(1), record(99, 0, round), record(99, 0, round + 1));
        assert!(swap.await.unwrap(), "{round}");
        slowest = slowest.max(set.join_all().await.into_iter().max().unwrap());
    }
    assert!(
        (45..=50).contains(&connections),
        "one at a time: {connections}"
    );
    println!("slowest of 1000 reads: {slowest:?}");
}

#[tokio::test]
async fn every_record_is_shown() {
    for place in Place::all().await {
        let store = place.open();
        // More than one page of the larger stores.
        for number in 0..1200_u32 {
            let mut name = [0; 32];
            name[..4].copy_from_slice(&number.to_be_bytes());
            let rest = number.to_be_bytes()[3];
            store.insert(Key(name), record(600, 1, rest)).await.unwrap();
        }
        let mut seen = std::collections::HashMap::new();
        let mut visit = |key: Key, record: Vec<u8>| {
            seen.insert(key, record);
        };
        store.each(&mut visit).await.unwrap();
        assert_eq!(seen.len(), 1200);
        let mut name = [0; 32];
        name[..4].copy_from_slice(&1199_u32.to_be_bytes());
        assert_eq!(seen[&Key(name)], record(600, 1, 1199_u32.to_be_bytes()[3]));
        assert_eq!(store.count().await.unwrap(), 1200);
    }
}

#[test]
fn addresses_are_checked_without_being_repeated() {
    for (address, password) in [
        ("redis://127.0.0.1", false),
        ("redis://store.contoso.example:6380/3", false),
        ("unix:///run/redis/redis.sock", false),
        ("valkey://10.0.0.7", false),
        ("rediss://store.contoso.example:6380", false),
        ("valkeys://:hush@10.0.0.7", true),
        ("redis://:hush@10.0.0.7", true),
        ("redis://app:hush@10.0.0.7", true),
    ] {
        let parsed = StoreAddress::parse(address);
        assert_eq!(
            parsed.map(|parsed| parsed.has_password()),
            Ok(password),
            "{address}"
        );
    }
    for address in [
        "",
        "file.db",
        "http://10.0.0.7",
        "rediss://:hush@10.0.0.7/#insecure",
        "redis://",
    ] {
        let said = StoreAddress::parse(address).err().unwrap();
        assert!(!said.contains("hush"), "{said}");
    }
}
