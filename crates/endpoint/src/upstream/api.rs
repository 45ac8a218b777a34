//! Calls to the API, with time limits and with only those headers of the browser that are on a list.

use super::connector::Connector;
use crate::base::problem::Problem;
use crate::config::Config;
use crate::store::Key;
use axum::BoxError;
use axum::body::{Bytes, HttpBody};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use exo365_core::error::{Code, Error};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::Error as ClientError;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// Bytes of a body that went by, for whoever waits for the answer; [`OVER`] where there were too many.
pub(crate) type Progress = Arc<AtomicU64>;

/// Says that the body was too large.
pub(crate) const OVER: u64 = u64::MAX;
/// How long the API may take to begin its answer, from the last byte of the request on.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection is kept without a request.
const IDLE: Duration = Duration::from_secs(30);
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("exo365-endpoint/", env!("CARGO_PKG_VERSION")));

/// The client of the API. Each call has a connection of its own while it lasts (HTTP/1.1): an answer that nobody reads holds
/// up no other.
pub(crate) struct Api {
    origin: Uri,
    client: Client<Connector, Outgoing>,
    /// For a call whose kept connection was dead.
    fresh: Client<Connector, Outgoing>,
    /// The memory for bodies.
    pub(crate) buffers: Buffers,
    /// How long an answer, or its next part, may take.
    pub(crate) patience: Duration,
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
            .pool_idle_timeout(IDLE);
        Ok(Self {
            origin,
            client: builder.build(connector.clone()),
            fresh: builder.pool_max_idle_per_host(0).build(connector),
            buffers: Buffers::default(),
            patience: TIMEOUT,
        })
    }

    /// Sends a call with this token.
    ///
    /// # Errors
    /// [`Failed`].
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        token: &str,
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
                        .map_err(|_| silent())?
                        .map_err(|error| no_answer(&error));
                }
                Ok(outcome) => return outcome.map_err(|error| no_answer(&error)),
                // A body that still moves is no silence.
                Err(_) if progress.load(Ordering::Relaxed) != seen => {}
                Err(_) => return Err(silent()),
            }
        }
    }

    fn request(
        &self,
        call: &Call<'_>,
        token: &str,
        body: Outgoing,
    ) -> Result<Request<Outgoing>, Failed> {
        let broken = || {
            let sentence = "the endpoint cannot call the API";
            Failed::Unsent(Error::new(Code::ServiceUnavailable, sentence))
        };
        let mut address = self.origin.clone().into_parts();
        address.path_and_query = Some(call.path.clone());
        let address = Uri::from_parts(address).map_err(|_| broken())?;
        let mut bearer =
            HeaderValue::try_from(["Bearer ", token].concat()).map_err(|_| broken())?;
        bearer.set_sensitive(true);
        let has_no_body = matches!(body, Outgoing::Empty);
        let mut request = Request::new(body);
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = address;
        let headers = request.headers_mut();
        *headers = (call.headers)();
        headers.insert(header::AUTHORIZATION, bearer);
        headers.insert(header::USER_AGENT, AGENT);
        if has_no_body && ![Method::GET, Method::DELETE].contains(call.method) {
            // Without it some servers answer 411.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(request)
    }
}

fn silent() -> Failed {
    let sentence = "the API did not answer in time";
    tracing::warn!("{sentence}");
    Failed::Lost(Error::new(Code::ServiceUnavailable, sentence))
}

/// The error's own text may hold the address, so only its kind is logged.
fn no_answer(error: &ClientError) -> Failed {
    let connect = error.is_connect();
    tracing::warn!(connect, "the API gave no answer");
    if connect {
        let sentence = "the API cannot be reached from the endpoint";
        Failed::Unsent(Error::new(Code::ServiceUnavailable, sentence))
    } else {
        let sentence = "the call to the API broke off";
        Failed::Lost(Error::new(Code::ServiceUnavailable, sentence))
    }
}

/// The body of a call.
pub(crate) enum Outgoing {
    Empty,
    Whole(Bytes),
    /// Passed on as it comes.
    Passing(Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>),
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        match this {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *this = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Passing(body) => body.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(_) => false,
            Self::Passing(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Passing(body) => body.size_hint(),
        }
    }
}

/// Memory for the bodies of all calls together, in octets.
pub(crate) const BUDGET: usize = 64 * 1024 * 1024;
/// The same for one session.
pub(crate) const BUDGET_OF_SESSION: usize = 16 * 1024 * 1024;

/// The memory that bodies take, counted as their octets come.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Used>>);

#[derive(Default)]
struct Used {
    all: usize,
    sessions: HashMap<Key, usize>,
}

/// The memory of one body; dropping it gives it back.
pub(crate) struct Buffer {
    buffers: Buffers,
    key: Key,
    size: usize,
}

impl Buffers {
    /// Nothing yet, for a body of this session.
    pub(crate) fn begin(&self, key: Key) -> Buffer {
        Buffer {
            buffers: self.clone(),
            key,
            size: 0,
        }
    }
}

impl Buffer {
    /// Takes so many octets more; false, and nothing taken, where there is no room.
    pub(crate) fn grow(&mut self, octets: usize) -> bool {
        let mut used = self
            .buffers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_session = used.sessions.get(&self.key).copied().unwrap_or_default();
        if used.all + octets > BUDGET || of_session + octets > BUDGET_OF_SESSION {
            return false;
        }
        used.all += octets;
        used.sessions.insert(self.key, of_session + octets);
        self.size += octets;
        true
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut used = self
            .buffers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        used.all -= self.size;
        let left = used.sessions.get(&self.key).map(|size| size - self.size);
        match left {
            Some(0) | None => drop(used.sessions.remove(&self.key)),
            Some(left) => drop(used.sessions.insert(self.key, left)),
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e69_a_session_has_its_share_of_the_memory() {
        let buffers = Buffers::default();
        let mut one = buffers.begin(Key([1; 32]));
        assert!(one.grow(BUDGET_OF_SESSION) && !one.grow(1));
        let others: Vec<Buffer> = (2..5)
            .map(|number| {
                let mut other = buffers.begin(Key([number; 32]));
                assert!(other.grow(BUDGET_OF_SESSION));
                other
            })
            .collect();
        assert!(!buffers.begin(Key([9; 32])).grow(1), "the memory of all");
        drop(others);
        drop(one);
        let used = buffers.0.lock().unwrap();
        assert_eq!((used.all, used.sessions.len()), (0, 0));
    }

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
