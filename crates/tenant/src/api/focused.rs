//! Overrides of the focused inbox, which are applied at delivery.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::listing;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::schema::names::Kind;
use crate::store::id::guid_of;
use crate::store::{Item, Json};

const TAIL: &str = "inferenceClassification/overrides";

/// `inferenceClassification...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.flavor.is_graph() => {
            let context = call.context("inferenceClassification/$entity", None);
            Ok(ApiResponse::json(
                200,
                json!({"@odata.context": context, "id": "classification"}),
            ))
        }
        (&Method::GET, ["overrides"]) => list(call),
        (&Method::POST, ["overrides"]) => create(call),
        (&Method::PATCH, ["overrides", id]) => update(call, id),
        (&Method::DELETE, ["overrides", id]) => delete(call, id),
        (_, [] | ["overrides"] | ["overrides", _]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

fn entity(mailbox: u32, item: &Item) -> Map<String, Value> {
    let mut out = item.json.clone();
    out.insert(
        "id".into(),
        guid_of(u64::from(mailbox) << 32 | item.key).into(),
    );
    out
}

fn place(call: &Call<'_>, items: &[Item], id: &str) -> Result<usize, ApiError> {
    let found = items
        .iter()
        .position(|item| entity(call.mailbox, item)["id"] == id);
    found.ok_or_else(ApiError::not_found)
}

/// Sender and class of a request body.
fn sent(call: &Call<'_>) -> Result<(Option<Value>, Value), ApiError> {
    let body = call.body(Kind::Override)?;
    let class = body.get("classifyAs").cloned().unwrap_or_default();
    if !matches!(class.as_str(), Some("focused" | "other")) {
        let text = "At least one property failed validation: 'classifyAs'.";
        return Err(ApiError::invalid_property(text));
    }
    Ok((body.get("senderEmailAddress").cloned(), class))
}

fn list(call: &Call<'_>) -> ApiResult {
    let mut query = call.query(Kind::Override)?;
    // The service returns the whole list on one page.
    query.top = query.top.max(1000);
    let page = call.read(|mailbox| {
        let all = mailbox
            .overrides
            .iter()
            .map(|item| entity(call.mailbox, item));
        Ok(listing::page(call, Kind::Override, &query, all.collect()))
    })?;
    call.page(TAIL, &query, page)
}

/// Creates an override. If the address has one, it is changed.
fn create(call: &Call<'_>) -> ApiResult {
    let (sender, class) = sent(call)?;
    let sender = sender.filter(|sender| sender["address"].is_string());
    let sender = sender.ok_or_else(|| {
        let text = "The property 'SenderEmailAddress' is required when creating the entity.";
        ApiError::invalid_parameter(text)
    })?;
    let address = sender["address"].as_str().unwrap_or_default().to_owned();
    let now = call.now();
    let entity = call.change(|mailbox| {
        let mut json = Json::new();
        json.insert("classifyAs".into(), class);
        json.insert("senderEmailAddress".into(), sender);
        let known = mailbox.overrides.iter_mut().find(|item| {
            let other = item.json["senderEmailAddress"]["address"].as_str();
            other.is_some_and(|other| other.eq_ignore_ascii_case(&address))
        });
        if let Some(known) = known {
            known.json = json;
            return Ok(entity(call.mailbox, known));
        }
        let item = mailbox.new_item(0, json, now);
        let made = entity(call.mailbox, &item);
        mailbox.overrides.push(item);
        Ok(made)
    })?;
    call.entity(201, Kind::Override, TAIL, entity)
}

fn update(call: &Call<'_>, id: &str) -> ApiResult {
    let (_, class) = sent(call)?;
    let entity = call.change(|mailbox| {
        let at = place(call, &mailbox.overrides, id)?;
        let item = &mut mailbox.overrides[at];
        item.json.insert("classifyAs".into(), class);
        Ok(entity(call.mailbox, item))
    })?;
    call.entity(200, Kind::Override, TAIL, entity)
}

fn delete(call: &Call<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let at = place(call, &mailbox.overrides, id)?;
        mailbox.overrides.remove(at);
        Ok(ApiResponse::empty(204))
    })
}
