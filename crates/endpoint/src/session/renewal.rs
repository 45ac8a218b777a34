//! Access tokens of a session: a cached one, or a renewed one.

use super::back_off::{BackOff, FIRST_PAUSE};
use super::cooldown::{self, Cooldown};
use super::lease::Lease;
use super::record::{AccessToken, Sessions, StoredSession, TokenSpec};
use super::refusals::{loop_error, signed_out, store_failed};
use super::single_flight::SingleFlight;
use super::token::Token;
use super::unsaved::Unsaved;
use crate::base::clock::Clock;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::config::Config;
use crate::store::{Failed, Key};
use crate::upstream::authority;
use crate::upstream::id_token;
use crate::upstream::token_client::{self, About, TokenClient};
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens};
use std::sync::Arc;

/// A token for a page.
#[derive(Clone)]
pub(crate) struct IssuedToken {
    pub(crate) token: Token,
    /// Seconds since 1970; not later than its session ends.
    pub(crate) expires_at: u64,
    pub(crate) scopes: Vec<String>,
}

impl From<&AccessToken> for IssuedToken {
    fn from(cached: &AccessToken) -> Self {
        Self {
            token: cached.token.clone(),
            expires_at: cached.expires_at,
            scopes: cached.granted.clone(),
        }
    }
}

/// A token, or why there is none.
pub(crate) type Outcome = Result<IssuedToken, Refusal>;

/// The last use is written at most this many times within the idle time.
const TOUCHES: u64 = 48;
/// Attempts to write a record that others change at the same time.
const ATTEMPTS: usize = 3;

/// The renewals of an endpoint, and what they need. A clone is the same.
#[derive(Clone)]
pub(crate) struct Renewals {
    config: Arc<Config>,
    clock: Clock,
    sessions: Arc<Sessions>,
    token_client: Arc<TokenClient>,
    metrics: Arc<Metrics>,
    in_flight: Arc<SingleFlight<Outcome>>,
    touches: Arc<SingleFlight<()>>,
    waiting: Unsaved,
    /// Sessions in whose renewals the service saw a loop.
    loops: Arc<Cooldown>,
}

impl Renewals {
    /// None is under way.
    pub(crate) fn new(
        config: &Arc<Config>,
        clock: &Clock,
        sessions: &Arc<Sessions>,
        token_client: &Arc<TokenClient>,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            clock: clock.clone(),
            sessions: Arc::clone(sessions),
            token_client: Arc::clone(token_client),
            metrics: Arc::clone(metrics),
            in_flight: Arc::default(),
            touches: Arc::default(),
            waiting: Unsaved::default(),
            loops: Arc::new(Cooldown::new(cooldown::LOOP)),
        }
    }

    /// The requested token, from the record if it holds a valid one, else from the sign-in service. If fewer permissions are requested
    /// than the cached tokens have, the service is asked for just these, and its answer is cached under them: a service
    /// that always grants everything is asked once. The refresh token keeps its permissions (RFC 6749 §6).
    ///
    /// # Errors
    /// [`Code::SignedOut`]; the failure of the renewal.
    pub(crate) async fn token(&self, key: Key, held: &StoredSession, want: TokenSpec) -> Outcome {
        let issued = self.any_token(key, held, want).await;
        issued.map(|mut issued| {
            // Otherwise a page that renews when its token expires would find its session ended.
            let now = self.clock.now();
            let touched = match self.is_touched(held, now) {
                true => now,
                false => held.session.touched,
            };
            let end = self.sessions.ends_after(&held.session, touched).max(now);
            issued.expires_at = issued.expires_at.min(end);
            issued
        })
    }

    async fn any_token(&self, key: Key, held: &StoredSession, want: TokenSpec) -> Outcome {
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
        let joined = self.in_flight.join((key, want.clone()), work).await;
        if !begun {
            self.metrics.renewals_joined.inc();
        }
        match joined.unwrap_or_else(|error| Err(Refusal::passing(error))) {
            // The broader token is the page's too, if no narrower one can be obtained.
            Err(refusal) if !refusal.ends_session => {
                let broader = held.session.broader(&want, now);
                broader.map(IssuedToken::from).ok_or(refusal)
            }
            outcome => outcome,
        }
    }

    /// Resolves when no renewal is under way and no tokens wait for the store.
    pub(crate) async fn settled(&self) {
        loop {
            self.in_flight.wait_until_idle().await;
            if self.waiting.is_empty() {
                return;
            }
            tokio::time::sleep(FIRST_PAUSE).await;
        }
    }

    /// One renewal. A session has one at a time, over all endpoints of the store.
    async fn renew(self, key: Key, want: TokenSpec) -> Outcome {
        let _turn = self.in_flight.lock(key).await;
        if self.waiting.contains(&key) {
            return Err(store_failed(Failed));
        }
        if let Some(left) = self.loops.remaining(key, self.clock.monotonic()) {
            return Err(Refusal::passing(loop_error(left)));
        }
        let lease = Lease::acquire(&self.sessions, key)
            .await
            .map_err(Refusal::passing)?;
        let mut attempts = 1;
        loop {
            let now = self.clock.now();
            let held = self
                .sessions
                .get(key, now)
                .await
                .map_err(store_failed)?
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
            let refusal = match self.trade(key, &held, &spent, &want).await {
                Ok(tokens) => {
                    self.check_user(key, &held, &tokens)?;
                    let gained = Gained {
                        cached: AccessToken::new(&want, &tokens, now),
                        refresh_token: tokens.refresh_token,
                        spent,
                        want,
                    };
                    return self.save(key, held, gained, lease).await;
                }
                Err(refusal) => refusal,
            };
            let again = refusal.ends_session && attempts < ATTEMPTS;
            if again
                && self
                    .was_renewed_elsewhere(key, &spent)
                    .await
                    .map_err(store_failed)?
            {
                attempts += 1;
                continue;
            }
            return self.refused(key, &held, (&want, now), refusal).await;
        }
    }

    /// Checks that the ID token of a renewal, if there is one, names the session's user.
    fn check_user(&self, key: Key, held: &StoredSession, tokens: &Tokens) -> Result<(), Refusal> {
        let Some(id_token) = &tokens.id_token else {
            return Ok(());
        };
        let (account, client) = (&held.session.account, &self.config.public.client_id);
        id_token::check_renewed(id_token, account, client)
            .inspect_err(
                |error| tracing::warn!(session = %key, cause = %error, "a renewal is refused"),
            )
            .map_err(Refusal::passing)
    }

    /// What a refused renewal comes to: the session ends, or rests, or an older token is good enough.
    async fn refused(
        &self,
        key: Key,
        held: &StoredSession,
        (want, now): (&TokenSpec, u64),
        refusal: Refusal,
    ) -> Outcome {
        if token_client::is_loop(&refusal.error) {
            tracing::warn!(session = %key, "the service sees a loop: this session is not renewed for a while");
            self.loops.start(key, self.clock.monotonic());
            return Err(refusal);
        }
        if refusal.ends_session {
            tracing::info!(session = %key, "the session ends: its grant is dead");
            self.sessions.remove(key).await.map_err(store_failed)?;
            self.metrics.ended(SessionEnd::Grant, 1);
            return Err(refusal);
        }
        let passes = matches!(
            refusal.error.code,
            Code::InvalidResponse | Code::ServiceUnavailable | Code::Throttled
        );
        let old = held.session.expiring(want, now).filter(|_| passes);
        old.map(IssuedToken::from).ok_or(refusal)
    }

    /// Trades the refresh token in.
    async fn trade(
        &self,
        key: Key,
        held: &StoredSession,
        refresh_token: &str,
        want: &TokenSpec,
    ) -> Result<Tokens, Refusal> {
        // A change of the configuration applies to existing sessions: they request what is configured now.
        let configured = &self.config.public.scopes;
        let scopes = if held.is_reconfigured && want.scopes.is_empty() {
            configured
        } else {
            &want.scopes
        };
        let mut form = authority::refresh_form(&self.config, refresh_token, &want.audience, scopes);
        match &want.claims {
            Some(claims) => {
                let merged = authority::merge_claims(claims).map_err(Refusal::passing)?;
                form.push(("claims", merged.into()));
            }
            None => form.extend(authority::capable(&self.config)),
        }
        self.token_client
            .request_tokens(&form, About::Session(key))
            .await
    }

    /// Whether another endpoint has used this refresh token meanwhile: then it is no wonder that it is invalid.
    async fn was_renewed_elsewhere(&self, key: Key, spent: &str) -> Result<bool, Failed> {
        let held = self.sessions.get(key, self.clock.now()).await?;
        Ok(held.is_some_and(|held| held.session.refresh_token.as_deref() != Some(spent)))
    }

    /// Writes the new tokens into the record before it returns them: a refresh token that was
    /// rotated but not written would be lost. If the store is unavailable, the page gets an error at once, and the
    /// tokens are written as soon as the store is back. Until then nobody else renews the session.
    async fn save(
        self,
        key: Key,
        mut held: Arc<StoredSession>,
        gained: Gained,
        lease: Lease,
    ) -> Outcome {
        let failed = match self.save_once(key, &mut held, &gained).await {
            Ok(outcome) => return outcome,
            Err(failed) => failed,
        };
        tracing::warn!(session = %key, "the store is away: the new tokens wait for it");
        let waits = self.waiting.add(key);
        tokio::spawn(async move {
            let _until_kept = (waits, lease);
            let mut back_off = BackOff::begin();
            while back_off.wait().await {
                if let Ok(outcome) = self.save_once(key, &mut held, &gained).await {
                    tracing::info!(session = %key, kept = outcome.is_ok(), "the store is back for the new tokens");
                    return;
                }
            }
            tracing::error!(session = %key, "the store stayed away: the new tokens are lost");
        });
        Err(store_failed(failed))
    }

    /// One attempt. A session that was signed out meanwhile stays signed out; one that another endpoint
    /// renewed meanwhile keeps the refresh token of that endpoint, which is the newer one.
    ///
    /// # Errors
    /// [`Failed`]: the write may or may not have happened. It can be repeated.
    async fn save_once(
        &self,
        key: Key,
        held: &mut Arc<StoredSession>,
        gained: &Gained,
    ) -> Result<Outcome, Failed> {
        let now = self.clock.now();
        for _ in 0..ATTEMPTS {
            let mut session = held.session.clone();
            let ours = session.refresh_token.as_ref() == Some(&gained.spent);
            let rotated = gained.refresh_token.clone().filter(|_| ours);
            session.touched = now;
            session.scopes = Some(self.sessions.scopes.clone());
            session.take(gained.cached.clone(), rotated);
            if self.sessions.swap(key, &held.record, &session).await? {
                return Ok(Ok(IssuedToken::from(&gained.cached)));
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

    /// Whether this use is written to the record.
    fn is_touched(&self, held: &StoredSession, now: u64) -> bool {
        now >= held.session.touched + self.config.idle / TOUCHES
    }

    /// Writes the time of use to the record, in the background and not every time.
    fn touch(&self, key: Key, held: &StoredSession, now: u64) {
        if !self.is_touched(held, now) {
            return;
        }
        let work = self.clone();
        self.touches
            .start((key, TokenSpec::default()), || async move {
                let _turn = work.in_flight.lock(key).await;
                if let Ok(Some(held)) = work.sessions.get(key, now).await {
                    if held.is_reconfigured {
                        // Its tokens were left out here; the renewal writes the record.
                        return;
                    }
                    let mut session = held.session.clone();
                    session.touched = now;
                    // A failed swap means a sign-out or a newer record: both are fine.
                    let _ = work.sessions.swap(key, &held.record, &session).await;
                }
            });
    }
}

/// The result of a renewal.
struct Gained {
    want: TokenSpec,
    cached: AccessToken,
    refresh_token: Option<String>,
    /// The refresh token that was used.
    spent: String,
}
