//! The headers of a page's request that go on to the API.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What of a page's request goes to the API. Whatever is not here stays: cookies, origin, addresses, hops.
pub(in crate::routes) const FORWARDED: [HeaderName; 12] = [
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

/// Whether a header of this name goes on; the case does not matter.
pub(super) fn is_forwarded(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| FORWARDED.contains(&name))
}

/// The headers of a page's request that go on, and what the endpoint asks for itself.
pub(super) fn forwarded(from: &HeaderMap, has_body: bool) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(FORWARDED.len() + 4);
    // By what came, which is less than what is on the list.
    for (name, value) in from {
        if FORWARDED.contains(name) && (has_body || *name != header::CONTENT_TYPE) {
            headers.append(name.clone(), value.clone());
        }
    }
    // Links inside are rewritten, and the browser did not say what the endpoint can read.
    let plain = HeaderValue::from_static("identity");
    headers.insert(header::ACCEPT_ENCODING, plain);
    headers
}
