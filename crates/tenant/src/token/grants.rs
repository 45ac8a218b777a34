//! The grants of a user: authorization code and refresh token.

use std::collections::BTreeSet;

use serde_json::Value;

use super::request::Request;
use super::{client, issue};
use crate::directory::{Platform, Registration, step_up};
use crate::http::Params;
use crate::ids;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::flow::{AuthorizationCode, Grant, RefreshToken};
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

pub(crate) type TokenResult = Result<Value, Aadsts>;

/// The platform that the code or refresh token was issued to.
pub(crate) fn platform(tenant: &Tenant, form: &Params) -> Platform {
    let signins = tenant.signins();
    let code = form.get("code").and_then(|code| signins.codes.get(code));
    let token = form.get("refresh_token");
    let token = token.and_then(|token| signins.refresh.get(token));
    let found = match form.get("grant_type") {
        Some("authorization_code") => code.map(|code| code.request.platform),
        Some("refresh_token") => token.map(|token| token.grant.platform),
        _ => None,
    };
    found.unwrap_or(Platform::Web)
}

/// `grant_type=authorization_code`.
pub(crate) fn authorization_code(tenant: &Tenant, request: &Request) -> TokenResult {
    let presented = request
        .form
        .get("code")
        .ok_or_else(|| Aadsts::missing("code"))?;
    let record = tenant.signins().codes.get(presented).cloned();
    let platform = platform(tenant, &request.form);
    let app = client::authenticate(tenant, request, platform)?;
    let record = record.ok_or_else(|| {
        Aadsts::new(
            9_002_313,
            "invalid_grant",
            "Invalid request. Request is malformed or invalid.",
        )
    })?;
    check_client(&app, &record.request.client_id)?;
    check_code(tenant, request, &record)?;
    redeem(tenant, request, &app, (presented, &record))
}

/// Fails where a code or a refresh token is another client's.
fn check_client(app: &Registration, client_id: &str) -> Result<(), Aadsts> {
    if app.is(client_id) {
        return Ok(());
    }
    let text = "Provided grant is invalid or malformed: it was issued to another client id.";
    Err(Aadsts::new(70_000, "invalid_grant", text).sub("bad_token"))
}

/// The tokens for a code whose request was checked.
///
/// # Errors
/// The scopes are not valid or not consented to; the claims need a second factor.
pub(super) fn redeem(
    tenant: &Tenant,
    request: &Request,
    app: &Registration,
    (presented, record): (&str, &AuthorizationCode),
) -> TokenResult {
    let asked = asked_for(tenant, request, app, &record.request.scopes, &record.oid)?;
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
        platform: record.request.platform,
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
    // A device that has no secret renews without one.
    let app = match record.as_ref().map(|token| token.grant.platform) {
        Some(Platform::Native) => client::of_public(tenant, request),
        Some(platform) => client::authenticate(tenant, request, platform),
        None => client::authenticate(tenant, request, Platform::Web),
    }?;
    let record = record.ok_or_else(|| {
        let text = "The refresh token is malformed or has been revoked.";
        Aadsts::new(9_002_313, "invalid_grant", text).sub("bad_token")
    })?;
    check_client(&app, &record.grant.client_id)?;
    check_refresh(tenant, &record)?;
    let held = Scopes {
        oidc: record.grant.scopes.clone(),
        permissions: consented(tenant, &app, &record.grant.oid, &record.grant.resource),
        form: record.grant.form,
    };
    let asked = asked_for(tenant, request, &app, &held, &record.grant.oid)?;
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
    if record.grant.platform == Platform::SinglePage && now > record.grant.spa_end {
        let text = "The refresh token was issued to a single page app (SPA), and therefore has a \
                    fixed, limited lifetime of 1.00:00:00, which cannot be extended.";
        return Err(Aadsts::new(700_084, "invalid_grant", text));
    }
    Ok(())
}

/// The permissions of one resource that an account consented to.
fn consented(
    tenant: &Tenant,
    app: &Registration,
    oid: &str,
    resource: &str,
) -> Vec<(String, String)> {
    let prefix = format!("{resource}/").to_lowercase();
    let signins = tenant.signins();
    let all: BTreeSet<&str> = signins
        .granted(&app.client_id, oid)
        .filter_map(|scope| scope.strip_prefix(&prefix))
        .collect();
    let directory = tenant.directory();
    all.into_iter()
        .filter_map(|name| Scopes::parse(&format!("{resource}/{name}"), app, &directory).ok())
        .flat_map(|scopes| scopes.permissions)
        .collect()
}

/// Resource and permissions of the response: those of the request, or those of the grant.
pub(super) fn asked_for(
    tenant: &Tenant,
    request: &Request,
    app: &Registration,
    held: &Scopes,
    oid: &str,
) -> Result<Scopes, Aadsts> {
    let (client_id, directory) = (&app.client_id, tenant.directory());
    if request.v1 {
        let named = request
            .form
            .get("resource")
            .or(held.first_resource())
            .unwrap_or(scopes::GRAPH);
        let resource = scopes::resource(named, &directory).ok_or_else(|| no_resource(named))?;
        let mut scopes = Scopes::registered(&resource, app, &directory);
        scopes.permissions.retain(|(resource, name)| {
            tenant
                .signins()
                .consented(client_id, oid, &format!("{resource}/{name}"))
        });
        return if scopes.permissions.is_empty() {
            Err(Aadsts::no_consent(client_id))
        } else {
            Ok(scopes)
        };
    }
    let mut asked = match request.form.get("scope") {
        Some(scope) => Scopes::parse(scope, app, &directory)?,
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
        .all(|scope| tenant.signins().consented(client_id, oid, scope));
    if !all {
        return Err(Aadsts::no_consent(client_id));
    }
    asked.oidc.clone_from(&held.oidc);
    Ok(asked)
}
