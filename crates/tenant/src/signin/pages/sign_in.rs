//! The sign-in page: accounts to click, and a form for address and password.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::frame::{alert, credentials, hidden, page};
use crate::directory::{Account, Directory, Kind};
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::PendingAuthorization;
use crate::oauth::request::AuthorizationRequest;
use crate::oauth::session::Session;
use crate::signin::admission;
use crate::state::Tenant;

/// Shows the page.
pub(crate) fn show(
    tenant: &Tenant,
    (id, flow): &(String, PendingAuthorization),
    session: &Session,
    error: Option<&Aadsts>,
) -> Response {
    let request = &flow.request;
    let hint = request.login_hint.as_deref();
    let directory = tenant.directory();
    let hinted = hint.and_then(|hint| directory.accounts().find(|one| one.matches_hint(hint)));
    let name = directory
        .registration(&request.client_id)
        .map_or("", |app| &app.display_name);
    let action = format!("/{}/login", request.tenant);
    let content = html! {
        p {
            "to continue to " strong { (name) } " "
            span class="id" { (request.client_id) }
        }
        (alert(error))
        form method="post" action=(action) class="accounts" {
            (hidden("flow", id))
            ul {
                @for account in listed(&directory, request, hinted) {
                    (choice(account, session))
                }
            }
        }
        h2 { "Or with the password" }
        (password_form(&action, id, hinted.map_or(hint.unwrap_or_default(), |one| one.address)))
    };
    page(StatusCode::OK, "Sign in", &content, &request.redirect_uri)
}

/// A button that signs an account in.
fn choice(account: &Account, session: &Session) -> Markup {
    let signed_in = session.accounts.iter().any(|oid| oid == account.oid);
    let initial = account.name.chars().next();
    html! {
        li {
            button name="account" value=(account.address) data-account=(account.address) {
                span class="face" aria-hidden="true" { (initial.unwrap_or_default()) }
                span { strong { (account.name) } br; (account.address) }
                small { @if signed_in { "Signed in" } }
            }
        }
    }
}

fn password_form(action: &str, id: &str, address: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (hidden("flow", id))
            (credentials(["loginfmt", "passwd"], address))
            div class="row turned" {
                button id="signin" class="primary" { "Sign in" }
                button id="back" name="cancel" value="1" formnovalidate { "Cancel" }
            }
        }
    }
}

/// The accounts that the page offers: the hinted one, those of the hinted domain, or all.
fn listed(
    directory: &Directory,
    request: &AuthorizationRequest,
    hinted: Option<&'static Account>,
) -> Vec<&'static Account> {
    let all: Vec<&Account> = directory
        .accounts()
        .filter(|one| one.kind != Kind::Shared && admission::admits(request, one))
        .collect();
    if let Some(account) = hinted.filter(|one| one.kind != Kind::Shared) {
        return vec![account];
    }
    let domain = request
        .domain_hint
        .as_deref()
        .map(|domain| format!("@{domain}"));
    let of_domain: Vec<&Account> = domain.map_or_else(Vec::new, |domain| {
        all.iter()
            .copied()
            .filter(|one| one.address.ends_with(&domain))
            .collect()
    });
    if of_domain.is_empty() { all } else { of_domain }
}
