//! The session's turn among several endpoints: one of them renews, the others wait and read what it kept.
//!
//! It is a courtesy, not a safeguard: what a holder writes after its lock went is stopped by the
//! comparison with the record that it read ([`crate::session::renewal`]).

use super::record::Sessions;
use crate::base::random;
use crate::store::{Failed, Holder, Key};
use exo365_core::error::{Code, Error};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

/// A holder that died holds up the others for so long; one that lives says so four times in it.
pub(crate) const LIFE: Duration = Duration::from_secs(5);
/// Longest wait for somebody else's renewal.
const TIMEOUT: Duration = Duration::from_secs(25);
/// First and longest pause between two attempts to take the lock.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(80);

/// The lock for renewing a session; dropping it releases the lock.
pub(crate) struct Lease {
    _held: Option<oneshot::Sender<()>>,
}

impl Lease {
    /// Waits for the turn. Where a store has one endpoint only there is nothing to wait for.
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

/// Keeps the lock until it is dropped, then gives it back.
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
                // Somebody else's by now, or the store is away: the record itself is compared.
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
