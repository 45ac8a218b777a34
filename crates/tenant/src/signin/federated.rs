//! A federated domain: its users give their password to an identity provider of their own, which sends an answer back
//! (WS-Federation, in its simplest form).

use axum::response::Response;

use super::{pages, redirect, session, steps};
use crate::directory::{Account, FEDERATED_DOMAIN, domain};
use crate::http::{self, HttpRequest, Params};
use crate::ids;
use crate::oauth::aadsts::Aadsts;
use crate::oauth::request::AuthorizationRequest;
use crate::state::Tenant;

/// Lifetime of the provider's answer, in seconds.
const ANSWER_LIFE: i64 = 300;

/// The address that a request sends straight to the provider, by its hints.
pub(crate) fn address(request: &AuthorizationRequest) -> Option<String> {
    let hint = request.login_hint.as_deref().unwrap_or_default();
    let hinted = domain(hint).eq_ignore_ascii_case(FEDERATED_DOMAIN);
    let by_domain = request
        .domain_hint
        .as_deref()
        .is_some_and(|domain| domain.eq_ignore_ascii_case(FEDERATED_DOMAIN));
    (hinted || by_domain).then(|| hint.to_owned())
}

/// Sends the browser to the provider.
pub(crate) fn go(tenant: &Tenant, flow: &str, address: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("wa", "wsignin1.0")
        .append_pair("wtrealm", "urn:federation:MicrosoftOnline")
        .append_pair("wctx", flow)
        .append_pair("username", address)
        .finish();
    redirect::found(&format!("{}/adfs/ls/?{query}", tenant.origin()))
}

/// `GET /adfs/ls/`: the provider's own page.
pub(crate) fn page(incoming: &HttpRequest) -> Response {
    let params = incoming.query();
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    pages::federated::show(&text("wctx"), &text("username"), None)
}

/// `POST /adfs/ls/`: the provider checks the password and sends its answer by a form.
pub(crate) fn sign_in(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let (flow, address) = (
        form.get("wctx").unwrap_or_default(),
        form.get("UserName").unwrap_or_default().trim(),
    );
    let directory = tenant.directory();
    let account = directory.find(address).filter(|account| {
        account.is_federated() && account.accepts(form.get("Password").unwrap_or_default())
    });
    let Some(account) = account else {
        let text =
            "Incorrect user ID or password. Type the correct user ID and password, and try again.";
        return pages::federated::show(flow, address, Some(text));
    };
    let answer = ids::token(48);
    let record = (account.oid.to_owned(), tenant.clock().unix());
    tenant.signins().federated.insert(answer.clone(), record);
    let further = tenant
        .signins()
        .flows
        .get(flow)
        .map_or_else(String::new, |flow| flow.request.redirect_uri.clone());
    pages::form_post::form_post_on(
        &format!("{}/login.srf", tenant.origin()),
        &[
            ("wa", "wsignin1.0".to_owned()),
            ("wresult", answer),
            ("wctx", flow.to_owned()),
        ],
        &further,
    )
}

/// `POST /login.srf`: the provider's answer, with which the sign-in goes on.
pub(crate) fn come_back(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let form = incoming.form();
    let context = form.get("wctx").unwrap_or_default().to_owned();
    let Some(flow) = steps::flow(tenant, &Params(vec![("flow".to_owned(), context)])) else {
        return steps::expired(tenant);
    };
    let session = session::of(tenant, &incoming.headers).unwrap_or_default();
    match account(tenant, &form) {
        Ok(account) => steps::signed(tenant, incoming, flow, &session, account),
        Err(error) => pages::sign_in::show(tenant, &flow, &session, Some(&error)),
    }
}

/// The account of an answer, which counts once.
fn account(tenant: &Tenant, form: &Params) -> Result<&'static Account, Aadsts> {
    let answer = form.get("wresult").unwrap_or_default();
    let record = tenant.signins().federated.remove(answer);
    let now = tenant.clock().unix();
    record
        .filter(|(_, made)| now - made <= ANSWER_LIFE)
        .and_then(|(oid, _)| tenant.directory().find(&oid))
        .ok_or_else(|| {
            let text = "The SAML token of the identity provider is not valid or has expired.";
            Aadsts::new(50_008, "invalid_request", text)
        })
}

/// `GET .../userrealm/{address}`: whether somebody signs in at the service or at a provider, which clients ask before they
/// send a password.
pub(crate) fn realm(tenant: &Tenant, address: &str) -> Response {
    let own = domain(address);
    let federated = own.eq_ignore_ascii_case(FEDERATED_DOMAIN);
    let known = federated
        || tenant
            .directory()
            .users()
            .any(|one| domain(one.address) == own);
    let mut body = serde_json::json!({
        "ver": "1.0",
        "account_type": match (federated, known) {
            (true, _) => "Federated",
            (false, true) => "Managed",
            (false, false) => "Unknown",
        },
        "domain_name": own,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    });
    if federated {
        body["federation_protocol"] = "WSTrust".into();
        body["federation_active_auth_url"] =
            format!("{}/adfs/services/trust/2005/usernamemixed", tenant.origin()).into();
    }
    http::json(200, &body)
}

/// Sends somebody who typed an address of the domain to the provider: nobody types such a password here.
pub(crate) fn instead(tenant: &Tenant, flow: &str, address: &str) -> Option<Response> {
    let federated = domain(address).eq_ignore_ascii_case(FEDERATED_DOMAIN);
    federated.then(|| go(tenant, flow, address))
}
