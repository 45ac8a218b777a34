//! `/`: where things are, and who may sign in.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::frame::page;
use crate::state::Tenant;

/// Shows the page.
pub(crate) fn show(tenant: &Tenant) -> Response {
    let origin = tenant.origin();
    let content = html! {
        p { "Sign-in service and mailboxes are running." }
        dl {
            dt { "Authority (v2)" }
            dd {
                a href="/organizations/v2.0/.well-known/openid-configuration" {
                    (origin) "/organizations"
                }
            }
            dt { "Graph" } dd { (origin) "/v1.0" }
            dt { "Outlook v2.0" } dd { (origin) "/api/v2.0" }
            dt { "Outlook v1.0" } dd { (origin) "/api/v1.0" }
        }
        h2 { "Accounts" }
        ul {
            @for account in tenant.directory().accounts() {
                li { (account.address) " (" (account.title) ")" }
            }
        }
    };
    page(StatusCode::OK, "Local tenant", &content, "")
}
