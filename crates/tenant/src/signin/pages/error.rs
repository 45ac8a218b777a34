//! Errors that are shown on the service's own page, and the page behind `error_uri`.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame::page;
use crate::http::Params;
use crate::oauth::aadsts::{Aadsts, TraceIds};

/// The page for errors that are never sent to the application.
pub(crate) fn show(error: &Aadsts, ids: &TraceIds) -> Response {
    let content = html! {
        p { "Sorry, but we’re having trouble signing you in." }
        p role="alert" class="error" id="error" data-aadsts=(error.number) {
            "AADSTS" (error.number) ": " (error.text)
        }
        dl {
            dt { "Request Id" } dd { (ids.trace) }
            dt { "Correlation Id" } dd { (ids.correlation) }
            dt { "Timestamp" } dd { (ids.timestamp) }
        }
    };
    page(StatusCode::BAD_REQUEST, "Sign in", &content, "")
}

/// `/error?code=N`: the page behind `error_uri`.
pub(crate) fn about(params: &Params) -> Response {
    let code: String = params
        .get("code")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .take(10)
        .collect();
    let content = html! { p { "An error number of the sign-in service." } };
    page(StatusCode::OK, &format!("AADSTS{code}"), &content, "")
}
