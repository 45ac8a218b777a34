//! Mail folders: list, get, create, rename, delete, move, child folders.

use axum::http::Method;
use serde_json::{Map, Value};

use super::call::{ApiResult, Call};
use super::response::{ApiResponse, Payload};
use super::{delta, find, listing};
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::odata::Query;
use crate::schema::names::Kind;
use crate::store::id::Kind as IdKind;
use crate::store::mailbox::{DELETED, FOLDER_TREE, ROOT};
use crate::store::{Folder, Json, Mailbox};
use crate::views::selection::selected;
use crate::views::{extended_properties, folder as view};

/// `.../mailFolders...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> ApiResult {
    let root = "msgfolderroot";
    match (&call.request.method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => {
            delta::folders(call, None, &collection(call))
        }
        (&Method::GET, ["delta"]) => delta::folders(call, None, &collection(call)),
        (&Method::GET, [name, "childfolders", "delta"]) => {
            delta::folders(call, Some(name), &children_tail(call, name))
        }
        (&Method::GET, []) => list(call, root, &collection(call)),
        (&Method::POST, []) => create(call, root, &collection(call)),
        (&Method::GET, ["$count"]) => count(call, root),
        (&Method::GET, [name] | [_, "childfolders", name]) if *name != "$count" => get(call, name),
        (&Method::PATCH, [name]) => update(call, name),
        (&Method::DELETE, [name]) => delete(call, name),
        (&Method::GET, [name, "childfolders"]) => list(call, name, &children_tail(call, name)),
        (&Method::POST, [name, "childfolders"]) => create(call, name, &children_tail(call, name)),
        (&Method::GET, [name, "childfolders", "$count"]) => count(call, name),
        (&Method::POST, [name, "move"]) => move_folder(call, name),
        (&Method::POST, [name, "copy"]) => copy(call, name),
        (&Method::POST, [name, "permanentdelete"]) if call.flavor.is_graph() => {
            delete_permanently(call, name)
        }
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

fn collection(call: &Call<'_>) -> String {
    if call.flavor == Flavor::OutlookV1 {
        "folders"
    } else {
        "mailFolders"
    }
    .to_owned()
}

fn children_tail(call: &Call<'_>, name: &str) -> String {
    format!("{}('{name}')/childFolders", collection(call))
}

/// A folder with its extended properties, and with its child folders if the query expands them.
fn expanded(mailbox: &Mailbox, folder: &Folder, query: &Query) -> Map<String, Value> {
    let json = view::to_json(mailbox, folder);
    let mut entity = json.as_object().cloned().unwrap_or_default();
    extended_properties::attach(&mut entity, &folder.extended);
    if query.expands("childFolders") {
        let children = mailbox
            .children(folder.key)
            .map(|child| view::to_json(mailbox, child));
        entity.insert("childFolders".into(), children.collect());
    }
    entity
}

fn entity(mailbox: &Mailbox, folder: &Folder, query: &Query) -> Map<String, Value> {
    selected(expanded(mailbox, folder, query), query)
}

fn list(call: &Call<'_>, parent: &str, tail: &str) -> ApiResult {
    let query = call.query(Kind::Folder)?;
    let page = call.read(|mailbox| {
        let parent = find::folder(call, mailbox, parent)?.key;
        let all = mailbox.children(parent);
        let all = all.map(|folder| expanded(mailbox, folder, &query));
        Ok(listing::page(call, Kind::Folder, &query, all.collect()))
    })?;
    call.page(tail, &query, page)
}

fn count(call: &Call<'_>, parent: &str) -> ApiResult {
    let count = call.read(|mailbox| {
        Ok(mailbox
            .children(find::folder(call, mailbox, parent)?.key)
            .count())
    })?;
    Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, name: &str) -> ApiResult {
    let query = call.query(Kind::Folder)?;
    let entity =
        call.read(|mailbox| Ok(entity(mailbox, find::folder(call, mailbox, name)?, &query)))?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

fn exists() -> ApiError {
    ApiError::new(
        409,
        "ErrorFolderExists",
        "A folder with the specified name already exists.",
    )
}

/// The name that a body gives to a folder.
///
/// # Errors
/// 400 where it gives none.
pub(super) fn display_name(body: &Json) -> Result<String, ApiError> {
    let name = body
        .get("displayName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    if name.is_empty() {
        let text = "The property 'DisplayName' is required when creating the entity.";
        return Err(ApiError::invalid_parameter(text));
    }
    Ok(name.to_owned())
}

/// The new name of a folder, which a body with extended properties need not have.
///
/// # Errors
/// 400 where it has neither.
pub(super) fn new_name(body: &Json) -> Result<Option<String>, ApiError> {
    match body.contains_key("displayName") || !extended_properties::are_in(body) {
        true => display_name(body).map(Some),
        false => Ok(None),
    }
}

fn create(call: &Call<'_>, parent: &str, tail: &str) -> ApiResult {
    let body = call.body(Kind::Folder)?;
    let name = display_name(&body)?;
    let entity = call.change(|mailbox| {
        let parent = find::folder(call, mailbox, parent)?.key;
        let key = mailbox.add_folder(parent, &name).ok_or_else(exists)?;
        let folder = mailbox
            .folders
            .get_mut(&key)
            .ok_or_else(ApiError::not_found)?;
        extended_properties::merge_all(&mut folder.extended, &body);
        let folder = mailbox.folders.get(&key).ok_or_else(ApiError::not_found)?;
        Ok(entity(mailbox, folder, &Query::default()))
    })?;
    call.entity(201, Kind::Folder, tail, entity)
}

/// Renames a folder, and writes its extended properties. One of the two is enough.
fn update(call: &Call<'_>, folder: &str) -> ApiResult {
    let body = call.body(Kind::Folder)?;
    let name = new_name(&body)?;
    let entity = call.change(|mailbox| {
        let (key, parent, known) = own(call, mailbox, folder)?;
        if known && name.is_some() {
            let text = "A distinguished folder cannot be renamed.";
            return Err(ApiError::new(403, "ErrorAccessDenied", text));
        }
        let taken = |name: &String| {
            mailbox
                .children(parent)
                .any(|other| other.key != key && other.name.eq_ignore_ascii_case(name))
        };
        if name.as_ref().is_some_and(taken) {
            return Err(exists());
        }
        let version = mailbox.fresh_change();
        if let Some(folder) = mailbox.folders.get_mut(&key) {
            if let Some(name) = &name {
                folder.name.clone_from(name);
            }
            extended_properties::merge_all(&mut folder.extended, &body);
            folder.change = version;
        }
        let folder = mailbox.folders.get(&key).ok_or_else(ApiError::not_found)?;
        Ok(entity(mailbox, folder, &Query::default()))
    })?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

fn own(call: &Call<'_>, mailbox: &Mailbox, folder: &str) -> Result<(u64, u64, bool), ApiError> {
    let folder = find::folder(call, mailbox, folder)?;
    Ok((folder.key, folder.parent, folder.well_known.is_some()))
}

/// Moves a folder to Deleted Items, or deletes it there for good.
fn delete(call: &Call<'_>, folder: &str) -> ApiResult {
    call.change(|mailbox| {
        let (key, parent, known) = own(call, mailbox, folder)?;
        if known {
            let text = "Distinguished folders cannot be deleted.";
            return Err(ApiError::new(400, "ErrorDeleteDistinguishedFolder", text));
        }
        if parent == DELETED {
            remove(mailbox, key);
        } else {
            place(mailbox, key, DELETED);
        }
        Ok(ApiResponse::empty(204))
    })
}

/// Moves a folder.
fn place(mailbox: &mut Mailbox, key: u64, parent: u64) {
    let version = mailbox.fresh_change();
    if let Some(folder) = mailbox.folders.get_mut(&key) {
        (folder.parent, folder.change) = (parent, version);
    }
}

fn remove(mailbox: &mut Mailbox, key: u64) {
    let mut pending = vec![key];
    while let Some(key) = pending.pop() {
        pending.extend(mailbox.children(key).map(|child| child.key));
        let messages: Vec<u64> = mailbox
            .listing(Some(key))
            .map(|message| message.key)
            .collect();
        for message in messages {
            mailbox.remove_message(message);
        }
        mailbox.folders.remove(&key);
        mailbox.record_removal(FOLDER_TREE, IdKind::Folder, key, 0);
    }
}

fn move_folder(call: &Call<'_>, folder: &str) -> ApiResult {
    let parameters = call.parameters()?;
    let destination = parameters
        .get("destinationId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let entity = call.change(|mailbox| {
        let (key, _, known) = own(call, mailbox, folder)?;
        let target = find::folder(call, mailbox, destination)?.key;
        if known || within(mailbox, target, key) {
            return Err(ApiError::new(
                400,
                "ErrorMoveCopyFailed",
                "The move or copy operation failed.",
            ));
        }
        place(mailbox, key, target);
        let folder = mailbox.folders.get(&key).ok_or_else(ApiError::not_found)?;
        Ok(entity(mailbox, folder, &Query::default()))
    })?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

/// Copies a folder with its content.
fn copy(call: &Call<'_>, folder: &str) -> ApiResult {
    let parameters = call.parameters()?;
    let destination = parameters.get("destinationId").and_then(Value::as_str);
    let entity = call.change(|mailbox| {
        let from = find::folder(call, mailbox, folder)?.key;
        let target = find::folder(call, mailbox, destination.unwrap_or_default())?.key;
        let parent = mailbox.folders.get(&from).map(|folder| folder.parent);
        if within(mailbox, target, from) || parent == Some(target) {
            let text = "The move or copy operation failed.";
            return Err(ApiError::new(400, "ErrorMoveCopyFailed", text));
        }
        let made = copy_into(mailbox, from, target).ok_or_else(exists)?;
        let folder = mailbox.folders.get(&made).ok_or_else(ApiError::not_found)?;
        Ok(entity(mailbox, folder, &Query::default()))
    })?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

fn copy_into(mailbox: &mut Mailbox, from: u64, parent: u64) -> Option<u64> {
    let folder = mailbox.folders.get(&from)?;
    let (name, extended) = (folder.name.clone(), folder.extended.clone());
    let made = mailbox.add_folder(parent, &name)?;
    mailbox.folders.get_mut(&made)?.extended = extended;
    let messages: Vec<_> = mailbox.listing(Some(from)).cloned().collect();
    for mut message in messages {
        (message.folder, message.moves) = (made, 0);
        mailbox.insert(message);
    }
    let children: Vec<u64> = mailbox.children(from).map(|child| child.key).collect();
    for child in children {
        copy_into(mailbox, child, made);
    }
    Some(made)
}

/// Deletes a folder for good.
fn delete_permanently(call: &Call<'_>, folder: &str) -> ApiResult {
    call.change(|mailbox| {
        let (key, _, known) = own(call, mailbox, folder)?;
        if known {
            let text = "Distinguished folders cannot be deleted.";
            return Err(ApiError::new(400, "ErrorDeleteDistinguishedFolder", text));
        }
        remove(mailbox, key);
        Ok(ApiResponse::empty(204))
    })
}

/// Whether a folder is equal to another one or below it.
fn within(mailbox: &Mailbox, mut folder: u64, other: u64) -> bool {
    while folder != ROOT {
        if folder == other {
            return true;
        }
        match mailbox.folders.get(&folder) {
            Some(next) => folder = next.parent,
            None => return false,
        }
    }
    other == ROOT
}
