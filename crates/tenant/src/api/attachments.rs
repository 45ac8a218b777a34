//! Attachments of messages: list, get, content, create (small ones), delete.

use axum::http::Method;
use serde_json::{Map, Value};

use super::call::{Call, Outcome};
use super::errors::Failure;
use super::messages::{find, key};
use super::reply::{Payload, Reply};
use super::{missing, wrong_method};
use crate::odata::Query;
use crate::store::id::Kind as IdKind;
use crate::store::{Attachment, Mailbox};
use crate::views::message as view;
use crate::views::names::Kind;

/// Larger ones need an upload session, in bytes.
const LARGEST: usize = 3 * 1024 * 1024;

/// `.../messages/{id}/attachments...`.
pub(crate) fn handle(call: &Call<'_>, message: &str, rest: &[&str]) -> Outcome {
    match (&call.raw.method, rest) {
        (&Method::GET, []) => list(call, message),
        (&Method::POST, []) => create(call, message),
        (&Method::GET, [id]) if *id != "$count" => get(call, message, id),
        (&Method::GET, ["$count"]) => count(call, message),
        (&Method::GET, [id, "$value"]) => content(call, message, id),
        (&Method::DELETE, [id]) => delete(call, message, id),
        (_, [] | [_]) => Err(wrong_method()),
        _ => Err(missing(call)),
    }
}

fn tail(message: &str) -> String {
    format!("messages('{message}')/attachments")
}

fn selected(mut entity: Map<String, Value>, query: &Query) -> Map<String, Value> {
    entity.retain(|name, _| name.starts_with('@') || name == "id" || query.shows(name));
    entity
}

fn one<'a>(
    call: &Call<'_>,
    mailbox: &'a Mailbox,
    message: &str,
    id: &str,
) -> Result<&'a Attachment, Failure> {
    let message = find(call, mailbox, message)?;
    let wrong = || {
        Failure::new(
            404,
            "ErrorInvalidAttachmentId",
            "The attachment ID is invalid.",
        )
    };
    let id = call.id(id, IdKind::Attachment).map_err(|_| wrong())?;
    message
        .attachments
        .iter()
        .find(|one| one.key == id.key)
        .ok_or_else(wrong)
}

fn list(call: &Call<'_>, message: &str) -> Outcome {
    let query = call.query(Kind::Attachment)?;
    let value: Vec<Value> = call.read(|mailbox| {
        let message = find(call, mailbox, message)?;
        let all = message.attachments.iter();
        Ok(all
            .map(|one| view::attachment(one, call.mailbox, true))
            .map(|entity| call.render(Kind::Attachment, selected(entity, &query)))
            .collect())
    })?;
    let page = super::call::Page {
        scanned: value.len(),
        value,
        count: None,
        more: false,
    };
    call.page(&tail(message), &query, page)
}

fn count(call: &Call<'_>, message: &str) -> Outcome {
    let count = call.read(|mailbox| Ok(find(call, mailbox, message)?.attachments.len()))?;
    Ok(Reply::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, message: &str, id: &str) -> Outcome {
    let query = call.query(Kind::Attachment)?;
    let entity = call.read(|mailbox| {
        let found = one(call, mailbox, message, id)?;
        Ok(selected(
            view::attachment(found, call.mailbox, true),
            &query,
        ))
    })?;
    call.entity(200, Kind::Attachment, &tail(message), entity)
}

fn content(call: &Call<'_>, message: &str, id: &str) -> Outcome {
    call.read(|mailbox| {
        let found = one(call, mailbox, message, id)?;
        let kind = found
            .content_type
            .clone()
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        Ok(Reply::new(200, Payload::Bytes(kind, found.bytes.clone())))
    })
}

fn create(call: &Call<'_>, message: &str) -> Outcome {
    let body = Value::Object(call.body(Kind::Attachment)?);
    if body["@odata.type"].as_str().is_none() {
        let text = "The property '@odata.type' is required to create an attachment.";
        return Err(Failure::new(400, "ErrorInvalidParameter", text));
    }
    if body["@odata.type"] != "#microsoft.graph.fileAttachment" {
        return Err(Failure::new(
            501,
            "NotImplemented",
            "Only file attachments are part of the local tenant.",
        ));
    }
    let now = call.now();
    let entity = call.change(|mailbox| {
        let message_key = key(call, mailbox, message)?;
        let fresh = mailbox.fresh_key();
        let made = view::read_attachment(&body, fresh, now).ok_or_else(|| {
            Failure::new(
                400,
                "ErrorInvalidParameter",
                "The attachment's content is no valid base64.",
            )
        })?;
        if made.bytes.len() > LARGEST {
            let text = "The attachment is too large for a single request; use an upload session.";
            return Err(Failure::new(413, "ErrorMessageSizeExceeded", text));
        }
        let entity = view::attachment(&made, call.mailbox, true);
        mailbox.change_message(message_key, now, |message| message.attachments.push(made));
        Ok(entity)
    })?;
    call.entity(201, Kind::Attachment, &tail(message), entity)
}

fn delete(call: &Call<'_>, message: &str, id: &str) -> Outcome {
    let now = call.now();
    call.change(|mailbox| {
        let gone = one(call, mailbox, message, id)?.key;
        let message_key = key(call, mailbox, message)?;
        mailbox.change_message(message_key, now, |message| {
            message.attachments.retain(|one| one.key != gone);
        });
        Ok(Reply::empty(204))
    })
}
