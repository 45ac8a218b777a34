//! What every store can do.

use super::key::{Group, Holder, Key};
use exo365_core::error::{Code, Error};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// When to come back where the store is away, in seconds.
const RETRY: u32 = 2;

/// The store failed; the cause is in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// What a store answers with, later.
pub(crate) type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failed>> + Send + 'a>>;

/// Who looks at records, one after another.
pub(crate) type Visitor<'a> = &'a mut (dyn FnMut(Key, Vec<u8>) + Send);

/// A store of sealed records. What it says it did is durable when it says so.
pub(crate) trait Store: Send + Sync {
    /// The record.
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>>;
    /// Puts a new record in.
    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()>;
    /// Replaces `old` by `new`; false, and nothing done, where the record is another by now, or gone.
    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool>;
    /// Removes it, if it is there.
    fn remove(&self, key: Key) -> StoreFuture<'_, ()>;
    /// Removes the records of this group; says how many.
    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize>;
    /// Removes the records that have ended by `now`, in seconds since 1970; says how many.
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize>;
    /// Shows every record; one that changes meanwhile may be shown twice.
    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()>;
    /// How many records there are, without looking at each.
    fn count(&self) -> StoreFuture<'_, u64>;
    /// What the store is called where it is counted.
    fn name(&self) -> &'static str;
    /// The locks of a store that several endpoints share; a store of one process needs none.
    fn locks(&self) -> Option<&dyn Locks> {
        None
    }
}

/// Locks that end by themselves when their holder dies.
pub(crate) trait Locks: Send + Sync {
    /// Takes the session's lock for `life`, or keeps it for as long again; false where another has it.
    fn claim(&self, key: Key, holder: Holder, life: Duration) -> StoreFuture<'_, bool>;
    /// Gives it back, where it is still the holder's.
    fn release(&self, key: Key, holder: Holder) -> StoreFuture<'_, ()>;
}

impl From<Failed> for Error {
    fn from(_: Failed) -> Self {
        let mut error = Self::new(
            Code::ServiceUnavailable,
            "the endpoint's session store has trouble",
        );
        error.detail_mut().retry_after_seconds = Some(RETRY);
        error
    }
}
