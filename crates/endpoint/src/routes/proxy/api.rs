//! Calls to the API: to its own host, with bounds on time, and with nothing of the browser but what is on the lists.

use super::upload::{OVER, Progress, too_large};
use crate::base::problem::Problem;
use crate::http::answer::Refused;
use crate::upstream::transport;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use exo365_core::error::{Code, Error};
use reqwest::{Client, Response, Url};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long the API may take to begin its answer, from the last byte of the request on.
const PATIENCE: Duration = Duration::from_secs(60);

/// What of a page's request goes to the API. Whatever is not here stays: cookies, origin, addresses, hops.
const FORWARDED: [HeaderName; 12] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::CONTENT_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::RANGE,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("consistencylevel"),
    HeaderName::from_static("prefer"),
    HeaderName::from_static("return-client-request-id"),
    HeaderName::from_static("x-anchormailbox"),
];

/// The client of the API.
pub(crate) struct Api {
    client: Client,
    /// Bytes of bodies that may still be kept.
    pub(super) kept: Arc<Semaphore>,
    /// How long an answer, or its next part, may take.
    pub(crate) patience: Duration,
}

/// One call, without its body.
pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
}

impl Api {
    /// Makes the client.
    ///
    /// # Errors
    /// As [`transport::Upstream::new`].
    pub(crate) fn new() -> Result<Self, Problem> {
        Ok(Self {
            client: transport::client(None)?,
            kept: Arc::new(Semaphore::new(super::upload::BUDGET)),
            patience: PATIENCE,
        })
    }

    /// Sends a call with this token.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`]; 413 where the body went over its limit.
    pub(super) async fn send(
        &self,
        call: &Call<'_>,
        token: &str,
        (body, progress): (Option<reqwest::Body>, Progress),
    ) -> Result<Response, Refused> {
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
                        return Err(too_large());
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

/// The headers of a page's request that go on, and what the endpoint asks for itself.
pub(super) fn forwarded(from: &HeaderMap, has_body: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in &FORWARDED {
        if *name == header::CONTENT_TYPE && !has_body {
            continue;
        }
        for value in from.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    // Links inside are rewritten, and the browser did not say what the endpoint can read.
    let plain = HeaderValue::from_static("identity");
    headers.insert(header::ACCEPT_ENCODING, plain);
    headers
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
