//! Responses: small, of one shape, never cached or framed.

use crate::config::Config;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use exo365_core::error::{Code, Error};
use exo365_core::wire::ErrorReply;
use serde::Serialize;

/// Octets of most answers: an access token is the largest part.
const ROOM: usize = 2048;

/// A successful response.
pub(crate) struct Success {
    body: Bytes,
    cookies: Vec<HeaderValue>,
}

impl Success {
    /// An answer with this body.
    ///
    /// # Errors
    /// If it cannot be serialized.
    pub(crate) fn json(body: &impl Serialize) -> Result<Self, Rejection> {
        let mut text = Vec::with_capacity(ROOM);
        let body = serde_json::to_writer(&mut text, body).map(|()| text);
        let body =
            body.map_err(|_| Error::new(Code::ServiceUnavailable, "the endpoint has trouble"))?;
        Ok(Self::whole(body.into()))
    }

    /// An answer with this body, which is JSON.
    pub(crate) const fn whole(body: Bytes) -> Self {
        Self {
            body,
            cookies: Vec::new(),
        }
    }

    /// The same with one more cookie.
    pub(crate) fn cookie(mut self, cookie: Option<HeaderValue>) -> Self {
        self.cookies.extend(cookie);
        self
    }
}

/// A refusal.
pub(crate) struct Rejection {
    pub(crate) error: Error,
    status: Option<StatusCode>,
    cookie: Option<HeaderValue>,
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self {
            error,
            status: None,
            cookie: None,
        }
    }
}

impl Rejection {
    /// A refusal with a status of its own.
    pub(crate) fn at(status: StatusCode, code: Code, message: &'static str) -> Self {
        Self {
            error: Error::new(code, message),
            status: Some(status),
            cookie: None,
        }
    }

    /// The same with another status.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The same with a `Set-Cookie` header.
    pub(crate) fn clearing(mut self, cookie: Option<HeaderValue>) -> Self {
        self.cookie = cookie;
        self
    }

    fn http_status(&self) -> StatusCode {
        self.status.unwrap_or(match self.error.code {
            Code::BadRequest | Code::InvalidArgument => StatusCode::BAD_REQUEST,
            Code::InteractionRequired | Code::SignedOut => StatusCode::UNAUTHORIZED,
            Code::AccessDenied
            | Code::AdminConsentRequired
            | Code::ConsentRequired
            | Code::Forbidden
            | Code::WrongAccount => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Code::InvalidResponse | Code::IssuerMismatch => StatusCode::BAD_GATEWAY,
            Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }
}

/// The response of a route.
pub(crate) fn respond<B: From<Bytes>>(
    config: &Config,
    outcome: Result<Success, Rejection>,
) -> Response<B> {
    let (status, body, cookies, wait) = match outcome {
        Ok(done) => (StatusCode::OK, done.body, done.cookies, None),
        Err(refused) => {
            let wait = refused
                .error
                .detail
                .as_ref()
                .and_then(|detail| detail.retry_after_seconds);
            let body = serde_json::to_vec(&ErrorReply::from(&refused.error));
            let body = Bytes::from(body.unwrap_or_default());
            (
                refused.http_status(),
                body,
                refused.cookie.into_iter().collect(),
                wait,
            )
        }
    };
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    *response.headers_mut() = security_headers(config);
    let headers = response.headers_mut();
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

const PROTECTION: [(HeaderName, &str); 7] = [
    (header::CONTENT_TYPE, "application/json"),
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Content from the API must not act as a page of this site.
const POLICY_OF_CONTENT: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// Room for headers that an answer adds to these.
const MORE: usize = 8;

/// The headers of every answer of the endpoint's own, put together once.
pub(crate) fn security_headers(config: &Config) -> HeaderMap {
    prepared(config).0.clone()
}

/// The same for what comes from the API, which has a type of its own.
pub(crate) fn content_headers(config: &Config) -> HeaderMap {
    let mut headers = prepared(config).1.clone();
    headers.reserve(MORE);
    headers
}

fn prepared(config: &Config) -> &(HeaderMap, HeaderMap) {
    config.answer_headers.get_or_init(|| {
        let mut own = HeaderMap::new();
        set_security_headers(&mut own, config);
        let mut content = HeaderMap::new();
        for (name, value) in &own {
            if *name != header::CONTENT_TYPE {
                content.insert(name.clone(), value.clone());
            }
        }
        let policy = HeaderValue::from_static(POLICY_OF_CONTENT);
        content.insert(header::CONTENT_SECURITY_POLICY, policy);
        (own, content)
    })
}

/// Sets the headers of every answer.
pub(crate) fn set_security_headers(headers: &mut HeaderMap, config: &Config) {
    for (name, value) in PROTECTION {
        headers.insert(name, HeaderValue::from_static(value));
    }
    set_strict_transport(headers, config);
    if config.cross_origins.is_empty() {
        let own = HeaderValue::from_static("same-origin");
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), own);
    } else {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
}

/// Sets `Strict-Transport-Security` if browsers come over https.
pub(crate) fn set_strict_transport(headers: &mut HeaderMap, config: &Config) {
    if config.strict_transport {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}
