//! Messages: list, count, get, create, update, delete, move, copy.

use axum::http::Method;
use serde_json::Value;

use super::call::{ApiResult, Call};
use super::extensions::Extended;
use super::holder::Holder;
use super::page::Page;
use super::response::{ApiResponse, Payload};
use super::{attachments, compose, delta, drafts, extensions, find, send};
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::odata::{Query, eval, order};
use crate::schema::names::Kind;
use crate::store::mailbox::{DELETED, INBOX};
use crate::store::{Mailbox, Message};
use crate::views::{message as view, mime as view_mime};

/// `.../messages...`, in a folder or in the whole mailbox.
pub(crate) fn handle(call: &Call<'_>, folder: Option<&str>, rest: &[&str]) -> ApiResult {
    let method = &call.request.method;
    match (method, rest) {
        (&Method::GET, []) if call.prefer.track_changes => delta::messages(call, folder),
        (&Method::GET, []) => list(call, folder),
        (&Method::POST, []) => drafts::create(call, folder),
        (&Method::GET, ["$count"]) => count(call, folder),
        (&Method::GET, ["delta"]) => delta::messages(call, folder),
        (&Method::GET, [id]) => get(call, id),
        (&Method::PATCH, [id]) => update(call, id),
        (&Method::DELETE, [id]) => delete(call, id),
        (&Method::GET, [id, "$value"]) => mime(call, id),
        (_, [id, "extensions", rest @ ..]) => extensions::handle(call, Extended::Message(id), rest),
        (_, [id, "attachments", rest @ ..]) => attachments::handle(call, Holder::Message(id), rest),
        (&Method::POST, [id, "move" | "copy"]) => move_or_copy(call, id, rest[1] == "move"),
        (&Method::POST, [id, "permanentdelete"]) if call.flavor.is_graph() => {
            delete_permanently(call, id)
        }
        (&Method::POST, [id, "send"]) => send::send_draft(call, id),
        (&Method::POST, [id, action]) => drafts::act(call, id, action),
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The key of the folder of a list; `None` for the whole mailbox.
fn folder_key(
    call: &Call<'_>,
    mailbox: &Mailbox,
    folder: Option<&str>,
) -> Result<Option<u64>, ApiError> {
    match folder {
        Some(name) => find::folder(call, mailbox, name).map(|folder| Some(folder.key)),
        // Outlook v1.0 lists the Inbox if the path names no folder.
        None if call.flavor == Flavor::OutlookV1 => Ok(Some(INBOX)),
        None => Ok(None),
    }
}

fn list(call: &Call<'_>, folder: Option<&str>) -> ApiResult {
    let mut query = call.query(Kind::Message)?;
    query.check_messages()?;
    let page = call.read(|mailbox| {
        let key = folder_key(call, mailbox, folder)?;
        Ok(collect(call, mailbox, key, &query))
    })?;
    call.page(&find::messages_tail(call, folder), &query, page)
}

/// Collects a page. The store keeps the newest message first; other orders are sorted here.
fn collect(call: &Call<'_>, mailbox: &Mailbox, folder: Option<u64>, query: &Query) -> Page {
    // Lists of the whole mailbox leave out Deleted Items in Outlook v2.0.
    let hide = call.flavor == Flavor::OutlookV2 && folder.is_none();
    let matching = mailbox
        .listing(folder)
        .filter(|message| !(hide && message.folder == DELETED))
        .filter(|message| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| eval::matches(filter, *message))
        })
        .filter(|message| query.matches_search(*message));
    // Without an order the index decides: that of the classification begins with the oldest message.
    let by_class = |filter| order::mentions(filter, "inferenceClassification");
    let oldest_first = query.order.is_empty() && query.filter.as_ref().is_some_and(by_class);
    let newest_first = match query.order.as_slice() {
        [] => !oldest_first,
        [key] => key.descending && key.path == ["receivedDateTime"],
        _ => false,
    };
    if newest_first && !query.count {
        let mut rest = matching.skip(query.skip);
        let value: Vec<Value> = rest
            .by_ref()
            .take(query.top)
            .map(|one| show(call, one, query))
            .collect();
        let more = rest.next().is_some();
        return Page {
            scanned: value.len(),
            value,
            count: None,
            more,
        };
    }
    let mut all: Vec<&Message> = matching.collect();
    if oldest_first {
        all.reverse();
    } else if !newest_first {
        order::sort(&query.order, &mut all);
    }
    let count = (query.count && query.skip == 0).then_some(all.len());
    let value: Vec<Value> = all
        .iter()
        .skip(query.skip)
        .take(query.top)
        .map(|one| show(call, one, query))
        .collect();
    let more = query.skip + value.len() < all.len();
    Page {
        scanned: value.len(),
        value,
        count,
        more,
    }
}

/// A message in the caller's flavour.
pub(crate) fn show(call: &Call<'_>, message: &Message, query: &Query) -> Value {
    call.render(
        Kind::Message,
        view::to_json(message, call.message_format(), query),
    )
}

fn count(call: &Call<'_>, folder: Option<&str>) -> ApiResult {
    let mut query = call.query(Kind::Message)?;
    query.check_messages()?;
    let count = call.read(|mailbox| {
        let key = folder_key(call, mailbox, folder)?;
        let met = mailbox.listing(key).filter(|message| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| eval::matches(filter, *message))
                && query.matches_search(*message)
        });
        Ok(met.count())
    })?;
    Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, id: &str) -> ApiResult {
    let query = call.query(Kind::Message)?;
    let entity = call.read(|mailbox| {
        Ok(view::to_json(
            find::message(call, mailbox, id)?,
            call.message_format(),
            &query,
        ))
    })?;
    call.entity(200, Kind::Message, "messages", entity)
}

fn update(call: &Call<'_>, id: &str) -> ApiResult {
    let body = call.body(Kind::Message)?;
    compose::check_flag(&body)?;
    let now = call.now();
    let entity = call.change(|mailbox| {
        let message = find::message(call, mailbox, id)?;
        call.check_version(message.change)?;
        check_writable(message, &body)?;
        let key = message.key;
        let changed = mailbox.change_message(key, now, |message| {
            view::apply(message, &body, &call.tenant.directory())
        });
        let changed = changed.ok_or_else(ApiError::not_found)?;
        Ok(view::to_json(
            changed,
            call.message_format(),
            &Query::default(),
        ))
    })?;
    call.entity(200, Kind::Message, "messages", entity)
}

/// Most properties of a sent message cannot be changed.
fn check_writable(message: &Message, body: &crate::store::Json) -> Result<(), ApiError> {
    const FIXED: [&str; 7] = [
        "toRecipients",
        "ccRecipients",
        "bccRecipients",
        "replyTo",
        "from",
        "sender",
        "body",
    ];
    if message.draft || !FIXED.iter().any(|name| body.contains_key(*name)) {
        return Ok(());
    }
    let text = "The property cannot be set because the message is not a draft.";
    Err(ApiError::new(400, "ErrorInvalidPropertySet", text))
}

/// Moves the message to Deleted Items, or deletes it there for good.
fn delete(call: &Call<'_>, id: &str) -> ApiResult {
    let now = call.now();
    call.change(|mailbox| {
        let message = find::message(call, mailbox, id)?;
        call.check_version(message.change)?;
        let (key, gone) = (message.key, message.folder == DELETED);
        if gone {
            mailbox.remove_message(key);
        } else {
            mailbox.move_message(key, DELETED, now);
        }
        Ok(ApiResponse::empty(204))
    })
}

/// Deletes for good, in any folder.
fn delete_permanently(call: &Call<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let key = find::message_key(call, mailbox, id)?;
        mailbox.remove_message(key);
        Ok(ApiResponse::empty(204))
    })
}

fn move_or_copy(call: &Call<'_>, id: &str, moves: bool) -> ApiResult {
    let parameters = call.parameters()?;
    let destination = parameters
        .get("destinationId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let now = call.now();
    let entity = call.change(|mailbox| {
        let key = find::message_key(call, mailbox, id)?;
        let folder = find::folder(call, mailbox, destination)?.key;
        let key = if moves {
            mailbox.move_message(key, folder, now);
            key
        } else {
            let mut copy = mailbox
                .message(key)
                .ok_or_else(ApiError::not_found)?
                .clone();
            (copy.folder, copy.moves, copy.modified) = (folder, 0, now);
            mailbox.insert(copy)
        };
        let message = mailbox.message(key).ok_or_else(ApiError::not_found)?;
        Ok(view::to_json(
            message,
            call.message_format(),
            &Query::default(),
        ))
    })?;
    call.entity(201, Kind::Message, "messages", entity)
}

/// `/$value`: the message as MIME.
fn mime(call: &Call<'_>, id: &str) -> ApiResult {
    let written = call.read(|mailbox| {
        let message = find::message(call, mailbox, id)?;
        view_mime::write(message).map_err(|_| {
            ApiError::new(
                500,
                "ErrorInternalServerError",
                "The message cannot be written.",
            )
        })
    })?;
    Ok(ApiResponse::new(
        200,
        Payload::Bytes("text/plain".to_owned(), written),
    ))
}
