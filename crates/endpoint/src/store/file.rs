//! The store in one file of this machine.

use super::{Failed, Key, Later, Store};
use crate::problem::Problem;
use crate::seal;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use std::path::Path;
use std::sync::Arc;

const SESSIONS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("sessions");
/// Pages that stay in memory, in bytes: a hundred thousand sessions need no gigabyte.
const CACHE: usize = 32 * 1024 * 1024;

/// Sessions in an embedded database.
pub(crate) struct FileStore(Arc<Database>);

impl FileStore {
    /// Opens the file, or makes it; readable for its owner only.
    ///
    /// # Errors
    /// [`Problem::Database`].
    pub(crate) fn open(file: &Path) -> Result<Self, Problem> {
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
        // The table exists from here on, so that reading never has to make it.
        make_table(&database).map_err(|error| wrong(&error))?;
        Ok(Self(Arc::new(database)))
    }

    /// A transaction waits for the disk: not on a thread that serves others.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, redb::Error> + Send + 'static,
    ) -> Later<'_, T> {
        let database = Arc::clone(&self.0);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(&database)).await;
            match done {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(error)) => Err(failed(&error)),
                Err(error) => Err(failed(&error)),
            }
        })
    }
}

fn failed(error: &dyn std::fmt::Display) -> Failed {
    tracing::error!(%error, "the session database failed");
    Failed
}

fn make_table(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(SESSIONS)?;
    transaction.commit()?;
    Ok(())
}

fn read(database: &Database, key: Key) -> Result<Option<Vec<u8>>, redb::Error> {
    let transaction = database.begin_read()?;
    let table = transaction.open_table(SESSIONS)?;
    let record = table.get(key.0.as_slice())?;
    Ok(record.map(|record| record.value().to_vec()))
}

fn swap(database: &Database, key: Key, old: &[u8], new: &[u8]) -> Result<bool, redb::Error> {
    let transaction = database.begin_write()?;
    let mut table = transaction.open_table(SESSIONS)?;
    let same = table
        .get(key.0.as_slice())?
        .is_some_and(|record| record.value() == old);
    if !same {
        return Ok(false);
    }
    table.insert(key.0.as_slice(), new)?;
    drop(table);
    transaction.commit()?;
    Ok(true)
}

fn sweep(database: &Database, now: u64) -> Result<usize, redb::Error> {
    let transaction = database.begin_write()?;
    let mut table = transaction.open_table(SESSIONS)?;
    let mut ended = 0;
    table.retain(|_, record| {
        let live = seal::ends_at(record).is_some_and(|end| now < end);
        ended += usize::from(!live);
        live
    })?;
    drop(table);
    transaction.commit()?;
    Ok(ended)
}

impl Store for FileStore {
    fn get(&self, key: Key) -> Later<'_, Option<Vec<u8>>> {
        // A read is a few microseconds: handing it to another thread would cost more.
        let record = read(&self.0, key).map_err(|error| failed(&error));
        Box::pin(std::future::ready(record))
    }

    fn insert(&self, key: Key, record: Vec<u8>) -> Later<'_, ()> {
        self.write(move |database| {
            let transaction = database.begin_write()?;
            transaction
                .open_table(SESSIONS)?
                .insert(key.0.as_slice(), record.as_slice())?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> Later<'_, bool> {
        self.write(move |database| swap(database, key, &old, &new))
    }

    fn remove(&self, key: Key) -> Later<'_, ()> {
        self.write(move |database| {
            let transaction = database.begin_write()?;
            transaction.open_table(SESSIONS)?.remove(key.0.as_slice())?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn sweep(&self, now: u64) -> Later<'_, usize> {
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
    async fn e30_s32_a_record_that_changed_or_went_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let store = FileStore::open(&dir.path().join("db")).unwrap();
        let key = Key([1; 32]);
        store.insert(key, record(1)).await.unwrap();
        assert!(store.swap(key, record(1), record(2)).await.unwrap());
        assert!(
            !store.swap(key, record(1), record(3)).await.unwrap(),
            "it is another by now"
        );
        store.remove(key).await.unwrap();
        assert!(
            !store.swap(key, record(2), record(3)).await.unwrap(),
            "it is gone"
        );
        assert_eq!(store.get(key).await.unwrap(), None);
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

    #[test]
    fn a_database_in_use_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("db");
        let _held = FileStore::open(&file).unwrap();
        let problem = FileStore::open(&file).err().unwrap();
        assert!(problem.to_string().contains("in use"), "{problem}");
    }
}
