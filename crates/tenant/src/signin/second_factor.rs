//! The page for the second factor. The code that an authenticator app would show stands on the page
//! itself: this is a tenant for development.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::Response;

use super::aadsts::Aadsts;
use super::flow::Flow;
use super::pages::{escape, page, trouble};
use super::session::{self, Session};
use super::{authorize, steps};
use crate::directory::Account;
use crate::front::Incoming;
use crate::state::Tenant;
use crate::step_up;

/// Whether the sign-in has to show a second factor before it goes on.
pub(crate) fn needed(flow: &Flow) -> bool {
    !flow.second_factor && !step_up::contexts(flow.request.claims.as_deref()).is_empty()
}

/// Whether the browser has shown it for this account before. `prompt=login` does not count that.
pub(crate) fn shown(flow: &Flow, session: &Session) -> bool {
    let anew = flow.request.prompt.as_deref() == Some("login");
    let mut proven = session.proven.iter();
    flow.second_factor || !anew && proven.any(|oid| Some(oid) == flow.oid.as_ref())
}

/// The refusal of whoever asked without a page, or by a refresh token, for a context that wants one.
pub(crate) fn missing(claims: Option<&str>, resource: &str) -> Aadsts {
    let text = format!(
        "Due to a configuration change made by your administrator, or because you moved to a new \
         location, you must use multi-factor authentication to access '{resource}'."
    );
    let claims = step_up::claims(&step_up::contexts(claims));
    Aadsts::new(50_076, "interaction_required", text)
        .sub("basic_action")
        .with_claims(claims)
}

/// The page: the code, a button that takes it, and a field to type it.
pub(crate) fn ask(id: &str, flow: &Flow, account: &Account, error: Option<&Aadsts>) -> Response {
    let request = &flow.request;
    let action = format!("/{}/second-factor", escape(&request.tenant));
    let hidden = format!(
        "<input type=\"hidden\" name=\"flow\" value=\"{}\">",
        escape(id)
    );
    let mut content = format!(
        "<p class=\"who\">{}</p><p>Contoso asks for a second proof that it is you: what you are about to \
         do in <strong>exo365 application</strong> is guarded.</p>",
        escape(account.address)
    );
    content.push_str(&trouble(error));
    let _ = write!(
        content,
        "<p>This is the code that your authenticator app would show:</p>\
         <form method=\"post\" action=\"{action}\" class=\"offer\">{hidden}\
         <output id=\"code\">{0}</output>\
         <button id=\"take\" class=\"primary\" name=\"otc\" value=\"{0}\">Use this code</button></form>\
         <h2>Or type it</h2><form method=\"post\" action=\"{action}\">{hidden}\
         <label>Code <input name=\"otc\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         maxlength=\"6\" required></label>\
         <div class=\"row turned\"><button id=\"verify\">Verify</button>\
         <button id=\"back\" name=\"cancel\" value=\"1\" formnovalidate>Cancel</button></div></form>",
        escape(&flow.code),
    );
    page(
        StatusCode::OK,
        "Enter code",
        &content,
        &request.redirect_uri,
    )
}

/// `POST /{tenant}/second-factor`: the code, or a cancel.
pub(crate) fn check(tenant: &Tenant, incoming: &Incoming) -> Response {
    let form = incoming.form();
    let Some((id, mut flow)) = steps::flow(tenant, &form) else {
        return steps::stale(tenant);
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    let Some(account) = steps::signed_in(&flow, &session) else {
        return super::pages::sign_in(tenant, &(id, flow), &session, None);
    };
    if form.get("cancel").is_some() {
        return steps::cancelled(tenant, &flow, "the user canceled the authentication");
    }
    if form.get("otc").map(str::trim) != Some(flow.code.as_str()) {
        let text = "You didn't enter the expected verification code. Please try again.";
        let error = Aadsts::new(500_121, "invalid_grant", text);
        return ask(&id, &flow, account, Some(&error));
    }
    flow.second_factor = true;
    tenant.signins().flows.insert(id.clone(), flow.clone());
    session::prove(tenant, &incoming.headers, account.oid);
    authorize::proceed(tenant, &(id, flow), &session, None)
}
