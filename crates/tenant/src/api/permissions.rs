//! Permissions of the default calendar.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::collection::{CollectionRequest, collection_request};
use super::listing;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::ids;
use crate::schema::names::Kind;
use crate::store::{Item, Json};

const TAIL: &str = "calendar/calendarPermissions";
const ROLES: [&str; 6] = [
    "none",
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
];
/// The id of the permission of the whole organisation, which cannot be removed.
const EVERYBODY: &str = "RGVmYXVsdA==";

/// `calendar/calendarPermissions...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    if !call.flavor.is_graph() {
        return Err(call.missing());
    }
    match collection_request(call, rest)? {
        CollectionRequest::List => list(call),
        CollectionRequest::Create => create(call),
        CollectionRequest::Get(id) => get(call, id),
        CollectionRequest::Update(id) => update(call, id),
        CollectionRequest::Delete(id) => delete(call, id),
    }
}

/// `calendar/allowedCalendarSharingRoles(User='...')`: the roles that somebody can have.
pub(crate) fn roles(call: &Call<'_>, who: &str) -> ApiResult {
    if !call.flavor.is_graph() || call.request.method != Method::GET {
        return Err(call.missing());
    }
    let address = who.split_once('=').map_or(who, |(_, address)| address);
    let address = address.trim_matches('\'');
    // Somebody of another organisation reads at most.
    let inside = call.tenant.directory().find(address).is_some();
    let roles = if inside { &ROLES[1..] } else { &ROLES[1..4] };
    let context = format!(
        "{}/$metadata#Collection(microsoft.graph.calendarRoleType)",
        call.root()
    );
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": roles}),
    ))
}

fn everybody() -> Map<String, Value> {
    let json = json!({
        "id": EVERYBODY,
        "emailAddress": {"name": "My Organization"},
        "isInsideOrganization": true,
        "isRemovable": false,
        "role": "freeBusyRead",
        "allowedRoles": &ROLES[..5],
    });
    json.as_object().cloned().unwrap_or_default()
}

fn entity(item: &Item) -> Map<String, Value> {
    let mut out = item.json.clone();
    let inside = out["emailAddress"]["address"]
        .as_str()
        .is_some_and(|address| {
            let domain = format!("@{}", crate::directory::TENANT_DOMAIN);
            address.to_ascii_lowercase().ends_with(&domain)
        });
    out.insert("id".into(), ids::base64(&item.key.to_be_bytes()).into());
    out.insert("isInsideOrganization".into(), inside.into());
    out.insert("isRemovable".into(), true.into());
    out.insert("allowedRoles".into(), json!(ROLES));
    out
}

/// The position of a permission. Short ids are compared case-insensitively.
fn place(items: &[Item], id: &str) -> Result<usize, ApiError> {
    let same = |item: &Item| {
        let own = ids::base64(&item.key.to_be_bytes());
        own.eq_ignore_ascii_case(id)
    };
    if id.eq_ignore_ascii_case(EVERYBODY) {
        return Err(ApiError::denied());
    }
    items.iter().position(same).ok_or_else(ApiError::not_found)
}

fn list(call: &Call<'_>) -> ApiResult {
    let query = call.query(Kind::CalendarPermission)?;
    let page = call.read(|mailbox| {
        let all = [everybody()]
            .into_iter()
            .chain(mailbox.permissions.iter().map(entity));
        Ok(listing::page(
            call,
            Kind::CalendarPermission,
            &query,
            all.collect(),
        ))
    })?;
    call.page(TAIL, &query, page)
}

fn get(call: &Call<'_>, id: &str) -> ApiResult {
    let entity = match id.eq_ignore_ascii_case(EVERYBODY) {
        true => everybody(),
        false => call.read(|mailbox| {
            let at = place(&mailbox.permissions, id)?;
            Ok(entity(&mailbox.permissions[at]))
        })?,
    };
    call.entity(200, Kind::CalendarPermission, TAIL, entity)
}

fn role(body: &Json) -> Result<Value, ApiError> {
    let role = body.get("role").cloned().unwrap_or_default();
    if role.as_str().is_some_and(|role| ROLES.contains(&role)) {
        return Ok(role);
    }
    let text = "At least one property failed validation: 'role'.";
    Err(ApiError::invalid_property(text))
}

fn create(call: &Call<'_>) -> ApiResult {
    let body = call.body(Kind::CalendarPermission)?;
    let role = role(&body)?;
    let who = body.get("emailAddress").cloned().unwrap_or_default();
    if !who["address"].is_string() {
        let text = "The property 'EmailAddress' is required when creating the entity.";
        return Err(ApiError::invalid_parameter(text));
    }
    let now = call.now();
    let entity = call.change(|mailbox| {
        let mut json = Json::new();
        json.insert("emailAddress".into(), who);
        json.insert("role".into(), role);
        let item = mailbox.new_item(0, json, now);
        let made = entity(&item);
        mailbox.permissions.push(item);
        Ok(made)
    })?;
    call.entity(201, Kind::CalendarPermission, TAIL, entity)
}

fn update(call: &Call<'_>, id: &str) -> ApiResult {
    let role = role(&call.body(Kind::CalendarPermission)?)?;
    let entity = call.change(|mailbox| {
        let at = place(&mailbox.permissions, id)?;
        mailbox.permissions[at].json.insert("role".into(), role);
        Ok(entity(&mailbox.permissions[at]))
    })?;
    call.entity(200, Kind::CalendarPermission, TAIL, entity)
}

fn delete(call: &Call<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let at = place(&mailbox.permissions, id)?;
        mailbox.permissions.remove(at);
        Ok(ApiResponse::empty(204))
    })
}
