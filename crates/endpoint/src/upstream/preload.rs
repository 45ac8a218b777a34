//! The API, asked for what a page will need first: over connections of its own that are kept warm, each answer read
//! whole and within bounds.

use super::preload_bounds::{Bounds, Place};
use super::transport::{self, Connections};
use crate::base::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::{Client, Response, Url};
use std::time::Duration;

/// How long all calls of one preload may take together, from the page's request on.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// The client, and what is under way.
pub(crate) struct PreloadClient {
    warm: Client,
    /// For a call whose kept connection was dead.
    fresh: Client,
    /// What preloads take.
    pub(crate) bounds: Bounds,
    /// How long all calls of one preload may take together.
    pub(crate) patience: Duration,
}

/// An answer, read whole.
pub(crate) struct ApiAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `None` where it is larger than there is room for, or in a form that was not asked for.
    pub(crate) body: Option<Vec<u8>>,
}

impl PreloadClient {
    /// Makes the client.
    ///
    /// # Errors
    /// As [`transport::Upstream::new`].
    pub(crate) fn new() -> Result<Self, Problem> {
        Ok(Self {
            warm: transport::client(Some(PATIENCE), Connections::Warm)?,
            fresh: transport::client(Some(PATIENCE), Connections::Fresh)?,
            bounds: Bounds::default(),
            patience: PATIENCE,
        })
    }

    /// `GET`s `url` with this token; `None` where no answer came, or it broke off.
    pub(crate) async fn get(
        &self,
        url: &Url,
        mut headers: HeaderMap,
        token: &str,
        place: &Place,
    ) -> Option<ApiAnswer> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
        let first = self.warm.get(url.clone()).headers(headers.clone());
        let response = match first.send().await {
            // The connection that was kept had died. A GET may be repeated.
            Err(error) if !error.is_connect() && !error.is_timeout() => {
                let again = self.fresh.get(url.clone()).headers(headers);
                again.send().await.ok()?
            }
            outcome => outcome.ok()?,
        };
        Some(ApiAnswer {
            status: response.status(),
            headers: response.headers().clone(),
            body: read(response, place).await,
        })
    }
}

/// The body, as far as there is room for it.
async fn read(mut response: Response, place: &Place) -> Option<Vec<u8>> {
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|name| !name.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return None;
    }
    let mut taken = place.octets();
    let announced = response.content_length().unwrap_or_default();
    if !taken.fits(usize::try_from(announced).ok()?) {
        return None;
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if !taken.grow(chunk.len()) {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    taken.keep();
    Some(body)
}
