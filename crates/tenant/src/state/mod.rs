//! The state of the running tenant. Each part has its own lock; no lock is held across an await.

pub(crate) mod faults;
pub(crate) mod log;
pub(crate) mod subscriptions;
pub(crate) mod uploads;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::Notify;

use faults::Faults;
use log::RequestLog;
use subscriptions::Subscriptions;
use uploads::Uploads;

use crate::clock::Clock;
use crate::directory::step_up::StepUp;
use crate::oauth::SignInState;
use crate::oauth::keys::Keys;
use crate::options::Options;
use crate::seed;
use crate::store::Store;
use crate::store::snapshot;

/// The local tenant. Clones share the state.
#[derive(Clone)]
pub struct Tenant {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    origin: RwLock<String>,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    store: Mutex<Store>,
    signins: Mutex<SignInState>,
    faults: Mutex<Faults>,
    log: Mutex<RequestLog>,
    /// Requests in flight by application and mailbox.
    in_flight: Mutex<HashMap<String, usize>>,
    uploads: Mutex<Uploads>,
    subscriptions: Mutex<Subscriptions>,
    step_up: Mutex<Vec<StepUp>>,
    changed: Notify,
    /// Number of changes so far.
    changes: AtomicU64,
    /// Number of changes in the data file; locked while the file is written.
    saved: tokio::sync::Mutex<u64>,
}

impl Tenant {
    /// A tenant with the mailboxes of the data file, or with the seed if the file does not exist.
    ///
    /// # Errors
    /// The data file cannot be read or written, or no signing key can be made.
    pub fn new(options: Options) -> Result<Self, String> {
        let clock = Clock::default();
        let store = match &options.data {
            Some(file) if file.exists() => snapshot::load(file)?,
            _ => seed::store(options.seed, clock.now()),
        };
        let inner = Inner {
            origin: RwLock::new(options.origin.clone()),
            clock,
            keys: match options.own_signing_key {
                true => Keys::generated()?,
                false => Keys::embedded()?,
            },
            store: Mutex::new(store),
            signins: Mutex::default(),
            faults: Mutex::default(),
            log: Mutex::default(),
            in_flight: Mutex::default(),
            uploads: Mutex::default(),
            subscriptions: Mutex::default(),
            step_up: Mutex::new(options.step_up.clone()),
            changed: Notify::new(),
            changes: AtomicU64::new(0),
            saved: tokio::sync::Mutex::new(0),
            options,
        };
        let tenant = Self {
            inner: Arc::new(inner),
        };
        // This fails at the start if the file cannot be written.
        tenant.save()?;
        Ok(tenant)
    }

    /// Sets the origin, when the port is known.
    pub fn set_origin(&self, origin: &str) {
        let mut held = self
            .inner
            .origin
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        origin.trim_end_matches('/').clone_into(&mut held);
    }

    /// The origin in issued URLs.
    pub fn origin(&self) -> String {
        self.inner
            .origin
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes the data file, if there is one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self) -> Result<(), String> {
        match &self.inner.options.data {
            Some(file) => {
                let text = snapshot::text(&self.store())?;
                snapshot::save(file, &text)
            }
            None => Ok(()),
        }
    }

    /// Waits until a mailbox has changed.
    pub async fn changed(&self) {
        self.inner.changed.notified().await;
    }

    /// Resets everything to the state at the start.
    pub(crate) fn reset(&self) {
        self.clock().reset();
        let fresh = seed::store(self.options().seed, self.clock().now());
        *self.store() = fresh;
        *self.signins() = SignInState::default();
        self.faults().clear();
        *self.log() = RequestLog::default();
        *self.uploads() = Uploads::default();
        *self.subscriptions() = Subscriptions::default();
        self.step_up().clone_from(&self.options().step_up);
        self.notify_changed();
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.inner.store)
    }

    pub(crate) fn signins(&self) -> MutexGuard<'_, SignInState> {
        lock(&self.inner.signins)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.inner.faults)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.inner.log)
    }

    pub(crate) fn uploads(&self) -> MutexGuard<'_, Uploads> {
        lock(&self.inner.uploads)
    }

    /// Subscriptions. Where the store is needed too, it is locked first.
    pub(crate) fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        lock(&self.inner.subscriptions)
    }

    /// The operations that need a second factor.
    pub(crate) fn step_up(&self) -> MutexGuard<'_, Vec<StepUp>> {
        lock(&self.inner.step_up)
    }

    /// Number of changes so far.
    pub(crate) fn changes(&self) -> u64 {
        self.inner.changes.load(Ordering::SeqCst)
    }

    /// Writes the data file, unless it has all changes so far. Requests that wait meanwhile share the next write.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn persist(&self) -> Result<(), String> {
        if self.inner.options.data.is_none() {
            return Ok(());
        }
        let wanted = self.changes();
        let mut saved = self.inner.saved.lock().await;
        if *saved >= wanted {
            return Ok(());
        }
        let now = self.changes();
        let writer = self.clone();
        let written = tokio::task::spawn_blocking(move || writer.save()).await;
        written.map_err(|error| error.to_string())??;
        *saved = now;
        Ok(())
    }

    /// Signals that a mailbox has changed.
    pub(crate) fn notify_changed(&self) {
        self.inner.changes.fetch_add(1, Ordering::SeqCst);
        self.inner.changed.notify_one();
    }

    /// Acquires a permit for a request; `None` if the limit is reached.
    pub(crate) fn acquire_permit(&self, key: &str, limit: usize) -> Option<ConcurrencyPermit> {
        let mut in_flight = lock(&self.inner.in_flight);
        let taken = in_flight.entry(key.to_owned()).or_insert(0);
        if *taken >= limit {
            return None;
        }
        *taken += 1;
        Some(ConcurrencyPermit {
            tenant: self.clone(),
            key: key.to_owned(),
        })
    }
}

/// A permit for a request in flight. It is released on drop.
pub(crate) struct ConcurrencyPermit {
    tenant: Tenant,
    key: String,
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        let mut in_flight = lock(&self.tenant.inner.in_flight);
        if let Some(taken) = in_flight.get_mut(&self.key) {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                in_flight.remove(&self.key);
            }
        }
    }
}

/// Locks a mutex. A poisoned lock is still usable: each change is a single assignment or insertion.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
