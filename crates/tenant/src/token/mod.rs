//! The token endpoints, v1 and v2.

pub(crate) mod application;
pub(crate) mod assertion;
pub(crate) mod client;
pub(crate) mod device;
pub(crate) mod grants;
pub(crate) mod issue;
pub(crate) mod on_behalf;
pub(crate) mod request;

use axum::response::Response;
use serde_json::{Value, json};

use crate::directory::Platform;
use crate::http::{self, HttpRequest};
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::request::{known_tenant, no_tenant};
use crate::state::Tenant;

/// `POST .../token`.
pub(crate) fn handle(tenant: &Tenant, incoming: &HttpRequest, segment: &str, v1: bool) -> Response {
    let origin = incoming.header("origin");
    // This comes first, because the request may invalidate the code.
    let page = grants::platform(tenant, &incoming.form()) == Platform::SinglePage;
    let mut response = respond(tenant, incoming, answer(tenant, incoming, segment, v1), v1);
    // Pages can read responses only for codes and tokens of the single-page platform.
    if let (true, Some(origin)) = (page, origin) {
        http::set(&mut response, "access-control-allow-origin", origin);
        http::set(&mut response, "vary", "Origin");
    }
    response
}

/// `POST .../devicecode`.
pub(crate) fn device_code(
    tenant: &Tenant,
    incoming: &HttpRequest,
    segment: &str,
    v1: bool,
) -> Response {
    let begun = read(incoming, segment, v1).and_then(|request| device::begin(tenant, &request));
    respond(tenant, incoming, begun, v1)
}

fn respond(
    tenant: &Tenant,
    incoming: &HttpRequest,
    answer: grants::TokenResult,
    v1: bool,
) -> Response {
    let mut response = match answer {
        Ok(body) => http::json(200, &body),
        Err(error) => {
            let correlation = incoming.header("client-request-id");
            let ids = TraceIds::new(tenant.clock().now(), correlation);
            http::json(error.status, &error.json(&ids, &tenant.origin(), v1))
        }
    };
    http::set(&mut response, "cache-control", "no-store, no-cache");
    http::set(&mut response, "pragma", "no-cache");
    response
}

/// A request whose path and type are right.
fn read(incoming: &HttpRequest, segment: &str, v1: bool) -> Result<request::Request, Aadsts> {
    if !known_tenant(segment, v1) {
        return Err(no_tenant(segment));
    }
    let is_form = incoming.header("content-type").is_some_and(|value| {
        value
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
    });
    if !is_form {
        let text = "The request body must be of type application/x-www-form-urlencoded.";
        return Err(Aadsts::new(900_144, "invalid_request", text));
    }
    Ok(request::Request {
        form: incoming.form(),
        segment: segment.to_owned(),
        v1,
        origin: incoming.header("origin").map(str::to_owned),
        authorization: incoming.header("authorization").map(str::to_owned),
    })
}

/// The body.
fn answer(
    tenant: &Tenant,
    incoming: &HttpRequest,
    segment: &str,
    v1: bool,
) -> Result<Value, Aadsts> {
    let request = read(incoming, segment, v1)?;
    let kind = request
        .form
        .get("grant_type")
        .ok_or_else(|| Aadsts::missing("grant_type"))?;
    let mut answer = match kind {
        "authorization_code" => grants::authorization_code(tenant, &request),
        "refresh_token" => grants::refresh_token(tenant, &request),
        "client_credentials" => application::client_credentials(tenant, &request),
        "urn:ietf:params:oauth:grant-type:device_code" => device::redeem(tenant, &request),
        "device_code" if v1 => device::redeem(tenant, &request),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => on_behalf::exchange(tenant, &request),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            Err(Aadsts::new(70_003, "unsupported_grant_type", text))
        }
    }?;
    if tenant.faults().hides_refresh_token(incoming)
        && let Some(object) = answer.as_object_mut()
    {
        object.remove("refresh_token");
    }
    Ok(answer)
}

/// `userinfo` (OpenID Connect Core §5.3).
pub(crate) fn userinfo(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let token = incoming
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "));
    let now = tenant.clock().unix();
    let access = token
        .and_then(|token| tenant.signins().access.get(token).cloned())
        .filter(|access| access.expires > now);
    let account = access.as_ref().and_then(|access| access.oid.as_deref());
    let account = account.and_then(|oid| tenant.directory().find(oid));
    match access.zip(account) {
        Some((access, account)) => http::json(
            200,
            &json!({
                "sub": issue::subject(account, &access.client_id),
                "name": account.name,
                "given_name": account.given,
                "family_name": account.surname,
                "email": account.address,
            }),
        ),
        None => {
            let mut response = http::json(
                401,
                &json!({"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}}),
            );
            http::set(&mut response, "www-authenticate", "Bearer");
            response
        }
    }
}
