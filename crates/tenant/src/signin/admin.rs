//! The two admin consent endpoints.

use axum::response::Response;

use super::pages::consent::AdminConsent;
use super::{pages, redirect};
use crate::directory::{Kind, TENANT_ID};
use crate::http::{HttpRequest, Params};
use crate::oauth::aadsts::{Aadsts, TraceIds};
use crate::oauth::request::{known_tenant, no_application, no_tenant};
use crate::oauth::scopes::{self, Scopes};
use crate::state::Tenant;

/// `GET .../adminconsent`: the consent page or an error page.
pub(crate) fn begin(tenant: &Tenant, incoming: &HttpRequest, segment: &str, v1: bool) -> Response {
    ask(tenant, segment, v1, &incoming.query(), None)
}

/// The consent page of a request.
fn ask(
    tenant: &Tenant,
    segment: &str,
    v1: bool,
    params: &Params,
    error: Option<&Aadsts>,
) -> Response {
    let asked = match check(tenant, segment, v1, params) {
        Ok(asked) => asked,
        Err(error) => {
            return pages::error::show(&error, &TraceIds::new(tenant.clock().now(), None));
        }
    };
    let directory = tenant.directory();
    let redirect_uri = params.get("redirect_uri").unwrap_or_default();
    pages::consent::ask_administrator(&AdminConsent {
        segment,
        application: directory
            .registration(params.get("client_id").unwrap_or_default())
            .map_or("", |app| &app.display_name),
        scopes: &asked,
        redirect_uri,
        address: params.get("loginfmt").unwrap_or("admin@contoso.example"),
        hidden: &[
            ("client_id", params.get("client_id").unwrap_or_default()),
            ("redirect_uri", redirect_uri),
            ("state", params.get("state").unwrap_or_default()),
            ("scope", params.get("scope").unwrap_or_default()),
            ("form", if v1 { "v1" } else { "v2" }),
        ],
        error,
    })
}

fn check(tenant: &Tenant, segment: &str, v1: bool, params: &Params) -> Result<Scopes, Aadsts> {
    if !known_tenant(segment, true) || (!v1 && segment == "common") {
        return Err(no_tenant(segment));
    }
    let client_id = params
        .get("client_id")
        .ok_or_else(|| Aadsts::missing("client_id"))?;
    let directory = tenant.directory();
    let app = directory
        .registration(client_id)
        .ok_or_else(|| no_application(client_id))?;
    let uri = params
        .get("redirect_uri")
        .ok_or_else(|| Aadsts::missing("redirect_uri"))?;
    if app.platform(uri).is_none() {
        let text = format!("The redirect URI '{uri}' is not registered for the application.");
        return Err(Aadsts::new(50_011, "invalid_request", text));
    }
    match params.get("scope") {
        Some(scope) if !v1 => Scopes::parse(scope, app, &directory),
        _ => Ok(Scopes::registered(scopes::GRAPH, app, &directory)),
    }
}

/// Handles the form of the consent page.
pub(crate) fn decide(tenant: &Tenant, incoming: &HttpRequest, segment: &str) -> Response {
    let form = incoming.form();
    let uri = form.get("redirect_uri").unwrap_or_default();
    let directory = tenant.directory();
    let app = directory.registration(form.get("client_id").unwrap_or_default());
    let Some(app) = app.filter(|app| app.platform(uri).is_some()) else {
        let error = Aadsts::new(
            50_011,
            "invalid_request",
            "The redirect URI is not registered.",
        );
        return pages::error::show(&error, &TraceIds::new(tenant.clock().now(), None));
    };
    let v1 = form.get("form") == Some("v1");
    let scope = form.get("scope").unwrap_or_default();
    let state = form.get("state").unwrap_or_default();
    if form.get("decision") != Some("accept") {
        return refused(uri, state, v1);
    }
    let password = form.get("passwd").unwrap_or_default();
    let account = directory
        .find(form.get("loginfmt").unwrap_or_default())
        .filter(|one| one.kind == Kind::Admin && one.accepts(password));
    if account.is_none() {
        let text = "Only an administrator may do this, with the right password.";
        let error = Aadsts::new(90_094, "access_denied", text);
        return ask(tenant, segment, v1, &form, Some(&error));
    }
    let asked = Scopes::parse(scope, app, &directory)
        .ok()
        .filter(|asked| !v1 && !asked.permissions.is_empty())
        .map_or_else(
            || Scopes::all_registered(app, &directory),
            |asked| asked.qualified(),
        );
    tenant.signins().consent(&app.client_id, "*", asked);
    let mut values = vec![
        ("admin_consent", "True"),
        ("tenant", TENANT_ID),
        ("state", state),
    ];
    if !v1 {
        values.push(("scope", scope));
    }
    to(uri, &values)
}

/// The error response. In v2 it contains `admin_consent=True` too.
fn refused(uri: &str, state: &str, v1: bool) -> Response {
    if v1 {
        let text = "The admin canceled the request";
        return to(
            uri,
            &[
                ("error", "permission_denied"),
                ("error_description", text),
                ("state", state),
            ],
        );
    }
    let text = "AADSTS65004: User declined to consent to access the app.";
    to(
        uri,
        &[
            ("error", "consent_required"),
            ("error_description", text),
            ("admin_consent", "True"),
            ("tenant", TENANT_ID),
            ("state", state),
        ],
    )
}

fn to(uri: &str, values: &[(&str, &str)]) -> Response {
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(values.iter().filter(|(_, value)| !value.is_empty()))
        .finish();
    redirect::found(&format!("{uri}?{encoded}"))
}
