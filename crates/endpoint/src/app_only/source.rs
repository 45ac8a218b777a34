//! A source of tokens for the services of this machine: `POST /token` on a loopback address, with a key.
//!
//! Pages cannot use it: a browser, known by `Origin` or `Sec-Fetch-Site`, is refused. Every other
//! client has to know the key.

use super::AppOnly;
use crate::base::problem::Problem;
use crate::config::Secret;
use crate::http::gate;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use exo365_core::error::{Code, Error};
use exo365_core::text::same;
use exo365_core::wire::ErrorReply;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Environment variable of the key.
pub const KEY: &str = "EXO365_APP_KEY";
/// Shortest key, in characters: 32 of hexadecimal are 128 bits.
const SHORTEST: usize = 32;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Ask {
    /// The API refused the token before.
    force_refresh: bool,
}

/// The source, for a listener on a loopback address. `key` is what services send as bearer.
///
/// # Errors
/// [`Problem::Secret`] where the key is short enough to be guessed.
pub fn source(application: AppOnly, key: Secret) -> Result<Router, Problem> {
    let plain = key.reveal().bytes().all(|byte| byte.is_ascii_graphic());
    if key.reveal().len() < SHORTEST || !plain {
        return Err(Problem::Secret(format!(
            "the key of the token source has {SHORTEST} characters at least, without spaces, such as `openssl rand -hex 32` writes"
        )));
    }
    let key = Arc::new(key);
    let handler = move |request: Request| {
        let (application, key) = (application.clone(), Arc::clone(&key));
        async move { answer(serve(&application, &key, request).await) }
    };
    let nothing = || {
        std::future::ready(answer(Err(refused(
            404,
            Code::NotFound,
            "there is POST /token",
        ))))
    };
    Ok(Router::new()
        .route("/token", any(handler))
        .fallback(nothing))
}

type Rejection = (StatusCode, Error);

fn refused(status: u16, code: Code, message: &'static str) -> Rejection {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Error::new(code, message))
}

async fn serve(application: &AppOnly, key: &Secret, request: Request) -> Result<Value, Rejection> {
    let (parts, body) = request.into_parts();
    check(&parts.headers, key)?;
    if parts.method != axum::http::Method::POST {
        return Err(refused(405, Code::BadRequest, "this route takes POST"));
    }
    let wrong = || {
        refused(
            400,
            Code::BadRequest,
            "the body is nothing, or {\"forceRefresh\": true}",
        )
    };
    let body = gate::body(body).await.map_err(|_| wrong())?;
    let ask = if body.is_empty() {
        Ask::default()
    } else {
        gate::parse(&body).map_err(|_| wrong())?
    };
    let token = application
        .token(ask.force_refresh)
        .await
        .map_err(|error| {
            tracing::warn!(code = error.code.as_str(), cause = %error, "there is no token");
            let status = match error.code {
                Code::Throttled => StatusCode::TOO_MANY_REQUESTS,
                Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_GATEWAY,
            };
            (status, error)
        })?;
    tracing::debug!(expires_in = token.expires_in, "a token is given");
    Ok(json!({
        "token": token.token.reveal(), "expiresIn": token.expires_in, "scopes": token.scopes
    }))
}

/// No browser, and the key.
fn check(headers: &HeaderMap, key: &Secret) -> Result<(), Rejection> {
    // `Sec-Fetch-Mode` alone is Node's own `fetch`.
    let browser = headers.keys().any(|name| {
        let name = name.as_str();
        name == "origin"
            || name == "referer"
            || name.starts_with("sec-") && name != "sec-fetch-mode"
    });
    if browser {
        let sentence = "this is for services: a browser gets no token of the application";
        return Err(refused(403, Code::Forbidden, sentence));
    }
    let mut given = headers.get_all(header::AUTHORIZATION).into_iter();
    let given = (given.next(), given.next());
    let bearer = match given {
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => "",
    };
    let known = bearer
        .strip_prefix("Bearer ")
        .is_some_and(|given| same(given, key.reveal()));
    if known {
        Ok(())
    } else {
        Err(refused(401, Code::Forbidden, "the key is missing or wrong"))
    }
}

fn answer(outcome: Result<Value, Rejection>) -> Response {
    let (status, body, wait) = match outcome {
        Ok(body) => (StatusCode::OK, body.to_string(), None),
        Err((status, error)) => {
            let detail = error.detail.as_ref();
            let wait = detail.and_then(|detail| detail.retry_after_seconds);
            let body = serde_json::to_string(&ErrorReply::from(&error));
            (status, body.unwrap_or_default(), wait)
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
