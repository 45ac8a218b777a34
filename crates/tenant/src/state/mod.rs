//! The state of the running tenant. Each part has its own lock; no lock is held across an await.

pub(crate) mod faults;
pub(crate) mod log;
mod mask;
pub(crate) mod snapshots;
pub(crate) mod subscriptions;
pub(crate) mod uploads;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chrono::Utc;
use serde_json::Value;
use tokio::sync::Notify;

use faults::Faults;
use log::{Answer, RequestLog};
use snapshots::Snapshots;
use subscriptions::Subscriptions;
use uploads::Uploads;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::directory::step_up::StepUp;
use crate::http::HttpRequest;
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
    /// Accounts and registrations: those of the options, and of the seed.
    directory: RwLock<Arc<Directory>>,
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
    snapshots: Mutex<Snapshots>,
    changed: Notify,
    /// Tells those who follow the log.
    logged: Notify,
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
        let kept = options.data.as_deref().filter(|file| file.exists());
        // The seed says who there is, also where the mailboxes come from a file.
        let directory = Arc::new(seed::directory(&options)?);
        let store = match kept {
            Some(file) => snapshot::load(file)?.of(&directory),
            None => seed::store(&options.seed, &directory, clock.now())?,
        };
        let loaded = kept.is_some();
        let inner = Inner {
            origin: RwLock::new(options.origin.clone()),
            directory: RwLock::new(directory),
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
            snapshots: Mutex::default(),
            changed: Notify::new(),
            logged: Notify::new(),
            changes: AtomicU64::new(0),
            saved: tokio::sync::Mutex::new(0),
            options,
        };
        let tenant = Self {
            inner: Arc::new(inner),
        };
        // This fails at the start if the file cannot be written.
        match tenant.options().data.as_deref().filter(|_| loaded) {
            Some(file) => snapshot::check(file)?,
            None => tenant.save()?,
        }
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

    /// Resets everything to the state at the start. A seed of one's own is read again.
    ///
    /// # Errors
    /// The seed has an item that cannot be kept. Nothing is reset then.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let directory = Arc::new(seed::directory(self.options())?);
        let fresh = seed::store(&self.options().seed, &directory, Utc::now())?;
        *self
            .inner
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner) = directory;
        self.clock().reset();
        *self.store() = fresh;
        *self.signins() = SignInState::default();
        self.faults().clear();
        self.log().clear();
        *self.uploads() = Uploads::default();
        *self.subscriptions() = Subscriptions::default();
        self.step_up().clone_from(&self.options().step_up);
        self.notify_changed();
        Ok(())
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    /// Accounts and registrations.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.inner
            .directory
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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

    /// Adds a request to the log. Gives its number.
    pub(crate) fn log_request(&self, incoming: &HttpRequest) -> usize {
        let number = self.log().record(self.clock().now(), incoming);
        self.inner.logged.notify_waiters();
        number
    }

    /// Adds the answer to a request to the log.
    pub(crate) fn log_answer(&self, number: usize, answer: Answer) {
        self.log().answer(number, answer);
        self.inner.logged.notify_waiters();
    }

    /// What was logged after a version: at once, or when there is something. `None` if nothing comes in time.
    pub(crate) async fn follow_log(&self, version: u64, patience: Duration) -> Option<Value> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            // This waits from here on, so that nothing is missed between the look and the wait.
            let logged = self.inner.logged.notified();
            if let Some(found) = self.log().after(version) {
                return Some(found);
            }
            tokio::time::timeout_at(end, logged).await.ok()?;
        }
    }

    pub(crate) fn snapshots(&self) -> MutexGuard<'_, Snapshots> {
        lock(&self.inner.snapshots)
    }

    /// Keeps the mailboxes and the time under a name.
    ///
    /// # Errors
    /// The mailboxes cannot be written, or there are too many snapshots.
    pub(crate) fn keep_snapshot(&self, name: &str) -> Result<(), String> {
        let text = snapshot::text(&self.store())?;
        self.snapshots().keep(name, text, self.clock().offset())
    }

    /// Restores the mailboxes and the time of a snapshot. Sign-ins, faults and the log stay.
    ///
    /// # Errors
    /// There is no snapshot of this name.
    pub(crate) fn restore_snapshot(&self, name: &str) -> Result<(), String> {
        let (store, offset) = self.snapshots().read(name)?;
        self.clock().reset();
        self.clock().advance(offset);
        self.replace_store(store);
        Ok(())
    }

    /// Puts other mailboxes in place of those that there are. Delta tokens and hooks begin anew.
    pub(crate) fn replace_store(&self, store: Store) {
        let mut store = store.of(&self.directory());
        let mut held = self.store();
        store.generation = held.generation.max(store.generation) + 1;
        *held = store;
        drop(held);
        *self.uploads() = Uploads::default();
        *self.subscriptions() = Subscriptions::default();
        self.notify_changed();
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
