//! `/_control/...`: tests move the clock, add faults and read the request log; people do the same on a page.

mod page;
mod snapshots;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::Method;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::changes;
use crate::clock::iso;
use crate::directory::step_up::StepUp;
use crate::http::{self, HttpRequest};
use crate::oauth::scopes::Scopes;
use crate::state::Tenant;
use crate::state::faults::Fault;

/// Longest wait for new entries of the log. Proxies close what is silent for longer.
const PATIENCE: Duration = Duration::from_secs(25);

/// Handles a control request. All but the page need the header, so that no page from elsewhere can send one.
pub(crate) async fn handle(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    if let (&Method::GET, Some(page)) = (&incoming.method, page::find(tenant, &incoming.path)) {
        return page;
    }
    if incoming.header("x-tenant-control") != Some("1") {
        return http::json(
            403,
            &json!({"error": "the header X-Tenant-Control: 1 is missing"}),
        );
    }
    let outcome = match (&incoming.method, name(incoming)) {
        (&Method::GET, "requests") => requests(tenant, incoming).await,
        (&Method::GET, "snapshot") => return snapshots::download(tenant),
        _ => act(tenant, incoming),
    };
    match outcome {
        Ok(body) => http::json(200, &body),
        Err(sentence) => http::json(400, &json!({"error": sentence})),
    }
}

fn name(incoming: &HttpRequest) -> &str {
    incoming
        .path
        .trim_start_matches("/_control/")
        .trim_end_matches('/')
}

/// The log: all of it, or what came `after` a version, for which it waits.
async fn requests(tenant: &Tenant, incoming: &HttpRequest) -> Result<Value, String> {
    let query = incoming.query();
    let Some(after) = query.get("after") else {
        return Ok(tenant.log().to_json());
    };
    let version = after
        .parse()
        .map_err(|_| "`after` is the number `next` of an answer, or 0".to_owned())?;
    let found = tenant.follow_log(version, PATIENCE).await;
    Ok(found.unwrap_or_else(|| json!({"entries": [], "next": version})))
}

fn act(tenant: &Tenant, incoming: &HttpRequest) -> Result<Value, String> {
    let name = name(incoming);
    match (&incoming.method, name) {
        (&Method::GET, "state") => Ok(state(tenant)),
        (&Method::POST, "clock") => {
            let order: Advance = body(incoming)?;
            tenant.clock().advance(order.advance_seconds);
            Ok(state(tenant))
        }
        (&Method::POST, "faults") => {
            let fault: Fault = body(incoming)?;
            Ok(json!({"faults": tenant.faults().add(fault)}))
        }
        (&Method::GET, "faults") => {
            let faults = tenant.faults();
            Ok(json!({"faults": faults.len(), "list": faults.all()}))
        }
        (&Method::DELETE, "faults") => {
            tenant.faults().clear();
            Ok(json!({"faults": 0}))
        }
        (&Method::DELETE, "deltas") => {
            let mut store = tenant.store();
            store.generation += 1;
            Ok(json!({"generation": store.generation}))
        }
        (&Method::POST, "revoke") => revoke(tenant, &body::<Revoke>(incoming)?),
        (&Method::POST, "consent") => consent(tenant, &body::<Consent>(incoming)?),
        (&Method::GET, "step-up") => Ok(rules(tenant)),
        (&Method::POST, "step-up") => {
            *tenant.step_up() = body::<Rules>(incoming)?.parse()?;
            Ok(rules(tenant))
        }
        (&Method::DELETE, "requests") => {
            tenant.log().clear();
            Ok(json!([]))
        }
        (&Method::GET, "notifications") => Ok(tenant.subscriptions().to_json()),
        (&Method::POST, "lifecycle") => {
            let order: Lifecycle = body(incoming)?;
            if !LIFECYCLE.contains(&order.event.as_str()) {
                return Err(format!("`event` is one of {}", LIFECYCLE.join(", ")));
            }
            Ok(json!({"notifications": changes::lifecycle(tenant, &order.event)}))
        }
        (&Method::GET, "snapshots") => Ok(snapshots::list(tenant)),
        (&Method::POST, "snapshots") => snapshots::keep(tenant, &body::<Named>(incoming)?.name),
        (&Method::DELETE, "snapshots") => snapshots::remove(tenant, &body::<Named>(incoming)?.name),
        (&Method::POST, "restore") => snapshots::restore(tenant, &body::<Named>(incoming)?.name),
        (&Method::POST, "snapshot") => snapshots::upload(tenant, &incoming.body),
        (&Method::POST, "reset") => {
            tenant.reset()?;
            Ok(state(tenant))
        }
        _ => Err(format!(
            "there is no control operation `{} {name}`; see crates/tenant/README.md",
            incoming.method
        )),
    }
}

fn body<'a, T: Deserialize<'a>>(incoming: &'a HttpRequest) -> Result<T, String> {
    serde_json::from_slice(&incoming.body).map_err(|error| error.to_string())
}

fn state(tenant: &Tenant) -> Value {
    json!({
        "now": iso(tenant.clock().now()),
        "offsetSeconds": tenant.clock().offset(),
        "requests": tenant.log().len(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

/// Events in the life of a subscription.
const LIFECYCLE: [&str; 3] = ["missed", "reauthorizationRequired", "subscriptionRemoved"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifecycle {
    event: String,
}

/// The name of a snapshot.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    user: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
struct Consent {
    user: String,
    /// The application; that of the options where none is named.
    client_id: Option<String>,
    granted: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    operations: Vec<String>,
}

impl Rules {
    fn parse(&self) -> Result<Vec<StepUp>, String> {
        self.operations.iter().map(|text| text.parse()).collect()
    }
}

/// The operations that need a second factor.
fn rules(tenant: &Tenant) -> Value {
    let all: Value = tenant.step_up().iter().map(StepUp::to_string).collect();
    json!({"operations": all})
}

fn oid(tenant: &Tenant, user: &str) -> Result<&'static str, String> {
    tenant
        .directory()
        .find(user)
        .map(|account| account.oid)
        .ok_or_else(|| format!("there is no account `{user}`"))
}

/// Revokes refresh tokens and browser sessions. The APIs send a claims challenge to clients with `cp1`.
fn revoke(tenant: &Tenant, order: &Revoke) -> Result<Value, String> {
    let oid = oid(tenant, &order.user)?;
    let now = tenant.clock().unix();
    let mut signins = tenant.signins();
    signins.revoked.insert(oid.to_owned(), now);
    for session in signins.sessions.values_mut() {
        session.accounts.retain(|one| one != oid);
        session.second_factors.retain(|one| one != oid);
    }
    Ok(json!({"revoked": order.user}))
}

/// Sets the consents of a user. `null` removes all; `*` stands for all registered permissions.
fn consent(tenant: &Tenant, order: &Consent) -> Result<Value, String> {
    let oid = oid(tenant, &order.user)?;
    let directory = tenant.directory();
    let client_id = order.client_id.as_deref();
    let client_id = client_id.unwrap_or(&tenant.options().client_id);
    let app = directory
        .registration(client_id)
        .ok_or_else(|| format!("there is no registration `{client_id}`"))?;
    let mut granted = BTreeSet::new();
    for scope in order.granted.iter().flatten() {
        let scopes = match &**scope {
            "*" => Scopes::all_registered(app, &directory),
            _ => Scopes::parse(scope, app, &directory)
                .map_err(|error| error.text)?
                .qualified(),
        };
        granted.extend(scopes.into_iter().map(|scope| scope.to_lowercase()));
    }
    let mut signins = tenant.signins();
    signins.set_consents(client_id, oid, granted.clone());
    Ok(json!({"granted": granted}))
}
