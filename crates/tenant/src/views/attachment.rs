//! An attachment as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::message::timestamp;
use crate::store::Attachment;
use crate::store::id::{Id, Kind};

/// The attachment with canonical names.
pub(crate) fn to_json(one: &Attachment, mailbox: u32, with_bytes: bool) -> Map<String, Value> {
    let id = Id {
        kind: Kind::Attachment,
        mailbox,
        key: one.key,
        part: 0,
    }
    .encode();
    let mut value = json!({
        "@odata.type": "#microsoft.graph.fileAttachment",
        "@odata.mediaContentType": one.content_type,
        "id": id,
        "lastModifiedDateTime": timestamp(one.modified),
        "name": one.name,
        "contentType": one.content_type,
        "size": one.bytes.len() + 150,
        "isInline": one.inline,
        "contentId": one.content_id,
        "contentLocation": null,
    });
    if with_bytes {
        value["contentBytes"] = STANDARD.encode(&one.bytes).into();
    }
    value
        .as_object_mut()
        .map(std::mem::take)
        .unwrap_or_default()
}

/// The file attachment that a client sent; `None` if its content is not valid base64.
pub(crate) fn read(json: &Value, key: u64, now: i64) -> Option<Attachment> {
    let bytes = STANDARD
        .decode(json["contentBytes"].as_str().unwrap_or_default())
        .ok()?;
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    Some(Attachment {
        key,
        name: text("name").unwrap_or_else(|| "attachment".to_owned()),
        content_type: text("contentType"),
        content_id: text("contentId"),
        inline: json["isInline"].as_bool().unwrap_or_default(),
        modified: now,
        bytes,
    })
}
