//! The token endpoints, v1 and v2.

pub(crate) mod assertion;
pub(crate) mod client;
pub(crate) mod grants;
pub(crate) mod issue;
pub(crate) mod request;

use axum::response::Response;
use serde_json::{Value, json};

use crate::directory;
use crate::http::{self, HttpRequest};
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::request::{known_tenant, no_tenant};
use crate::state::Tenant;

/// `POST .../token`.
pub(crate) fn handle(tenant: &Tenant, incoming: &HttpRequest, segment: &str, v1: bool) -> Response {
    let origin = incoming.header("origin");
    // This comes first, because the request may invalidate the code.
    let page = grants::is_for_spa(tenant, &incoming.form());
    let mut response = match answer(tenant, incoming, segment, v1) {
        Ok(body) => http::json(200, &body),
        Err(error) => {
            let correlation = incoming.header("client-request-id");
            let ids = TraceIds::new(tenant.clock().now(), correlation);
            http::json(error.status, &error.json(&ids, &tenant.origin(), v1))
        }
    };
    http::set(&mut response, "cache-control", "no-store, no-cache");
    http::set(&mut response, "pragma", "no-cache");
    // Pages can read responses only for codes and tokens of the single-page platform.
    if let (true, Some(origin)) = (page, origin) {
        http::set(&mut response, "access-control-allow-origin", origin);
        http::set(&mut response, "vary", "Origin");
    }
    response
}

/// The body.
fn answer(
    tenant: &Tenant,
    incoming: &HttpRequest,
    segment: &str,
    v1: bool,
) -> Result<Value, Aadsts> {
    if !known_tenant(segment) {
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
    let request = request::Request {
        form: incoming.form(),
        segment: segment.to_owned(),
        v1,
        origin: incoming.header("origin").map(str::to_owned),
        authorization: incoming.header("authorization").map(str::to_owned),
    };
    let kind = request
        .form
        .get("grant_type")
        .ok_or_else(|| Aadsts::missing("grant_type"))?;
    let mut answer = match kind {
        "authorization_code" => grants::authorization_code(tenant, &request),
        "refresh_token" => grants::refresh_token(tenant, &request),
        "client_credentials" => grants::client_credentials(tenant, &request),
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
    let account = token
        .and_then(|token| tenant.signins().access.get(token).cloned())
        .filter(|access| access.expires > now)
        .and_then(|access| access.oid)
        .and_then(|oid| directory::find(&oid));
    match account {
        Some(account) => http::json(
            200,
            &json!({
                "sub": issue::subject(account, &tenant.options().client_id),
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
