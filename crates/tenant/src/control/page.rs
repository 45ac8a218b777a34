//! The control page: accounts, registrations, clock, faults, snapshots and the log, for people.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use crate::directory::{Account, Directory, Kind, Registration};
use crate::http;
use crate::signin::pages::frame::set_security_headers;
use crate::state::Tenant;

const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page, its style or its script; `None` for other paths.
pub(super) fn find(tenant: &Tenant, path: &str) -> Option<Response> {
    let (kind, text) = match path {
        "/_control/" => return Some(page(tenant)),
        "/_control/page.css" => ("text/css; charset=utf-8", CSS),
        "/_control/page.js" => ("text/javascript; charset=utf-8", JS),
        _ => return None,
    };
    let mut response = Response::new(Body::from(text));
    http::set(&mut response, "content-type", kind);
    http::set(&mut response, "cache-control", "no-cache");
    http::set(&mut response, "x-content-type-options", "nosniff");
    Some(response)
}

fn page(tenant: &Tenant) -> Response {
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Control – local tenant" }
                link rel="stylesheet" href="/_control/page.css";
                link rel="icon" href="data:,";
                script type="module" src="/_control/page.js" {}
            }
            body {
                header {
                    h1 { "Local tenant" }
                    p { (tenant.origin()) " · " a href="/" { "addresses" } }
                }
                p #said role="status" {}
                main {
                    (clock())
                    (faults())
                    (mailboxes())
                    (log())
                    (accounts(&tenant.directory()))
                    (registrations(&tenant.directory()))
                }
            }
        }
    };
    let mut response = (StatusCode::OK, Html(html.into_string())).into_response();
    set_security_headers(&mut response, POLICY);
    response
}

/// A button that makes one call to the control interface.
fn button(label: &str, call: &str, body: &str) -> Markup {
    html! { button type="button" data-call=(call) data-body=(body) { (label) } }
}

fn clock() -> Markup {
    html! {
        section aria-labelledby="h-clock" {
            h2 #h-clock { "Clock" }
            p { time #now { "–" } " " span #offset {} }
            div .row {
                (button("+ 1 hour", "POST clock", "{\"advanceSeconds\":3600}"))
                (button("+ 1 day", "POST clock", "{\"advanceSeconds\":86400}"))
                (button("+ 90 days", "POST clock", "{\"advanceSeconds\":7776000}"))
                button type="button" #clock-back { "Back to now" }
            }
            form #clock-form .row {
                label { "Seconds " input name="seconds" type="number" required value="60"; }
                button { "Move" }
            }
        }
    }
}

fn faults() -> Markup {
    let quick = [
        ("429 once", "{\"kind\":\"throttle\",\"times\":1}"),
        (
            "503 once",
            "{\"kind\":\"status\",\"status\":503,\"times\":1}",
        ),
        (
            "401 once",
            "{\"kind\":\"unauthorized\",\"variant\":\"expired\",\"times\":1}",
        ),
        ("Drop once", "{\"kind\":\"drop\",\"times\":1}"),
        (
            "5 s slower once",
            "{\"kind\":\"slow\",\"ms\":5000,\"times\":1}",
        ),
    ];
    let kinds = [
        "throttle",
        "unauthorized",
        "status",
        "slow",
        "hold",
        "drop",
        "truncate",
        "html",
        "huge",
        "corsOff",
        "noRefreshToken",
    ];
    html! {
        section aria-labelledby="h-faults" {
            h2 #h-faults { "Faults" }
            div .row {
                @for (label, body) in quick { (button(label, "POST faults", body)) }
            }
            form #fault-form .row {
                label { "Kind "
                    select name="kind" {
                        @for kind in kinds { option { (kind) } }
                    }
                }
                label { "Path has " input name="path" placeholder="/messages"; }
                label { "Method " input name="method" placeholder="any" size="7"; }
                label { "Times " input name="times" type="number" min="1" placeholder="all"; }
                label { "Status, ms or bytes " input name="number" type="number" min="1"; }
                button { "Add" }
            }
            ol #fault-list aria-label="Active faults" {}
            div .row { (button("Cancel all", "DELETE faults", "")) }
        }
    }
}

fn mailboxes() -> Markup {
    html! {
        section aria-labelledby="h-mailboxes" {
            h2 #h-mailboxes { "Mailboxes" }
            form #snapshot-form .row {
                label { "Snapshot " input name="name" required maxlength="80" value="before"; }
                button { "Keep" }
            }
            ul #snapshot-list aria-label="Snapshots" {}
            div .row {
                button type="button" #download { "Save to a file" }
                label .file { "Load a file " input #upload type="file" accept="application/json,.json"; }
                (button("Reset to the start", "POST reset", "{}"))
                (button("Expire delta tokens", "DELETE deltas", ""))
            }
        }
    }
}

fn accounts(directory: &Directory) -> Markup {
    html! {
        section aria-labelledby="h-accounts" {
            h2 #h-accounts { "Accounts" }
            ul .cards {
                @for account in directory.accounts() {
                    li {
                        strong { (account.name) } " " span { (account.address) }
                        small { (role(account)) }
                        @if account.kind != Kind::Shared {
                            div .row {
                                (button("Revoke sign-ins", "POST revoke", &format!("{{\"user\":\"{}\"}}", account.address)))
                                (button("Withdraw consents", "POST consent",
                                    &format!("{{\"user\":\"{}\",\"granted\":null}}", account.address)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn role(account: &Account) -> &'static str {
    match account.kind {
        Kind::Admin => "administrator",
        Kind::Guest => "guest without a mailbox",
        Kind::Member if account.is_federated() => {
            "member, who signs in at another identity provider"
        }
        Kind::Member => "member",
        Kind::Personal => "personal account",
        Kind::Shared => "shared mailbox; nobody signs in",
    }
}

fn registrations(directory: &Directory) -> Markup {
    html! {
        section aria-labelledby="h-registration" {
            h2 #h-registration { "Registrations" }
            @for app in directory.registrations() { (registration(app)) }
        }
    }
}

fn registration(app: &Registration) -> Markup {
    html! {
        h3 { (app.display_name) }
        dl {
            dt { "Application (client) id" } dd { code { (app.client_id) } }
            dt { "Client secret" } dd { @if app.secret.is_some() { "set; not shown" } @else { "none" } }
            @if app.certificate.is_some() { dt { "Certificate" } dd { "set" } }
            @for (name, uris) in [
                ("Web", &app.redirect_uris),
                ("single-page", &app.spa_redirect_uris),
                ("mobile and desktop", &app.public_redirect_uris),
            ] {
                dt { "Redirect URIs, " (name) }
                dd {
                    @if uris.is_empty() { "none" }
                    @for uri in uris { code { (uri) } " " }
                }
            }
            dt { "Permissions" }
            dd {
                details {
                    summary { (app.permissions.len()) " delegated permissions" }
                    (app.permissions.join(", "))
                }
            }
        }
    }
}

fn log() -> Markup {
    html! {
        section .wide aria-labelledby="h-log" {
            h2 #h-log { "Requests" }
            div .row {
                label { "Filter " input #filter type="search" placeholder="path, method or status"; }
                label .check { input #follow type="checkbox" checked; " Follow" }
                (button("Empty", "DELETE requests", ""))
            }
            p #log-state role="status" {}
            ol #log reversed {}
        }
    }
}
