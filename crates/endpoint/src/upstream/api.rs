//! Calls to the API, with time limits and with only those headers of the browser that are on a list.

use super::transport::{self, Connections};
use crate::base::problem::Problem;
use crate::store::Key;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use exo365_core::error::{Code, Error};
use reqwest::{Client, Response, Url};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bytes of a body that went by, for whoever waits for the answer; [`OVER`] where there were too many.
pub(crate) type Progress = Arc<AtomicU64>;

/// Says that the body was too large.
pub(crate) const OVER: u64 = u64::MAX;
/// How long the API may take to begin its answer, from the last byte of the request on.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The client of the API.
pub(crate) struct Api {
    client: Client,
    /// For a call whose kept connection was dead.
    fresh: Client,
    /// The memory for bodies.
    pub(crate) buffers: Buffers,
    /// How long an answer, or its next part, may take.
    pub(crate) patience: Duration,
}

/// Why a call has no answer.
pub(crate) enum Failed {
    /// The body went over its limit.
    TooLarge,
    /// The API cannot be reached, or did not answer in time.
    NoAnswer(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::NoAnswer(error)
    }
}

/// One call, without its body.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
}

impl Api {
    /// Makes the client.
    ///
    /// # Errors
    /// As [`transport::Upstream::new`].
    pub(crate) fn new() -> Result<Self, Problem> {
        Ok(Self {
            client: transport::client(None, Connections::Separate)?,
            fresh: transport::client(None, Connections::Fresh)?,
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
        (body, progress): (Option<reqwest::Body>, Progress),
    ) -> Result<Response, Failed> {
        let broken = || Error::new(Code::ServiceUnavailable, "the endpoint cannot call the API");
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| broken())?;
        bearer.set_sensitive(true);
        let mut headers = call.headers.clone();
        headers.insert(header::AUTHORIZATION, bearer);
        // A question without a body may be asked twice.
        let repeatable = *call.method == Method::GET && body.is_none();
        let again = repeatable.then(|| headers.clone());
        let request = self.client.request(call.method.clone(), call.url.clone());
        let request = request.headers(headers);
        let sending = match body {
            Some(body) => request.body(body),
            None if *call.method == Method::GET || *call.method == Method::DELETE => request,
            // Without it some servers answer 411.
            None => request.header(header::CONTENT_LENGTH, 0),
        };
        let sending = sending.send();
        tokio::pin!(sending);
        loop {
            let seen = progress.load(Ordering::Relaxed);
            tokio::select! {
                outcome = &mut sending => {
                    if progress.load(Ordering::Relaxed) == OVER {
                        return Err(Failed::TooLarge);
                    }
                    return match (outcome, again) {
                        // The connection that was kept had died.
                        (Err(error), Some(headers)) if !error.is_connect() => {
                            let request = self.fresh.get(call.url.clone()).headers(headers);
                            let answer = tokio::time::timeout(self.patience, request.send()).await;
                            let answer = answer.map_err(|_| Error::new(Code::ServiceUnavailable, "the API did not answer in time"))?;
                            Ok(answer.map_err(|error| unreachable(&error))?)
                        }
                        (outcome, _) => Ok(outcome.map_err(|error| unreachable(&error))?),
                    };
                }
                () = tokio::time::sleep(self.patience) => {
                    // A body that still moves is no silence.
                    if progress.load(Ordering::Relaxed) == seen {
                        tracing::warn!("the API did not answer in time");
                        return Err(Error::new(Code::ServiceUnavailable, "the API did not answer in time").into());
                    }
                }
            }
        }
    }
}

/// The error's own text holds the address, so only its kind is logged.
fn unreachable(error: &reqwest::Error) -> Error {
    tracing::warn!(
        connect = error.is_connect(),
        timeout = error.is_timeout(),
        body = error.is_body(),
        "the API gave no answer"
    );
    let sentence = if error.is_connect() {
        "the API cannot be reached from the endpoint"
    } else {
        "the call to the API broke off"
    };
    Error::new(Code::ServiceUnavailable, sentence)
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
}
