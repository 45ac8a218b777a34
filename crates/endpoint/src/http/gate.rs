//! The gate: the checks that every request has to pass before any work.

use super::answer::{Rejection, set_security_headers};
use super::whole::{Broken, at_once_or, whole};
use crate::config::Config;
use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use exo365_core::error::Code;
use exo365_core::token_reply::is_json;
use std::time::Duration;

/// Our own header. A page of another origin cannot send it without a preflight.
pub(crate) const OWN_HEADER: HeaderName = HeaderName::from_static("x-exo365");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Largest body, in bytes: codes and claims are a few thousand.
pub(crate) const MAX_BODY: usize = 64 * 1024;
/// How long a body may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Checks method and headers.
///
/// # Errors
/// 405, 403 or 415.
pub(crate) fn check(
    config: &Config,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Rejection> {
    if method != Method::POST {
        return Err(Rejection::at(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::BadRequest,
            "this route takes POST",
        ));
    }
    check_page(config, headers)?;
    let kind = single(headers, &header::CONTENT_TYPE);
    // The SDK writes it so; other spellings have to be parsed.
    if !kind.is_some_and(|kind| kind == "application/json" || is_json(kind)) {
        return Err(Rejection::at(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::BadRequest,
            "the body has to be application/json",
        ));
    }
    Ok(())
}

/// Checks that the request comes from a script of an allowed page.
///
/// # Errors
/// 403.
pub(crate) fn check_page(config: &Config, headers: &HeaderMap) -> Result<(), Rejection> {
    if single(headers, &OWN_HEADER) != Some("1") {
        return Err(Rejection::at(
            StatusCode::FORBIDDEN,
            Code::Forbidden,
            "the header X-Exo365: 1 is missing",
        ));
    }
    if !is_allowed_origin(config, headers) {
        return Err(Rejection::at(
            StatusCode::FORBIDDEN,
            Code::Forbidden,
            "the page's origin is not among the endpoint's `origins`",
        ));
    }
    Ok(())
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).into_iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// Whether the origin is on the list; without `Origin`, whether the browser says that it is the same origin.
fn is_allowed_origin(config: &Config, headers: &HeaderMap) -> bool {
    if !headers.contains_key(header::ORIGIN) {
        return single(headers, &FETCH_SITE) == Some("same-origin");
    }
    let mut listed = config.origins.iter().chain(&config.cross_origins);
    single(headers, &header::ORIGIN).is_some_and(|origin| listed.any(|known| known == origin))
}

/// Reads the body.
///
/// # Errors
/// 413, 408, 400.
pub(crate) async fn body<B>(body: B) -> Result<Bytes, Rejection>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    read(body, MAX_BODY, TIMEOUT).await
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413, 408, 400.
pub(crate) async fn read<B>(
    mut body: B,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Rejection>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    match at_once_or(patience, whole(&mut body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Broken::TooLarge)) => Err(Rejection::at(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::TooLarge,
            "the body is too large",
        )),
        Ok(Err(Broken::Off)) => Err(Rejection::at(
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "the body broke off",
        )),
        Err(_) => Err(Rejection::at(
            StatusCode::REQUEST_TIMEOUT,
            Code::Timeout,
            "the body took too long",
        )),
    }
}

/// The body as a type of the wire.
///
/// # Errors
/// 400, without quoting the body.
pub(crate) fn parse<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Rejection> {
    // serde would read a list as a struct.
    let object = body.trim_ascii_start().starts_with(b"{");
    let value = serde_json::from_slice(body).ok().filter(|_| object);
    value.ok_or_else(|| {
        Rejection::at(
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "the body is not what this route takes",
        )
    })
}

/// The origin to name in CORS headers: one that was configured for it, and no other.
pub(crate) fn cross_origin(config: &Config, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = single(headers, &header::ORIGIN)?;
    let known = config.cross_origins.iter().any(|known| known == origin);
    known.then(|| HeaderValue::try_from(origin).ok()).flatten()
}

/// What pages on other hosts may send, as preflights are told.
pub(crate) struct Cors {
    methods: &'static str,
    headers: &'static str,
}

/// Of the routes of the contract.
pub(crate) const OWN_ROUTES: Cors = Cors {
    methods: "POST",
    headers: "content-type, x-exo365, x-exo365-account",
};

/// Of the proxy.
pub(crate) const API: Cors = Cors {
    methods: "GET, POST, PATCH, PUT, DELETE",
    headers: "accept, client-request-id, consistencylevel, content-range, content-type, if-match, if-none-match, \
              prefer, range, return-client-request-id, x-anchormailbox, x-exo365, x-exo365-account",
};

/// What of an answer other hosts may read.
const EXPOSED: &str = "client-request-id, content-range, date, etag, location, preference-applied, request-id, \
                       retry-after, x-exo365, x-ms-diagnostics";

/// CORS headers of an answer.
pub(crate) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    credentials(headers, origin);
    let exposed = HeaderValue::from_static(EXPOSED);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

fn credentials(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let yes = HeaderValue::from_static("true");
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
}

/// The answer to a preflight of this origin.
pub(crate) fn preflight<B: From<Bytes>>(
    config: &Config,
    origin: HeaderValue,
    cors: &Cors,
) -> Response<B> {
    let mut response = Response::new(Bytes::new().into());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    set_security_headers(headers, config);
    headers.remove(header::CONTENT_TYPE);
    credentials(headers, origin);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, cors.methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, cors.headers),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
