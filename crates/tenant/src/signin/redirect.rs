//! The authorization response: query, fragment or form post.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::pages;
use crate::http;
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::flow::DeviceOutcome;
use crate::oauth::request::{AuthorizationRequest, ResponseMode};
use crate::state::Tenant;

/// Sends values to the redirect URI of a request.
pub(crate) fn back(request: &AuthorizationRequest, values: &[(&str, String)]) -> Response {
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(values)
        .finish();
    let base = with_path(&request.redirect_uri);
    match request.mode {
        ResponseMode::FormPost => pages::form_post::form_post(&base, values),
        ResponseMode::Fragment => found(&format!("{base}#{encoded}")),
        ResponseMode::Query => {
            let joint = if base.contains('?') { '&' } else { '?' };
            found(&format!("{base}{joint}{encoded}"))
        }
    }
}

/// Sends an error to the redirect URI of a request, or to the device that waits for it.
pub(crate) fn refuse(tenant: &Tenant, request: &AuthorizationRequest, error: &Aadsts) -> Response {
    if let Some(device) = &request.device {
        if let Some(waiting) = tenant.signins().devices.get_mut(device) {
            waiting.outcome = DeviceOutcome::Declined;
        }
        return pages::device::refused(&error.text);
    }
    let ids = TraceIds::new(tenant.clock().now(), request.correlation.as_deref());
    let mut values = vec![("error", error.error.to_owned())];
    if let Some(suberror) = error.suberror {
        values.push(("error_subcode", suberror.to_owned()));
    }
    values.push(("error_description", error.description(&ids)));
    values.push(("error_uri", error.uri(&tenant.origin())));
    push_state(request, &mut values);
    back(request, &values)
}

/// Adds `state` without the characters that Entra removes.
pub(crate) fn push_state(request: &AuthorizationRequest, values: &mut Vec<(&str, String)>) {
    if let Some(state) = &request.state {
        values.push(("state", state.replace(['<', '>', '"', '\''], "")));
    }
}

/// A 302 response that is not cached.
pub(crate) fn found(location: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    http::set(&mut response, "location", location);
    http::set(&mut response, "cache-control", "no-store");
    http::set(&mut response, "cross-origin-opener-policy", "same-origin");
    http::set(&mut response, "referrer-policy", "no-referrer");
    response
}

/// Adds a slash to a URI without a path.
fn with_path(uri: &str) -> String {
    match uri.split_once("://") {
        Some((_, rest)) if !rest.contains('/') => format!("{uri}/"),
        _ => uri.to_owned(),
    }
}
