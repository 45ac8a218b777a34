//! Calls to the API: to its own host, with bounds on time, and with nothing of the browser but what is on the lists.

use super::transport;
use crate::base::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use exo365_core::error::{Code, Error};
use reqwest::{Client, Response, Url};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bytes of a body that went by, for whoever waits for the answer; [`OVER`] where there were too many.
pub(crate) type Progress = Arc<AtomicU64>;

/// Says that the body was too large.
pub(crate) const OVER: u64 = u64::MAX;
/// So many bytes of all bodies together are kept; whatever comes beyond that is passed on unread.
const BUDGET: usize = 64 * 1024 * 1024;
/// How long the API may take to begin its answer, from the last byte of the request on.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The client of the API.
pub(crate) struct Api {
    client: Client,
    /// Bytes of bodies that may still be kept.
    pub(crate) kept: Arc<Semaphore>,
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
            client: transport::client(None)?,
            kept: Arc::new(Semaphore::new(BUDGET)),
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
                    return Ok(outcome.map_err(|error| unreachable(&error))?);
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

/// The error's own text holds the address: only its kind is told.
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
