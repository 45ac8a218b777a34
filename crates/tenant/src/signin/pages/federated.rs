//! The page of the federated domain's own identity provider.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame::{credentials, hidden, page};

/// A form for address and password.
pub(crate) fn show(flow: &str, address: &str, error: Option<&str>) -> Response {
    let content = html! {
        p { "This is the identity provider of " strong { "Federated" } ", not the sign-in service." }
        @if let Some(error) = error {
            p role="alert" class="error" id="error" { (error) }
        }
        form method="post" action="/adfs/ls/" {
            (hidden("wctx", flow))
            (credentials(["UserName", "Password"], address))
            div class="row turned" {
                button id="signin" class="primary" { "Sign in" }
            }
        }
    };
    page(StatusCode::OK, "Sign in at Federated", &content, "")
}
