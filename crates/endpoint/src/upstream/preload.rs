//! Reads from the API for a preload: each answer whole, and within its bounds.

use super::api::{Api, Call, Progress};
use super::bounds::Place;
use super::outgoing::Outgoing;
use axum::body::HttpBody;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use hyper::body::Incoming;
use std::future::poll_fn;
use std::pin::Pin;

/// An answer, read whole.
pub(crate) struct ApiAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `None` where it is larger than there is room for, or in a form that was not asked for.
    pub(crate) body: Option<Vec<u8>>,
}

/// `GET`s `path` with this token; `None` where no answer came, or it broke off.
pub(crate) async fn get(
    api: &Api,
    (path, headers): (&PathAndQuery, &HeaderMap),
    token: &str,
    place: &Place,
) -> Option<ApiAnswer> {
    let call = Call {
        method: &Method::GET,
        path: path.clone(),
        headers: &|| headers.clone(),
    };
    let nothing = (Outgoing::Empty, Progress::default());
    let response = api.send(&call, Some(token), nothing).await.ok()?;
    Some(ApiAnswer {
        status: response.status(),
        headers: response.headers().clone(),
        body: read(response, place).await,
    })
}

/// The body, as far as there is room for it.
async fn read(response: Response<Incoming>, place: &Place) -> Option<Vec<u8>> {
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|name| !name.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return None;
    }
    let mut body = response.into_body();
    let mut taken = place.octets();
    if !taken.fits(usize::try_from(body.size_hint().lower()).ok()?) {
        return None;
    }
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // Trailers are headers that nobody checked.
        let Ok(octets) = frame.ok()?.into_data() else {
            continue;
        };
        if !taken.grow(octets.len()) {
            return None;
        }
        whole.extend_from_slice(&octets);
    }
    taken.keep();
    Some(whole)
}
