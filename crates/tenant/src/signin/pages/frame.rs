//! The frame of every page: plain HTML, no script, a strict content security policy.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use crate::http;
use crate::oauth::aadsts::Aadsts;

const CSS: &str = include_str!("page.css");
/// The one script: it submits the form of `response_mode=form_post`. Without script there is a button.
const POST_JS: &str = "document.forms[0].submit();\n";

/// Puts content into the frame and adds the security headers. `form_target` is the URI to which
/// the answer to a form on the page may redirect; empty where there is none.
pub(crate) fn page(
    status: StatusCode,
    title: &str,
    content: &Markup,
    form_target: &str,
) -> Response {
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/_assets/page.css";
                link rel="icon" href="data:,";
            }
            body {
                main {
                    p class="brand" {
                        span aria-hidden="true" class="mark" {}
                        "Contoso "
                        small { "local tenant" }
                    }
                    h1 { (title) }
                    (content)
                }
                footer { "A test double on this machine. Nothing here reaches Microsoft." }
            }
        }
    };
    let mut response = (status, Html(html.into_string())).into_response();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {}; \
         base-uri 'none'; frame-ancestors 'none'",
        origin_of(form_target)
    );
    set_security_headers(&mut response, &policy);
    response
}

/// Sets the headers that every page has.
pub(crate) fn set_security_headers(response: &mut Response, policy: &str) {
    http::set(response, "content-security-policy", policy);
    http::set(response, "cross-origin-opener-policy", "same-origin");
    http::set(response, "x-frame-options", "DENY");
    http::set(response, "x-content-type-options", "nosniff");
    http::set(response, "referrer-policy", "no-referrer");
    http::set(response, "cache-control", "no-store");
}

/// Scheme, host and port of a URI, for the `form-action` of a policy.
pub(crate) fn origin_of(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return String::new();
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if host.bytes().all(plain) {
        format!("{scheme}://{host}")
    } else {
        String::new()
    }
}

/// A hidden field of a form.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// Fields of these names for an address, which may be known, and for a password.
pub(crate) fn credentials([user, password]: [&str; 2], address: &str) -> Markup {
    html! {
        label {
            "Address "
            input name=(user) type="email" autocomplete="username" required value=(address)
                autofocus[address.is_empty()];
        }
        label {
            "Password "
            input name=(password) type="password" autocomplete="current-password" required
                autofocus[!address.is_empty()];
        }
    }
}

/// The error of the form that was sent last, where there is one.
pub(crate) fn alert(error: Option<&Aadsts>) -> Markup {
    html! {
        @if let Some(error) = error {
            p role="alert" class="error" id="error" {
                (error.text) " "
                span class="id" { "AADSTS" (error.number) }
            }
        }
    }
}

/// Style and script of the pages.
pub(crate) fn asset(name: &str) -> Response {
    let (content_type, text) = match name {
        "page.css" => ("text/css; charset=utf-8", CSS),
        "post.js" => ("text/javascript; charset=utf-8", POST_JS),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let mut response = Response::new(Body::from(text));
    http::set(&mut response, "content-type", content_type);
    http::set(&mut response, "x-content-type-options", "nosniff");
    response
}
