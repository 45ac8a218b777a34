//! The browser session at the sign-in service, identified by a cookie.

use axum::http::HeaderMap;

use crate::ids;
use crate::oauth::session::Session;
use crate::state::Tenant;

const COOKIE: &str = "ESTSAUTH";

/// The value of the session cookie.
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

/// Adds an account to the browser session, or starts one. Returns the `Set-Cookie` value.
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

/// Records that an account used its second factor in this browser.
pub(crate) fn record_second_factor(tenant: &Tenant, headers: &HeaderMap, oid: &str) {
    let mut signins = tenant.signins();
    let held = cookie(headers).and_then(|id| signins.sessions.get_mut(&id));
    if let Some(session) = held {
        session.second_factors.retain(|one| one != oid);
        session.second_factors.push(oid.to_owned());
    }
}

/// Ends the browser session. Returns it with the `Set-Cookie` value that deletes the cookie.
pub(crate) fn sign_out(tenant: &Tenant, headers: &HeaderMap) -> (Option<Session>, String) {
    let gone = cookie(headers).and_then(|id| tenant.signins().sessions.remove(&id));
    (gone, set_cookie(tenant, "", "; Max-Age=0"))
}

fn set_cookie(tenant: &Tenant, value: &str, more: &str) -> String {
    // `SameSite=None` allows silent sign-in in hidden frames of other sites, as at Entra. It needs https.
    let site = if tenant.origin().starts_with("https:") {
        "None; Secure"
    } else {
        "Lax"
    };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite={site}{more}")
}
