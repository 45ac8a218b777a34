//! Contacts and contact folders: list, get, create, update, delete.

use axum::http::Method;
use serde_json::Value;

use super::call::{ApiResult, Call};
use super::extensions::Extended;
use super::response::{ApiResponse, Payload};
use super::{delta, extensions, find, folders, listing, photos};
use crate::api_error::ApiError;
use crate::odata::Query;
use crate::odata::expr::Expr;
use crate::schema::names::Kind;
use crate::store::id::Kind as IdKind;
use crate::store::mailbox::CONTACTS;
use crate::store::{Json, Mailbox};
use crate::views::selection::selected;
use crate::views::{contact as view, extended_properties};

/// `contacts...`, `contactFolders...`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["contacts", rest @ ..] => people(call, CONTACTS, "contacts", rest),
        ["contactfolders", rest @ ..] => of_folders(call, CONTACTS, "contactFolders", rest),
        _ => Err(call.missing()),
    }
}

fn people(call: &Call<'_>, folder: u64, tail: &str, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => delta::contacts(call, folder, tail),
        (&Method::GET, []) => list(call, folder, tail),
        (&Method::POST, []) => create(call, folder, tail),
        (&Method::GET, ["$count"]) => count(call, folder),
        (&Method::GET, ["delta"]) => delta::contacts(call, folder, tail),
        (&Method::GET, [id]) => get(call, id),
        (&Method::PATCH, [id]) => update(call, id),
        (&Method::DELETE, [id]) => delete(call, id),
        (&Method::POST, [id, "permanentdelete"]) if call.flavor.is_graph() => delete(call, id),
        (_, [id, "extensions", rest @ ..]) => extensions::handle(call, Extended::Contact(id), rest),
        (_, [id, "photo", rest @ ..]) => photos::of_contact(call, id, rest),
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The query options of a list. A filter has only `eq` and `startswith`.
fn list_query(call: &Call<'_>) -> Result<Query, ApiError> {
    let query = call.query(Kind::Contact)?;
    if query.filter.as_ref().is_none_or(Expr::is_simple) {
        return Ok(query);
    }
    let text = "The query filter contains one or more invalid nodes.";
    Err(ApiError::new(400, "ErrorInvalidUrlQueryFilter", text))
}

fn list(call: &Call<'_>, folder: u64, tail: &str) -> ApiResult {
    let query = list_query(call)?;
    let page = call.read(|mailbox| {
        let all = find::contacts_of(mailbox, folder).map(|item| view::whole(item, call.mailbox));
        Ok(listing::page(call, Kind::Contact, &query, all.collect()))
    })?;
    call.page(tail, &query, page)
}

fn count(call: &Call<'_>, folder: u64) -> ApiResult {
    let query = list_query(call)?;
    let count = call.read(|mailbox| {
        let all = find::contacts_of(mailbox, folder).map(|item| view::whole(item, call.mailbox));
        Ok(all
            .filter(|one| listing::matches(&query, &Value::Object(one.clone())))
            .count())
    })?;
    Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, id: &str) -> ApiResult {
    let query = call.query(Kind::Contact)?;
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            find::contact(call, mailbox, id)?,
            call.mailbox,
            &query,
        ))
    })?;
    call.entity(200, Kind::Contact, "contacts", entity)
}

/// Writes the properties of a body.
fn apply(json: &mut Json, body: &Json) -> Result<(), ApiError> {
    view::apply(json, body).map_err(|name| {
        ApiError::invalid_property(format!(
            "At least one property failed validation: '{name}'."
        ))
    })
}

fn create(call: &Call<'_>, folder: u64, tail: &str) -> ApiResult {
    let body = call.body(Kind::Contact)?;
    let mut json = view::blank();
    apply(&mut json, &body)?;
    let now = call.now();
    let entity = call.change(|mailbox| {
        let key = mailbox.insert_contact(folder, json, now);
        let item = mailbox.contacts.get(&key).ok_or_else(ApiError::not_found)?;
        Ok(view::to_json(item, call.mailbox, &Query::default()))
    })?;
    let id = entity.get("id").and_then(Value::as_str).unwrap_or_default();
    let location = format!("{}/users/{}/contacts/{id}", call.root(), call.owner.oid);
    Ok(call
        .entity(201, Kind::Contact, tail, entity)?
        .header("location", location))
}

fn update(call: &Call<'_>, id: &str) -> ApiResult {
    let body = call.body(Kind::Contact)?;
    let now = call.now();
    let entity = call.change(|mailbox| {
        let held = find::contact(call, mailbox, id)?;
        call.check_version(held.change)?;
        let (key, mut json) = (held.key, held.json.clone());
        apply(&mut json, &body)?;
        let version = mailbox.fresh_change();
        let item = mailbox
            .contacts
            .get_mut(&key)
            .ok_or_else(ApiError::not_found)?;
        item.json = json;
        (item.change, item.modified) = (version, now);
        Ok(view::to_json(item, call.mailbox, &Query::default()))
    })?;
    call.entity(200, Kind::Contact, "contacts", entity)
}

fn delete(call: &Call<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let held = find::contact(call, mailbox, id)?;
        call.check_version(held.change)?;
        let key = held.key;
        mailbox.remove_contact(key);
        Ok(ApiResponse::empty(204))
    })
}

/// `contactFolders...` in a folder.
fn of_folders(call: &Call<'_>, parent: u64, tail: &str, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => {
            delta::contact_folders(call, parent, tail)
        }
        (&Method::GET, ["delta"]) => delta::contact_folders(call, parent, tail),
        (&Method::GET, []) => list_folders(call, parent, tail),
        (&Method::POST, []) => create_folder(call, parent, tail),
        (&Method::GET, ["$count"]) => {
            let count =
                call.read(|mailbox| Ok(find::contact_folders_of(mailbox, parent).count()))?;
            Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
        }
        (_, [id]) => one_folder(call, folder_key(call, id)?),
        (&Method::POST, [id, "permanentdelete"]) if call.flavor.is_graph() => {
            delete_folder(call, folder_key(call, id)?)
        }
        (_, [id, "contacts", rest @ ..]) => {
            let tail = format!("contactFolders('{id}')/contacts");
            people(call, folder_key(call, id)?, &tail, rest)
        }
        (_, [id, "childfolders", rest @ ..]) => {
            let tail = format!("contactFolders('{id}')/childFolders");
            of_folders(call, folder_key(call, id)?, &tail, rest)
        }
        (_, []) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The key of an existing contact folder, by id or by the name of the default folder.
fn folder_key(call: &Call<'_>, text: &str) -> Result<u64, ApiError> {
    if text.eq_ignore_ascii_case("contacts") {
        return Ok(CONTACTS);
    }
    let key = call.id(text, IdKind::Folder)?.key;
    call.read(|mailbox| match mailbox.has_contact_folder(key) {
        true => Ok(key),
        false => Err(ApiError::not_found()),
    })
}

fn list_folders(call: &Call<'_>, parent: u64, tail: &str) -> ApiResult {
    let query = call.query(Kind::ContactFolder)?;
    let page = call.read(|mailbox| {
        let all =
            find::contact_folders_of(mailbox, parent).map(|item| whole_folder(mailbox, item.key));
        Ok(listing::page(
            call,
            Kind::ContactFolder,
            &query,
            all.collect(),
        ))
    })?;
    call.page(tail, &query, page)
}

/// A contact folder with its extended properties.
fn whole_folder(mailbox: &Mailbox, key: u64) -> Json {
    let mut entity = find::contact_folder_json(mailbox, key);
    if let Some(item) = mailbox.contact_folders.get(&key) {
        extended_properties::attach(&mut entity, &item.json);
    }
    entity
}

/// Fails if another folder in the parent has the name.
fn check_folder(mailbox: &Mailbox, parent: u64, name: &str, but: u64) -> Result<(), ApiError> {
    let taken = find::contact_folders_of(mailbox, parent).any(|item| {
        let other = item.json.get("displayName").and_then(Value::as_str);
        item.key != but && other.is_some_and(|other| other.eq_ignore_ascii_case(name))
    });
    if taken {
        let text = "A folder with the specified name already exists.";
        return Err(ApiError::new(409, "ErrorFolderExists", text));
    }
    Ok(())
}

fn create_folder(call: &Call<'_>, parent: u64, tail: &str) -> ApiResult {
    let body = call.body(Kind::ContactFolder)?;
    let name = folders::display_name(&body)?;
    let now = call.now();
    let entity = call.change(|mailbox| {
        check_folder(mailbox, parent, &name, 0)?;
        let mut json = Json::from_iter([("displayName".to_owned(), name.into())]);
        extended_properties::merge_all(&mut json, &body);
        let item = mailbox.new_item(parent, json, now);
        let key = item.key;
        mailbox.contact_folders.insert(key, item);
        Ok(find::contact_folder_json(mailbox, key))
    })?;
    call.entity(201, Kind::ContactFolder, tail, entity)
}

fn one_folder(call: &Call<'_>, key: u64) -> ApiResult {
    match call.request.method {
        Method::GET => {
            let query = call.query(Kind::ContactFolder)?;
            let entity = call.read(|mailbox| Ok(whole_folder(mailbox, key)))?;
            let entity = selected(entity, &query);
            call.entity(200, Kind::ContactFolder, "contactFolders", entity)
        }
        Method::PATCH | Method::DELETE if key == CONTACTS => Err(ApiError::denied()),
        Method::PATCH => {
            let body = call.body(Kind::ContactFolder)?;
            let name = match body.contains_key("displayName") || !extended_properties::are_in(&body)
            {
                true => Some(folders::display_name(&body)?),
                false => None,
            };
            let entity = call.change(|mailbox| {
                let parent = mailbox.contact_folders.get(&key).map(|item| item.parent);
                if let Some(name) = &name {
                    check_folder(mailbox, parent.unwrap_or(CONTACTS), name, key)?;
                }
                let version = mailbox.fresh_change();
                if let Some(item) = mailbox.contact_folders.get_mut(&key) {
                    item.change = version;
                    if let Some(name) = name {
                        item.json.insert("displayName".into(), name.into());
                    }
                    extended_properties::merge_all(&mut item.json, &body);
                }
                Ok(find::contact_folder_json(mailbox, key))
            })?;
            call.entity(200, Kind::ContactFolder, "contactFolders", entity)
        }
        Method::DELETE => delete_folder(call, key),
        _ => Err(ApiError::wrong_method()),
    }
}

fn delete_folder(call: &Call<'_>, key: u64) -> ApiResult {
    if key == CONTACTS {
        return Err(ApiError::denied());
    }
    call.change(|mailbox| {
        remove_folder(mailbox, key);
        Ok(ApiResponse::empty(204))
    })
}

/// Deletes a folder with its contacts and child folders.
fn remove_folder(mailbox: &mut Mailbox, key: u64) {
    let mut pending = vec![key];
    while let Some(key) = pending.pop() {
        pending.extend(find::contact_folders_of(mailbox, key).map(|item| item.key));
        let contacts: Vec<u64> = find::contacts_of(mailbox, key)
            .map(|item| item.key)
            .collect();
        for contact in contacts {
            mailbox.remove_contact(contact);
        }
        if let Some(gone) = mailbox.contact_folders.remove(&key) {
            mailbox.record_removal(gone.parent, IdKind::Folder, key, 0);
        }
    }
}
