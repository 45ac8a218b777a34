//! Metrics in the OpenMetrics format. No label holds data about a user.

use super::quiet::Quiet;
use axum::http::StatusCode;
use exo365_core::error::Error;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0,
];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Asked {
    route: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Route {
    route: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Place {
    store: &'static str,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SessionEnd {
    /// By `/logout`.
    SignedOut,
    /// By the sign-in service's frame.
    Frontchannel,
    /// Its refresh token is dead.
    Grant,
    /// The same browser signed in again.
    Replaced,
    /// Its code came a second time.
    CodeReused,
    /// Its time was over.
    Swept,
}

impl SessionEnd {
    const fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Frontchannel => "frontchannel",
            Self::Grant => "grant",
            Self::Replaced => "replaced",
            Self::CodeReused => "code_reused",
            Self::Swept => "swept",
        }
    }
}

/// The counters of one route, found once: what is counted at each request needs no look-up of its labels.
pub(crate) struct Meter {
    route: &'static str,
    ok: Counter,
    seconds: Histogram,
}

/// The counters.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    seconds: Family<Route, Histogram>,
    upstream: Family<Outcome, Counter>,
    api: Family<Outcome, Counter>,
    /// Of those the calls that succeeded, which need no look-up.
    api_success: Counter,
    pub(crate) renewals: Counter,
    pub(crate) renewals_joined: Counter,
    pub(crate) sessions_begun: Counter,
    ended: Family<Outcome, Counter>,
    waiting: Gauge,
    live: Family<Place, Gauge>,
    quiet: Quiet,
}

impl Default for Metrics {
    fn default() -> Self {
        let api: Family<Outcome, Counter> = Family::default();
        let mut metrics = Self {
            api_success: api.get_or_create_owned(&Outcome { outcome: "2xx" }),
            api,
            registry: Registry::with_prefix("exo365"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            upstream: Family::default(),
            renewals: Counter::default(),
            renewals_joined: Counter::default(),
            sessions_begun: Counter::default(),
            ended: Family::default(),
            waiting: Gauge::default(),
            live: Family::default(),
            quiet: Quiet::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let text = "Requests by route, and by the code of the refusal or ok";
        registry.register("requests", text, self.requests.clone());
        let text = "Time from a request to its answer, in seconds";
        registry.register("request_seconds", text, self.seconds.clone());
        let text = "Requests to the sign-in service's token endpoint, by outcome";
        registry.register("upstream_calls", text, self.upstream.clone());
        let text =
            "Calls to the API in proxy mode and for preloads, by the class of the answer's status";
        registry.register("api_calls", text, self.api.clone());
        let text = "Renewals of access tokens that were begun";
        registry.register("renewals", text, self.renewals.clone());
        let text = "Requests that shared a renewal that another had begun";
        registry.register("renewals_joined", text, self.renewals_joined.clone());
        let text = "Sessions that were begun";
        registry.register("sessions_begun", text, self.sessions_begun.clone());
        let text = "Sessions that were ended, by cause";
        registry.register("sessions_ended", text, self.ended.clone());
        let text = "Sessions in the store; in a file with those that ended within the last hour, over Redis those of all endpoints";
        registry.register("sessions", text, self.live.clone());
        let text = "Requests that wait for their turn at the sign-in service";
        registry.register("upstream_waiting", text, self.waiting.clone());
    }

    /// The counters of this route, for [`Metrics::count`].
    pub(crate) fn meter(&self, route: &'static str) -> Meter {
        let outcome = "ok";
        Meter {
            route,
            ok: self.requests.get_or_create_owned(&Asked { route, outcome }),
            seconds: self.seconds.get_or_create_owned(&Route { route }),
        }
    }

    /// A request was answered, of a route that is asked seldom.
    pub(crate) fn request(&self, route: &'static str, error: Option<&Error>, time: Duration) {
        self.count(&self.meter(route), error, time);
    }

    /// A request of the meter's route was answered.
    pub(crate) fn count(&self, meter: &Meter, error: Option<&Error>, time: Duration) {
        match error {
            None => meter.ok.inc(),
            Some(error) => {
                let (route, outcome) = (meter.route, error.code.as_str());
                self.requests.get_or_create(&Asked { route, outcome }).inc()
            }
        };
        meter.seconds.observe(time.as_secs_f64());
    }

    /// Writes why a request was refused; of a flood some lines, and how many were left out.
    pub(crate) fn log_refusal(&self, route: &'static str, error: &Error) {
        let code = error.code.as_str();
        if let Some(left_out) = self.quiet.line((route, code)) {
            tracing::info!(route, code, left_out, cause = %error, "refused");
        }
    }

    /// Counts a request to the token endpoint, including one that a pause held back.
    pub(crate) fn upstream(&self, error: Option<&Error>) {
        let outcome = error.map_or("ok", |error| error.code.as_str());
        self.upstream.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts a call to the API by its status; `None` is no response.
    pub(crate) fn api(&self, status: Option<StatusCode>) {
        if status.is_some_and(|status| status.is_success()) {
            self.api_success.inc();
            return;
        }
        let outcome = match status.map(|status| status.as_u16()) {
            None => "no_answer",
            Some(401) => "401",
            Some(429) => "429",
            Some(400..=499) => "4xx",
            Some(500..=599) => "5xx",
            Some(_) => "other",
        };
        self.api.get_or_create(&Outcome { outcome }).inc();
    }

    /// So many sessions ended.
    pub(crate) fn ended(&self, how: SessionEnd, count: usize) {
        let outcome = how.name();
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.ended.get_or_create(&Outcome { outcome }).inc_by(count);
    }

    /// So many sessions are in the store, where that is known.
    pub(crate) fn live(&self, store: &'static str, count: Option<u64>) {
        match count {
            Some(count) => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.live.get_or_create(&Place { store }).set(count);
            }
            None => {
                self.live.remove(&Place { store });
            }
        }
    }

    /// So many wait for the sign-in service.
    pub(crate) fn waiting(&self, count: usize) {
        self.waiting.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// All of them, as text.
    ///
    /// # Errors
    /// Where they cannot be written, which strings can.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
