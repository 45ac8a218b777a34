//! The authorize endpoint.

use axum::response::Response;

use super::{admission, federated, pages, redirect, session};
use crate::directory::{Account, Kind};
use crate::http::HttpRequest;
use crate::ids;
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::flow::{AuthorizationCode, DeviceOutcome, PendingAuthorization};
use crate::oauth::request::{AuthorizationError, AuthorizationRequest};
use crate::oauth::session::Session;
use crate::oauth::{scopes, second_factor};
use crate::state::Tenant;
use crate::token::issue;

/// GET or POST on both authorize endpoints.
pub(crate) fn begin(tenant: &Tenant, incoming: &HttpRequest, segment: &str, v1: bool) -> Response {
    let mut params = incoming.query();
    params.0.extend(incoming.form().0);
    let request = match AuthorizationRequest::read(&tenant.directory(), segment, v1, &params) {
        Ok(request) => request,
        Err(AuthorizationError::Page(error)) => {
            let ids = TraceIds::new(tenant.clock().now(), params.get("client-request-id"));
            return pages::error::show(&error, &ids);
        }
        Err(AuthorizationError::Redirect(request, error)) => {
            return redirect::refuse(tenant, &request, &error);
        }
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    ask(tenant, &request, &session)
}

/// Signs in with an account of the session, or asks for one.
pub(crate) fn ask(tenant: &Tenant, request: &AuthorizationRequest, session: &Session) -> Response {
    match choose_account(tenant, request, session) {
        AccountChoice::Account(account) => {
            let flow = start(tenant, request, Some(account));
            continue_sign_in(tenant, &flow, session, None)
        }
        AccountChoice::Ask => {
            let flow = start(tenant, request, None);
            match federated::address(request) {
                Some(address) => federated::go(tenant, &flow.0, &address),
                None => pages::sign_in::show(tenant, &flow, session, None),
            }
        }
        AccountChoice::Refuse(error) => redirect::refuse(tenant, request, &error),
    }
}

enum AccountChoice {
    /// The account is signed in.
    Account(&'static Account),
    /// The sign-in page.
    Ask,
    /// `prompt=none`, and no account or several accounts are signed in.
    Refuse(Aadsts),
}

fn choose_account(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    session: &Session,
) -> AccountChoice {
    let (now, directory) = (tenant.clock().unix(), tenant.directory());
    let none = request.prompt.as_deref() == Some("none");
    if matches!(request.prompt.as_deref(), Some("login" | "select_account")) {
        return AccountChoice::Ask;
    }
    let hinted = request.login_hint.as_deref();
    let recent = |oid: &&String| {
        let age = session.since.get(*oid).map(|since| now - since);
        request
            .max_age
            .is_none_or(|most| age.is_some_and(|age| age <= most))
    };
    let candidates: Vec<&'static Account> = session
        .accounts
        .iter()
        .filter(recent)
        .filter_map(|oid| directory.find(oid))
        .filter(|account| admission::admits(request, account))
        .filter(|account| hinted.is_none_or(|hint| account.matches_hint(hint)))
        .collect();
    match candidates.as_slice() {
        [one] => AccountChoice::Account(one),
        [] if none => AccountChoice::Refuse(Aadsts::new(
            50_058,
            "login_required",
            "A silent sign-in request was sent but no user is signed in.",
        )),
        [_, _, ..] if none => AccountChoice::Refuse(Aadsts::new(
            16_000,
            "interaction_required",
            "Either multiple user identities are available for the current request or selected \
             account is not supported for the scenario.",
        )),
        _ => AccountChoice::Ask,
    }
}

fn start(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    account: Option<&Account>,
) -> (String, PendingAuthorization) {
    let flow = PendingAuthorization {
        request: request.clone(),
        oid: account.map(|account| account.oid.to_owned()),
        code: ids::digits(6),
        second_factor: false,
        started: tenant.clock().unix(),
    };
    let id = ids::token(24);
    tenant.signins().flows.insert(id.clone(), flow.clone());
    (id, flow)
}

/// Continues after the sign-in: second factor, consent, authorization response.
pub(crate) fn continue_sign_in(
    tenant: &Tenant,
    (id, flow): &(String, PendingAuthorization),
    session: &Session,
    cookie: Option<&str>,
) -> Response {
    let request = &flow.request;
    let Some(account) = flow
        .oid
        .as_deref()
        .and_then(|oid| tenant.directory().find(oid))
    else {
        return pages::sign_in::show(tenant, &(id.clone(), flow.clone()), session, None);
    };
    let mut flow = flow.clone();
    flow.second_factor = second_factor::is_satisfied(&flow, session);
    tenant.signins().flows.insert(id.clone(), flow.clone());
    let silent = request.prompt.as_deref() == Some("none");
    let mut response = match consent_requirement(tenant, request, account) {
        _ if second_factor::is_required(&flow) && silent => {
            let resource = request.scopes.first_resource().unwrap_or(scopes::GRAPH);
            let error = second_factor::interaction_required(request.claims.as_deref(), resource);
            redirect::refuse(tenant, request, &error)
        }
        _ if second_factor::is_required(&flow) => {
            pages::second_factor::show(id, &flow, account, None)
        }
        ConsentRequirement::None => issue_code(tenant, id, &flow, account, false),
        ConsentRequirement::User if silent => {
            let mut error = Aadsts::no_consent(&request.client_id);
            (error.error, error.suberror) = ("consent_required", None);
            redirect::refuse(tenant, request, &error)
        }
        ConsentRequirement::User => {
            let name = application_name(tenant, request);
            pages::consent::ask_user(id, request, account, &name)
        }
        ConsentRequirement::Administrator => {
            let text = "An administrator of Contoso has set a policy that prevents you from \
                        granting the permissions that the application asks for. Contact an \
                        administrator, who can grant permissions to this application on your behalf.";
            let number = if request.v1 { 90_093 } else { 90_094 };
            redirect::refuse(tenant, request, &Aadsts::new(number, "access_denied", text))
        }
    };
    if let Some(cookie) = cookie {
        crate::http::set(&mut response, "set-cookie", cookie);
    }
    response
}

/// The name of the application, as its registration has it.
pub(crate) fn application_name(tenant: &Tenant, request: &AuthorizationRequest) -> String {
    let directory = tenant.directory();
    let app = directory.registration(&request.client_id);
    app.map_or_else(String::new, |app| app.display_name.clone())
}

enum ConsentRequirement {
    /// An administrator has to consent.
    Administrator,
    /// The user has to consent.
    User,
    None,
}

fn consent_requirement(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    account: &Account,
) -> ConsentRequirement {
    let signins = tenant.signins();
    let admin = account.kind == Kind::Admin;
    let missing: Vec<String> = request
        .scopes
        .qualified()
        .into_iter()
        .filter(|scope| !signins.consented(&request.client_id, account.oid, scope))
        .collect();
    match request.prompt.as_deref() {
        Some("admin_consent") if admin => ConsentRequirement::User,
        Some("admin_consent") => ConsentRequirement::Administrator,
        _ if !admin && missing.iter().any(|scope| scopes::needs_admin(scope)) => {
            ConsentRequirement::Administrator
        }
        Some("consent") => ConsentRequirement::User,
        _ if missing.is_empty() => ConsentRequirement::None,
        _ => ConsentRequirement::User,
    }
}

/// Sends an authorization response with a code.
pub(crate) fn issue_code(
    tenant: &Tenant,
    flow_id: &str,
    flow: &PendingAuthorization,
    account: &Account,
    for_everybody: bool,
) -> Response {
    let request = &flow.request;
    let code = format!("{}.{}", if request.v1 { "0" } else { "1" }, ids::token(96));
    let mut signins = tenant.signins();
    signins.flows.remove(flow_id);
    let session = signins.sessions.values_mut().find(|session| {
        session
            .accounts
            .last()
            .is_some_and(|oid| oid == account.oid)
    });
    let auth_time = session
        .as_ref()
        .and_then(|session| session.since.get(account.oid))
        .copied()
        .filter(|_| request.max_age.is_some());
    let sid = session.map_or_else(ids::guid, |session| {
        if !session.clients.contains(&request.client_id) {
            session.clients.push(request.client_id.clone());
        }
        session.sid.clone()
    });
    let record = AuthorizationCode {
        request: request.clone(),
        oid: account.oid.to_owned(),
        sid: sid.clone(),
        issued: tenant.clock().unix(),
        used: false,
        second_factor: flow.second_factor,
        auth_time,
        family: ids::guid(),
    };
    signins.codes.insert(code.clone(), record);
    if let Some(device) = &request.device {
        if let Some(waiting) = signins.devices.get_mut(device) {
            waiting.outcome = DeviceOutcome::Approved(code);
        }
        return pages::device::done(account);
    }
    drop(signins);
    let mut values = vec![("code", code)];
    if request.id_token
        && let Some(token) = issue::id_token_for(tenant, request, account, (&sid, auth_time))
    {
        values.push(("id_token", token));
    }
    if request.client_info {
        values.push(("client_info", issue::client_info(account)));
    }
    redirect::push_state(request, &mut values);
    values.push(("session_state", ids::guid()));
    if for_everybody {
        values.push(("admin_consent", "True".to_owned()));
    }
    redirect::back(request, &values)
}
