//! Message rules of the inbox, which are applied at delivery.

use serde_json::{Map, Value};

use super::call::{ApiResult, Call};
use super::collection::{CollectionRequest, collection_request};
use super::response::ApiResponse;
use super::{find, listing};
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::schema::names::Kind;
use crate::store::mailbox::INBOX;
use crate::store::{Item, Json, rules};

/// `mailFolders/{inbox}/messageRules...`.
pub(crate) fn handle(call: &Call<'_>, folder: &str, rest: &[&str]) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    let key = call.read(|mailbox| Ok(find::folder(call, mailbox, folder)?.key))?;
    if key != INBOX {
        return Err(ApiError::bad("Rules belong to the inbox."));
    }
    let tail = format!("mailFolders('{folder}')/messageRules");
    match collection_request(call, rest)? {
        CollectionRequest::List => list(call, &tail),
        CollectionRequest::Create => create(call, &tail),
        CollectionRequest::Get(id) => get(call, &tail, id),
        CollectionRequest::Update(id) => update(call, &tail, id),
        CollectionRequest::Delete(id) => delete(call, id),
    }
}

fn entity(item: &Item) -> Map<String, Value> {
    let mut out = item.json.clone();
    out.insert("id".into(), rules::id(item.key).into());
    out
}

/// The position of a rule. Short ids are compared case-insensitively.
fn place(items: &[Item], id: &str) -> Result<usize, ApiError> {
    let found = items
        .iter()
        .position(|item| rules::id(item.key).eq_ignore_ascii_case(id));
    found.ok_or_else(ApiError::not_found)
}

fn list(call: &Call<'_>, tail: &str) -> ApiResult {
    let mut query = call.query(Kind::MessageRule)?;
    // The service returns the whole list on one page.
    query.top = query.top.max(1000);
    let page = call.read(|mailbox| {
        let mut all: Vec<_> = mailbox.rules.iter().map(entity).collect();
        all.sort_by_key(|rule| rule["sequence"].as_i64());
        Ok(listing::page(call, Kind::MessageRule, &query, all))
    })?;
    call.page(tail, &query, page)
}

fn get(call: &Call<'_>, tail: &str, id: &str) -> ApiResult {
    let entity = call.read(|mailbox| Ok(entity(&mailbox.rules[place(&mailbox.rules, id)?])))?;
    call.entity(200, Kind::MessageRule, tail, entity)
}

/// The writable properties of a body.
fn writable(body: &Json) -> Result<Json, ApiError> {
    let mut out = Json::new();
    for (name, value) in body {
        let fits = match name.as_str() {
            "displayName" => value.is_string(),
            "sequence" => value.as_i64().is_some_and(|number| number > 0),
            "isEnabled" => value.is_boolean(),
            "conditions" | "actions" | "exceptions" => value.is_object() || value.is_null(),
            _ => continue,
        };
        if !fits {
            let text = format!("At least one property failed validation: '{name}'.");
            return Err(ApiError::invalid_property(text));
        }
        out.insert(name.clone(), value.clone());
    }
    Ok(out)
}

fn create(call: &Call<'_>, tail: &str) -> ApiResult {
    let sent = writable(&call.body(Kind::MessageRule)?)?;
    let acts = sent.get("actions").and_then(Value::as_object);
    if !sent.contains_key("displayName") || acts.is_none_or(Map::is_empty) {
        let text = "A rule needs a display name and at least one action.";
        return Err(ApiError::invalid_parameter(text));
    }
    let now = call.now();
    let entity = call.change(|mailbox| {
        let mut json = rules::defaults(mailbox.rules.len() + 1);
        json.extend(sent);
        let item = mailbox.new_item(INBOX, json, now);
        let entity = entity(&item);
        mailbox.rules.push(item);
        Ok(entity)
    })?;
    call.entity(201, Kind::MessageRule, tail, entity)
}

fn update(call: &Call<'_>, tail: &str, id: &str) -> ApiResult {
    let sent = writable(&call.body(Kind::MessageRule)?)?;
    let entity = call.change(|mailbox| {
        let at = place(&mailbox.rules, id)?;
        mailbox.rules[at].json.extend(sent);
        Ok(entity(&mailbox.rules[at]))
    })?;
    call.entity(200, Kind::MessageRule, tail, entity)
}

fn delete(call: &Call<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let at = place(&mailbox.rules, id)?;
        mailbox.rules.remove(at);
        Ok(ApiResponse::empty(204))
    })
}
