//! The API's answer on its way to the page: what is on the list of headers, and the body as it comes.

use super::path::PathCheck;
use super::rewrite::Rewrite;
use crate::config::Config;
use crate::http::answer::{Rejection, set_security_headers};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::is_json;
use http_body::{Frame, SizeHint};
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

/// Content from the API must not act as a page of this site.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The answer for the page.
///
/// # Errors
/// [`Code::InvalidResponse`] for a redirection, or a body in a form that was not asked for.
pub(super) fn answer(
    (config, patience): (&Config, Duration),
    response: reqwest::Response,
    asked: PathCheck,
) -> Result<Response, Rejection> {
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
    let origin = &config.public.cloud.api;
    let body = ResponseBody {
        rewrite: (json && !asked.is_content).then(|| Rewrite::new(origin, &page(config))),
        body: Some(response.into()),
        patience,
        silence: Box::pin(tokio::time::sleep(patience)),
        waiting: false,
    };
    let mut answer = Response::new(Body::new(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// Where the proxy is, for pages.
pub(in crate::routes) fn page(config: &Config) -> String {
    format!("{}{}", config.public_base, super::path::PATH)
}

fn headers(config: &Config, from: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set_security_headers(&mut headers, config);
    headers.remove(header::CONTENT_TYPE);
    let policy = HeaderValue::from_static(POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for name in &RELAYED {
        for value in from.get_all(name) {
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
    body: Option<reqwest::Body>,
    rewrite: Option<Rewrite>,
    patience: Duration,
    silence: Pin<Box<Sleep>>,
    /// The endpoint waits for the API, not for a page that reads slowly.
    waiting: bool,
}

impl ResponseBody {
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<axum::BoxError> {
        if !self.waiting {
            self.waiting = true;
            let end = Instant::now() + self.patience;
            self.silence.as_mut().reset(end);
        }
        self.silence.as_mut().poll(context).map(|()| {
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
            let Poll::Ready(frame) = Pin::new(body).poll_frame(context) else {
                return this.poll_silence(context).map(|error| Some(Err(error)));
            };
            this.waiting = false;
            let bytes = match frame {
                Some(Ok(frame)) => {
                    // Trailers are headers that nobody checked.
                    let Ok(data) = frame.into_data() else {
                        continue;
                    };
                    match &mut this.rewrite {
                        Some(rewrite) => rewrite.feed(&data).into(),
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
        let at_end = |body: &reqwest::Body| self.rewrite.is_none() && body.is_end_stream();
        self.body.as_ref().is_none_or(at_end)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.body, &self.rewrite) {
            (Some(body), None) => body.size_hint(),
            _ => SizeHint::default(),
        }
    }
}
