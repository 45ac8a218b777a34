//! Calendar groups: the default group and created ones.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::response::ApiResponse;
use super::{calendar, listing};
use crate::api_error::ApiError;
use crate::schema::names::Kind;
use crate::store::id::{Id, Kind as IdKind, change_key, guid_of};
use crate::store::mailbox::CALENDAR_GROUP;
use crate::store::{Item, Json, Mailbox};
use crate::views::calendar as view;

/// Class id of the default group.
const MY_CALENDARS: &str = "0006f0b7-0000-0000-c000-000000000046";

/// `calendarGroups...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) => list(call),
        (&Method::POST, []) => create(call),
        (_, [id]) => one(call, key(call, id)?),
        (&Method::GET, [id, "calendars"]) => calendars(call, id),
        (&Method::POST, [id, "calendars"]) => calendar::create(call, key(call, id)?),
        (_, [id, "calendars", rest @ ..]) => {
            key(call, id)?;
            calendar::below(call, rest)
        }
        (_, []) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The key of an existing group.
fn key(call: &Call<'_>, text: &str) -> Result<u64, ApiError> {
    let key = call.id(text, IdKind::Calendar)?.key;
    call.read(|mailbox| {
        let exists = key == CALENDAR_GROUP || mailbox.calendar_groups.contains_key(&key);
        if exists {
            Ok(key)
        } else {
            Err(ApiError::not_found())
        }
    })
}

fn entity(mailbox: u32, item: Option<&Item>) -> Map<String, Value> {
    let key = item.map_or(CALENDAR_GROUP, |item| item.key);
    let id = Id {
        kind: IdKind::Calendar,
        mailbox,
        key,
        part: 0,
    };
    let name = item
        .and_then(|item| item.json.get("name"))
        .and_then(Value::as_str);
    let json = json!({
        "id": id.encode(),
        "name": name.unwrap_or("My Calendars"),
        "changeKey": change_key(item.map_or(1, |item| item.change)),
        "classId": item.map_or_else(|| MY_CALENDARS.to_owned(), |item| guid_of(item.key)),
    });
    json.as_object().cloned().unwrap_or_default()
}

fn all(mailbox: &Mailbox) -> Vec<Map<String, Value>> {
    let made = mailbox.calendar_groups.values().map(Some);
    let list = [None].into_iter().chain(made);
    list.map(|item| entity(mailbox.number, item)).collect()
}

fn list(call: &Call<'_>) -> ApiResult {
    let query = call.query(Kind::CalendarGroup)?;
    let page = call.read(|mailbox| {
        Ok(listing::page(
            call,
            Kind::CalendarGroup,
            &query,
            all(mailbox),
        ))
    })?;
    call.page("calendarGroups", &query, page)
}

/// The name in a body. It must be unique.
fn name(call: &Call<'_>) -> Result<String, ApiError> {
    let body = call.body(Kind::CalendarGroup)?;
    let name = body.get("name").and_then(Value::as_str).map(str::trim);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| {
        let text = "The property 'Name' is required when creating the entity.";
        ApiError::invalid_parameter(text)
    })?;
    let same = |one: &Map<String, Value>| {
        one["name"]
            .as_str()
            .is_some_and(|other| other.eq_ignore_ascii_case(name))
    };
    if call.read(|mailbox| Ok(all(mailbox).iter().any(same)))? {
        let text = "A calendar group with the specified name already exists.";
        return Err(ApiError::new(409, "ErrorCalendarGroupAlreadyExists", text));
    }
    Ok(name.to_owned())
}

fn create(call: &Call<'_>) -> ApiResult {
    let json = Json::from_iter([("name".to_owned(), name(call)?.into())]);
    let now = call.now();
    let entity = call.change(|mailbox| {
        let item = mailbox.new_item(0, json, now);
        let made = entity(mailbox.number, Some(&item));
        mailbox.calendar_groups.insert(item.key, item);
        Ok(made)
    })?;
    call.entity(201, Kind::CalendarGroup, "calendarGroups", entity)
}

fn one(call: &Call<'_>, key: u64) -> ApiResult {
    let shown = |mailbox: &Mailbox| entity(mailbox.number, mailbox.calendar_groups.get(&key));
    let entity = match call.request.method {
        Method::GET => call.read(|mailbox| Ok(shown(mailbox)))?,
        Method::PATCH | Method::DELETE if key == CALENDAR_GROUP => return Err(ApiError::denied()),
        Method::PATCH => {
            let name = name(call)?;
            call.change(|mailbox| {
                let version = mailbox.fresh_change();
                if let Some(item) = mailbox.calendar_groups.get_mut(&key) {
                    item.json.insert("name".into(), name.into());
                    item.change = version;
                }
                Ok(shown(mailbox))
            })?
        }
        Method::DELETE => {
            return call.change(|mailbox| {
                if mailbox.calendars.values().any(|one| one.parent == key) {
                    let text = "The calendar group is not empty.";
                    return Err(ApiError::new(400, "ErrorCannotDeleteObject", text));
                }
                mailbox.calendar_groups.remove(&key);
                Ok(ApiResponse::empty(204))
            });
        }
        _ => return Err(ApiError::wrong_method()),
    };
    call.entity(200, Kind::CalendarGroup, "calendarGroups", entity)
}

fn calendars(call: &Call<'_>, id: &str) -> ApiResult {
    let group = key(call, id)?;
    let query = call.query(Kind::Calendar)?;
    let page = call.read(|mailbox| {
        let own = mailbox
            .calendars
            .values()
            .filter(|item| calendar::group_of(item) == group);
        let own = own.map(|item| view::one(mailbox, call.owner, Some(item)));
        let default = (group == CALENDAR_GROUP).then(|| view::one(mailbox, call.owner, None));
        let list = default.into_iter().chain(own).collect();
        Ok(listing::page(call, Kind::Calendar, &query, list))
    })?;
    call.page(&format!("calendarGroups('{id}')/calendars"), &query, page)
}
