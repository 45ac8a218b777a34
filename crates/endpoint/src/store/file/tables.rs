//! The tables of the database, and what is done to them in one transaction each.

use crate::store::contract::Visitor;
use crate::store::key::{Group, Key};
use crate::store::seal;
use redb::{
    Database, MultimapTableDefinition, ReadableDatabase as _, ReadableTable as _,
    ReadableTableMetadata as _, TableDefinition, WriteTransaction,
};

const SESSIONS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("sessions");
/// Group to keys, written in the transactions that write the records.
const GROUPS: MultimapTableDefinition<&[u8], &[u8]> = MultimapTableDefinition::new("groups");
/// What is written to see whether it can be.
const PROBE: TableDefinition<&str, u64> = TableDefinition::new("probe");

/// Makes the tables, if they are missing: a full disk is no reason not to read those that are there.
pub(super) fn make(database: &Database) -> Result<(), redb::Error> {
    let reading = database.begin_read()?;
    if reading.open_table(SESSIONS).is_ok() && reading.open_multimap_table(GROUPS).is_ok() {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    transaction.open_table(SESSIONS)?;
    transaction.open_multimap_table(GROUPS)?;
    transaction.commit()?;
    Ok(())
}

/// Puts a record in, and it is on the disk.
pub(super) fn insert(database: &Database, key: Key, record: &[u8]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    put(&transaction, key, record)?;
    transaction.commit()?;
    Ok(())
}

/// Takes a record out.
pub(super) fn remove(database: &Database, key: Key) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    take(&transaction, key)?;
    transaction.commit()?;
    Ok(())
}

/// Whether a group has records.
pub(super) fn has_group(database: &Database, group: Group) -> Result<bool, redb::Error> {
    let groups = database.begin_read()?.open_multimap_table(GROUPS)?;
    Ok(
        redb::ReadableMultimapTable::get(&groups, group.0.as_slice())?
            .next()
            .is_some(),
    )
}

/// Writes something that is no record.
pub(super) fn probe(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(PROBE)?;
        let count = table.get("count")?.map_or(0, |count| count.value());
        table.insert("count", count.wrapping_add(1))?;
    }
    transaction.commit()?;
    Ok(())
}

/// The record of this name.
pub(super) fn record(database: &Database, key: Key) -> Result<Option<Vec<u8>>, redb::Error> {
    let transaction = database.begin_read()?;
    let table = transaction.open_table(SESSIONS)?;
    let record = table.get(key.0.as_slice())?;
    Ok(record.map(|record| record.value().to_vec()))
}

/// Visits every record.
pub(super) fn each(database: &Database, visit: Visitor<'_>) -> Result<(), redb::Error> {
    let table = database.begin_read()?.open_table(SESSIONS)?;
    for entry in table.iter()? {
        let (key, record) = entry?;
        if let Ok(key) = key.value().try_into() {
            visit(Key(key), record.value().to_vec());
        }
    }
    Ok(())
}

/// How many records there are.
pub(super) fn count(database: &Database) -> Result<u64, redb::Error> {
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

/// Replaces `old` by `new`, where it is still there.
pub(super) fn swap(
    database: &Database,
    key: Key,
    old: &[u8],
    new: &[u8],
) -> Result<bool, redb::Error> {
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

/// Removes the records of a group, and returns their number.
pub(super) fn remove_group(database: &Database, group: Group) -> Result<usize, redb::Error> {
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

/// Removes what has ended by `now`, and returns the number.
pub(super) fn sweep(database: &Database, now: u64) -> Result<usize, redb::Error> {
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
