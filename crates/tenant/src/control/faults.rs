//! Faults on order: the answers that production gives on its bad days.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::api;
use crate::front::{self, Incoming};
use crate::state::Tenant;

/// Which requests a fault is for. Nothing given: all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    /// Part of the path (letter case aside).
    path: Option<String>,
    method: Option<String>,
}

impl Match {
    fn fits(&self, incoming: &Incoming) -> bool {
        let path = incoming.path.to_ascii_lowercase();
        self.path
            .as_ref()
            .is_none_or(|part| path.contains(&part.to_ascii_lowercase()))
            && self
                .method
                .as_ref()
                .is_none_or(|m| m.eq_ignore_ascii_case(incoming.method.as_str()))
    }
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Kind {
    CorsOff,
    Drop,
    /// The answer waits until the faults are cancelled.
    Hold,
    Html {
        status: Option<u16>,
    },
    Huge {
        bytes: usize,
    },
    NoRefreshToken,
    Slow {
        ms: u64,
    },
    Status {
        status: u16,
        body: Option<Value>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        hide_retry_after: bool,
    },
    Throttle {
        retry_after_seconds: Option<u64>,
        #[serde(default)]
        hide_header: bool,
    },
    Truncate,
    Unauthorized {
        variant: Option<String>,
    },
}

/// A fault with the number of times that it still happens.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fault {
    #[serde(default, rename = "match")]
    matches: Match,
    times: Option<u32>,
    #[serde(flatten)]
    kind: Kind,
    /// How often faults had been cancelled when it was ordered.
    #[serde(skip)]
    round: u64,
}

/// Every fault on order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    ordered: Vec<Fault>,
    /// How often all were cancelled: what is held waits for the next time.
    round: watch::Sender<u64>,
}

impl Faults {
    /// Orders one. Returns how many there are.
    pub(crate) fn add(&mut self, mut fault: Fault) -> usize {
        fault.round = *self.round.borrow();
        self.ordered.push(fault);
        self.ordered.len()
    }

    /// Cancels all, and lets go what they hold.
    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
        self.round.send_modify(|round| *round += 1);
    }

    /// Tells when all are cancelled.
    fn rounds(&self) -> watch::Receiver<u64> {
        self.round.subscribe()
    }

    /// Number of faults on order.
    pub(crate) fn len(&self) -> usize {
        self.ordered.len()
    }

    /// The first fault that fits; counts it down. A preflight meets only what concerns CORS
    /// or what names OPTIONS itself.
    pub(crate) fn take(&mut self, incoming: &Incoming) -> Option<Fault> {
        let preflight = incoming.method.as_str() == "OPTIONS";
        let at = self.ordered.iter().position(|fault| {
            let concerns = !preflight || fault.hides_cors() || fault.matches.method.is_some();
            !matches!(fault.kind, Kind::NoRefreshToken) && concerns && fault.matches.fits(incoming)
        })?;
        // The preflight does not use a fault up: the call after it has to meet it too.
        if preflight {
            self.ordered.get(at).cloned()
        } else {
            self.count_down(at)
        }
    }

    /// Whether the token answer has to go without its refresh token.
    pub(crate) fn hides_refresh_token(&mut self, incoming: &Incoming) -> bool {
        let at = self.ordered.iter().position(|fault| {
            matches!(fault.kind, Kind::NoRefreshToken) && fault.matches.fits(incoming)
        });
        at.and_then(|at| self.count_down(at)).is_some()
    }

    fn count_down(&mut self, at: usize) -> Option<Fault> {
        let fault = self.ordered.get_mut(at)?;
        match fault.times.as_mut() {
            None => Some(fault.clone()),
            Some(left) => {
                *left = left.saturating_sub(1);
                let spent = *left == 0;
                let copy = fault.clone();
                if spent {
                    self.ordered.remove(at);
                }
                Some(copy)
            }
        }
    }
}

impl Fault {
    /// Whether pages must not read the answer at all.
    pub(crate) fn hides_cors(&self) -> bool {
        matches!(self.kind, Kind::CorsOff)
    }

    /// Whether pages must not read `Retry-After`.
    pub(crate) fn hides_retry_after(&self) -> bool {
        matches!(
            self.kind,
            Kind::Status {
                hide_retry_after: true,
                ..
            } | Kind::Throttle {
                hide_header: true,
                ..
            }
        )
    }

    /// An answer in place of the real one, where the fault gives one.
    pub(crate) async fn act(&self, tenant: &Tenant, incoming: &Incoming) -> Option<Response> {
        match &self.kind {
            Kind::CorsOff | Kind::NoRefreshToken | Kind::Truncate => None,
            Kind::Drop => Some(broken(None)),
            Kind::Hold => {
                let mut rounds = tenant.faults().rounds();
                // The sender lives as long as the tenant.
                let _ = rounds.wait_for(|round| *round != self.round).await;
                None
            }
            Kind::Html { status } => Some(html(status.unwrap_or(200))),
            Kind::Huge { bytes } => Some(huge(*bytes)),
            Kind::Slow { ms } => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                None
            }
            Kind::Status {
                status,
                body,
                headers,
                ..
            } => Some(status_answer(*status, body.as_ref(), headers)),
            Kind::Throttle {
                retry_after_seconds,
                ..
            } => Some(api::errors::throttled(
                tenant,
                incoming,
                *retry_after_seconds,
            )),
            Kind::Unauthorized { variant } => {
                let variant = variant.as_deref().unwrap_or("expired");
                Some(api::errors::unauthorized(tenant, incoming, variant))
            }
        }
    }

    /// Damages the answer, where that is the fault.
    pub(crate) async fn spoil(&self, response: Response) -> Response {
        if !matches!(self.kind, Kind::Truncate) {
            return response;
        }
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        let half = bytes.slice(..bytes.len() / 2);
        let mut cut = broken(Some(half));
        *cut.status_mut() = parts.status;
        *cut.headers_mut() = parts.headers;
        front::set(&mut cut, "content-length", &bytes.len().to_string());
        cut
    }
}

/// A body that ends in an error: the connection closes, after `first` or without any answer.
fn broken(first: Option<Bytes>) -> Response {
    let cut = Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted));
    let parts: Vec<Result<Bytes, std::io::Error>> =
        first.map(Ok).into_iter().chain([cut]).collect();
    Response::new(Body::from_stream(stream::iter(parts)))
}

fn html(status: u16) -> Response {
    let text = "<!doctype html><html><head><title>Service Unavailable</title></head>\
                <body><h1>A proxy answered in place of the service.</h1></body></html>";
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    front::set(&mut response, "content-type", "text/html; charset=utf-8");
    response
}

/// A JSON string of about that many bytes, made piece by piece.
fn huge(bytes: usize) -> Response {
    const PIECE: usize = 64 * 1024;
    let head = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{\"padding\":\""))]);
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let middle = stream::iter((0..bytes / PIECE).map(move |_| Ok(piece.clone())));
    let tail = stream::iter([Ok(Bytes::from_static(b"\"}"))]);
    use futures_util::StreamExt as _;
    let mut response = Response::new(Body::from_stream(head.chain(middle).chain(tail)));
    front::set(&mut response, "content-type", "application/json");
    response
}

fn status_answer(
    status: u16,
    body: Option<&Value>,
    headers: &BTreeMap<String, String>,
) -> Response {
    let (text, kind) = match body {
        None => (String::new(), None),
        Some(Value::String(text)) => (text.clone(), Some("text/plain; charset=utf-8")),
        Some(json) => (json.to_string(), Some("application/json; charset=utf-8")),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = kind {
        front::set(&mut response, "content-type", kind);
    }
    for (name, value) in headers {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes());
        let value = axum::http::HeaderValue::from_str(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
