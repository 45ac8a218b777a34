//! A value that is fetched from the sign-in service: one fetch for all who ask, and an old value while it lasts.

use super::clock::Clock;
use exo365_core::error::{Code, Error};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long whoever has an old value waits for a new one.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a failure is remembered: whoever asks meanwhile gets it at once.
const FAILURE: Duration = Duration::from_millis(500);

/// The value. A clone is the same.
#[derive(Clone)]
pub(crate) struct Cache<T> {
    state: Arc<Mutex<State<T>>>,
    clock: Clock,
    /// Seconds.
    life: u64,
}

type Running<T> = watch::Receiver<Option<Result<T, Error>>>;

struct State<T> {
    held: Option<(T, u64)>,
    running: Option<Running<T>>,
    failed: Option<(Error, Instant)>,
}

impl<T: Clone + Send + Sync + 'static> Cache<T> {
    /// Nothing is known yet; a value is good for `life` seconds.
    pub(crate) fn new(clock: Clock, life: u64) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                held: None,
                running: None,
                failed: None,
            })),
            clock,
            life,
        }
    }

    fn guard(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value. Where it is older than its life it is fetched again, and an old one is given where that takes long or
    /// fails.
    ///
    /// # Errors
    /// Where there is none yet, and none can be had.
    pub(crate) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (old, running) = {
            let mut state = self.guard();
            let now = self.clock.monotonic();
            let old = match &state.held {
                Some((value, fetched)) if now < fetched + self.life => return Ok(value.clone()),
                held => held.as_ref().map(|(value, _)| value.clone()),
            };
            if let Some((error, until)) = &state.failed
                && Instant::now() < *until
            {
                return old.ok_or_else(|| error.clone());
            }
            (old, self.start(&mut state, fetch))
        };
        match old {
            None => wait(running).await,
            Some(old) => match tokio::time::timeout(PATIENCE, wait(running)).await {
                Ok(Ok(new)) => Ok(new),
                _ => Ok(old),
            },
        }
    }

    /// The value, fetched again whatever its age; shared with whoever fetches it just now.
    ///
    /// # Errors
    /// Where it cannot be had; the one before stays.
    pub(crate) async fn refresh<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let running = {
            let mut state = self.guard();
            self.start(&mut state, fetch)
        };
        wait(running).await
    }

    /// Joins the fetch under way, or starts one. It goes on when whoever asked has gone.
    fn start<F>(&self, state: &mut State<T>, fetch: impl FnOnce() -> F) -> Running<T>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if let Some(running) = &state.running
            && running.has_changed().is_ok()
        {
            return running.clone();
        }
        let (sender, running) = watch::channel(None);
        state.running = Some(running.clone());
        let (cache, work) = (self.clone(), fetch());
        tokio::spawn(async move {
            let outcome = work.await;
            let mut state = cache.guard();
            match &outcome {
                Ok(value) => {
                    state.held = Some((value.clone(), cache.clock.monotonic()));
                    state.failed = None;
                }
                Err(error) => state.failed = Some((error.clone(), Instant::now() + FAILURE)),
            }
            state.running = None;
            drop(state);
            sender.send_replace(Some(outcome));
        });
        running
    }
}

async fn wait<T: Clone>(mut running: Running<T>) -> Result<T, Error> {
    let outcome = running.wait_for(Option::is_some).await;
    let outcome = outcome.ok().and_then(|outcome| outcome.clone());
    outcome.unwrap_or(Err(Error::new(
        Code::ServiceUnavailable,
        "the endpoint has trouble",
    )))
}

#[cfg(test)]
mod unit {
    use super::*;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

    #[tokio::test(start_paused = true)]
    async fn e67_one_fetch_serves_all_and_an_old_value_goes_on_serving() {
        let time = Arc::new(AtomicU64::new(100));
        let told = Arc::clone(&time);
        let clock = Clock::from_fn(move || told.load(Ordering::SeqCst));
        let cache = Cache::new(clock, 60);
        let count = Arc::new(AtomicUsize::new(0));
        let fetch = |seconds| {
            let count = Arc::clone(&count);
            move || async move {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                Ok::<_, Error>(number)
            }
        };
        let begin = Instant::now();
        let (one, two) = tokio::join!(cache.get(fetch(20)), cache.get(fetch(20)));
        assert_eq!((one.unwrap(), two.unwrap()), (1, 1));
        assert_eq!(begin.elapsed(), Duration::from_secs(20), "side by side");
        time.store(160, Ordering::SeqCst);
        let begin = Instant::now();
        assert_eq!(cache.get(fetch(20)).await.unwrap(), 1, "the old one");
        assert_eq!(begin.elapsed(), PATIENCE);
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(cache.get(fetch(20)).await.unwrap(), 2, "the new one came");
        let failing = || async { Err(Error::new(Code::ServiceUnavailable, "x")) };
        time.store(300, Ordering::SeqCst);
        assert_eq!(cache.get(failing).await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn e67_a_failure_is_remembered_for_a_moment() {
        let cache = Cache::<u8>::new(Clock::from_fn(|| 1), 60);
        let count = Arc::new(AtomicUsize::new(0));
        let failing = || {
            let count = Arc::clone(&count);
            move || async move {
                count.fetch_add(1, Ordering::SeqCst);
                Err(Error::new(Code::ServiceUnavailable, "x"))
            }
        };
        for _ in 0..3 {
            assert!(cache.get(failing()).await.is_err());
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        tokio::time::sleep(FAILURE).await;
        assert_eq!(cache.get(|| async { Ok(7) }).await.unwrap(), 7);
    }
}
