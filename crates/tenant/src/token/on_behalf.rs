//! On behalf of: an API passes the token that it was called with, and gets one for another API.

use std::collections::BTreeSet;

use super::grants::{self, TokenResult};
use super::request::Request;
use super::{client, issue};
use crate::directory::Platform;
use crate::ids;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::{AccessToken, Grant};
use crate::oauth::scopes::{self, Scopes};
use crate::state::Tenant;

/// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`.
///
/// # Errors
/// The client is not authenticated; the assertion is no living token of a user for this application; nobody consented.
pub(crate) fn exchange(tenant: &Tenant, request: &Request) -> TokenResult {
    let field = |name: &'static str| request.form.get(name).ok_or_else(|| Aadsts::missing(name));
    let assertion = field("assertion")?;
    if field("requested_token_use")? != "on_behalf_of" {
        let text = "The provided value for the input parameter 'requested_token_use' is not valid. \
                    Expected value: 'on_behalf_of'.";
        return Err(Aadsts::new(900_023, "invalid_request", text));
    }
    let app = client::authenticate(tenant, request, Platform::Web)?;
    let access = tenant.signins().access.get(assertion).cloned();
    let access = access.ok_or_else(|| {
        let text = "Assertion failed signature validation. [Reason - The key was not found.]";
        Aadsts::new(50_013, "invalid_grant", text)
    })?;
    let oid = user(tenant, &access, &app.own_resource())?;
    if !request.v1 {
        field("scope")?;
    }
    let asked = grants::asked_for(tenant, request, &app, &Scopes::default(), &oid)?;
    // What the request itself asks for: an assertion has no scopes of OpenID Connect.
    let oidc = match request.form.get("scope") {
        Some(scope) => Scopes::parse(scope, &app, &tenant.directory())?.oidc,
        None => asked.oidc.clone(),
    };
    let asked = Scopes { oidc, ..asked };
    if asked.permissions.is_empty() {
        let text = "The provided value for the input parameter 'scope' names no permission.";
        return Err(Aadsts::new(70_011, "invalid_scope", text));
    }
    let grant = Grant {
        oid,
        client_id: app.client_id.clone(),
        tenant: request.segment.clone(),
        v1: request.v1,
        sid: ids::guid(),
        family: ids::guid(),
        nonce: None,
        resource: asked.first_resource().unwrap_or(scopes::GRAPH).to_owned(),
        scopes: asked.oidc.clone(),
        form: asked.form,
        platform: Platform::Web,
        second_factor: !access.contexts.is_empty(),
        auth_time: None,
        contexts: BTreeSet::new(),
        spa_end: 0,
    };
    Ok(issue::answer(
        tenant,
        &grant,
        &asked,
        request.form.get("claims"),
    ))
}

/// The user of an assertion that is for this application and lives.
fn user(tenant: &Tenant, access: &AccessToken, own: &str) -> Result<String, Aadsts> {
    if access.audience != own {
        let text = format!(
            "Assertion audience does not match the Client app presenting the assertion. The audience in \
             the assertion was '{}' and the expected audience is '{own}' or one of the Application Uris of \
             this application.",
            access.audience
        );
        return Err(Aadsts::new(500_131, "invalid_grant", text));
    }
    let now = tenant.clock().unix();
    if now >= access.expires {
        let text = "Assertion is not within its valid time range. Ensure that the access token is not \
                    expired before using it for user assertion, or request a new token.";
        return Err(Aadsts::new(500_133, "invalid_grant", text));
    }
    let oid = access.oid.clone().ok_or_else(|| {
        let text = "Application assertion is not allowed: the on-behalf-of flow is for users.";
        Aadsts::new(7_000_114, "invalid_grant", text)
    })?;
    let revoked = tenant.signins().revoked.get(&oid).copied();
    if revoked.is_some_and(|at| access.issued <= at) {
        let text = "The provided grant has expired due to it being revoked, a fresh auth token is \
                    needed. The user might have changed or reset their password.";
        return Err(Aadsts::new(50_173, "invalid_grant", text).sub("bad_token"));
    }
    Ok(oid)
}
