//! One request to the token endpoint: with the client's proof, judged, and answered here where the
//! service asked for a pause.

use crate::authority::{self, Form};
use crate::state::App;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens, judge};
use std::sync::atomic::Ordering;

/// The secret is wrong, or has ended: another one may be good.
const REFUSED_SECRET: [u32; 2] = [7_000_215, 7_000_222];

/// Trades a code or a refresh token in. Where the service refuses the secret, the other one is tried,
/// if there is one; what works is used first from then on.
///
/// # Errors
/// The service's refusal; what kept the answer from coming.
pub(crate) async fn ask(app: &App, form: Form<'_>) -> Result<Tokens, Refusal> {
    let count = app.config.credential.count();
    let first = app.secret.load(Ordering::Relaxed);
    let mut outcome = attempt(app, &form, first).await;
    for step in 1..count {
        if !outcome.as_ref().is_err_and(is_secret) {
            break;
        }
        let which = (first + step) % count;
        outcome = attempt(app, &form, which).await;
        if !outcome.as_ref().is_err_and(is_secret) {
            tracing::info!("another of the client's secrets is in use from now on");
            app.secret.store(which, Ordering::Relaxed);
        }
    }
    outcome
}

fn is_secret(refusal: &Refusal) -> bool {
    let detail = refusal.error.detail.as_ref();
    detail.is_some_and(|detail| {
        let mut numbers = detail.aadsts.iter();
        numbers.any(|number| REFUSED_SECRET.contains(number))
    })
}

async fn attempt(app: &App, form: &Form<'_>, which: usize) -> Result<Tokens, Refusal> {
    let outcome = trade(app, form, which).await;
    let error = outcome.as_ref().err().map(|refusal| &refusal.error);
    app.metrics.upstream(error);
    outcome
}

async fn trade(app: &App, form: &Form<'_>, which: usize) -> Result<Tokens, Refusal> {
    let now = app.clock.now();
    if let Some(left) = app.window.left(now) {
        return Err(Refusal::passing(throttled(left)));
    }
    let proof = authority::proof(&app.config, which, now).map_err(Refusal::passing)?;
    let fields: Vec<(&str, &str)> = proof
        .iter()
        .chain(form)
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
