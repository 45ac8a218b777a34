//! The consent pages: of a user, and of an administrator for everybody.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::frame::{alert, hidden, page};
use crate::directory::Account;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::request::AuthorizationRequest;
use crate::oauth::scopes::{self, Scopes};

/// The page that asks a user.
pub(crate) fn ask_user(
    id: &str,
    request: &AuthorizationRequest,
    account: &Account,
    application: &str,
) -> Response {
    let everybody = request.prompt.as_deref() == Some("admin_consent");
    let content = html! {
        p class="who" { (account.address) }
        p {
            strong { (application) } " would like to"
            @if everybody { ", for every user of Contoso" }
            ":"
        }
        (permissions(&request.scopes))
        p { "Accepting means that you allow this application to use your data as its terms say." }
        form method="post" action={ "/" (request.tenant) "/consent" } {
            (hidden("flow", id))
            div class="row" {
                button id="cancel" name="decision" value="cancel" { "Cancel" }
                button id="accept" class="primary" name="decision" value="accept" { "Accept" }
            }
        }
    };
    let title = "Permissions requested";
    page(StatusCode::OK, title, &content, &request.redirect_uri)
}

/// What the page of the admin consent endpoint shows.
pub(crate) struct AdminConsent<'a> {
    /// Tenant segment of the path.
    pub(crate) segment: &'a str,
    /// Name of the application.
    pub(crate) application: &'a str,
    pub(crate) scopes: &'a Scopes,
    pub(crate) redirect_uri: &'a str,
    /// Address that stands in the form.
    pub(crate) address: &'a str,
    /// Names and values that the form sends along.
    pub(crate) hidden: &'a [(&'a str, &'a str)],
    pub(crate) error: Option<&'a Aadsts>,
}

/// The page that asks an administrator.
pub(crate) fn ask_administrator(request: &AdminConsent<'_>) -> Response {
    let content = html! {
        p {
            strong { (request.application) }
            " asks for these permissions, for every user of Contoso. An administrator decides."
        }
        (permissions(request.scopes))
        (alert(request.error))
        form method="post" action={ "/" (request.segment) "/adminconsent/decide" } {
            @for (name, value) in request.hidden { (hidden(name, value)) }
            label { "Administrator " input name="loginfmt" type="email" value=(request.address); }
            label { "Password " input name="passwd" type="password"; }
            div class="row turned" {
                button id="accept" class="primary" name="decision" value="accept" { "Accept" }
                button id="cancel" name="decision" value="cancel" { "Cancel" }
            }
        }
    };
    let title = "Permissions for the organisation";
    page(StatusCode::OK, title, &content, request.redirect_uri)
}

/// The list of the permissions that a request asks for.
fn permissions(scopes: &Scopes) -> Markup {
    html! {
        ul class="permissions" id="permissions" {
            @for (resource, name) in &scopes.permissions {
                li data-scope=(name) {
                    strong { (scopes::description(name)) } " "
                    span class="id" { (name) " · " (resource) }
                }
            }
            @if scopes.has("offline_access") {
                li data-scope="offline_access" {
                    strong { "Maintain access to data you have given it access to" } " "
                    span class="id" { "offline_access" }
                }
            }
        }
    }
}
