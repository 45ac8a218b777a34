//! Access tokens from a session: the one at hand, or a new one.

use super::cooldown::{self, Cooldown};
use super::lease::Lease;
use super::record::{Cached, Held, Sessions, Want};
use super::single_flight::Flights;
use crate::base::clock::Clock;
use crate::base::metrics::{End, Metrics};
use crate::config::Config;
use crate::store::{Failed, Key};
use crate::upstream::authority;
use crate::upstream::token_client::{self, Desk};
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A token as it is handed out.
#[derive(Clone)]
pub(crate) struct Fresh {
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
    pub(crate) scopes: Vec<String>,
}

impl From<&Cached> for Fresh {
    fn from(cached: &Cached) -> Self {
        Self {
            token: cached.token.clone(),
            expires_at: cached.expires_at,
            scopes: cached.granted.clone(),
        }
    }
}

/// A token, or why there is none.
pub(crate) type Outcome = Result<Fresh, Refusal>;

/// A session is used about this many times before its record says so.
const TOUCHES: u64 = 48;
/// How often a record that changed under our hands is read again.
const ATTEMPTS: usize = 3;
/// How soon, how seldom at last, and for how long a store that is away is tried again for tokens that came.
const SOON: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3600);

/// The renewals of an endpoint, and what they need. A clone is the same.
#[derive(Clone)]
pub(crate) struct Renewals {
    config: Arc<Config>,
    clock: Clock,
    sessions: Arc<Sessions>,
    token_client: Arc<Desk>,
    metrics: Arc<Metrics>,
    flights: Arc<Flights<Outcome>>,
    touches: Arc<Flights<()>>,
    waiting: Waiting,
    /// Sessions in whose renewals the service saw a loop.
    loops: Arc<Cooldown>,
}

impl Renewals {
    /// None is under way.
    pub(crate) fn new(
        config: &Arc<Config>,
        clock: &Clock,
        sessions: &Arc<Sessions>,
        token_client: &Arc<Desk>,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            clock: clock.clone(),
            sessions: Arc::clone(sessions),
            token_client: Arc::clone(token_client),
            metrics: Arc::clone(metrics),
            flights: Arc::default(),
            touches: Arc::default(),
            waiting: Waiting::default(),
            loops: Arc::new(Cooldown::new(cooldown::LOOP)),
        }
    }

    /// The token that is wanted, from the record where one is good, else from the sign-in service. Where it is wanted for less
    /// than the tokens at hand are good for, the service is asked for just that, and what it gives is kept as that: a service
    /// that always gives everything is not asked each time. The refresh token loses nothing by it (RFC 6749 §6).
    ///
    /// # Errors
    /// [`Code::SignedOut`]; what the renewal met.
    pub(crate) async fn token(&self, key: Key, held: &Held, want: Want) -> Outcome {
        let now = self.clock.now();
        self.touch(key, held, now);
        if let Some(cached) = held.session.fresh(&want, now) {
            return Ok(cached.into());
        }
        let mut begun = false;
        let work = || {
            begun = true;
            self.metrics.renewals.inc();
            self.clone().renew(key, want.clone())
        };
        let joined = self.flights.join((key, want.clone()), work).await;
        if !begun {
            self.metrics.renewals_joined.inc();
        }
        match joined.unwrap_or_else(|error| Err(Refusal::passing(error))) {
            // No narrower one can be had, and the one at hand is the page's as well.
            Err(refusal) if !refusal.ends_session => {
                let broader = held.session.broader(&want, now);
                broader.map(Fresh::from).ok_or(refusal)
            }
            outcome => outcome,
        }
    }

    /// Resolves when no renewal is under way and no tokens wait for the store.
    pub(crate) async fn settled(&self) {
        loop {
            self.flights.idle().await;
            if self.waiting.keys().is_empty() {
                return;
            }
            tokio::time::sleep(SOON).await;
        }
    }

    /// One renewal; the session's only one at a time, here and in the other endpoints of the store.
    async fn renew(self, key: Key, want: Want) -> Outcome {
        let _turn = self.flights.turn(key).await;
        if self.waiting.keys().contains(&key) {
            return Err(broken(Failed));
        }
        if let Some(left) = self.loops.left(key, self.clock.now()) {
            return Err(Refusal::passing(looping(left)));
        }
        let lease = Lease::take(&self.sessions, key)
            .await
            .map_err(Refusal::passing)?;
        let mut attempts = 1;
        loop {
            let now = self.clock.now();
            let held = self
                .sessions
                .get(key, now)
                .await
                .map_err(broken)?
                .ok_or_else(signed_out)?;
            if let Some(cached) = held.session.fresh(&want, now) {
                return Ok(cached.into());
            }
            let Some(spent) = held.session.refresh_token.clone() else {
                return Err(Refusal::passing(Error::new(
                    Code::InteractionRequired,
                    "the session has no refresh token: sign in again",
                )));
            };
            match self.trade(&spent, &want).await {
                Ok(tokens) => {
                    let gained = Gained {
                        cached: Cached::new(&want, &tokens, now),
                        refresh_token: tokens.refresh_token,
                        spent,
                        want,
                    };
                    return self.keep(key, held, gained, lease).await;
                }
                Err(refusal) if token_client::is_loop(&refusal.error) => {
                    tracing::warn!(session = %key, "the service sees a loop: this session is not renewed for a while");
                    self.loops.note(key, now);
                    return Err(refusal);
                }
                Err(refusal) if refusal.ends_session => {
                    if attempts < ATTEMPTS && self.overtaken(key, &spent).await.map_err(broken)? {
                        attempts += 1;
                        continue;
                    }
                    tracing::info!(session = %key, "the session ends: its grant is dead");
                    self.sessions.remove(key).await.map_err(broken)?;
                    self.metrics.ended(End::Grant, 1);
                    return Err(refusal);
                }
                Err(refusal) => {
                    let passes = matches!(
                        refusal.error.code,
                        Code::InvalidResponse | Code::ServiceUnavailable | Code::Throttled
                    );
                    let old = held.session.last_resort(&want, now).filter(|_| passes);
                    return old.map(Fresh::from).ok_or(refusal);
                }
            }
        }
    }

    /// Trades the refresh token in.
    async fn trade(&self, refresh_token: &str, want: &Want) -> Result<Tokens, Refusal> {
        let mut form =
            authority::refresh_form(&self.config, refresh_token, &want.audience, &want.scopes);
        match &want.claims {
            Some(claims) => {
                let merged = authority::merge_claims(claims).map_err(Refusal::passing)?;
                form.push(("claims", merged.into()));
            }
            None => form.extend(authority::capable(&self.config)),
        }
        self.token_client.ask(&form).await
    }

    /// Whether another endpoint has traded this refresh token in by now: that it is dead is then no news.
    async fn overtaken(&self, key: Key, spent: &str) -> Result<bool, Failed> {
        let held = self.sessions.get(key, self.clock.now()).await?;
        Ok(held.is_some_and(|held| held.session.refresh_token.as_deref() != Some(spent)))
    }

    /// Puts the new tokens into the record, and only then hands them out: a refresh token that was
    /// rotated and not kept would be lost. Where the store is away the page is told so at once, and the
    /// tokens are kept as soon as it is back; until then nobody else renews the session.
    async fn keep(self, key: Key, mut held: Held, gained: Gained, lease: Lease) -> Outcome {
        let failed = match self.put(key, &mut held, &gained).await {
            Ok(outcome) => return outcome,
            Err(failed) => failed,
        };
        tracing::warn!(session = %key, "the store is away: the new tokens wait for it");
        let waits = self.waiting.add(key);
        tokio::spawn(async move {
            let _until_kept = (waits, lease);
            let begin = Instant::now();
            let mut pause = SOON;
            while begin.elapsed() < LONGEST {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LATE);
                if let Ok(outcome) = self.put(key, &mut held, &gained).await {
                    tracing::info!(session = %key, kept = outcome.is_ok(), "the store is back for the new tokens");
                    return;
                }
            }
            tracing::error!(session = %key, "the store stayed away: the new tokens are lost");
        });
        Err(broken(failed))
    }

    /// One round at the store. A session that was signed out meanwhile stays so; one that another endpoint
    /// renewed meanwhile keeps the other's refresh token, which is the later one.
    ///
    /// # Errors
    /// [`Failed`]: not done, or done and not told. It may be repeated either way.
    async fn put(&self, key: Key, held: &mut Held, gained: &Gained) -> Result<Outcome, Failed> {
        let now = self.clock.now();
        for _ in 0..ATTEMPTS {
            let mut session = held.session.clone();
            let ours = session.refresh_token.as_ref() == Some(&gained.spent);
            let rotated = gained.refresh_token.clone().filter(|_| ours);
            session.touched = now;
            session.take(gained.cached.clone(), rotated);
            if self.sessions.swap(key, &held.record, &session).await? {
                return Ok(Ok(Fresh::from(&gained.cached)));
            }
            let Some(other) = self.sessions.get(key, now).await? else {
                return Ok(Err(signed_out()));
            };
            *held = other;
            if let Some(cached) = held.session.fresh(&gained.want, now) {
                return Ok(Ok(cached.into()));
            }
        }
        Ok(Err(Refusal::passing(Error::new(
            Code::ServiceUnavailable,
            "the session changed too often to be kept",
        ))))
    }

    /// Notes that the session is in use, behind the answer's back and not every time.
    fn touch(&self, key: Key, held: &Held, now: u64) {
        if now < held.session.touched + self.config.idle / TOUCHES {
            return;
        }
        let work = self.clone();
        self.touches.start((key, Want::default()), || async move {
            let _turn = work.flights.turn(key).await;
            if let Ok(Some(mut held)) = work.sessions.get(key, now).await {
                held.session.touched = now;
                // Lost to a sign-out or to another endpoint: either is as good.
                let _ = work.sessions.swap(key, &held.record, &held.session).await;
            }
        });
    }
}

fn signed_out() -> Refusal {
    Refusal {
        error: Error::new(Code::SignedOut, "nobody is signed in"),
        ends_session: true,
    }
}

/// Sessions whose new tokens wait for the store: until they are kept nobody renews.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<HashSet<Key>>>);

/// Says that a session's tokens wait, until it is dropped.
struct Waits(Waiting, Key);

impl Waiting {
    fn keys(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, key: Key) -> Waits {
        self.keys().insert(key);
        Waits(self.clone(), key)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.keys().remove(&self.1);
    }
}

/// As the service said it, with the time that is left.
fn looping(left: u64) -> Error {
    let mut error = Error::new(
        Code::InteractionRequired,
        "the sign-in service saw the same request too often: sign in again",
    );
    let detail = error.detail_mut();
    detail.aadsts = vec![aadsts::LOOP];
    detail.retry_after_seconds = u32::try_from(left).ok();
    error
}

fn broken(failed: Failed) -> Refusal {
    Refusal::passing(failed.into())
}

/// What a renewal brought, and what it cost.
struct Gained {
    want: Want,
    cached: Cached,
    refresh_token: Option<String>,
    /// The refresh token that was traded in.
    spent: String,
}
