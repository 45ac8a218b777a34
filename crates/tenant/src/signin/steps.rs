//! The handlers of the forms on the sign-in pages.

use axum::response::Response;

use super::{admission, authorize, federated, pages, redirect, session};
use crate::directory::{Account, Directory, Kind};
use crate::http::{HttpRequest, Params};
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::flow::PendingAuthorization;
use crate::oauth::session::Session;
use crate::state::Tenant;

/// Lifetime of a page, in seconds.
const PAGE_LIFE: i64 = 3600;

/// `POST /{tenant}/login`: an account with a password, or an account button.
pub(crate) fn login(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let Some(flow) = flow(tenant, &form) else {
        return expired(tenant);
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    if form.get("cancel").is_some() {
        return cancelled(tenant, &flow.1, "the user canceled the authentication");
    }
    let address = form.get("account").or(form.get("loginfmt"));
    let elsewhere = address.and_then(|address| federated::instead(tenant, &flow.0, address.trim()));
    if let Some(elsewhere) = elsewhere {
        return elsewhere;
    }
    match check(&tenant.directory(), &form) {
        Ok(account) => signed(tenant, incoming, flow, &session, account),
        Err(error) => pages::sign_in::show(tenant, &flow, &session, Some(&error)),
    }
}

/// Goes on with an account that showed who it is, where it may sign in.
pub(crate) fn signed(
    tenant: &Tenant,
    incoming: &HttpRequest,
    flow: (String, PendingAuthorization),
    session: &Session,
    account: &Account,
) -> Response {
    if !admission::admits(&flow.1.request, account) {
        let error = admission::refusal(&flow.1.request, account);
        return pages::sign_in::show(tenant, &flow, session, Some(&error));
    }
    let (id, mut record) = flow;
    record.oid = Some(account.oid.to_owned());
    tenant.signins().flows.insert(id.clone(), record.clone());
    let cookie = session::sign_in(tenant, &incoming.headers, account.oid);
    authorize::continue_sign_in(tenant, &(id, record), session, Some(&cookie))
}

/// Finds the account. An account button needs no password: this is a tenant for development.
fn check(directory: &Directory, form: &Params) -> Result<&'static Account, Aadsts> {
    let no_account = |address: &str| {
        let text = format!("The user account {address} does not exist in the directory 'Contoso'.");
        Aadsts::new(50_034, "invalid_grant", text)
    };
    if let Some(address) = form.get("account") {
        return directory
            .find(address)
            .filter(|account| account.kind != Kind::Shared)
            .ok_or_else(|| no_account(address));
    }
    let address = form.get("loginfmt").unwrap_or_default().trim();
    let account = directory.find(address).ok_or_else(|| no_account(address))?;
    if account.accepts(form.get("passwd").unwrap_or_default()) {
        Ok(account)
    } else {
        let text = "Your account or password is incorrect.";
        Err(Aadsts::new(50_126, "invalid_grant", text))
    }
}

/// `POST /{tenant}/consent`: accept or cancel.
pub(crate) fn consent(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let Some((id, flow)) = flow(tenant, &form) else {
        return expired(tenant);
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    let Some(account) = signed_in(tenant, &flow, &session) else {
        return pages::sign_in::show(tenant, &(id, flow), &session, None);
    };
    if form.get("decision") != Some("accept") {
        tenant.signins().flows.remove(&id);
        return cancelled(tenant, &flow, "User declined to consent to access the app.");
    }
    let everybody = flow.request.prompt.as_deref() == Some("admin_consent");
    if everybody && account.kind != Kind::Admin {
        return cancelled(
            tenant,
            &flow,
            "Only an administrator may consent for everybody.",
        );
    }
    let who = if everybody { "*" } else { account.oid };
    let granted = flow.request.consents(&tenant.directory());
    let client_id = &flow.request.client_id;
    tenant.signins().consent(client_id, who, granted);
    authorize::issue_code(tenant, &id, &flow, account, everybody)
}

/// `POST /{tenant}/second-factor`: a code, or cancel.
pub(crate) fn second_factor(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let Some((id, mut flow)) = flow(tenant, &form) else {
        return expired(tenant);
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    let Some(account) = signed_in(tenant, &flow, &session) else {
        return pages::sign_in::show(tenant, &(id, flow), &session, None);
    };
    if form.get("cancel").is_some() {
        return cancelled(tenant, &flow, "the user canceled the authentication");
    }
    if form.get("otc").map(str::trim) != Some(flow.code.as_str()) {
        let text = "You didn't enter the expected verification code. Please try again.";
        let error = Aadsts::new(500_121, "invalid_grant", text);
        return pages::second_factor::show(&id, &flow, account, Some(&error));
    }
    flow.second_factor = true;
    tenant.signins().flows.insert(id.clone(), flow.clone());
    session::record_second_factor(tenant, &incoming.headers, account.oid);
    authorize::continue_sign_in(tenant, &(id, flow), &session, None)
}

/// The signed-in account, if the browser session still has it.
pub(crate) fn signed_in(
    tenant: &Tenant,
    flow: &PendingAuthorization,
    session: &Session,
) -> Option<&'static Account> {
    let oid = flow.oid.as_deref();
    oid.filter(|oid| session.accounts.iter().any(|one| one == oid))
        .and_then(|oid| tenant.directory().find(oid))
}

/// Sends `access_denied` to the application: the user cancelled.
pub(crate) fn cancelled(tenant: &Tenant, flow: &PendingAuthorization, text: &str) -> Response {
    let error = Aadsts::new(65_004, "access_denied", text).sub("cancel");
    redirect::refuse(tenant, &flow.request, &error)
}

/// The pending authorization request of a form.
pub(crate) fn flow(tenant: &Tenant, form: &Params) -> Option<(String, PendingAuthorization)> {
    let id = form.get("flow")?;
    let now = tenant.clock().unix();
    let flow = tenant.signins().flows.get(id).cloned()?;
    (now - flow.started <= PAGE_LIFE).then(|| (id.to_owned(), flow))
}

/// The error page for a form of an expired sign-in.
pub(crate) fn expired(tenant: &Tenant) -> Response {
    let text = "Your sign-in page was open for too long, or was used already. Go back to the \
                application and sign in again.";
    let error = Aadsts::new(165_000, "invalid_request", text);
    pages::error::show(&error, &TraceIds::new(tenant.clock().now(), None))
}
