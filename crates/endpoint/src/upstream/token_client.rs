//! The client of the token endpoint. A request waits for its turn, carries the client's credential, and is refused here while the
//! service asks for a pause.

use super::authority::{self, Form};
use super::pause::{Pauses, Subject};
use super::queue::Queue;
use super::transport::Upstream;
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::base::quiet::Quiet;
use crate::config::{Config, Credential};
use crate::store::Key;
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::{Refusal, Tokens, judge};
use exo365_core::wire::PageConfig;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// AADSTS numbers for a wrong and for an expired secret.
const REFUSED_SECRET: [u32; 2] = [7_000_215, 7_000_222];
/// AADSTS number for a certificate that the registration does not have.
const REFUSED_CERTIFICATE: u32 = 700_027;
/// The pause after a 429 without `Retry-After`, in seconds.
const DEFAULT_PAUSE: u32 = 10;

/// Longest pause of all sign-ins and of all renewals, in seconds. That of sign-ins is short, since anyone can make codes up.
const PAUSE_OF_CODES: u32 = 10;
const PAUSE_OF_RENEWALS: u32 = 60;

/// What a request is about.
#[derive(Clone, Copy)]
pub(crate) enum About {
    /// A code, by its digest, and who brought it.
    Code(Subject, Option<IpAddr>),
    /// A session.
    Session(Key),
    /// The application itself.
    Application,
}

/// Requests of one kind: a queue and pauses of their own, so that codes stop no renewal.
pub(crate) struct Lane {
    pub(crate) queue: Queue,
    pub(crate) pauses: Pauses,
}

impl Lane {
    fn new(most: u32) -> Self {
        Self {
            queue: Queue::default(),
            pauses: Pauses::new(most),
        }
    }
}

/// The token endpoint, as one client of one tenant asks it.
pub(crate) struct TokenClient {
    public: PageConfig,
    credential: RwLock<Credential>,
    upstream: Upstream,
    clock: Clock,
    pub(crate) codes: Lane,
    pub(crate) renewals: Lane,
    /// Which of the client's secrets worked last.
    secret: AtomicUsize,
    metrics: Option<Arc<Metrics>>,
    quiet: Quiet,
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
            credential: RwLock::new(credential.clone()),
            upstream: upstream.clone(),
            clock: clock.clone(),
            codes: Lane::new(PAUSE_OF_CODES),
            renewals: Lane::new(PAUSE_OF_RENEWALS),
            secret: AtomicUsize::new(0),
            metrics: None,
            quiet: Quiet::default(),
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

    /// Asks for tokens. Where the service refuses the secret, the other one is tried, if there is one; what works is
    /// used first from then on. Where it refuses all, the file that they came from is read again.
    ///
    /// # Errors
    /// The service's refusal; network errors.
    pub(crate) async fn request_tokens(
        &self,
        form: &Form<'_>,
        about: About,
    ) -> Result<Tokens, Refusal> {
        let credential = self.credential();
        let mut outcome = self.try_all(form, about, &credential).await;
        if outcome.as_ref().is_err_and(is_credential)
            && let Some(changed) = credential.read_again()
        {
            tracing::info!(
                "the service refused the client, and its file has changed: it is read again"
            );
            outcome = self.try_all(form, about, &changed).await;
            if !outcome.as_ref().is_err_and(is_credential) {
                *self
                    .credential
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = changed;
            }
        }
        outcome.map_err(|mut refusal| {
            if refusal.error.code == Code::AdminConsentRequired {
                refusal.error.detail_mut().consent_url = self.consent_url.clone();
            }
            refusal
        })
    }

    fn credential(&self) -> Credential {
        let credential = self.credential.read();
        credential.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn try_all(
        &self,
        form: &Form<'_>,
        about: About,
        credential: &Credential,
    ) -> Result<Tokens, Refusal> {
        let count = credential.count();
        let first = self.secret.load(Ordering::Relaxed) % count.max(1);
        let mut outcome = self.attempt(form, about, (credential, first)).await;
        for step in 1..count {
            if !outcome.as_ref().is_err_and(is_secret) {
                break;
            }
            let which = (first + step) % count;
            outcome = self.attempt(form, about, (credential, which)).await;
            if !outcome.as_ref().is_err_and(is_secret) {
                tracing::info!("another of the client's secrets is in use from now on");
                self.secret.store(which, Ordering::Relaxed);
            }
        }
        outcome
    }

    async fn attempt(
        &self,
        form: &Form<'_>,
        about: About,
        proof: (&Credential, usize),
    ) -> Result<Tokens, Refusal> {
        let outcome = self.send(form, about, proof).await;
        if let Some(metrics) = &self.metrics {
            metrics.upstream(outcome.as_ref().err().map(|refusal| &refusal.error));
        }
        outcome
    }

    async fn send(
        &self,
        form: &Form<'_>,
        about: About,
        (credential, which): (&Credential, usize),
    ) -> Result<Tokens, Refusal> {
        let (lane, subject, address) = self.lane(about);
        self.check_pause(lane, &subject).map_err(Refusal::passing)?;
        let _place = lane.queue.enter(address).await.map_err(Refusal::passing)?;
        // A pause may have begun during the wait.
        self.check_pause(lane, &subject).map_err(Refusal::passing)?;
        let now = self.clock.now();
        let proof = authority::proof(&self.public, credential, which, now);
        let proof = proof.map_err(Refusal::passing)?;
        let fields: Vec<(&str, &str)> = proof
            .iter()
            .chain(form)
            .map(|(name, value)| (*name, value.as_ref()))
            .collect();
        let url = authority::token_url(&self.public);
        let reply = self.upstream.post(&url, &fields).await;
        let reply = reply.map_err(Refusal::passing)?;
        let outcome = judge(reply.head(), &reply.body, now);
        match &outcome {
            Ok(_) => lane.pauses.succeeded(),
            Err(refusal) => {
                let detail = refusal.error.detail.as_ref();
                let seconds = detail.and_then(|detail| detail.retry_after_seconds);
                let since = self.clock.monotonic();
                match (reply.status, seconds) {
                    (429 | 503, Some(seconds)) => lane.pauses.extend(subject, seconds, since),
                    (429, None) => lane.pauses.extend(subject, DEFAULT_PAUSE, since),
                    _ => {}
                }
                self.report(reply.status, &refusal.error);
            }
        }
        outcome
    }

    fn lane(&self, about: About) -> (&Lane, Subject, Option<IpAddr>) {
        match about {
            About::Code(code, address) => (&self.codes, code, address),
            About::Session(key) => (&self.renewals, key.0, None),
            About::Application => (&self.renewals, [0; 32], None),
        }
    }

    fn report(&self, status: u16, error: &Error) {
        let detail = error.detail.as_deref().cloned().unwrap_or_default();
        // Anyone can cause such a line with a made-up code.
        if let Some(left_out) = self.quiet.line(("token endpoint", error.code.as_str())) {
            tracing::warn!(
                status,
                code = error.code.as_str(),
                aadsts = ?detail.aadsts,
                suberror = detail.suberror,
                correlation_id = detail.correlation_id,
                trace_id = detail.trace_id,
                left_out,
                cause = %error,
                "the sign-in service refused"
            );
        }
    }

    /// Seconds that are left of a pause for this request, or `None`.
    pub(crate) fn pause(&self, about: About) -> Option<u32> {
        let (lane, subject, _) = self.lane(about);
        lane.pauses.remaining(&subject, self.clock.monotonic())
    }

    /// Begins a pause for this request, in seconds.
    pub(crate) fn begin_pause(&self, about: About, seconds: u32) {
        let (lane, subject, _) = self.lane(about);
        lane.pauses.extend(subject, seconds, self.clock.monotonic());
    }

    /// How many wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        self.codes.queue.waiting() + self.renewals.queue.waiting()
    }

    fn check_pause(&self, lane: &Lane, subject: &Subject) -> Result<(), Error> {
        let left = lane.pauses.remaining(subject, self.clock.monotonic());
        left.map_or(Ok(()), |left| {
            let mut error = Error::new(Code::Throttled, "the sign-in service asked for a pause");
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

/// Whether the service refused the secret or the certificate.
fn is_credential(refusal: &Refusal) -> bool {
    let certificate = numbers(&refusal.error).contains(&REFUSED_CERTIFICATE);
    certificate || is_secret(refusal)
}

/// Whether the service detected a loop of equal requests.
pub(crate) fn is_loop(error: &Error) -> bool {
    numbers(error).contains(&aadsts::LOOP)
}
