//! `translateExchangeIds`: ordinary ids to immutable ids and back.

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::store::Mailbox;
use crate::store::id::{Id, Kind};

/// Largest number of ids in one call.
const MAX_IDS: usize = 1000;

/// `POST translateExchangeIds`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    if !call.flavor.is_graph() {
        return Err(call.missing());
    }
    if call.request.method != Method::POST {
        return Err(ApiError::wrong_method());
    }
    let parameters = call.parameters()?;
    let kind = |name: &str| {
        let text = parameters
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default();
        match text.to_ascii_lowercase().as_str() {
            "restid" => Ok(false),
            "restimmutableentryid" => Ok(true),
            _ => Err(ApiError::invalid_parameter(
                "Only restId and restImmutableEntryId are known here.",
            )),
        }
    };
    kind("sourceIdType")?;
    let immutable = kind("targetIdType")?;
    let ids = parameters.get("inputIds").and_then(Value::as_array);
    let ids =
        ids.ok_or_else(|| ApiError::invalid_parameter("The parameter 'InputIds' is required."))?;
    if ids.len() > MAX_IDS {
        return Err(ApiError::invalid_parameter(
            "At most 1000 ids are translated in one call.",
        ));
    }
    let value: Value = call.read(|mailbox| {
        let texts = ids.iter().filter_map(Value::as_str);
        Ok(texts
            .map(|text| translated(mailbox, text, immutable))
            .collect())
    })?;
    let kind = "microsoft.graph.convertIdResult";
    let context = format!("{}/$metadata#Collection({kind})", call.root());
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

fn translated(mailbox: &Mailbox, text: &str, immutable: bool) -> Value {
    let id = Id::decode(text).filter(|id| id.mailbox == mailbox.number);
    let target = id.and_then(|id| match id.kind {
        Kind::Message => Some(mailbox.message(id.key)?.id(mailbox.number, immutable)),
        // Other items have one id only.
        _ => Some(text.to_owned()),
    });
    match target {
        Some(target) => json!({"sourceId": text, "targetId": target}),
        None => json!({"sourceId": text, "errorDetails": {
            "code": "ErrorItemNotFound", "message": "The specified object was not found in the store."}}),
    }
}
