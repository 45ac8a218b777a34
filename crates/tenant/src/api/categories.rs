//! The master list of categories. The names are unique and cannot be changed.

use serde_json::{Map, Value};

use super::call::{ApiResult, Call};
use super::collection::{CollectionRequest, collection_request};
use super::listing;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::schema::names::Kind;
use crate::store::id::guid_of;
use crate::store::{Item, Json};

const TAIL: &str = "outlook/masterCategories";
/// Number of preset colours.
const PRESETS: u32 = 25;

/// `outlook/masterCategories...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    match collection_request(call, rest)? {
        CollectionRequest::List => list(call),
        CollectionRequest::Create => create(call),
        CollectionRequest::Get(id) => get(call, id),
        CollectionRequest::Update(id) => update(call, id),
        CollectionRequest::Delete(id) => delete(call, id),
    }
}

fn id(call: &Call<'_>, item: &Item) -> String {
    guid_of(u64::from(call.mailbox) << 32 | item.key)
}

fn entity(call: &Call<'_>, item: &Item) -> Map<String, Value> {
    let mut out = item.json.clone();
    out.insert("id".into(), id(call, item).into());
    out
}

fn place(call: &Call<'_>, items: &[Item], wanted: &str) -> Result<usize, ApiError> {
    let found = items.iter().position(|item| id(call, item) == wanted);
    found.ok_or_else(ApiError::not_found)
}

fn list(call: &Call<'_>) -> ApiResult {
    let mut query = call.query(Kind::Category)?;
    // The service returns the whole list on one page.
    query.top = query.top.max(1000);
    let page = call.read(|mailbox| {
        let all = mailbox.categories.iter().map(|item| entity(call, item));
        Ok(listing::page(call, Kind::Category, &query, all.collect()))
    })?;
    call.page(TAIL, &query, page)
}

fn get(call: &Call<'_>, wanted: &str) -> ApiResult {
    let entity = call.read(|mailbox| {
        let at = place(call, &mailbox.categories, wanted)?;
        Ok(entity(call, &mailbox.categories[at]))
    })?;
    call.entity(200, Kind::Category, TAIL, entity)
}

fn colour(body: &Json) -> Result<Option<String>, ApiError> {
    let Some(value) = body.get("color") else {
        return Ok(None);
    };
    let preset = |text: &str| {
        let number = text.strip_prefix("preset")?.parse::<u32>().ok()?;
        (number < PRESETS).then_some(())
    };
    let text = value
        .as_str()
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    if text != "none" && preset(&text).is_none() {
        let text = "The color is neither 'none' nor one of 'preset0' to 'preset24'.";
        return Err(ApiError::invalid_parameter(text));
    }
    Ok(Some(text))
}

fn create(call: &Call<'_>) -> ApiResult {
    let body = call.body(Kind::Category)?;
    let name = body.get("displayName").and_then(Value::as_str);
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        let text = "The property 'DisplayName' is required when creating the entity.";
        return Err(ApiError::invalid_parameter(text));
    };
    let colour = colour(&body)?.unwrap_or_else(|| "none".to_owned());
    let now = call.now();
    let entity = call.change(|mailbox| {
        let taken = mailbox.categories.iter().any(|item| {
            let other = item.json.get("displayName").and_then(Value::as_str);
            other.is_some_and(|other| other.eq_ignore_ascii_case(name))
        });
        if taken {
            let text = "Category name already exists.";
            return Err(ApiError::new(409, "CategoryNameExists", text));
        }
        let mut json = Json::new();
        json.insert("displayName".into(), name.into());
        json.insert("color".into(), colour.into());
        let item = mailbox.new_item(0, json, now);
        let entity = entity(call, &item);
        mailbox.categories.push(item);
        Ok(entity)
    })?;
    call.entity(201, Kind::Category, TAIL, entity)
}

fn update(call: &Call<'_>, wanted: &str) -> ApiResult {
    let body = call.body(Kind::Category)?;
    // The service takes a new name with 200 and does not change it.
    let colour = colour(&body)?;
    let entity = call.change(|mailbox| {
        let at = place(call, &mailbox.categories, wanted)?;
        let item = &mut mailbox.categories[at];
        if let Some(colour) = colour {
            item.json.insert("color".into(), colour.into());
        }
        Ok(entity(call, item))
    })?;
    call.entity(200, Kind::Category, TAIL, entity)
}

fn delete(call: &Call<'_>, wanted: &str) -> ApiResult {
    call.change(|mailbox| {
        let at = place(call, &mailbox.categories, wanted)?;
        mailbox.categories.remove(at);
        Ok(ApiResponse::empty(204))
    })
}
