//! Mail folders: list, get, create, rename, delete, move, child folders.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, Page};
use super::errors::Failure;
use super::reply::{Payload, Reply};
use super::{missing, wrong_method};
use crate::odata::{Query, eval, order};
use crate::store::mailbox::{DELETED, ROOT, folder_id};
use crate::store::{Folder, Mailbox};
use crate::views::Flavour;
use crate::views::names::Kind;

/// A folder by well-known name or id.
pub(crate) fn find<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    name: &str,
) -> Result<&'a Folder, Failure> {
    if let Some(folder) = mailbox.folder(name) {
        return Ok(folder);
    }
    call.id(name, crate::store::id::Kind::Folder)?;
    let text = "The specified folder could not be found in the store.";
    Err(Failure::new(404, "ErrorItemNotFound", text))
}

/// `.../mailFolders...`.
pub(crate) fn handle(call: &Call<'_>, rest: &[&str]) -> Outcome {
    let root = "msgfolderroot";
    match (&call.raw.method, rest) {
        (&Method::GET, []) => list(call, root, &collection(call)),
        (&Method::POST, []) => create(call, root, &collection(call)),
        (&Method::GET, ["$count"]) => count(call, root),
        (&Method::GET, [name] | [_, "childfolders", name]) if *name != "$count" => get(call, name),
        (&Method::PATCH, [name]) => rename(call, name),
        (&Method::DELETE, [name]) => delete(call, name),
        (&Method::GET, [name, "childfolders"]) => list(call, name, &children_tail(call, name)),
        (&Method::POST, [name, "childfolders"]) => create(call, name, &children_tail(call, name)),
        (&Method::GET, [name, "childfolders", "$count"]) => count(call, name),
        (&Method::POST, [name, "move"]) => transfer(call, name),
        (_, [] | [_]) => Err(wrong_method()),
        _ => Err(missing(call)),
    }
}

fn collection(call: &Call<'_>) -> String {
    if call.flavour == Flavour::OutlookV1 {
        "folders"
    } else {
        "mailFolders"
    }
    .to_owned()
}

fn children_tail(call: &Call<'_>, name: &str) -> String {
    format!("{}('{name}')/childFolders", collection(call))
}

/// A folder in canonical names.
fn to_json(mailbox: &Mailbox, folder: &Folder) -> Value {
    json!({
        "id": folder_id(mailbox.number, folder.key),
        "displayName": folder.name,
        "parentFolderId": folder_id(mailbox.number, folder.parent),
        "childFolderCount": mailbox.children(folder.key).count(),
        "unreadItemCount": mailbox.unread(folder.key),
        "totalItemCount": mailbox.total(folder.key),
        "isHidden": false,
    })
}

fn selected(mailbox: &Mailbox, folder: &Folder, query: &Query) -> Map<String, Value> {
    let mut entity = to_json(mailbox, folder)
        .as_object()
        .cloned()
        .unwrap_or_default();
    entity.retain(|name, _| name == "id" || query.shows(name));
    if query
        .expand
        .iter()
        .any(|one| one.starts_with("childfolders"))
    {
        let children = mailbox
            .children(folder.key)
            .map(|child| to_json(mailbox, child));
        entity.insert("childFolders".into(), children.collect());
    }
    entity
}

fn list(call: &Call<'_>, parent: &str, tail: &str) -> Outcome {
    let query = call.query(Kind::Folder)?;
    let page = call.read(|mailbox| {
        let parent = find(call, mailbox, parent)?.key;
        let mut all: Vec<(Value, &Folder)> = mailbox
            .children(parent)
            .map(|folder| (to_json(mailbox, folder), folder))
            .filter(|(json, _)| {
                query
                    .filter
                    .as_ref()
                    .is_none_or(|filter| eval::matches(filter, json))
            })
            .collect();
        all.sort_by(|a, b| order::compare(&query.order, &a.0, &b.0));
        let shown = all.iter().skip(query.skip).take(query.top);
        let value: Vec<Value> = shown
            .map(|(_, folder)| call.render(Kind::Folder, selected(mailbox, folder, &query)))
            .collect();
        let more = query.skip + value.len() < all.len();
        let count = query.count.then_some(all.len());
        Ok(Page {
            scanned: value.len(),
            value,
            count,
            more,
        })
    })?;
    call.page(tail, &query, page)
}

fn count(call: &Call<'_>, parent: &str) -> Outcome {
    let count =
        call.read(|mailbox| Ok(mailbox.children(find(call, mailbox, parent)?.key).count()))?;
    Ok(Reply::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, name: &str) -> Outcome {
    let query = call.query(Kind::Folder)?;
    let entity = call.read(|mailbox| Ok(selected(mailbox, find(call, mailbox, name)?, &query)))?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

fn exists() -> Failure {
    Failure::new(
        409,
        "ErrorFolderExists",
        "A folder with the specified name already exists.",
    )
}

fn display_name(call: &Call<'_>) -> Result<String, Failure> {
    let body = call.body(Kind::Folder)?;
    let name = body
        .get("displayName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    if name.is_empty() {
        let text = "The property 'DisplayName' is required when creating the entity.";
        return Err(Failure::new(400, "ErrorInvalidParameter", text));
    }
    Ok(name.to_owned())
}

fn create(call: &Call<'_>, parent: &str, tail: &str) -> Outcome {
    let name = display_name(call)?;
    let entity = call.change(|mailbox| {
        let parent = find(call, mailbox, parent)?.key;
        let key = mailbox.add_folder(parent, &name).ok_or_else(exists)?;
        let folder = mailbox.folders.get(&key).ok_or_else(Failure::not_found)?;
        Ok(selected(mailbox, folder, &Query::default()))
    })?;
    call.entity(201, Kind::Folder, tail, entity)
}

fn rename(call: &Call<'_>, folder: &str) -> Outcome {
    let name = display_name(call)?;
    let entity = call.change(|mailbox| {
        let (key, parent, known) = own(call, mailbox, folder)?;
        if known {
            let text = "A distinguished folder cannot be renamed.";
            return Err(Failure::new(403, "ErrorAccessDenied", text));
        }
        let taken = mailbox
            .children(parent)
            .any(|other| other.key != key && other.name.eq_ignore_ascii_case(&name));
        if taken {
            return Err(exists());
        }
        if let Some(folder) = mailbox.folders.get_mut(&key) {
            folder.name.clone_from(&name);
        }
        let folder = mailbox.folders.get(&key).ok_or_else(Failure::not_found)?;
        Ok(selected(mailbox, folder, &Query::default()))
    })?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

fn own(call: &Call<'_>, mailbox: &Mailbox, folder: &str) -> Result<(u64, u64, bool), Failure> {
    let folder = find(call, mailbox, folder)?;
    Ok((folder.key, folder.parent, folder.well_known.is_some()))
}

/// Deleted folders go to Deleted Items with what is in them; from there they are gone.
fn delete(call: &Call<'_>, folder: &str) -> Outcome {
    call.change(|mailbox| {
        let (key, parent, known) = own(call, mailbox, folder)?;
        if known {
            let text = "Distinguished folders cannot be deleted.";
            return Err(Failure::new(400, "ErrorDeleteDistinguishedFolder", text));
        }
        if parent == DELETED {
            remove(mailbox, key);
        } else if let Some(folder) = mailbox.folders.get_mut(&key) {
            folder.parent = DELETED;
        }
        Ok(Reply::empty(204))
    })
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
    }
}

fn transfer(call: &Call<'_>, folder: &str) -> Outcome {
    let parameters = call.parameters()?;
    let destination = parameters
        .get("destinationId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let entity = call.change(|mailbox| {
        let (key, _, known) = own(call, mailbox, folder)?;
        let target = find(call, mailbox, destination)?.key;
        if known || within(mailbox, target, key) {
            return Err(Failure::new(
                400,
                "ErrorMoveCopyFailed",
                "The move or copy operation failed.",
            ));
        }
        if let Some(folder) = mailbox.folders.get_mut(&key) {
            folder.parent = target;
        }
        let folder = mailbox.folders.get(&key).ok_or_else(Failure::not_found)?;
        Ok(selected(mailbox, folder, &Query::default()))
    })?;
    call.entity(200, Kind::Folder, &collection(call), entity)
}

/// Whether a folder is another one or lies below it.
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
