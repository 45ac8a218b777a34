//! What every store can do.

use super::key::{Group, Holder, Key};
use exo365_core::error::{Code, Error};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// `Retry-After` while the store cannot be reached, in seconds.
const RETRY: u32 = 2;

/// The store failed; the cause is in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// The future of a store's result.
pub(crate) type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failed>> + Send + 'a>>;

/// A function that is called with each record.
pub(crate) type Visitor<'a> = &'a mut (dyn FnMut(Key, Vec<u8>) + Send);

/// A store of sealed records. A write is durable when its future resolves.
pub(crate) trait Store: Send + Sync {
    /// The record.
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>>;
    /// The same for whoever reads it often: a store may give one that it read before and that has not changed since.
    fn get_shared(&self, key: Key) -> StoreFuture<'_, Option<Arc<[u8]>>> {
        Box::pin(async move { Ok(self.get(key).await?.map(Arc::from)) })
    }
    /// Puts a new record in.
    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()>;
    /// Replaces `old` by `new`; returns false and does nothing if the record has changed or is gone.
    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool>;
    /// Removes it, if it is there.
    fn remove(&self, key: Key) -> StoreFuture<'_, ()>;
    /// Removes the records of this group, and returns their number.
    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize>;
    /// Removes the records that ended by `now` (seconds since 1970), and returns their number.
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize>;
    /// Visits every record. A record that changes meanwhile may be visited twice.
    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()>;
    /// The number of records, without visiting them.
    fn count(&self) -> StoreFuture<'_, u64>;
    /// Whether a group has records; costs one look-up.
    fn has_group(&self, group: Group) -> StoreFuture<'_, bool>;
    /// Writes something that is no record, to see whether it can.
    fn try_write(&self) -> StoreFuture<'_, ()>;
    /// What in the settings of a shared store would lose sessions, each as the end of a sentence about it.
    fn warnings(&self) -> StoreFuture<'_, Vec<String>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
    /// The name of the store in metrics.
    fn name(&self) -> &'static str;
    /// The locks of a store that several endpoints share; a store of one process needs none.
    fn locks(&self) -> Option<&dyn Locks> {
        None
    }
}

/// Locks that end by themselves when their holder dies.
pub(crate) trait Locks: Send + Sync {
    /// Takes or extends the session's lock for `life`; returns false if another holder has it.
    fn claim(&self, key: Key, holder: Holder, life: Duration) -> StoreFuture<'_, bool>;
    /// Releases the lock, if it is still the holder's.
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
