//! Access tokens from a session: the one at hand, or a new one.

use crate::authority::{self, Form};
use crate::record::{Cached, Held, Want};
use crate::state::App;
use crate::store::Key;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens, judge};

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

/// The token that is wanted, from the record where one is good, else from the sign-in service.
///
/// # Errors
/// [`Code::SignedOut`]; what the renewal met.
pub(crate) async fn token(app: &App, key: Key, held: &Held, want: Want) -> Outcome {
    let now = app.clock.now();
    touch(app, key, held, now);
    if let Some(cached) = held.session.fresh(&want, now) {
        return Ok(cached.into());
    }
    let work = || renew(App::clone(app), key, want.clone());
    let joined = app.flights.join((key, want.clone()), work).await;
    joined.unwrap_or_else(|error| Err(Refusal::passing(error)))
}

fn signed_out() -> Refusal {
    Refusal {
        error: Error::new(Code::SignedOut, "nobody is signed in"),
        ends_session: true,
    }
}

/// One renewal; the session's only one at a time.
async fn renew(app: App, key: Key, want: Want) -> Outcome {
    let _turn = app.flights.turn(key).await;
    let now = app.clock.now();
    let held = app
        .sessions
        .get(key, now)
        .await
        .map_err(broken)?
        .ok_or_else(signed_out)?;
    if let Some(cached) = held.session.fresh(&want, now) {
        return Ok(cached.into());
    }
    let Some(refresh_token) = held.session.refresh_token.clone() else {
        return Err(Refusal::passing(Error::new(
            Code::InteractionRequired,
            "the session has no refresh token: sign in again",
        )));
    };
    let mut form =
        authority::refresh_form(&app.config, &refresh_token, &want.audience, &want.scopes);
    if let Some(claims) = &want.claims {
        form.push((
            "claims",
            authority::merge_claims(claims)
                .map_err(Refusal::passing)?
                .into(),
        ));
    }
    match ask(&app, form).await {
        Ok(tokens) => keep(&app, key, held, &want, tokens).await,
        Err(refusal) if refusal.ends_session => {
            tracing::info!(session = %key, "the session ends: its grant is dead");
            app.sessions.remove(key).await.map_err(broken)?;
            Err(refusal)
        }
        Err(refusal) => {
            let passes = matches!(
                refusal.error.code,
                Code::InvalidResponse | Code::ServiceUnavailable | Code::Throttled
            );
            let old = held.session.last_resort(&want, now).filter(|_| passes);
            old.map(Fresh::from).ok_or(refusal)
        }
    }
}

fn broken(failed: crate::store::Failed) -> Refusal {
    Refusal::passing(failed.into())
}

/// Puts the new tokens into the record, and only then hands them out: a refresh token that was
/// rotated and not kept would be lost. A session that was signed out meanwhile stays so.
async fn keep(app: &App, key: Key, mut held: Held, want: &Want, tokens: Tokens) -> Outcome {
    let now = app.clock.now();
    let cached = Cached::new(want, &tokens, now);
    for _ in 0..ATTEMPTS {
        held.session.touched = now;
        held.session
            .take(cached.clone(), tokens.refresh_token.clone());
        if app
            .sessions
            .swap(key, &held.record, &held.session)
            .await
            .map_err(broken)?
        {
            return Ok(Fresh::from(&cached));
        }
        held = app
            .sessions
            .get(key, now)
            .await
            .map_err(broken)?
            .ok_or_else(signed_out)?;
    }
    Err(Refusal::passing(Error::new(
        Code::ServiceUnavailable,
        "the session changed too often to be kept",
    )))
}

/// One request to the token endpoint, judged; answered here where the service asked for a pause.
pub(crate) async fn ask(app: &App, form: Form<'_>) -> Result<Tokens, Refusal> {
    let now = app.clock.now();
    if let Some(left) = app.window.left(now) {
        return Err(Refusal::passing(throttled(left)));
    }
    let fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_ref()))
        .collect();
    let url = authority::token_url(&app.config.public);
    let reply = app
        .upstream
        .post(&url, &fields)
        .await
        .map_err(Refusal::passing)?;
    judge(reply.head(), &reply.body, now).map_err(|mut refusal| {
        let wait = refusal
            .error
            .detail
            .as_ref()
            .and_then(|detail| detail.retry_after_seconds);
        if let (429 | 503, Some(seconds)) = (reply.status, wait) {
            app.window.note(seconds, now);
        }
        if refusal.error.code == Code::AdminConsentRequired {
            refusal.error.detail_mut().consent_url = Some(authority::consent_url(&app.config));
        }
        report(reply.status, &refusal.error);
        refusal
    })
}

fn throttled(seconds: u32) -> Error {
    let mut error = Error::new(Code::Throttled, "the sign-in service asked for a pause");
    error.detail_mut().retry_after_seconds = Some(seconds);
    error
}

fn report(status: u16, error: &Error) {
    let detail = error.detail.as_deref().cloned().unwrap_or_default();
    tracing::warn!(
        status,
        code = error.code.as_str(),
        aadsts = ?detail.aadsts,
        suberror = detail.suberror,
        correlation_id = detail.correlation_id,
        trace_id = detail.trace_id,
        cause = %error,
        "the sign-in service refused"
    );
}

/// Notes that the session is in use, behind the answer's back and not every time.
fn touch(app: &App, key: Key, held: &Held, now: u64) {
    if now < held.session.touched + app.config.idle / TOUCHES {
        return;
    }
    let work = App::clone(app);
    app.touches.start((key, Want::default()), || async move {
        let _turn = work.flights.turn(key).await;
        if let Ok(Some(mut held)) = work.sessions.get(key, now).await {
            held.session.touched = now;
            // Lost to a sign-out or to another endpoint: either is as good.
            let _ = work.sessions.swap(key, &held.record, &held.session).await;
        }
    });
}
