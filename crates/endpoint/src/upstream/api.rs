//! Calls to the API, with time limits and with only those headers of the browser that are on a list.

use super::bounds::{BODIES, Bounds, PRELOADS};
use super::connector::Connector;
use super::outgoing::Outgoing;
use crate::base::problem::Problem;
use crate::base::quiet::Quiet;
use crate::config::Config;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use exo365_core::error::{Code, Error};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::Error as ClientError;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bytes of a body that went by, for whoever waits for the answer; [`OVER`] where there were too many.
pub(crate) type Progress = Arc<AtomicU64>;

/// Says that the body was too large.
pub(crate) const OVER: u64 = u64::MAX;
/// How long the API may take to begin its answer, from the last byte of the request on.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long all calls of one preload may take together, from the page's request on.
const PRELOAD: Duration = Duration::from_secs(2);
/// How long a connection is kept without a request: a front of a service closes after two minutes or more.
const IDLE: Duration = Duration::from_secs(90);
/// Most connections that are kept without a request.
const MOST_IDLE: usize = 256;
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("exo365-endpoint/", env!("CARGO_PKG_VERSION")));

/// The client of the API. Each call has a connection of its own while it lasts (HTTP/1.1): an answer that nobody reads holds
/// up no other.
pub(crate) struct Api {
    origin: Uri,
    client: Client<Connector, Outgoing>,
    /// For a call whose kept connection was dead.
    fresh: Client<Connector, Outgoing>,
    /// What bodies take that are read before they go on.
    pub(crate) bodies: Bounds,
    /// What preloads take.
    pub(crate) preloads: Bounds,
    /// How long an answer, or its next part, may take.
    pub(crate) patience: Duration,
    /// How long all calls of one preload may take together.
    pub(crate) preload_patience: Duration,
    quiet: Quiet,
}

/// Why a call has no answer.
pub(crate) enum Failed {
    /// The body went over its limit.
    TooLarge,
    /// Nothing was sent: the API cannot be reached.
    Unsent(Error),
    /// No answer came, and the API may have taken the call.
    Lost(Error),
}

/// One call, without its body.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    /// At the API.
    pub(crate) path: PathAndQuery,
    /// Makes its headers, for each attempt.
    pub(crate) headers: &'a (dyn Fn() -> HeaderMap + Sync),
}

impl Api {
    /// Makes the client.
    ///
    /// # Errors
    /// As [`super::transport::Upstream::new`].
    pub(crate) fn new(config: &Config) -> Result<Self, Problem> {
        let origin = config.public.cloud.api.parse();
        let origin: Uri =
            origin.map_err(|_| Problem::config("the API's address is no origin".to_owned()))?;
        let connector = Connector::new(&origin)?;
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MOST_IDLE);
        Ok(Self {
            origin,
            client: builder.build(connector.clone()),
            fresh: builder.pool_max_idle_per_host(0).build(connector),
            bodies: Bounds::new(&BODIES),
            preloads: Bounds::new(&PRELOADS),
            patience: TIMEOUT,
            preload_patience: PRELOAD,
            quiet: Quiet::default(),
        })
    }

    /// Sends a call with this token; without one only to see whether the API is there.
    ///
    /// # Errors
    /// [`Failed`].
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        token: Option<&str>,
        (body, progress): (Outgoing, Progress),
    ) -> Result<Response<Incoming>, Failed> {
        // A GET without a body may be repeated.
        let repeatable = *call.method == Method::GET && matches!(body, Outgoing::Empty);
        let sending = self.client.request(self.request(call, token, body)?);
        tokio::pin!(sending);
        loop {
            let seen = progress.load(Ordering::Relaxed);
            match tokio::time::timeout(self.patience, &mut sending).await {
                Ok(_) if progress.load(Ordering::Relaxed) == OVER => return Err(Failed::TooLarge),
                // The connection that was kept had died.
                Ok(Err(error)) if repeatable && !error.is_connect() => {
                    let again = self
                        .fresh
                        .request(self.request(call, token, Outgoing::Empty)?);
                    let answer = tokio::time::timeout(self.patience, again).await;
                    return answer
                        .map_err(|_| self.silent())?
                        .map_err(|error| self.no_answer(&error));
                }
                Ok(outcome) => return outcome.map_err(|error| self.no_answer(&error)),
                // A body that still moves is no silence.
                Err(_) if progress.load(Ordering::Relaxed) != seen => {}
                Err(_) => return Err(self.silent()),
            }
        }
    }

    fn request(
        &self,
        call: &Call<'_>,
        token: Option<&str>,
        body: Outgoing,
    ) -> Result<Request<Outgoing>, Failed> {
        let broken = || {
            let sentence = "the endpoint cannot call the API";
            Failed::Unsent(Error::new(Code::ServiceUnavailable, sentence))
        };
        let mut address = self.origin.clone().into_parts();
        address.path_and_query = Some(call.path.clone());
        let address = Uri::from_parts(address).map_err(|_| broken())?;
        let has_no_body = matches!(body, Outgoing::Empty);
        let mut request = Request::new(body);
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = address;
        let headers = request.headers_mut();
        *headers = (call.headers)();
        if let Some(token) = token {
            let bearer = HeaderValue::try_from(["Bearer ", token].concat());
            let mut bearer = bearer.map_err(|_| broken())?;
            bearer.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, bearer);
        }
        headers.insert(header::USER_AGENT, AGENT);
        if has_no_body && ![Method::GET, Method::DELETE].contains(call.method) {
            // Without it some servers answer 411.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(request)
    }

    fn silent(&self) -> Failed {
        let sentence = "the API did not answer in time";
        self.warn(sentence);
        Failed::Lost(Error::new(Code::ServiceUnavailable, sentence))
    }

    fn no_answer(&self, error: &ClientError) -> Failed {
        if error.is_connect() {
            let sentence = "the API cannot be reached from the endpoint";
            self.warn(sentence);
            Failed::Unsent(Error::new(Code::ServiceUnavailable, sentence))
        } else {
            let sentence = "the call to the API broke off";
            self.warn(sentence);
            Failed::Lost(Error::new(Code::ServiceUnavailable, sentence))
        }
    }

    /// The error's own text may hold the address, so only its kind is logged; and not once for each call.
    fn warn(&self, sentence: &'static str) {
        if let Some(left_out) = self.quiet.line(("api", sentence)) {
            tracing::warn!(left_out, "{sentence}");
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[tokio::test]
    async fn e69_each_call_to_the_api_has_a_connection_of_its_own() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin: Uri = format!("https://localhost:{port}").parse().unwrap();
        let mut connector = Connector::new(&origin).unwrap();
        let opening = tower_service::Service::call(&mut connector, origin);
        let greeting = tokio::select! {
            greeting = crate::upstream::transport::greeting(&listener) => greeting,
            _ = opening => Vec::new(),
        };
        let has = |name: &[u8]| greeting.windows(name.len()).any(|part| part == name);
        assert!(
            has(b"\x08http/1.1") && !has(b"\x02h2"),
            "one HTTP/2 connection has one window for all"
        );
    }
}
