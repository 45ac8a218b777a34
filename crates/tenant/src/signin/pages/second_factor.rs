//! The page for the second factor. It shows the code that an authenticator app would show: this is
//! a tenant for development.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame::{alert, hidden, page};
use crate::directory::Account;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::PendingAuthorization;

/// The page: the code, a button that takes it, and a field to type it.
pub(crate) fn show(
    id: &str,
    flow: &PendingAuthorization,
    account: &Account,
    error: Option<&Aadsts>,
) -> Response {
    let request = &flow.request;
    let action = format!("/{}/second-factor", request.tenant);
    let content = html! {
        p class="who" { (account.address) }
        p {
            "Contoso asks for a second factor: what you are about to do in the application is protected."
        }
        (alert(error))
        p { "This is the code that your authenticator app would show:" }
        form method="post" action=(action) class="offer" {
            (hidden("flow", id))
            output id="code" { (flow.code) }
            button id="take" class="primary" name="otc" value=(flow.code) { "Use this code" }
        }
        h2 { "Or type it" }
        form method="post" action=(action) {
            (hidden("flow", id))
            label {
                "Code "
                input name="otc" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required;
            }
            div class="row turned" {
                button id="verify" { "Verify" }
                button id="back" name="cancel" value="1" formnovalidate { "Cancel" }
            }
        }
    };
    page(
        StatusCode::OK,
        "Enter code",
        &content,
        &request.redirect_uri,
    )
}
