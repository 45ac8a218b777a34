//! The store in one file of this machine.

mod database;
mod recent;
mod tables;

use super::contract::{Failed, Store, StoreFuture, Visitor};
use super::key::{Group, Key};
use crate::base::problem::Problem;
use recent::{Changed, Recent};
use redb::Database;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions in an embedded database.
#[derive(Clone)]
pub(crate) struct FileStore(Arc<Inner>);

struct Inner {
    file: PathBuf,
    database: Mutex<State>,
    recent: Recent,
    /// The last thing logged was a failure.
    down: AtomicBool,
}

/// After an error of the disk the database takes no more writes: it is opened again before the next one.
enum State {
    Open(Arc<Database>),
    /// Good for reading.
    Failed(Arc<Database>),
    Closed,
}

impl FileStore {
    /// Opens the file, or makes it; readable for its owner only.
    ///
    /// # Errors
    /// [`Problem::Database`].
    pub(crate) fn open(file: &Path) -> Result<Self, Problem> {
        let database = Mutex::new(State::Open(Arc::new(database::open(file)?)));
        Ok(Self(Arc::new(Inner {
            file: file.to_owned(),
            database,
            recent: Recent::default(),
            down: AtomicBool::new(false),
        })))
    }

    /// A transaction waits for the disk: not on a thread that serves others.
    fn write<T: Send + 'static>(
        &self,
        changed: Changed,
        work: impl FnOnce(&Database) -> Result<T, redb::Error> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        let store = Arc::clone(&self.0);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || {
                let database = store.for_writing()?;
                let done = work(&database);
                store.recent.changed(changed);
                store.note(&database, done)
            });
            done.await.unwrap_or(Err(Failed))
        })
    }

    /// A read is a few microseconds: handing it to another thread would cost more.
    fn read<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Failed> {
        let open = match &*self.0.guard() {
            State::Open(database) | State::Failed(database) => Some(Arc::clone(database)),
            State::Closed => None,
        };
        // It could not be opened again for a write; for reading it may be possible by now.
        let database = open.map_or_else(|| self.0.for_writing(), Ok)?;
        work(&database).map_err(|error| self.0.failed(&error))
    }
}

impl Inner {
    fn guard(&self) -> MutexGuard<'_, State> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database, opened again where that is needed and nobody reads from the old one.
    fn for_writing(&self) -> Result<Arc<Database>, Failed> {
        let mut state = self.guard();
        if let State::Open(database) = &*state {
            return Ok(Arc::clone(database));
        }
        // The file is locked until the old one is gone. That one stays, and this write fails, as long as somebody reads from
        // it, or there is no room for what opening writes: until then it serves readers.
        if let State::Failed(database) = &*state
            && (Arc::strong_count(database) > 1 || !database::has_room(&self.file))
        {
            return Err(Failed);
        }
        *state = State::Closed;
        match database::open(&self.file) {
            Ok(database) => {
                let database = Arc::new(database);
                *state = State::Open(Arc::clone(&database));
                self.recent.changed(Changed::Some);
                Ok(database)
            }
            Err(problem) => Err(self.failed(&problem)),
        }
    }

    /// Notes what a write came to.
    fn note<T>(&self, database: &Arc<Database>, done: Result<T, redb::Error>) -> Result<T, Failed> {
        match done {
            Ok(value) => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!("the session database works again");
                }
                Ok(value)
            }
            Err(error) => {
                let mut state = self.guard();
                if matches!(&*state, State::Open(current) if Arc::ptr_eq(current, database)) {
                    *state = State::Failed(Arc::clone(database));
                }
                Err(self.failed(&error))
            }
        }
    }

    /// Logs the first failure only, until the database works again.
    fn failed(&self, error: &dyn std::fmt::Display) -> Failed {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the session database failed; it is opened again for the next write");
        }
        Failed
    }
}

impl Store for FileStore {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        let record = self.read(|database| tables::record(database, key));
        Box::pin(std::future::ready(record))
    }

    fn get_shared(&self, key: Key) -> StoreFuture<'_, Option<Arc<[u8]>>> {
        let record = match self.0.recent.get(key) {
            Ok(record) => Ok(Some(record)),
            Err(writes) => {
                let record = self.read(|database| tables::record(database, key));
                let record = record.map(|record| record.map(Arc::from));
                if let Ok(Some(record)) = &record {
                    self.0.recent.keep(key, record, writes);
                }
                record
            }
        };
        Box::pin(std::future::ready(record))
    }

    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        let done = self.read(|database| tables::each(database, visit));
        Box::pin(std::future::ready(done))
    }

    fn count(&self) -> StoreFuture<'_, u64> {
        let count = self.read(tables::count);
        Box::pin(std::future::ready(count))
    }

    fn name(&self) -> &'static str {
        "file"
    }

    fn has_group(&self, group: Group) -> StoreFuture<'_, bool> {
        let found = self.read(|database| tables::has_group(database, group));
        Box::pin(std::future::ready(found))
    }

    fn try_write(&self) -> StoreFuture<'_, ()> {
        self.write(Changed::Nothing, tables::probe)
    }

    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        self.write(Changed::One(key), move |database| {
            tables::insert(database, key, &record)
        })
    }

    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool> {
        self.write(Changed::One(key), move |database| {
            tables::swap(database, key, &old, &new)
        })
    }

    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        self.write(Changed::One(key), move |database| {
            tables::remove(database, key)
        })
    }

    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize> {
        self.write(Changed::Some, move |database| {
            tables::remove_group(database, group)
        })
    }

    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        self.write(Changed::Some, move |database| tables::sweep(database, now))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn record(end: u64) -> Vec<u8> {
        let mut record = vec![1];
        record.extend(end.to_be_bytes());
        record.extend([0; 20]);
        record
    }

    #[tokio::test]
    async fn e34_the_sweep_takes_what_has_ended_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let store = FileStore::open(&dir.path().join("db")).unwrap();
        for end in [10, 20, 30] {
            store
                .insert(Key([end; 32]), record(u64::from(end)))
                .await
                .unwrap();
        }
        assert_eq!(store.sweep(20).await.unwrap(), 2);
        assert!(store.get(Key([30; 32])).await.unwrap().is_some());
        assert!(store.get(Key([20; 32])).await.unwrap().is_none());
    }

    fn grouped(end: u64, group: u8) -> Vec<u8> {
        let mut record = vec![2];
        record.extend(end.to_be_bytes());
        record.extend([group; 32]);
        record.extend([0; 20]);
        record
    }

    #[tokio::test]
    async fn e43_a_group_ends_together_and_follows_its_records() {
        let dir = tempfile::tempdir().unwrap();
        let store = FileStore::open(&dir.path().join("db")).unwrap();
        for (key, end, group) in [(1, 9, 1), (2, 9, 1), (3, 9, 2), (4, 5, 3), (5, 9, 0)] {
            store
                .insert(Key([key; 32]), grouped(end, group))
                .await
                .unwrap();
        }
        let moved = store.swap(Key([2; 32]), grouped(9, 1), grouped(9, 2));
        assert!(moved.await.unwrap());
        assert_eq!(store.remove_group(Group([1; 32])).await.unwrap(), 1);
        assert_eq!(store.remove_group(Group([1; 32])).await.unwrap(), 0);
        assert!(store.get(Key([1; 32])).await.unwrap().is_none());
        store.remove(Key([3; 32])).await.unwrap();
        assert_eq!(store.remove_group(Group([2; 32])).await.unwrap(), 1);
        assert_eq!(store.sweep(6).await.unwrap(), 1);
        assert_eq!(store.remove_group(Group([3; 32])).await.unwrap(), 0);
        assert_eq!(
            store.remove_group(Group([0; 32])).await.unwrap(),
            0,
            "no group"
        );
        let mut all = Vec::new();
        let mut visit = |key: Key, record: Vec<u8>| all.push((key, record));
        store.each(&mut visit).await.unwrap();
        assert_eq!(all, vec![(Key([5; 32]), grouped(9, 0))]);
    }

    #[test]
    fn a_database_in_use_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("db");
        let _held = FileStore::open(&file).unwrap();
        let problem = FileStore::open(&file).err().unwrap();
        assert!(problem.to_string().contains("in use"), "{problem}");
    }
}
