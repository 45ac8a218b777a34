//! One request to the token endpoint: in its turn, with the client's proof, judged, and answered here where the
//! service asked for a pause.

use super::authority::{self, Form};
use super::pause::RetryAfter;
use super::queue::Queue;
use super::transport::Upstream;
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::config::{Config, Credential};
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens, judge};
use exo365_core::wire::PageConfig;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The secret is wrong, or has ended: another one may be good.
const REFUSED_SECRET: [u32; 2] = [7_000_215, 7_000_222];
/// The pause after a 429 that names none, in seconds.
const DEFAULT_PAUSE: u32 = 10;

/// Where one client of one tenant asks for tokens: one line, one pause, one memory of which secret is good.
pub(crate) struct TokenClient {
    public: PageConfig,
    credential: Credential,
    upstream: Upstream,
    clock: Clock,
    pub(crate) retry_after: RetryAfter,
    pub(crate) queue: Queue,
    /// Which of the client's secrets worked last.
    secret: AtomicUsize,
    metrics: Option<Arc<Metrics>>,
    /// Where an administrator consents, for refusals that need one.
    consent_url: Option<String>,
}

impl TokenClient {
    pub(crate) fn new(
        public: &PageConfig,
        credential: &Credential,
        upstream: &Upstream,
        clock: &Clock,
    ) -> Self {
        Self {
            public: public.clone(),
            credential: credential.clone(),
            upstream: upstream.clone(),
            clock: clock.clone(),
            retry_after: RetryAfter::default(),
            queue: Queue::default(),
            secret: AtomicUsize::new(0),
            metrics: None,
            consent_url: None,
        }
    }

    /// The same, for the users of an endpoint: counted, and with the address for an administrator's consent.
    pub(crate) fn of_endpoint(
        config: &Config,
        upstream: &Upstream,
        clock: &Clock,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            metrics: Some(Arc::clone(metrics)),
            consent_url: Some(authority::consent_url(config)),
            ..Self::new(&config.public, &config.credential, upstream, clock)
        }
    }

    /// Asks. Where the service refuses the secret, the other one is tried, if there is one; what works is
    /// used first from then on.
    ///
    /// # Errors
    /// The service's refusal; what kept the answer from coming.
    pub(crate) async fn request_tokens(&self, form: &Form<'_>) -> Result<Tokens, Refusal> {
        let count = self.credential.count();
        let first = self.secret.load(Ordering::Relaxed);
        let mut outcome = self.attempt(form, first).await;
        for step in 1..count {
            if !outcome.as_ref().is_err_and(is_secret) {
                break;
            }
            let which = (first + step) % count;
            outcome = self.attempt(form, which).await;
            if !outcome.as_ref().is_err_and(is_secret) {
                tracing::info!("another of the client's secrets is in use from now on");
                self.secret.store(which, Ordering::Relaxed);
            }
        }
        outcome.map_err(|mut refusal| {
            if refusal.error.code == Code::AdminConsentRequired {
                refusal.error.detail_mut().consent_url = self.consent_url.clone();
            }
            refusal
        })
    }

    async fn attempt(&self, form: &Form<'_>, which: usize) -> Result<Tokens, Refusal> {
        let outcome = self.send(form, which).await;
        if let Some(metrics) = &self.metrics {
            metrics.upstream(outcome.as_ref().err().map(|refusal| &refusal.error));
        }
        outcome
    }

    async fn send(&self, form: &Form<'_>, which: usize) -> Result<Tokens, Refusal> {
        self.check_pause().map_err(Refusal::passing)?;
        let _place = self.queue.enter().await.map_err(Refusal::passing)?;
        // Who was before us may have been told to stop.
        self.check_pause().map_err(Refusal::passing)?;
        let now = self.clock.now();
        let proof = authority::proof(&self.public, &self.credential, which, now);
        let proof = proof.map_err(Refusal::passing)?;
        let fields: Vec<(&str, &str)> = proof
            .iter()
            .chain(form)
            .map(|(name, value)| (*name, value.as_ref()))
            .collect();
        let url = authority::token_url(&self.public);
        let reply = self.upstream.post(&url, &fields).await;
        let reply = reply.map_err(Refusal::passing)?;
        judge(reply.head(), &reply.body, now).inspect_err(|refusal| {
            let detail = refusal.error.detail.as_ref();
            match (
                reply.status,
                detail.and_then(|detail| detail.retry_after_seconds),
            ) {
                (429 | 503, Some(seconds)) => self.retry_after.extend(seconds, now),
                (429, None) => self.retry_after.extend(DEFAULT_PAUSE, now),
                _ => {}
            }
            report(reply.status, &refusal.error);
        })
    }

    fn check_pause(&self) -> Result<(), Error> {
        self.retry_after
            .remaining(self.clock.now())
            .map_or(Ok(()), |left| {
                let mut error =
                    Error::new(Code::Throttled, "the sign-in service asked for a pause");
                error.detail_mut().retry_after_seconds = Some(left);
                Err(error)
            })
    }
}

fn numbers(error: &Error) -> &[u32] {
    error.detail.as_ref().map_or(&[], |detail| &detail.aadsts)
}

fn is_secret(refusal: &Refusal) -> bool {
    let mut numbers = numbers(&refusal.error).iter();
    numbers.any(|number| REFUSED_SECRET.contains(number))
}

/// The service saw the same request too often: asking again makes it worse.
pub(crate) fn is_loop(error: &Error) -> bool {
    numbers(error).contains(&aadsts::LOOP)
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
