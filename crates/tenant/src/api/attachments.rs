//! Attachments of messages and events: list, get, content, create (small ones), delete.

use axum::http::Method;
use serde_json::{Map, Value};

use super::call::{ApiResult, Call};
use super::holder::{Holder, MAX_DIRECT_SIZE};
use super::response::{ApiResponse, Payload};
use super::{listing, uploads};
use crate::api_error::ApiError;
use crate::odata::Query;
use crate::schema::names::Kind;
use crate::store::id::Kind as IdKind;
use crate::store::{Attachment, Mailbox};
use crate::views::attachment as view;

/// Largest request with an attachment, in bytes, as people measured it at Graph.
const MAX_REQUEST: usize = 3_145_611;
const TOO_LARGE: &str = "The attachment is too large for a single request; use an upload session.";

/// `.../{messages,events}/{id}/attachments...`.
pub(crate) fn handle(call: &Call<'_>, holder: Holder<'_>, rest: &[&str]) -> ApiResult {
    match (&call.request.method, rest) {
        (&Method::GET, []) => list(call, holder),
        (&Method::POST, []) => create(call, holder),
        (&Method::GET, ["$count"]) => count(call, holder),
        (&Method::POST, ["createuploadsession"]) => uploads::create_session(call, holder),
        (&Method::GET, [id]) => get(call, holder, id),
        (&Method::GET, [id, "$value"]) => content(call, holder, id),
        (&Method::DELETE, [id]) => delete(call, holder, id),
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

fn selected(mut entity: Map<String, Value>, query: &Query) -> Map<String, Value> {
    entity.retain(|name, _| name.starts_with('@') || name == "id" || query.selects(name));
    entity
}

fn one<'m>(
    call: &Call<'_>,
    mailbox: &'m Mailbox,
    holder: Holder<'_>,
    id: &str,
) -> Result<&'m Attachment, ApiError> {
    let text = "The attachment ID is invalid.";
    let wrong = || ApiError::new(404, "ErrorInvalidAttachmentId", text);
    let files = holder.files(call, mailbox)?;
    let id = call.id(id, IdKind::Attachment).map_err(|_| wrong())?;
    files.iter().find(|one| one.key == id.key).ok_or_else(wrong)
}

fn list(call: &Call<'_>, holder: Holder<'_>) -> ApiResult {
    let mut query = call.query(Kind::Attachment)?;
    // The service returns the whole list on one page.
    query.top = query.top.max(1000);
    let page = call.read(|mailbox| {
        let all = holder.files(call, mailbox)?.iter();
        let all = all.map(|one| view::to_json(one, call.mailbox, true));
        Ok(listing::page(call, Kind::Attachment, &query, all.collect()))
    })?;
    call.page(&holder.tail(), &query, page)
}

fn count(call: &Call<'_>, holder: Holder<'_>) -> ApiResult {
    let count = call.read(|mailbox| Ok(holder.files(call, mailbox)?.len()))?;
    Ok(ApiResponse::new(200, Payload::Text(count.to_string())))
}

fn get(call: &Call<'_>, holder: Holder<'_>, id: &str) -> ApiResult {
    let query = call.query(Kind::Attachment)?;
    let entity = call.read(|mailbox| {
        let found = one(call, mailbox, holder, id)?;
        Ok(selected(view::to_json(found, call.mailbox, true), &query))
    })?;
    call.entity(200, Kind::Attachment, &holder.tail(), entity)
}

fn content(call: &Call<'_>, holder: Holder<'_>, id: &str) -> ApiResult {
    call.read(|mailbox| {
        let found = one(call, mailbox, holder, id)?;
        let kind = found.content_type.as_deref();
        let kind = kind.unwrap_or("application/octet-stream").to_owned();
        Ok(ApiResponse::new(
            200,
            Payload::Bytes(kind, found.bytes.clone()),
        ))
    })
}

fn create(call: &Call<'_>, holder: Holder<'_>) -> ApiResult {
    if call.flavor.is_graph() && call.request.body.len() > MAX_REQUEST {
        return Err(ApiError::new(413, "ErrorMessageSizeExceeded", TOO_LARGE));
    }
    let body = Value::Object(call.body(Kind::Attachment)?);
    match body["@odata.type"].as_str() {
        Some("#microsoft.graph.fileAttachment") => {}
        None => {
            let text = "The property '@odata.type' is required to create an attachment.";
            return Err(ApiError::invalid_parameter(text));
        }
        Some(_) => {
            return Err(ApiError::invalid_parameter(
                "Attachments of this type cannot be created.",
            ));
        }
    }
    let now = call.now();
    let entity = call.change(|mailbox| {
        holder.key(call, mailbox)?;
        let fresh = mailbox.fresh_key();
        let made = view::read(&body, fresh, now);
        let made = made.ok_or_else(|| {
            ApiError::invalid_parameter("The attachment's content is no valid base64.")
        })?;
        if made.bytes.len() > MAX_DIRECT_SIZE {
            return Err(ApiError::new(413, "ErrorMessageSizeExceeded", TOO_LARGE));
        }
        let entity = view::to_json(&made, call.mailbox, true);
        holder.change(call, mailbox, |files| files.push(made))?;
        Ok(entity)
    })?;
    call.entity(201, Kind::Attachment, &holder.tail(), entity)
}

fn delete(call: &Call<'_>, holder: Holder<'_>, id: &str) -> ApiResult {
    call.change(|mailbox| {
        let gone = one(call, mailbox, holder, id)?.key;
        holder.change(call, mailbox, |files| files.retain(|one| one.key != gone))?;
        Ok(ApiResponse::empty(204))
    })
}
