//! The store in one file of this machine.

use super::contract::{Failed, Store, StoreFuture, Visitor};
use super::key::{Group, Key};
use super::seal;
use crate::base::problem::Problem;
use redb::{
    Database, MultimapTableDefinition, ReadableDatabase as _, ReadableTable as _,
    ReadableTableMetadata as _, TableDefinition, WriteTransaction,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SESSIONS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("sessions");
/// Group to keys, written in the transactions that write the records.
const GROUPS: MultimapTableDefinition<&[u8], &[u8]> = MultimapTableDefinition::new("groups");
/// What is written to see whether it can be.
const PROBE: TableDefinition<&str, u64> = TableDefinition::new("probe");
/// Pages that stay in memory, in bytes: a hundred thousand sessions need no gigabyte.
const CACHE: usize = 32 * 1024 * 1024;

/// Sessions in an embedded database.
#[derive(Clone)]
pub(crate) struct FileStore(Arc<Inner>);

struct Inner {
    file: PathBuf,
    database: Mutex<State>,
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
        let database = Mutex::new(State::Open(Arc::new(open(file)?)));
        Ok(Self(Arc::new(Inner {
            file: file.to_owned(),
            database,
            down: AtomicBool::new(false),
        })))
    }

    /// A transaction waits for the disk: not on a thread that serves others.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, redb::Error> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        let store = Arc::clone(&self.0);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || {
                let database = store.for_writing()?;
                let done = work(&database);
                store.note(&database, done)
            });
            done.await.unwrap_or(Err(Failed))
        })
    }

    /// A read is a few microseconds: handing it to another thread would cost more.
    fn read<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Failed> {
        let database = match &*self.0.guard() {
            State::Open(database) | State::Failed(database) => Arc::clone(database),
            State::Closed => return Err(Failed),
        };
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
        // The file is locked until the old one is gone.
        *state = State::Closed;
        match open(&self.file) {
            Ok(database) => {
                let database = Arc::new(database);
                *state = State::Open(Arc::clone(&database));
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

fn open(file: &Path) -> Result<Database, Problem> {
    let shown = file.display();
    let wrong = |error: &dyn std::fmt::Display| {
        Problem::Database(format!("the database {shown} cannot be opened: {error}"))
    };
    private(file).map_err(|error| wrong(&error))?;
    let database = Database::builder()
        .set_cache_size(CACHE)
        .create(file)
        .map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => Problem::Database(format!(
                "the database {shown} is in use: another endpoint runs with it"
            )),
            error => wrong(&error),
        })?;
    // The tables exist from here on, so that reading never has to make them.
    make_tables(&database).map_err(|error| wrong(&error))?;
    Ok(database)
}

fn make_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(SESSIONS)?;
    transaction.open_multimap_table(GROUPS)?;
    transaction.commit()?;
    Ok(())
}

fn read(database: &Database, key: Key) -> Result<Option<Vec<u8>>, redb::Error> {
    let transaction = database.begin_read()?;
    let table = transaction.open_table(SESSIONS)?;
    let record = table.get(key.0.as_slice())?;
    Ok(record.map(|record| record.value().to_vec()))
}

fn each(database: &Database, visit: Visitor<'_>) -> Result<(), redb::Error> {
    let table = database.begin_read()?.open_table(SESSIONS)?;
    for entry in table.iter()? {
        let (key, record) = entry?;
        if let Ok(key) = key.value().try_into() {
            visit(Key(key), record.value().to_vec());
        }
    }
    Ok(())
}

fn count(database: &Database) -> Result<u64, redb::Error> {
    let table = database.begin_read()?.open_table(SESSIONS)?;
    Ok(table.len()?)
}

/// Puts a record in, and its group; takes the old one's group out.
fn put(transaction: &WriteTransaction, key: Key, record: &[u8]) -> Result<(), redb::Error> {
    take(transaction, key)?;
    transaction
        .open_table(SESSIONS)?
        .insert(key.0.as_slice(), record)?;
    if let Some(group) = seal::group(record) {
        transaction
            .open_multimap_table(GROUPS)?
            .insert(group.0.as_slice(), key.0.as_slice())?;
    }
    Ok(())
}

/// Takes a record out, and its group.
fn take(transaction: &WriteTransaction, key: Key) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(SESSIONS)?;
    let old = table.remove(key.0.as_slice())?;
    if let Some(group) = old.and_then(|record| seal::group(record.value())) {
        transaction
            .open_multimap_table(GROUPS)?
            .remove(group.0.as_slice(), key.0.as_slice())?;
    }
    Ok(())
}

fn swap(database: &Database, key: Key, old: &[u8], new: &[u8]) -> Result<bool, redb::Error> {
    let transaction = database.begin_write()?;
    let same = transaction
        .open_table(SESSIONS)?
        .get(key.0.as_slice())?
        .is_some_and(|record| record.value() == old);
    if same {
        put(&transaction, key, new)?;
        transaction.commit()?;
    }
    Ok(same)
}

fn remove_group(database: &Database, group: Group) -> Result<usize, redb::Error> {
    // Whoever guesses costs a read, and no wait for the disk.
    let known = database.begin_read()?.open_multimap_table(GROUPS)?;
    if redb::ReadableMultimapTable::get(&known, group.0.as_slice())?.is_empty() {
        return Ok(0);
    }
    let transaction = database.begin_write()?;
    let mut ended = 0;
    {
        let mut sessions = transaction.open_table(SESSIONS)?;
        let mut groups = transaction.open_multimap_table(GROUPS)?;
        for key in groups.remove_all(group.0.as_slice())? {
            ended += usize::from(sessions.remove(key?.value())?.is_some());
        }
    }
    transaction.commit()?;
    Ok(ended)
}

fn sweep(database: &Database, now: u64) -> Result<usize, redb::Error> {
    let transaction = database.begin_write()?;
    let mut ended = 0;
    {
        let mut sessions = transaction.open_table(SESSIONS)?;
        let mut groups = transaction.open_multimap_table(GROUPS)?;
        let over = |_: &[u8], record: &[u8]| seal::ends_at(record).is_none_or(|end| end <= now);
        for entry in sessions.extract_if(over)? {
            let (key, record) = entry?;
            if let Some(group) = seal::group(record.value()) {
                groups.remove(group.0.as_slice(), key.value())?;
            }
            ended += 1;
        }
    }
    transaction.commit()?;
    Ok(ended)
}

impl Store for FileStore {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        let record = self.read(|database| read(database, key));
        Box::pin(std::future::ready(record))
    }

    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        let done = self.read(|database| each(database, visit));
        Box::pin(std::future::ready(done))
    }

    fn count(&self) -> StoreFuture<'_, u64> {
        let count = self.read(count);
        Box::pin(std::future::ready(count))
    }

    fn name(&self) -> &'static str {
        "file"
    }

    fn has_group(&self, group: Group) -> StoreFuture<'_, bool> {
        let found = self.read(|database| {
            let groups = database.begin_read()?.open_multimap_table(GROUPS)?;
            Ok(groups.get(group.0.as_slice())?.next().is_some())
        });
        Box::pin(std::future::ready(found))
    }

    fn try_write(&self) -> StoreFuture<'_, ()> {
        self.write(|database| {
            let transaction = database.begin_write()?;
            {
                let mut table = transaction.open_table(PROBE)?;
                let count = table.get("count")?.map_or(0, |count| count.value());
                table.insert("count", count.wrapping_add(1))?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        self.write(move |database| {
            let transaction = database.begin_write()?;
            put(&transaction, key, &record)?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool> {
        self.write(move |database| swap(database, key, &old, &new))
    }

    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        self.write(move |database| {
            let transaction = database.begin_write()?;
            take(&transaction, key)?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize> {
        self.write(move |database| remove_group(database, group))
    }

    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        self.write(move |database| sweep(database, now))
    }
}

#[cfg(unix)]
fn private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)
        .map(drop)
}

#[cfg(not(unix))]
fn private(_: &Path) -> std::io::Result<()> {
    Ok(())
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
