//! A lock over several endpoints: one of them renews a session, the others wait and read the result.
//!
//! The lock saves requests; it does not protect the record. If a holder writes after its lock expired, the
//! comparison with the record that it read stops it ([`crate::session::renewal`]).

use super::record::Sessions;
use crate::base::random;
use crate::store::{Failed, Holder, Key};
use exo365_core::error::{Code, Error};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

/// Lifetime of the lock. Its holder extends it four times in this time; after the holder died, others wait this long.
pub(crate) const LIFE: Duration = Duration::from_secs(5);
/// Longest wait for the renewal of another endpoint.
const TIMEOUT: Duration = Duration::from_secs(25);
/// First and longest pause between two attempts to take the lock.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(80);

/// The lock for renewing a session; dropping it releases the lock.
pub(crate) struct Lease {
    _held: Option<oneshot::Sender<()>>,
}

impl Lease {
    /// Waits for the lock. A store for one endpoint has none.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] where the store is away, or somebody holds the lock too long.
    pub(crate) async fn acquire(sessions: &Arc<Sessions>, key: Key) -> Result<Self, Error> {
        let Some(locks) = sessions.store.locks() else {
            return Ok(Self { _held: None });
        };
        let holder = Holder(random::bytes()?);
        let begin = Instant::now();
        let mut pause = FIRST_PAUSE;
        while !locks.claim(key, holder, LIFE).await? {
            if begin.elapsed() > TIMEOUT {
                return Err(busy());
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        let (held, dropped) = oneshot::channel();
        tokio::spawn(keep(Arc::clone(sessions), key, holder, dropped));
        Ok(Self { _held: Some(held) })
    }
}

/// Extends the lock until it is dropped, then releases it.
async fn keep(
    sessions: Arc<Sessions>,
    key: Key,
    holder: Holder,
    mut dropped: oneshot::Receiver<()>,
) {
    let Some(locks) = sessions.store.locks() else {
        return;
    };
    loop {
        tokio::select! {
            _ = &mut dropped => break,
            () = sleep(LIFE / 4) => {
                // If the lock is lost, the comparison of records still protects the session.
                let _ = locks.claim(key, holder, LIFE).await;
            }
        }
    }
    if let Err(Failed) = locks.release(key, holder).await {
        tracing::debug!(session = %key, "a lock is left to end by itself");
    }
}

fn busy() -> Error {
    let mut error = Error::new(
        Code::ServiceUnavailable,
        "another endpoint renews this session, and takes long",
    );
    error.detail_mut().retry_after_seconds = Some(2);
    error
}
