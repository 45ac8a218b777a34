//! New messages: empty ones, their attachments, and messages in MIME.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::call::Call;
use crate::api_error::ApiError;
use crate::directory;
use crate::ids;
use crate::store::mailbox::DRAFTS;
use crate::store::{Json, Mailbox, Message, Person};
use crate::views::{attachment, mime};

/// A new message of this mailbox's owner, in Drafts.
pub(crate) fn blank(call: &Call<'_>, mailbox: &Mailbox) -> Message {
    let now = call.now();
    let owner = Person::new(call.owner.name, call.owner.address);
    let key = mailbox.next_message_key();
    Message {
        folder: DRAFTS,
        created: now,
        modified: now,
        received: now,
        sent: now,
        from: Some(owner.clone()),
        sender: Some(owner),
        read: true,
        draft: true,
        conversation: u64::from(call.mailbox) << 32 | key,
        internet_id: format!("<{}@{}>", ids::guid(), directory::TENANT_DOMAIN),
        ..Message::default()
    }
}

/// Adds the attachments of a message body.
///
/// # Errors
/// 400 if an attachment is not valid base64.
pub(crate) fn attach(
    mailbox: &mut Mailbox,
    message: &mut Message,
    body: &Json,
    now: i64,
) -> Result<(), ApiError> {
    for one in body
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        check_attachment(one)?;
        let key = mailbox.fresh_key();
        let attachment = attachment::read(one, key, now).ok_or_else(|| {
            ApiError::invalid_parameter("The attachment's content is no valid base64.")
        })?;
        message.attachments.push(attachment);
    }
    Ok(())
}

/// Fails for an attachment that is no file. Within a message files are what is meant where nothing is said.
fn check_attachment(json: &Value) -> Result<(), ApiError> {
    match json["@odata.type"].as_str() {
        None | Some("#microsoft.graph.fileAttachment" | "microsoft.graph.fileAttachment") => Ok(()),
        Some(kind)
            if kind
                .to_ascii_lowercase()
                .starts_with("#microsoft.outlookservices.fileattachment") =>
        {
            Ok(())
        }
        Some(_) => Err(ApiError::invalid_parameter(
            "Attachments of this type cannot be created.",
        )),
    }
}

/// Whether the body is a message in MIME, encoded in base64.
pub(crate) fn is_mime(call: &Call<'_>) -> bool {
    call.request
        .header("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/plain"))
}

/// Reads a message in MIME.
pub(crate) fn from_mime(body: &[u8]) -> Result<Json, ApiError> {
    let wrong = || {
        ApiError::new(
            400,
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    };
    let compact: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let bytes = STANDARD.decode(compact).map_err(|_| wrong())?;
    let mut json = mime::read(&bytes).ok_or_else(|| {
        let text = "The MIME content of the message is invalid.";
        ApiError::new(400, "ErrorMimeContentInvalid", text)
    })?;
    // The owner of the mailbox sends it, whoever the text names.
    for name in ["from", "sender"] {
        json.remove(name);
    }
    Ok(json)
}

/// Checks the flag of a message: start and due date come together.
///
/// # Errors
/// 400 for one of the dates without the other.
pub(crate) fn check_flag(body: &Json) -> Result<(), ApiError> {
    let flag = body.get("flag").cloned().unwrap_or_default();
    if flag["dueDateTime"].is_object() == flag["startDateTime"].is_object() {
        return Ok(());
    }
    let text =
        "At least one property failed validation: a flag needs both startDateTime and dueDateTime.";
    Err(ApiError::invalid_property(text))
}

/// Checks the headers of a new message.
///
/// # Errors
/// 400 for a name without `x-` and for more than five headers.
pub(crate) fn check_headers(body: &Json) -> Result<(), ApiError> {
    const MAX_HEADERS: usize = 5;
    let list = body.get("internetMessageHeaders").and_then(Value::as_array);
    let list = list.map_or(&[][..], Vec::as_slice);
    if list.len() > MAX_HEADERS {
        let text = "Maximum number of headers in one message should be less than or equal to 5.";
        return Err(ApiError::new(
            400,
            "InvalidInternetMessageHeaderCollection",
            text,
        ));
    }
    for one in list {
        let name = one["name"].as_str().unwrap_or_default();
        if !name.to_ascii_lowercase().starts_with("x-") {
            let text = format!(
                "The internet message header name '{name}' should start with 'x-' or 'X-'."
            );
            return Err(ApiError::new(400, "InvalidInternetMessageHeader", text));
        }
    }
    Ok(())
}
