//! Discovery documents and keys of both versions. Pages of all origins can read them.

use axum::response::Response;
use serde_json::{Value, json};

use crate::directory::{PERSONAL_TENANT, TENANT_ID};
use crate::http;
use crate::oauth::aadsts::TraceIds;
use crate::oauth::issuer;
use crate::oauth::request::{is_consumers, known_tenant, no_tenant};
use crate::state::Tenant;

fn tid_of(segment: &str) -> &'static str {
    if matches!(segment, "common" | "organizations") {
        "{tenantid}"
    } else if is_consumers(segment) {
        PERSONAL_TENANT
    } else {
        TENANT_ID
    }
}

fn readable(status: u16, body: &Value) -> Response {
    let mut response = http::json(status, body);
    http::set(&mut response, "access-control-allow-origin", "*");
    response
}

fn unknown(tenant: &Tenant, segment: &str) -> Response {
    let ids = TraceIds::new(tenant.clock().now(), None);
    readable(400, &no_tenant(segment).json(&ids, &tenant.origin(), false))
}

/// `.well-known/openid-configuration`.
pub(crate) fn document(tenant: &Tenant, segment: &str, v1: bool) -> Response {
    if !known_tenant(segment, v1) {
        return unknown(tenant, segment);
    }
    let origin = tenant.origin();
    let base = format!("{origin}/{segment}");
    let version = if v1 { "" } else { "/v2.0" };
    let keys = if v1 {
        format!("{origin}/common/discovery/keys")
    } else {
        format!("{base}/discovery/v2.0/keys")
    };
    let mut body = json!({
        "token_endpoint": format!("{base}/oauth2{version}/token"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic", "self_signed_tls_client_auth"],
        "jwks_uri": keys,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(&origin, tid_of(segment), v1),
        "authorization_endpoint": format!("{base}/oauth2{version}/authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2{version}/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "request_uri_parameter_supported": false,
        "end_session_endpoint": format!("{base}/oauth2{version}/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
            "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
            "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "tenant_region_scope": if tid_of(segment) == TENANT_ID { json!("EU") } else { Value::Null },
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    });
    body["userinfo_endpoint"] = if v1 {
        format!("{base}/openid/userinfo")
    } else {
        format!("{origin}/oidc/userinfo")
    }
    .into();
    readable(200, &body)
}

/// The key set.
pub(crate) fn keys(tenant: &Tenant, segment: &str, v1: bool) -> Response {
    if !known_tenant(segment, v1) {
        return unknown(tenant, segment);
    }
    let issuer = issuer(&tenant.origin(), tid_of(segment), v1);
    readable(200, &tenant.keys().jwks(&issuer))
}

/// Instance discovery, which MSAL and ADAL ask for first.
pub(crate) fn instance(tenant: &Tenant) -> Response {
    let origin = tenant.origin();
    let host = origin
        .split_once("://")
        .map_or(&*origin, |(_, host)| host)
        .to_owned();
    let body = json!({
        "tenant_discovery_endpoint": format!("{origin}/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    });
    readable(200, &body)
}
