//! A store whose primary goes: what was acknowledged is there afterwards.

use super::{Failed, Group, Key, RedisStore, Store};
use crate::base::clock::Clock;
use crate::tests::topology::{Nodes, Watched, ask, until};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};

const NOW: u64 = 1_790_000_000;

fn open(address: &str, replicas: Option<u32>) -> RedisStore {
    RedisStore::open(address, None, Clock::from_fn(|| NOW))
        .unwrap()
        .with_replicas(replicas)
}

fn record(group: u8, rest: u8) -> Vec<u8> {
    let mut record = vec![2];
    record.extend((NOW + 900).to_be_bytes());
    record.extend([group; 32]);
    record.extend([rest; 40]);
    record
}

fn key(byte: u8) -> Key {
    Key([byte; 32])
}

/// Writes a record. On a busy machine a replica may be late: then it is written again.
async fn insert(store: &RedisStore, key: Key, record: Vec<u8>) {
    until(async || store.insert(key, record.clone()).await.is_ok()).await;
}

#[tokio::test]
async fn e83_the_primary_that_sentinels_name_is_followed() {
    let Some(watched) = Watched::start(2, 3).await else {
        return;
    };
    let store = open(&watched.address(), None);
    for byte in 1..=20 {
        insert(&store, key(byte), record(7, byte)).await;
    }
    store.remove(key(20)).await.unwrap();
    // Links of their own that nobody uses meanwhile: what the old primary says there later counts no more.
    let [idle, writing, alone] = [None, None, Some(0)].map(|count| open(&watched.address(), count));
    for quiet in [&idle, &writing, &alone] {
        insert(quiet, key(30), record(8, 30)).await;
        assert_eq!(quiet.get(key(1)).await.unwrap(), Some(record(7, 1)));
    }
    let before = watched.primary().await;
    watched.servers[before].signal("STOP");
    let hanging = Hanging::start(&watched.address());
    assert!(
        store.get(key(1)).await.is_err(),
        "nobody answers for a moment"
    );
    watched.replaced(before).await;
    until(async || store.try_write().await.is_ok()).await;
    for byte in 1..20 {
        assert_eq!(store.get(key(byte)).await.unwrap(), Some(record(7, byte)));
    }
    assert_eq!(store.get(key(20)).await.unwrap(), None);
    store.remove(key(30)).await.unwrap();
    let hanging = hanging.pending();
    // The old one goes on as a primary, until the sentinels make it a replica: nobody takes it for the primary.
    watched.servers[before].signal("CONT");
    let (read, confirmed, unconfirmed) = tokio::join!(
        idle.get(key(30)),
        writing.insert(key(31), record(8, 31)),
        alone.insert(key(32), record(8, 32))
    );
    assert_eq!(read.unwrap_or_default(), None, "it was removed");
    for read in hanging.join_all().await {
        assert_eq!(read.unwrap_or_default(), None, "it was removed");
    }
    for (byte, written) in [(31, confirmed), (32, unconfirmed)] {
        if written.is_ok() {
            let found = store.get(key(byte)).await;
            assert_eq!(found.unwrap(), Some(record(8, byte)), "{byte}: lost");
        }
        until(async || store.remove(key(byte)).await.is_ok()).await;
    }
    let swapped = store.swap(key(1), record(7, 1), record(7, 99)).await;
    assert!(swapped.unwrap());
    assert_eq!(store.get(key(1)).await.unwrap(), Some(record(7, 99)));
    assert_eq!(store.remove_group(Group([7; 32])).await.unwrap(), 19);
    assert_eq!(store.count().await.unwrap(), 0);
}

#[tokio::test]
async fn e83_a_write_that_no_replica_has_is_not_acknowledged() {
    let Some(watched) = Watched::start(1, 1).await else {
        return;
    };
    let store = open(&watched.address(), None);
    insert(&store, key(1), record(0, 1)).await;
    insert(&store, key(2), record(0, 1)).await;
    watched.servers[1].signal("STOP");
    // Each twice: the second time there is nothing left to change, and it is not acknowledged all the same.
    for _ in 0..2 {
        assert!(store.insert(key(3), record(0, 1)).await.is_err());
        assert!(store.remove(key(1)).await.is_err());
        let swapped = store.swap(key(2), record(0, 1), record(0, 2)).await;
        assert!(swapped.is_err());
        assert!(store.try_write().await.is_err(), "not ready");
    }
    assert!(store.get(key(2)).await.unwrap().is_some(), "reads go on");
    let miss = store.get(key(9)).await;
    assert!(miss.is_err(), "a server without its replicas may not know");
    watched.servers[1].signal("CONT");
    until(async || store.try_write().await.is_ok()).await;
    assert_eq!(store.get(key(9)).await.unwrap(), None);
    store.remove(key(1)).await.unwrap();
    let swapped = store.swap(key(2), record(0, 1), record(0, 2)).await;
    assert!(swapped.unwrap(), "it was done before");
    // An operator who wants no replica to confirm says so.
    watched.servers[1].signal("STOP");
    let alone = open(&watched.address(), Some(0));
    alone.insert(key(4), record(0, 1)).await.unwrap();
    watched.servers[1].signal("CONT");
}

#[tokio::test]
async fn e83_a_shard_of_a_cluster_that_loses_its_primary_loses_no_record() {
    let Some(mut nodes) = Nodes::start(3, true).await else {
        return;
    };
    let store = open(&nodes.address(), None);
    let all = || (0..=255_u8).step_by(5);
    for byte in all() {
        insert(&store, key(byte), record(7, byte)).await;
    }
    assert_eq!(store.count().await.unwrap(), 52);
    let mut used = 0;
    for server in nodes.servers.iter().take(3) {
        let size: u64 = ask(server.port(), &["DBSIZE"]).await;
        used += usize::from(size > 20);
    }
    assert_eq!(used, 3, "every shard has its part");
    nodes.servers[0].kill();
    nodes.replaced(0).await;
    for byte in all() {
        let found = store.get(key(byte)).await;
        assert_eq!(found.unwrap(), Some(record(7, byte)), "{byte}");
    }
    // The new primary has no replica to confirm a write, until the old one is back.
    assert!(every_part_is_written(&store).await.is_err());
    nodes.servers[0].start_again();
    nodes.agreed().await;
    until(async || every_part_is_written(&store).await.is_ok()).await;
    let mut seen = 0;
    store.each(&mut |_, _| seen += 1).await.unwrap();
    assert_eq!(seen, 52);
    store.remove(key(5)).await.unwrap();
    assert_eq!(store.remove_group(Group([7; 32])).await.unwrap(), 51);
    assert_eq!(store.count().await.unwrap(), 0);
}

/// Reads, and what they found.
type Reads = JoinSet<Result<Option<Vec<u8>>, Failed>>;

/// Reads of the record 30 whose attempts to connect hang at a primary that stands still.
struct Hanging {
    begun: Arc<Mutex<Reads>>,
    beginning: JoinHandle<()>,
}

impl Hanging {
    /// Begins one again and again, each over a connection of its own.
    fn start(address: &str) -> Self {
        let begun: Arc<Mutex<Reads>> = Arc::default();
        let (address, set) = (address.to_owned(), Arc::clone(&begun));
        let beginning = tokio::spawn(async move {
            loop {
                let store = open(&address, None);
                let read = async move { store.get(key(30)).await };
                set.lock().unwrap().spawn(read);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { begun, beginning }
    }

    /// Begins no more; those that have no answer yet.
    fn pending(self) -> Reads {
        self.beginning.abort();
        let mut begun = std::mem::take(&mut *self.begun.lock().unwrap());
        while begun.try_join_next().is_some() {}
        begun
    }
}

/// Each probe of a cluster goes to another part.
async fn every_part_is_written(store: &RedisStore) -> Result<(), Failed> {
    for _ in 0..=u8::MAX {
        store.try_write().await?;
    }
    Ok(())
}
