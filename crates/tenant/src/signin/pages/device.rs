//! The pages of an authorization by device code.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame::page;
use crate::directory::Account;

/// Asks for the code that the device shows.
pub(crate) fn ask(error: Option<&str>) -> Response {
    let content = html! {
        p { "Enter the code that your application or device shows." }
        @if let Some(error) = error {
            p role="alert" class="error" id="error" { (error) }
        }
        form method="post" action="/devicelogin" {
            label {
                "Code "
                input name="otc" autocomplete="off" autocapitalize="characters" maxlength="12" required autofocus;
            }
            div class="row turned" { button id="next" class="primary" { "Next" } }
        }
    };
    page(StatusCode::OK, "Enter code", &content, "")
}

/// The device goes on.
pub(crate) fn done(account: &Account) -> Response {
    let content = html! {
        p id="signed-in" { "You have signed in to the application on your device as " (account.address) "." }
        p { "You may now close this window." }
    };
    page(StatusCode::OK, "Signed in", &content, "")
}

/// The device gets an error.
pub(crate) fn refused(sentence: &str) -> Response {
    let content = html! {
        p id="refused" { "The device was not signed in. " (sentence) }
    };
    page(StatusCode::OK, "Not signed in", &content, "")
}
