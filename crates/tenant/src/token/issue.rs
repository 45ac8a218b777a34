//! Issues tokens.

use serde_json::{Value, json};

use crate::directory::{
    Account, FEDERATED_DOMAIN, HOME_OF_GUESTS, Kind, Platform, TENANT_DOMAIN, TENANT_ID,
};
use crate::ids::{self, base64url};
use crate::oauth::flow::{AccessToken, Grant, RefreshToken};
use crate::oauth::issuer;
use crate::oauth::keys::Keys;
use crate::oauth::request::AuthorizationRequest;
use crate::oauth::scopes::{self, Scopes};
use crate::state::Tenant;

/// The pairwise subject.
pub(crate) fn subject(account: &Account, client_id: &str) -> String {
    ids::sha256_url(&format!("{}:{client_id}", account.oid))
}

/// `client_info` as MSAL expects it.
pub(crate) fn client_info(account: &Account) -> String {
    base64url(
        json!({"uid": account.oid, "utid": account.home()})
            .to_string()
            .as_bytes(),
    )
}

/// The ID token of a hybrid authorization response.
pub(crate) fn id_token_for(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    account: &Account,
    (sid, auth_time): (&str, Option<i64>),
) -> Option<String> {
    let grant = Grant {
        oid: account.oid.to_owned(),
        client_id: request.client_id.clone(),
        tenant: request.tenant.clone(),
        v1: request.v1,
        sid: sid.to_owned(),
        family: String::new(),
        nonce: request.nonce.clone(),
        resource: String::new(),
        scopes: request.scopes.oidc.clone(),
        form: request.scopes.form,
        platform: Platform::Web,
        second_factor: false,
        auth_time,
        contexts: std::collections::BTreeSet::new(),
        spa_end: 0,
    };
    id_token(tenant, &grant, account)
}

/// The claim `tid`. Guests get the tenant that the path names.
fn tid(account: &Account, segment: &str) -> &'static str {
    let named = [TENANT_ID, TENANT_DOMAIN, FEDERATED_DOMAIN]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(segment));
    if named { TENANT_ID } else { account.home() }
}

fn id_token(tenant: &Tenant, grant: &Grant, account: &Account) -> Option<String> {
    let now = tenant.clock().unix();
    let tid = tid(account, &grant.tenant);
    let mut claims = json!({
        "iss": issuer(&tenant.origin(), tid, grant.v1),
        "aud": grant.client_id,
        "sub": subject(account, &grant.client_id),
        "oid": account.oid,
        "tid": tid,
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 3600,
        "name": account.name,
        "sid": grant.sid,
        "login_hint": account.login_hint(),
        "acct": i32::from(account.kind == Kind::Guest),
        "uti": ids::token(16),
        "rh": "1.AXkAsample.",
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if let Some(time) = grant.auth_time {
        claims["auth_time"] = time.into();
    }
    if account.kind == Kind::Guest {
        let home = HOME_OF_GUESTS;
        claims["idp"] = format!("https://sts.windows.net/{home}/").into();
    }
    if grant.v1 {
        claims["ver"] = "1.0".into();
        claims["upn"] = account.address.into();
        claims["unique_name"] = account.address.into();
        claims["given_name"] = account.given.into();
        claims["family_name"] = account.surname.into();
        return Some(Keys::unsigned(&claims));
    }
    claims["ver"] = "2.0".into();
    claims["preferred_username"] = account.address.into();
    if grant.scopes.iter().any(|scope| scope == "email") {
        claims["email"] = account.address.into();
    }
    if !grant.scopes.iter().any(|scope| scope == "profile") {
        for profile in ["name", "preferred_username", "oid"] {
            claims.as_object_mut().map(|claims| claims.remove(profile));
        }
    }
    tenant.keys().sign(&claims)
}

/// Lifetime of an access token in seconds: 60 to 90 minutes as at Entra; a day for clients with `cp1`.
fn lifetime(v1: bool, cp1: bool) -> i64 {
    match (v1, cp1) {
        (true, _) => 3599,
        (false, true) => 86_399,
        (false, false) => 3600 + i64::from(rand::random_range(0..1800_u16)),
    }
}

fn declares_cp1(claims: Option<&str>) -> bool {
    let parsed = claims.and_then(|text| serde_json::from_str::<Value>(text).ok());
    parsed.is_some_and(|claims| {
        claims["access_token"]["xms_cc"]["values"]
            .as_array()
            .is_some_and(|values| {
                let mut words = values.iter().filter_map(Value::as_str);
                words.any(|word| word.eq_ignore_ascii_case("cp1"))
            })
    })
}

/// The token response to a code or a refresh token.
pub(crate) fn answer(
    tenant: &Tenant,
    grant: &Grant,
    scopes: &Scopes,
    claims: Option<&str>,
) -> Value {
    let now = tenant.clock().unix();
    let cp1 = declares_cp1(claims);
    let lifetime = lifetime(grant.v1, cp1);
    let audience = scopes
        .first_resource()
        .unwrap_or(&grant.resource)
        .to_owned();
    let access = AccessToken {
        oid: Some(grant.oid.clone()),
        client_id: grant.client_id.clone(),
        audience: audience.clone(),
        scopes: scopes
            .permissions
            .iter()
            .map(|(_, name)| name.to_ascii_lowercase())
            .collect(),
        issued: now,
        expires: now + lifetime,
        cp1,
        contexts: grant.contexts.clone(),
    };
    let account = tenant.directory().find(&grant.oid);
    let id_token = account
        .filter(|_| grant.v1 || scopes.has("openid"))
        .and_then(|account| id_token(tenant, grant, account));
    let refresh = (grant.v1 || scopes.has("offline_access"))
        .then(|| refresh_token(tenant, grant, scopes, &audience));
    let token = account
        .and_then(|account| own_access_token(tenant, &access, account, grant))
        .unwrap_or_else(access_token);
    tenant.signins().access.insert(token.clone(), access);
    let mut body = if grant.v1 {
        let names: Vec<&str> = scopes.permissions.iter().map(|(_, name)| &**name).collect();
        v1_body(&token, &audience, &names.join(" "), (now, lifetime))
    } else {
        v2_body(&token, scopes, lifetime)
    };
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
        if grant.platform == Platform::SinglePage {
            body["refresh_token_expires_in"] = (grant.spa_end - now).max(0).into();
        }
    }
    if let Some(id_token) = id_token {
        body["id_token"] = id_token.into();
    }
    if let (false, Some(account)) = (grant.v1, account) {
        body["client_info"] = client_info(account).into();
    }
    body
}

/// A new refresh token, which the tenant keeps.
fn refresh_token(tenant: &Tenant, grant: &Grant, scopes: &Scopes, audience: &str) -> String {
    let token = format!("{}.{}", if grant.v1 { "0" } else { "1" }, ids::token(120));
    let mut held = grant.clone();
    audience.clone_into(&mut held.resource);
    held.form = scopes.form;
    let record = RefreshToken {
        grant: held,
        issued: tenant.clock().unix(),
        used: false,
    };
    tenant.signins().refresh.insert(token.clone(), record);
    token
}

/// An opaque access token: clients must not read its content.
fn access_token() -> String {
    format!("EwB{}", ids::token(180))
}

/// The access token for an application's own API: a JWT, which that API verifies. `None` for other audiences.
fn own_access_token(
    tenant: &Tenant,
    access: &AccessToken,
    account: &Account,
    grant: &Grant,
) -> Option<String> {
    let directory = tenant.directory();
    let api = scopes::owner(&access.audience, &directory)?;
    let tid = tid(account, &grant.tenant);
    let granted = |name: &&str| access.scopes.contains(&name.to_ascii_lowercase());
    let exposed = api.exposed_scopes.iter().map(String::as_str);
    let scopes: Vec<&str> = exposed.filter(granted).collect();
    let mut claims = json!({
        "iss": issuer(&tenant.origin(), tid, false),
        "aud": api.client_id,
        "azp": access.client_id,
        "azpacr": if grant.platform == Platform::Web { "1" } else { "0" },
        "sub": subject(account, &api.client_id),
        "oid": account.oid,
        "tid": tid,
        "name": account.name,
        "preferred_username": account.address,
        "scp": scopes.join(" "),
        "iat": access.issued,
        "nbf": access.issued,
        "exp": access.expires,
        "uti": ids::token(16),
        "ver": "2.0",
    });
    if !access.contexts.is_empty() {
        claims["acrs"] = access.contexts.iter().cloned().collect();
    }
    tenant.keys().sign(&claims)
}

fn v2_body(token: &str, scopes: &Scopes, lifetime: i64) -> Value {
    json!({
        "token_type": "Bearer",
        "scope": scopes.response_scope(),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    })
}

/// The v1 response, in which all values are strings.
fn v1_body(token: &str, audience: &str, scope: &str, (now, lifetime): (i64, i64)) -> Value {
    json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": lifetime.to_string(),
        "ext_expires_in": lifetime.to_string(),
        "expires_on": (now + lifetime).to_string(),
        "not_before": (now - 300).to_string(),
        "resource": format!("{audience}/"),
        "access_token": token,
    })
}

/// The token response to client credentials.
pub(crate) fn application_answer(tenant: &Tenant, access: AccessToken, v1: bool) -> Value {
    let (now, audience) = (access.issued, access.audience.clone());
    let token = access_token();
    tenant.signins().access.insert(token.clone(), access);
    if v1 {
        let mut body = v1_body(&token, &audience, "", (now, 3599));
        body.as_object_mut().map(|body| body.remove("scope"));
        return body;
    }
    json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})
}
