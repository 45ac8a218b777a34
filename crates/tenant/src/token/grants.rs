//! The grants: authorization code, refresh token, client credentials.

use std::collections::BTreeSet;

use serde_json::Value;

use super::request::Request;
use super::{client, issue};
use crate::directory::step_up;
use crate::http::Params;
use crate::ids;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::{AccessToken, AuthorizationCode, Grant, RefreshToken};
use crate::oauth::request::no_resource;
use crate::oauth::scopes::{self, Scopes};
use crate::oauth::second_factor;
use crate::state::Tenant;

/// Lifetime of a code, in seconds.
const CODE_LIFETIME: i64 = 600;
/// Lifetime of an unused refresh token, in seconds.
const REFRESH_LIFETIME: i64 = 90 * 86_400;
/// Lifetime of the refresh tokens of a single-page application, in seconds.
const SPA_LIFETIME: i64 = 86_400;

type TokenResult = Result<Value, Aadsts>;

/// Whether the code or refresh token was issued to the single-page platform.
pub(crate) fn is_for_spa(tenant: &Tenant, form: &Params) -> bool {
    let signins = tenant.signins();
    let code = form.get("code").and_then(|code| signins.codes.get(code));
    let token = form.get("refresh_token");
    let token = token.and_then(|token| signins.refresh.get(token));
    match form.get("grant_type") {
        Some("authorization_code") => code.is_some_and(|code| code.request.spa),
        Some("refresh_token") => token.is_some_and(|token| token.grant.spa),
        _ => false,
    }
}

/// `grant_type=authorization_code`.
pub(crate) fn authorization_code(tenant: &Tenant, request: &Request) -> TokenResult {
    let presented = request
        .form
        .get("code")
        .ok_or_else(|| Aadsts::missing("code"))?;
    let record = tenant.signins().codes.get(presented).cloned();
    client::authenticate(
        tenant,
        request,
        record.as_ref().is_some_and(|code| code.request.spa),
    )?;
    let record = record.ok_or_else(|| {
        Aadsts::new(
            9_002_313,
            "invalid_grant",
            "Invalid request. Request is malformed or invalid.",
        )
    })?;
    check_code(tenant, request, &record)?;
    let asked = asked_for(tenant, request, &record.request.scopes, &record.oid)?;
    let claims = request
        .form
        .get("claims")
        .or(record.request.claims.as_deref())
        .map(str::to_owned);
    // The sign-in pages asked for the second factor of these claims.
    let shown = record.request.claims.as_deref();
    let mut grant = Grant {
        oid: record.oid.clone(),
        client_id: record.request.client_id.clone(),
        tenant: record.request.tenant.clone(),
        v1: request.v1,
        sid: record.sid.clone(),
        family: record.family.clone(),
        nonce: record.request.nonce.clone(),
        resource: asked.first_resource().unwrap_or(scopes::GRAPH).to_owned(),
        scopes: record.request.scopes.oidc.clone(),
        form: record.request.scopes.form,
        spa: record.request.spa,
        second_factor: record.second_factor,
        auth_time: record.auth_time,
        contexts: step_up::contexts(shown),
        spa_end: tenant.clock().unix() + SPA_LIFETIME,
    };
    step_up(&mut grant, claims.as_deref())?;
    if let Some(code) = tenant.signins().codes.get_mut(presented) {
        code.used = true;
    }
    Ok(issue::answer(tenant, &grant, &asked, claims.as_deref()))
}

fn check_code(
    tenant: &Tenant,
    request: &Request,
    record: &AuthorizationCode,
) -> Result<(), Aadsts> {
    if record.used {
        let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid \
                    code or use an existing refresh token.";
        return Err(Aadsts::new(54_005, "invalid_grant", text));
    }
    if tenant.clock().unix() - record.issued > CODE_LIFETIME {
        let text = "The provided authorization code or refresh token has expired due to inactivity. \
                    Send a new interactive authorization request for this user and resource.";
        return Err(Aadsts::new(70_008, "invalid_grant", text));
    }
    match request.form.get("redirect_uri") {
        Some(uri) if uri == record.request.redirect_uri => {}
        None => return Err(Aadsts::missing("redirect_uri")),
        Some(uri) => {
            let text = format!(
                "The reply address '{uri}' does not match the reply address '{}' provided when \
                 requesting Authorization code.",
                record.request.redirect_uri
            );
            return Err(Aadsts::new(500_112, "invalid_grant", text));
        }
    }
    check_verifier(request, record)
}

fn check_verifier(request: &Request, record: &AuthorizationCode) -> Result<(), Aadsts> {
    let verifier = request.form.get("code_verifier");
    let wrong = || {
        let text = "The Code_Verifier does not match the code_challenge supplied in the \
                    authorization request.";
        Err(Aadsts::new(501_481, "invalid_grant", text))
    };
    match (&record.request.challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => wrong(),
        (Some(_), None) => Err(Aadsts::new(
            501_481,
            "invalid_grant",
            "The Code_Verifier is missing; the authorization request had a code_challenge.",
        )),
        (Some((challenge, s256)), Some(verifier)) => {
            let made = if *s256 {
                ids::sha256_url(verifier)
            } else {
                verifier.to_owned()
            };
            if made == *challenge { Ok(()) } else { wrong() }
        }
    }
}

/// Revokes the refresh tokens of a family.
fn revoke_family(tenant: &Tenant, family: &str) {
    tenant
        .signins()
        .refresh
        .retain(|_, token| token.grant.family != family);
}

/// `grant_type=refresh_token`.
pub(crate) fn refresh_token(tenant: &Tenant, request: &Request) -> TokenResult {
    let presented = request
        .form
        .get("refresh_token")
        .ok_or_else(|| Aadsts::missing("refresh_token"))?;
    let record = tenant.signins().refresh.get(presented).cloned();
    client::authenticate(
        tenant,
        request,
        record.as_ref().is_some_and(|token| token.grant.spa),
    )?;
    let record = record.ok_or_else(|| {
        let text = "The refresh token is malformed or has been revoked.";
        Aadsts::new(9_002_313, "invalid_grant", text).sub("bad_token")
    })?;
    check_refresh(tenant, &record)?;
    let held = Scopes {
        oidc: record.grant.scopes.clone(),
        permissions: consented(tenant, &record.grant.oid, &record.grant.resource),
        form: record.grant.form,
    };
    let asked = asked_for(tenant, request, &held, &record.grant.oid)?;
    let mut grant = record.grant;
    grant.v1 = request.v1;
    grant.nonce = None;
    let claims = request.form.get("claims");
    step_up(&mut grant, claims)?;
    // A failed request does not use the token.
    if let Some(token) = tenant.signins().refresh.get_mut(presented) {
        token.used = true;
    }
    Ok(issue::answer(tenant, &grant, &asked, claims))
}

/// Adds the authentication contexts that a request asks for.
///
/// # Errors
/// 50076 if the sign-in did not use a second factor.
fn step_up(grant: &mut Grant, claims: Option<&str>) -> Result<(), Aadsts> {
    let asked = step_up::contexts(claims);
    if !grant.second_factor && !asked.is_subset(&grant.contexts) {
        return Err(second_factor::interaction_required(claims, &grant.resource));
    }
    grant.contexts.extend(asked);
    Ok(())
}

fn check_refresh(tenant: &Tenant, record: &RefreshToken) -> Result<(), Aadsts> {
    let now = tenant.clock().unix();
    let revoked = tenant.signins().revoked.get(&record.grant.oid).copied();
    if revoked.is_some_and(|at| record.issued <= at) {
        let text = "The provided grant has expired due to it being revoked, a fresh auth token is \
                    needed. The user might have changed or reset their password.";
        return Err(Aadsts::new(50_173, "invalid_grant", text).sub("bad_token"));
    }
    if record.used && tenant.options().strict_rotation {
        revoke_family(tenant, &record.grant.family);
        let text = "The refresh token was used before; every token of its family is revoked.";
        return Err(Aadsts::new(70_000, "invalid_grant", text).sub("bad_token"));
    }
    if now - record.issued > REFRESH_LIFETIME {
        let text = "The refresh token has expired due to inactivity. The maximum time that a token \
                    can be inactive is 90.00:00:00.";
        return Err(Aadsts::new(700_082, "invalid_grant", text));
    }
    if record.grant.spa && now > record.grant.spa_end {
        let text = "The refresh token was issued to a single page app (SPA), and therefore has a \
                    fixed, limited lifetime of 1.00:00:00, which cannot be extended.";
        return Err(Aadsts::new(700_084, "invalid_grant", text));
    }
    Ok(())
}

/// The permissions of one resource that an account consented to.
fn consented(tenant: &Tenant, oid: &str, resource: &str) -> Vec<(String, String)> {
    let signins = tenant.signins();
    let all: BTreeSet<String> = [oid, "*"]
        .iter()
        .filter_map(|who| signins.consents.get(*who))
        .flatten()
        .filter_map(|scope| {
            scope
                .strip_prefix(&format!("{resource}/"))
                .map(str::to_owned)
        })
        .collect();
    all.into_iter()
        .filter_map(|name| Scopes::parse(&format!("{resource}/{name}"), "").ok())
        .flat_map(|scopes| scopes.permissions)
        .collect()
}

/// Resource and permissions of the response: those of the request, or those of the grant.
fn asked_for(
    tenant: &Tenant,
    request: &Request,
    held: &Scopes,
    oid: &str,
) -> Result<Scopes, Aadsts> {
    let client_id = &tenant.options().client_id;
    if request.v1 {
        let named = request
            .form
            .get("resource")
            .or(held.first_resource())
            .unwrap_or(scopes::GRAPH);
        let resource = scopes::resource(named).ok_or_else(|| no_resource(named))?;
        let mut scopes = Scopes::registered(resource);
        scopes.permissions.retain(|(resource, name)| {
            tenant
                .signins()
                .consented(oid, &format!("{resource}/{name}"))
        });
        return if scopes.permissions.is_empty() {
            Err(Aadsts::no_consent(client_id))
        } else {
            Ok(scopes)
        };
    }
    let mut asked = match request.form.get("scope") {
        Some(scope) => Scopes::parse(scope, client_id)?,
        None => Scopes::default(),
    };
    if asked.resources() > 1 && request.form.get("grant_type") == Some("authorization_code") {
        let text = "Provided value for the input parameter scope is not valid because it contains \
                    more than one resource.";
        return Err(Aadsts::new(28_000, "invalid_request", text));
    }
    if asked.permissions.is_empty() {
        asked.permissions.clone_from(&held.permissions);
        asked.form = held.form;
    }
    let first = asked.first_resource().unwrap_or(scopes::GRAPH).to_owned();
    asked.permissions.retain(|(resource, _)| *resource == first);
    let all = asked
        .qualified()
        .iter()
        .all(|scope| tenant.signins().consented(oid, scope));
    if !all {
        return Err(Aadsts::no_consent(client_id));
    }
    asked.oidc.clone_from(&held.oidc);
    Ok(asked)
}

/// `grant_type=client_credentials`.
pub(crate) fn client_credentials(tenant: &Tenant, request: &Request) -> TokenResult {
    client::authenticate(tenant, request, false)?;
    if matches!(&*request.segment, "common" | "organizations") {
        let text = "The grant type isn't supported over the /common or /consumers endpoints. Use \
                    the tenant-specific endpoint.";
        return Err(Aadsts::new(9_001_023, "invalid_request", text));
    }
    let resource = if request.v1 {
        let named = request
            .form
            .get("resource")
            .ok_or_else(|| Aadsts::missing("resource"))?;
        scopes::resource(named).ok_or_else(|| no_resource(named))?
    } else {
        let scope = request
            .form
            .get("scope")
            .ok_or_else(|| Aadsts::missing("scope"))?;
        scope.strip_suffix("/.default").and_then(scopes::resource).ok_or_else(|| {
            let text = format!(
                "The provided value for scope {scope} is not valid. Client credential flows must \
                 have a scope value with /.default suffixed to the resource identifier."
            );
            Aadsts::new(1_002_012, "invalid_scope", text)
        })?
    };
    let now = tenant.clock().unix();
    let access = AccessToken {
        oid: None,
        client_id: tenant.options().client_id.clone(),
        audience: resource.to_owned(),
        scopes: scopes::REGISTERED
            .iter()
            .chain(&scopes::APPLICATION_ROLES)
            .map(|name| name.to_ascii_lowercase())
            .collect(),
        issued: now,
        expires: now + 3599,
        cp1: false,
        contexts: BTreeSet::new(),
    };
    Ok(issue::application_answer(tenant, access, request.v1))
}
