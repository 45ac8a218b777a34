//! Logout: ends the browser session, loads the front-channel logout URL, redirects to the application.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::{pages, redirect, session};
use crate::http::{self, HttpRequest};
use crate::state::Tenant;

/// GET or POST on both logout endpoints. Access and refresh tokens stay valid, as at Entra.
pub(crate) fn handle(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let mut params = incoming.query();
    params.0.extend(incoming.form().0);
    let (gone, cookie) = session::sign_out(tenant, &incoming.headers);
    let directory = tenant.directory();
    let target = params.get("post_logout_redirect_uri").filter(|uri| {
        let mut all = directory.registrations().iter();
        all.any(|app| app.platform(uri).is_some())
    });
    let back = target.map(|uri| match params.get("state") {
        Some(state) => {
            let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
            let joint = if uri.contains('?') { '&' } else { '?' };
            format!("{uri}{joint}state={state}")
        }
        None => uri.to_owned(),
    });
    let frames: Vec<String> = gone
        .iter()
        .flat_map(|session| {
            let apps = session
                .clients
                .iter()
                .filter_map(|id| directory.registration(id));
            let urls = apps.filter_map(|app| app.frontchannel_logout.as_deref());
            urls.map(|url| {
                let joint = if url.contains('?') { '&' } else { '?' };
                format!("{url}{joint}sid={}", session.sid)
            })
        })
        .collect();
    let mut response = match (&back, frames.is_empty()) {
        (Some(back), true) => redirect::found(back),
        _ => page(&frames, back.as_deref()),
    };
    http::set(&mut response, "set-cookie", &cookie);
    response
}

fn page(frames: &[String], back: Option<&str>) -> Response {
    let content = html! {
        p id="signed-out" { "You signed out of your account." }
        @for url in frames { iframe hidden title="Sign-out" src=(url) {} }
        @if let Some(back) = back {
            p { a id="continue" href=(back) { "Back to the application" } }
        }
    };
    let mut response = pages::frame::page(StatusCode::OK, "Signed out", &content, "");
    if !frames.is_empty() {
        let policy = "default-src 'none'; style-src 'self'; img-src data:; frame-src http: https:; \
                      base-uri 'none'; frame-ancestors 'none'";
        http::set(&mut response, "content-security-policy", policy);
        // The frames get a second to load, then the browser goes on by itself.
        if let Some(back) = back {
            http::set(&mut response, "refresh", &format!("1;url={back}"));
        }
    }
    response
}
