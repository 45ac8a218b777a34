//! The form that carries an authorization response with `response_mode=form_post`.

use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, html};

use super::frame::{hidden, origin_of, set_security_headers};

/// A form that a script submits to the redirect URI.
pub(crate) fn form_post(target: &str, values: &[(&str, String)]) -> Response {
    form_post_on(target, values, "")
}

/// A form that a script submits to a URI, whose answer may redirect to another one.
pub(crate) fn form_post_on(target: &str, values: &[(&str, String)], further: &str) -> Response {
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Working..." }
            }
            body {
                form method="post" action=(target) {
                    @for (name, value) in values { (hidden(name, value)) }
                    noscript { p { "Script is disabled. Continue to the application." } }
                    button id="continue" { "Continue" }
                }
                script src="/_assets/post.js" {}
            }
        }
    };
    let mut response = Html(html.into_string()).into_response();
    let policy = format!(
        "default-src 'none'; script-src 'self'; form-action {} {}; base-uri 'none'; \
         frame-ancestors 'none'",
        origin_of(target),
        origin_of(further)
    );
    set_security_headers(&mut response, &policy);
    response
}
