//! The page: a folder, served from the endpoint's own origin under a strict policy.

use super::page_links::links;
use crate::config::Config;
use crate::http::answer::set_strict_transport;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use exo365_core::flavor::upload_origins;
use exo365_core::text::form_decode;
use exo365_core::wire::Mode;
use std::path::Path;
use tower_http::services::ServeDir;

/// The files of `folder`; no listings, no hidden files, nothing outside of it.
pub(crate) fn router(config: &Config, folder: &Path) -> Router {
    let mut protection = HeaderMap::new();
    protect(&mut protection, config);
    let links = links(config, folder);
    let files = ServeDir::new(folder);
    let layer = from_fn(move |request: Request, next: Next| {
        serve((protection.clone(), links.clone()), request, next)
    });
    Router::new().fallback_service(files).layer(layer)
}

fn protect(headers: &mut HeaderMap, config: &Config) {
    // The sign-in service is not named: the page goes there, it does not fetch from it.
    // In proxy mode the page has no business with the API but to send large files where that says.
    let api = match config.public.mode {
        Mode::Direct => config.public.cloud.api.as_str(),
        Mode::Proxy => "",
    };
    let images = ["'self' data: blob:"]
        .into_iter()
        .chain(config.page_images.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src {images}; \
         font-src 'self'; connect-src 'self' {api} {}; frame-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
        upload_origins(&config.public.cloud.api)
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin-allow-popups",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    set_strict_transport(headers, config);
}

async fn serve(
    (protection, links): (HeaderMap, Option<HeaderValue>),
    mut request: Request,
    next: Next,
) -> Response {
    let tags = request.headers().get(header::IF_NONE_MATCH).cloned();
    if tags.is_some() {
        // An ETag is more precise than a date.
        request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    }
    let path = request.uri().path().to_owned();
    let mut response = if is_hidden(&path) {
        status(StatusCode::NOT_FOUND)
    } else {
        next.run(request).await
    };
    if response.headers().contains_key(header::LOCATION) {
        response = to_folder(&path);
    }
    if response.status() == StatusCode::OK
        && let Some(tag) = tag(response.headers())
    {
        if tags.is_some_and(|tags| matches(&tags, &tag)) {
            response = status(StatusCode::NOT_MODIFIED);
        }
        response.headers_mut().insert(header::ETAG, tag);
    }
    if response.status() == StatusCode::OK && is_document(response.headers()) {
        response
            .headers_mut()
            .extend(links.map(|links| (header::LINK, links)));
    }
    response.headers_mut().extend(protection);
    response
}

fn is_document(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

/// A folder that was asked for without its slash. Written here: `//host` in `Location` would be another site,
/// and 307 would send a body there again (RFC 9700 §4.11, §4.12).
fn to_folder(path: &str) -> Response {
    let folder = path.trim_matches('/');
    let mut response = status(StatusCode::FOUND);
    match HeaderValue::try_from(format!("/{folder}/")) {
        Ok(location) if !folder.contains('\\') => {
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Editors and version control leave files behind that begin with a dot.
fn is_hidden(path: &str) -> bool {
    let decoded = form_decode(path);
    decoded
        .split(['/', '\\'])
        .any(|part| part.starts_with('.') && part != ".well-known")
}

/// Changes with the file's size and time.
fn tag(headers: &HeaderMap) -> Option<HeaderValue> {
    let length = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
    let changed = headers.get(header::LAST_MODIFIED)?.to_str().ok()?;
    let changed: String = changed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    HeaderValue::try_from(format!("W/\"{changed}-{length}\"")).ok()
}

fn matches(tags: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(tag)) = (tags.to_str(), tag.to_str()) else {
        return false;
    };
    tags.split(',')
        .any(|one| one.trim() == tag || one.trim() == "*")
}
