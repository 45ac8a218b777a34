//! The API's answer on its way to the page: what is on the list of headers, and the body as it comes.

use super::path::PathCheck;
use super::rewrite::{Rewrite, has_key};
use crate::config::Config;
use crate::http::answer::{Rejection, content_headers};
use crate::http::reply::Reply;
use crate::http::whole::{at_once_or, whole};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::is_json;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// What of the API's answer reaches the page. No cookies, no challenges, nothing about connections.
pub(in crate::routes) const RELAYED: [HeaderName; 12] = [
    header::ACCEPT_RANGES,
    header::CONTENT_LANGUAGE,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("odata-version"),
    HeaderName::from_static("preference-applied"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-ms-diagnostics"),
];

/// Largest answer of known length that is read whole: it goes to the page in one piece, with its length.
const SHORT: usize = 16 * 1024;

/// The answer for the page.
///
/// # Errors
/// [`Code::InvalidResponse`] for a redirection, or a body in a form that was not asked for;
/// [`Code::ServiceUnavailable`] with 504 where a short answer breaks off.
pub(super) async fn answer(
    (config, patience): (&Config, Duration),
    response: Response<Incoming>,
    asked: PathCheck,
) -> Result<Response<Reply>, Rejection> {
    let status = response.status();
    let wrong = |sentence| Err(Rejection::from(Error::new(Code::InvalidResponse, sentence)));
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return wrong("the API answered with a redirection, which is not followed");
    }
    let encoded = response.headers().get(header::CONTENT_ENCODING);
    if encoded.is_some_and(|name| !name.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return wrong("the API answered in an encoding that was not asked for");
    }
    let headers = headers(config, response.headers());
    let kind = headers.get(header::CONTENT_TYPE);
    let json = kind.is_some_and(|kind| kind.to_str().is_ok_and(is_json));
    let links = json && !asked.is_content;
    let mut body = response.into_body();
    let rewrite = || Rewrite::new(&config.public.cloud.api, &page(config));
    let body = match short(&mut body, patience).await? {
        Some(bytes) if links && has_key(&bytes) => {
            let mut rewrite = rewrite();
            let mut changed = rewrite.feed(&bytes);
            changed.append(&mut rewrite.finish());
            Reply::from(Bytes::from(changed))
        }
        Some(bytes) => Reply::from(bytes),
        None => Reply::passing(Body::new(ResponseBody {
            rewrite: links.then(rewrite),
            body: Some(body),
            patience,
            silence: None,
            waiting: false,
        })),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// A short body, read whole; `None` for any other.
///
/// # Errors
/// [`Code::ServiceUnavailable`] with 504: the API has done what it was asked for, or not.
async fn short(body: &mut Incoming, patience: Duration) -> Result<Option<Bytes>, Rejection> {
    let length = body.size_hint().exact();
    if length.is_none_or(|length| length > SHORT as u64) {
        return Ok(None);
    }
    let sentence = match at_once_or(patience, whole(body, SHORT)).await {
        Ok(Ok(bytes)) => return Ok(Some(bytes)),
        Ok(Err(_)) => "the API broke off in the middle of its answer",
        Err(_) => "the API fell silent in the middle of its answer",
    };
    tracing::warn!("{sentence}");
    let lost = Error::new(Code::ServiceUnavailable, sentence);
    Err(Rejection::from(lost).status(StatusCode::GATEWAY_TIMEOUT))
}

/// Where the proxy is, for pages.
pub(in crate::routes) fn page(config: &Config) -> String {
    format!("{}{}", config.public_base, super::path::PATH)
}

fn headers(config: &Config, from: &HeaderMap) -> HeaderMap {
    let mut headers = content_headers(config);
    for (name, value) in from {
        if RELAYED.contains(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    if let Some(location) = from.get(header::LOCATION).and_then(|at| local(config, at)) {
        headers.insert(header::LOCATION, location);
    }
    headers
}

/// A place at the API, as the page reaches it; any other stays untold.
fn local(config: &Config, location: &HeaderValue) -> Option<HeaderValue> {
    let location = location.to_str().ok()?;
    let origin = &config.public.cloud.api;
    let path = match location.get(..origin.len()) {
        Some(head) if head.eq_ignore_ascii_case(origin) => location.get(origin.len()..)?,
        _ => location,
    };
    let bare = path.split(['?', '#']).next()?;
    super::path::check(&config.proxy_paths, bare).ok()?;
    HeaderValue::try_from(format!("{}{path}", page(config))).ok()
}

/// The body: links rewritten, and cut off where the API falls silent.
struct ResponseBody {
    body: Option<Incoming>,
    rewrite: Option<Rewrite>,
    patience: Duration,
    /// Made when the API is waited for.
    silence: Option<Pin<Box<Sleep>>>,
    /// The endpoint waits for the API, not for a page that reads slowly.
    waiting: bool,
}

impl ResponseBody {
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<axum::BoxError> {
        let patience = self.patience;
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        if !self.waiting {
            self.waiting = true;
            silence.as_mut().reset(Instant::now() + patience);
        }
        silence.as_mut().poll(context).map(|()| {
            tracing::warn!("the API fell silent in the middle of its answer");
            "the API fell silent".into()
        })
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        loop {
            let Some(body) = this.body.as_mut() else {
                return Poll::Ready(None);
            };
            let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(context) else {
                return this.poll_silence(context).map(|error| Some(Err(error)));
            };
            this.waiting = false;
            let bytes = match frame {
                Some(Ok(frame)) => {
                    // Trailers are headers that nobody checked.
                    let Ok(data) = frame.into_data() else {
                        continue;
                    };
                    let at_end = body.is_end_stream();
                    match &mut this.rewrite {
                        Some(rewrite) => {
                            let mut data = rewrite.feed(&data);
                            if at_end {
                                this.body = None;
                                data.append(&mut rewrite.finish());
                            }
                            data.into()
                        }
                        None => data,
                    }
                }
                Some(Err(_)) => {
                    tracing::warn!("the API's answer broke off");
                    return Poll::Ready(Some(Err("the API's answer broke off".into())));
                }
                None => {
                    this.body = None;
                    let rest = this.rewrite.as_mut().map(Rewrite::finish);
                    rest.unwrap_or_default().into()
                }
            };
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let at_end = |body: &Incoming| self.rewrite.is_none() && body.is_end_stream();
        self.body.as_ref().is_none_or(at_end)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.body, &self.rewrite) {
            (Some(body), None) => body.size_hint(),
            _ => SizeHint::default(),
        }
    }
}
