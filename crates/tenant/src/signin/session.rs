//! The browser's session at the sign-in service, kept by a cookie.

use axum::http::HeaderMap;

use crate::ids;
use crate::oauth::session::Session;
use crate::state::Tenant;

const COOKIE: &str = "ESTSAUTH";

/// Cookie value of a request, where it has one.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all("cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// The session of a request.
pub(crate) fn of(tenant: &Tenant, headers: &HeaderMap) -> Option<Session> {
    cookie(headers).and_then(|id| tenant.signins().sessions.get(&id).cloned())
}

/// Adds an account to the browser's session, or begins one. Returns the `Set-Cookie` value.
pub(crate) fn sign_in(tenant: &Tenant, headers: &HeaderMap, oid: &str) -> String {
    let now = tenant.clock().unix();
    let mut signins = tenant.signins();
    let old = cookie(headers).and_then(|id| signins.sessions.remove(&id));
    let mut session = old.unwrap_or_else(|| Session {
        sid: ids::guid(),
        ..Session::default()
    });
    session.accounts.retain(|one| one != oid);
    session.accounts.push(oid.to_owned());
    session.since.insert(oid.to_owned(), now);
    let id = ids::token(32);
    signins.sessions.insert(id.clone(), session);
    set_cookie(tenant, &id, "")
}

/// Remembers that an account of this browser showed its second factor.
pub(crate) fn record_second_factor(tenant: &Tenant, headers: &HeaderMap, oid: &str) {
    let mut signins = tenant.signins();
    let held = cookie(headers).and_then(|id| signins.sessions.get_mut(&id));
    if let Some(session) = held {
        session.second_factors.retain(|one| one != oid);
        session.second_factors.push(oid.to_owned());
    }
}

/// Ends the browser's session. Returns it with the `Set-Cookie` value that clears the cookie.
pub(crate) fn sign_out(tenant: &Tenant, headers: &HeaderMap) -> (Option<Session>, String) {
    let gone = cookie(headers).and_then(|id| tenant.signins().sessions.remove(&id));
    (gone, set_cookie(tenant, "", "; Max-Age=0"))
}

fn set_cookie(tenant: &Tenant, value: &str, more: &str) -> String {
    // As Entra has it: hidden frames of other sites sign in silently. Without https that is not to be had.
    let site = if tenant.origin().starts_with("https:") {
        "None; Secure"
    } else {
        "Lax"
    };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite={site}{more}")
}
