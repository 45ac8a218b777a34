//! The effects of faults on responses.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

use super::errors;
use crate::http::{self, HttpRequest};
use crate::state::Tenant;
use crate::state::faults::{Fault, Kind};

/// The response of the fault; `None` if the request is handled as usual.
pub(crate) async fn respond(
    fault: &Fault,
    tenant: &Tenant,
    incoming: &HttpRequest,
) -> Option<Response> {
    match &fault.kind {
        Kind::CorsOff | Kind::NoRefreshToken | Kind::Truncate => None,
        Kind::Drop => Some(broken(None)),
        Kind::Hold => {
            let mut cancellations = tenant.faults().cancellations();
            // This cannot fail: the sender lives as long as the tenant.
            let _ = cancellations
                .wait_for(|cancellation| *cancellation != fault.cancellation)
                .await;
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
        } => Some(errors::throttled(tenant, incoming, *retry_after_seconds)),
        Kind::Unauthorized { variant } => {
            let variant = variant.as_deref().unwrap_or("expired");
            Some(errors::unauthorized(tenant, incoming, variant))
        }
    }
}

/// Truncates the response if that is the fault.
pub(crate) async fn damage(fault: &Fault, response: Response) -> Response {
    if !matches!(fault.kind, Kind::Truncate) {
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
    http::set(&mut cut, "content-length", &bytes.len().to_string());
    cut
}

/// A body that ends with an error, so that the connection is closed after `first`.
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
    http::set(&mut response, "content-type", "text/html; charset=utf-8");
    response
}

/// A JSON response of about this many bytes, streamed in pieces.
fn huge(bytes: usize) -> Response {
    const PIECE: usize = 64 * 1024;
    let head = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{\"padding\":\""))]);
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let middle = stream::iter((0..bytes / PIECE).map(move |_| Ok(piece.clone())));
    let tail = stream::iter([Ok(Bytes::from_static(b"\"}"))]);
    use futures_util::StreamExt as _;
    let mut response = Response::new(Body::from_stream(head.chain(middle).chain(tail)));
    http::set(&mut response, "content-type", "application/json");
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
        http::set(&mut response, "content-type", kind);
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
