//! The router: reads the whole request, logs it, applies faults, and calls the handler.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::http::Flavor;
use crate::http::HttpRequest;
use crate::state::Tenant;
use crate::state::log::{Answer, MAX_BODY as MAX_LOGGED};
use crate::store::deliver;
use crate::{api, control, signin, token};

/// Largest request body that is read, in bytes. The services reject bodies over 4 MB.
const MAX_BODY: usize = 6 * 1024 * 1024;

impl Tenant {
    /// The routes: sign-in service, APIs and control on one origin. There is one handler for all
    /// paths, because the services' paths are case-insensitive and have ids in parentheses, which
    /// axum's route tables cannot express.
    pub fn router(&self) -> Router {
        Router::new().fallback(enter).with_state(self.clone())
    }

    /// Calls the hooks of subscriptions for which a notification is due.
    pub async fn call_hooks(&self) {
        api::hooks::deliver_due(self).await;
    }
}

async fn enter(State(tenant): State<Tenant>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let incoming = HttpRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    if incoming.path.starts_with("/_control/") {
        let response = control::handle(&tenant, &incoming).await;
        // The clock can have moved, or a lifecycle notification can wait.
        call_hooks(&tenant);
        return response;
    }
    let (number, began) = (tenant.log_request(&incoming), Instant::now());
    let changes = tenant.changes();
    let response = answer(&tenant, incoming).await;
    if tenant.changes() != changes {
        notify(&tenant);
    }
    log_answer(&tenant, number, began, response).await
}

/// Logs an answer. Only a body of a known, small length is kept: the bodies of faults end in an error.
async fn log_answer(
    tenant: &Tenant,
    number: usize,
    began: Instant,
    response: Response,
) -> Response {
    let (parts, body) = response.into_parts();
    let length = body
        .size_hint()
        .exact()
        .and_then(|length| usize::try_from(length).ok());
    let small = length.is_some_and(|length| length <= MAX_LOGGED);
    let (kept, body) = match small {
        true => match axum::body::to_bytes(body, MAX_LOGGED).await {
            Ok(bytes) => (Some(bytes.clone()), Body::from(bytes)),
            Err(_) => (None, Body::empty()),
        },
        false => (None, body),
    };
    let answer = Answer {
        status: parts.status.as_u16(),
        headers: parts.headers.clone(),
        body: kept,
        took: began.elapsed(),
    };
    tenant.log_answer(number, answer);
    Response::from_parts(parts, body)
}

/// Tells the hooks of subscriptions what changed, without waiting for them.
fn notify(tenant: &Tenant) {
    api::changes::collect(tenant);
    call_hooks(tenant);
}

fn call_hooks(tenant: &Tenant) {
    let tenant = tenant.clone();
    tokio::spawn(async move { tenant.call_hooks().await });
}

async fn answer(tenant: &Tenant, incoming: HttpRequest) -> Response {
    let upload = api::uploads::is_upload(&incoming.path);
    let api = match upload {
        true => Some(Flavor::OutlookV2),
        false => Flavor::of_path(&incoming.path),
    };
    let now = tenant.clock().unix();
    if deliver::deliver_due(&mut tenant.store(), now) {
        tenant.notify_changed();
    }
    let fault = tenant.faults().take(&incoming);
    if api.is_some() && incoming.method == Method::OPTIONS {
        return if fault.is_some_and(|fault| fault.hides_cors()) {
            StatusCode::NO_CONTENT.into_response()
        } else {
            api::cors::preflight(&incoming, upload)
        };
    }
    let changes = tenant.changes();
    let mut response = match &fault {
        Some(fault) => match api::faults::respond(fault, tenant, &incoming).await {
            Some(response) => response,
            None => route(tenant, &incoming).await,
        },
        None => route(tenant, &incoming).await,
    };
    // A change is acknowledged when it is in the data file.
    if tenant.changes() != changes
        && let Err(message) = tenant.persist().await
    {
        eprintln!("exo365-tenant: {message}");
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    if let Some(fault) = &fault {
        response = api::faults::damage(fault, response).await;
    }
    if let Some(flavor) = api {
        api::cors::expose(tenant, flavor, fault.as_ref(), &mut response);
    }
    response
}

async fn route(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    if api::uploads::is_upload(&incoming.path) {
        return api::uploads::handle(tenant, incoming);
    }
    if Flavor::of_path(&incoming.path).is_some() {
        return api::handle(tenant, incoming).await;
    }
    let decoded = percent_encoding::percent_decode_str(&incoming.path)
        .decode_utf8_lossy()
        .to_lowercase();
    let segments: Vec<&str> = decoded.split('/').filter(|part| !part.is_empty()).collect();
    let get = incoming.method == Method::GET;
    let post = incoming.method == Method::POST;
    match segments.as_slice() {
        [] if get => signin::pages::welcome::show(tenant),
        ["_assets", name] if get => signin::pages::frame::asset(name),
        ["error"] if get => signin::pages::error::about(&incoming.query()),
        ["common", "discovery", "instance"] if get => signin::discovery::instance(tenant),
        [segment, "oauth2", "v2.0", "authorize"] if get || post => {
            signin::authorize::begin(tenant, incoming, segment, false)
        }
        [segment, "oauth2", "authorize"] if get || post => {
            signin::authorize::begin(tenant, incoming, segment, true)
        }
        [segment, "oauth2", "v2.0", "token"] if post => {
            token::handle(tenant, incoming, segment, false)
        }
        [segment, "oauth2", "token"] if post => token::handle(tenant, incoming, segment, true),
        [segment, "oauth2", "v2.0", "devicecode"] if post => {
            token::device_code(tenant, incoming, segment, false)
        }
        [segment, "oauth2", "devicecode"] if post => {
            token::device_code(tenant, incoming, segment, true)
        }
        ["devicelogin"] | [_, "oauth2", "deviceauth"] if get => signin::device::show(),
        ["devicelogin"] if post => signin::device::enter(tenant, incoming),
        ["adfs", "ls"] if get => signin::federated::page(incoming),
        ["adfs", "ls"] if post => signin::federated::sign_in(tenant, incoming),
        ["login.srf"] if post => signin::federated::come_back(tenant, incoming),
        ["common", "userrealm", address] if get => signin::federated::realm(tenant, address),
        [_, "oauth2", "v2.0", "logout"] | [_, "oauth2", "logout"] if get || post => {
            signin::logout::handle(tenant, incoming)
        }
        [_, "login"] if post => signin::steps::login(tenant, incoming),
        [_, "second-factor"] if post => signin::steps::second_factor(tenant, incoming),
        [_, "consent"] if post => signin::steps::consent(tenant, incoming),
        [segment, "v2.0", "adminconsent"] if get => {
            signin::admin::begin(tenant, incoming, segment, false)
        }
        [segment, "adminconsent"] if get => signin::admin::begin(tenant, incoming, segment, true),
        [segment, "adminconsent", "decide"] if post => {
            signin::admin::decide(tenant, incoming, segment)
        }
        [segment, "v2.0", ".well-known", "openid-configuration"] if get => {
            signin::discovery::document(tenant, segment, false)
        }
        [segment, ".well-known", "openid-configuration"] if get => {
            signin::discovery::document(tenant, segment, true)
        }
        [segment, "discovery", "v2.0", "keys"] if get => {
            signin::discovery::keys(tenant, segment, false)
        }
        [segment, "discovery", "keys"] if get => signin::discovery::keys(tenant, segment, true),
        ["oidc", "userinfo"] | [_, "openid", "userinfo"] => token::userinfo(tenant, incoming),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
