//! `/subscriptions`: hooks on this machine are told what changed in a mailbox.

use axum::http::Method;
use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::auth::{self, Area};
use super::call::ApiResult;
use super::path::segments;
use super::prefer::Prefer;
use super::request::ApiRequest;
use super::response::ApiResponse;
use super::{changes, hooks, rich};
use crate::api_error::ApiError;
use crate::clock::iso;
use crate::ids;
use crate::oauth::flow::AccessToken;
use crate::schema::body;
use crate::schema::table::Body;
use crate::state::Tenant;
use crate::state::subscriptions::{Subscription, Watched};
use crate::store::id::{Id, Kind as IdKind};

/// Longest life of a subscription to a mailbox, in minutes. The documentation says 10,080; the service refuses that.
const MAX_MINUTES: i64 = 10_070;

/// Whether a request is about subscriptions.
pub(crate) fn concerns(request: &ApiRequest) -> bool {
    let all = segments(&request.path);
    request.flavor.is_graph() && all.first().is_some_and(|name| name == "subscriptions")
}

/// `/subscriptions...`.
pub(crate) async fn handle(
    tenant: &Tenant,
    request: &ApiRequest,
    access: &AccessToken,
) -> ApiResult {
    let all = segments(&request.path);
    let rest: Vec<&str> = all.iter().skip(1).map(String::as_str).collect();
    let now = tenant.clock().unix();
    tenant.subscriptions().expire(now);
    match (&request.method, rest.as_slice()) {
        (&Method::GET, []) => Ok(list(tenant, request, access)),
        (&Method::POST, []) => create(tenant, request, access).await,
        (&Method::GET, [id]) => {
            let found = one(tenant, access, id)?;
            Ok(ApiResponse::json(200, entity(tenant, request, &found)))
        }
        (&Method::PATCH, [id]) => {
            let sent = sent(request)?;
            let held = one(tenant, access, id)?;
            let expires = expiration(&sent, now, held.rich.is_some())?;
            let found = change(tenant, access, id, |held| held.expires = expires)?;
            Ok(ApiResponse::json(200, entity(tenant, request, &found)))
        }
        (&Method::DELETE, [id]) => {
            let found = one(tenant, access, id)?;
            tenant
                .subscriptions()
                .all
                .retain(|held| held.id != found.id);
            Ok(ApiResponse::empty(204))
        }
        (&Method::POST, [id, "reauthorize"]) => {
            one(tenant, access, id)?;
            Ok(ApiResponse::empty(204))
        }
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        (_, [.., last]) => Err(ApiError::no_segment(request.flavor, last)),
    }
}

async fn create(tenant: &Tenant, request: &ApiRequest, access: &AccessToken) -> ApiResult {
    let sent = sent(request)?;
    let text = |name: &str| sent.get(name).and_then(Value::as_str);
    let required = |name: &str| {
        text(name).ok_or_else(|| {
            invalid(&format!(
                "The property '{name}' of the subscription is missing."
            ))
        })
    };
    let kinds: Vec<&str> = required("changeType")?.split(',').map(str::trim).collect();
    if !kinds
        .iter()
        .all(|kind| ["created", "updated", "deleted"].contains(kind))
    {
        return Err(invalid(
            "changeType is one or more of created, updated and deleted, with commas between them.",
        ));
    }
    let url = required("notificationUrl")?.to_owned();
    let lifecycle_url = text("lifecycleNotificationUrl").map(str::to_owned);
    for url in [Some(&url), lifecycle_url.as_ref()].into_iter().flatten() {
        hooks::check_url(url)?;
    }
    if text("clientState").is_some_and(|state| state.len() > 128) {
        return Err(invalid("clientState has at most 128 characters."));
    }
    let resource = required("resource")?.to_owned();
    let target = target(tenant, access, request, &resource)?;
    let now = tenant.clock().unix();
    let rich = rich::read(&sent, &resource, target.watched)?;
    let expires = expiration(&sent, now, rich.is_some())?;
    let id = ids::guid();
    hooks::validate(tenant, &id, &url).await?;
    if let Some(url) = lifecycle_url.as_ref().filter(|other| **other != url) {
        hooks::validate(tenant, &id, url).await?;
    }
    // What changed before this moment is not told.
    let store = tenant.store();
    let mailbox = store
        .mailbox(target.mailbox)
        .ok_or_else(ApiError::not_found)?;
    let made = Subscription {
        id,
        resource,
        watched: target.watched,
        mailbox: target.mailbox,
        folder: target.folder,
        created: kinds.contains(&"created"),
        updated: kinds.contains(&"updated"),
        deleted: kinds.contains(&"deleted"),
        url,
        lifecycle_url,
        client_state: text("clientState").map(str::to_owned),
        expires,
        rich,
        client_id: access.client_id.clone(),
        creator: creator(access),
        immutable: Prefer::read(&request.headers, request.flavor)?.immutable,
        told: mailbox.change,
        next_key: changes::next_key(mailbox, target.watched),
    };
    drop(store);
    let entity = entity(tenant, request, &made);
    tenant.subscriptions().all.push(made);
    Ok(ApiResponse::json(201, entity))
}

/// What a resource stands for.
struct Target {
    watched: Watched,
    mailbox: u32,
    folder: Option<u64>,
}

fn target(
    tenant: &Tenant,
    access: &AccessToken,
    request: &ApiRequest,
    resource: &str,
) -> Result<Target, ApiError> {
    let unknown = || {
        invalid(&format!(
            "The resource '{resource}' is not supported: messages, events or contacts of a mailbox."
        ))
    };
    let path = resource.split('?').next().unwrap_or_default();
    let all = segments(path);
    let (whose, below) = match all.as_slice() {
        [me, below @ ..] if me == "me" => (None, below),
        [users, whose, below @ ..] if users == "users" => (Some(whose.as_str()), below),
        _ => return Err(unknown()),
    };
    let (mailbox, owner) = auth::mailbox(&tenant.directory(), request.flavor, access, whose)?;
    let below: Vec<&str> = below.iter().map(String::as_str).collect();
    let (watched, area, folder) = match below.as_slice() {
        ["messages"] => (Watched::Message, Area::Mail, None),
        ["mailfolders", name, "messages"] => (Watched::Message, Area::Mail, Some(*name)),
        ["events"] => (Watched::Event, Area::Calendars, None),
        ["contacts"] => (Watched::Contact, Area::Contacts, None),
        ["contactfolders", name, "contacts"] => (Watched::Contact, Area::Contacts, Some(*name)),
        _ => return Err(unknown()),
    };
    if !auth::allowed(
        access,
        area,
        false,
        access.oid.as_deref() != Some(owner.oid),
    ) {
        return Err(ApiError::denied());
    }
    let store = tenant.store();
    let held = store
        .mailbox(mailbox)
        .ok_or_else(|| ApiError::no_mailbox(request.flavor))?;
    let folder = folder
        .map(|name| {
            let known = held.folder(name).filter(|_| watched == Watched::Message);
            let id =
                || Id::decode(name).filter(|id| id.kind == IdKind::Folder && id.mailbox == mailbox);
            known
                .map(|folder| folder.key)
                .or_else(|| id().map(|id| id.key))
                .ok_or_else(ApiError::not_found)
        })
        .transpose()?;
    Ok(Target {
        watched,
        mailbox,
        folder,
    })
}

fn invalid(text: &str) -> ApiError {
    ApiError::new(400, "InvalidRequest", text)
}

/// The body, checked with the table of types.
fn sent(request: &ApiRequest) -> Result<Map<String, Value>, ApiError> {
    let value = serde_json::from_slice(&request.body).ok();
    let read = value.and_then(|value| body::check(&Body::Entity("subscription"), value).ok());
    match read {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(ApiError::new(
            400,
            "BadRequest",
            "The request body is no subscription.",
        )),
    }
}

fn expiration(sent: &Map<String, Value>, now: i64, rich: bool) -> Result<i64, ApiError> {
    let text = sent
        .get("expirationDateTime")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let at = DateTime::parse_from_rfc3339(text)
        .map_err(|_| invalid("expirationDateTime is missing, or is no time with an offset."))?
        .timestamp();
    if at <= now {
        return Err(invalid("Subscription expiration must be in the future."));
    }
    let most = if rich { rich::MAX_MINUTES } else { MAX_MINUTES };
    if at > now + most * 60 {
        let text = format!("Subscription expiration can only be {most} minutes in the future.");
        return Err(ApiError::new(400, "ExtensionError", text));
    }
    Ok(at)
}

fn creator(access: &AccessToken) -> String {
    access
        .oid
        .clone()
        .unwrap_or_else(|| access.client_id.clone())
}

fn one(tenant: &Tenant, access: &AccessToken, id: &str) -> Result<Subscription, ApiError> {
    change(tenant, access, id, |_| {})
}

/// Changes a subscription of the caller.
fn change(
    tenant: &Tenant,
    access: &AccessToken,
    id: &str,
    act: impl FnOnce(&mut Subscription),
) -> Result<Subscription, ApiError> {
    let mut subscriptions = tenant.subscriptions();
    let creator = creator(access);
    let found = subscriptions
        .all
        .iter_mut()
        .find(|one| one.id == id && one.creator == creator);
    let held =
        found.ok_or_else(|| ApiError::new(404, "ResourceNotFound", "The object was not found."))?;
    act(held);
    Ok(held.clone())
}

fn list(tenant: &Tenant, request: &ApiRequest, access: &AccessToken) -> ApiResponse {
    let creator = creator(access);
    let value: Vec<Value> = tenant
        .subscriptions()
        .all
        .iter()
        .filter(|one| one.creator == creator)
        .map(shown)
        .collect();
    let context = format!("{}/$metadata#subscriptions", request.root(tenant));
    ApiResponse::json(200, json!({"@odata.context": context, "value": value}))
}

fn entity(tenant: &Tenant, request: &ApiRequest, one: &Subscription) -> Value {
    let mut value = shown(one);
    let context = format!("{}/$metadata#subscriptions/$entity", request.root(tenant));
    value["@odata.context"] = context.into();
    value
}

fn shown(one: &Subscription) -> Value {
    let kinds = [
        ("created", one.created),
        ("updated", one.updated),
        ("deleted", one.deleted),
    ];
    let kinds: Vec<&str> = kinds
        .iter()
        .filter(|(_, wanted)| *wanted)
        .map(|(name, _)| *name)
        .collect();
    json!({
        "id": one.id,
        "resource": one.resource,
        "applicationId": one.client_id,
        "changeType": kinds.join(","),
        "clientState": one.client_state,
        "notificationUrl": one.url,
        "lifecycleNotificationUrl": one.lifecycle_url,
        "expirationDateTime": iso(DateTime::from_timestamp(one.expires, 0).unwrap_or_default()),
        "creatorId": one.creator,
        "includeResourceData": one.rich.as_ref().map(|_| true),
        "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": null,
        "encryptionCertificateId": one.rich.as_ref().map(|rich| &rich.certificate_id),
        "notificationQueryOptions": null,
        "notificationUrlAppId": null,
    })
}
