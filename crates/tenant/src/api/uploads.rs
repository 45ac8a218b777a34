//! Upload sessions: large attachments in ranges, at URLs with their own token.

use axum::http::Method;
use axum::response::Response;
use chrono::DateTime;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::holder::{Holder, alter};
use super::request_ids::RequestIds;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::clock::iso;
use crate::http::Flavor;
use crate::http::HttpRequest;
use crate::ids;
use crate::state::Tenant;
use crate::state::uploads::Upload;
use crate::store::Attachment;
use crate::store::id::{Id, Kind as IdKind};

/// Root of the upload URLs.
const ROOT: &str = "/api/gv1.0/";
/// Smallest attachment of a session, in bytes.
const MIN_SIZE: u64 = 2 * 1024 * 1024;
/// Largest attachment, in bytes.
const MAX_SIZE: u64 = 150 * 1024 * 1024;
/// Largest range, in bytes.
const MAX_RANGE: u64 = 4 * 1024 * 1024;
/// Lifetime of a session, in seconds.
const LIFETIME: i64 = 3 * 3600;

/// Whether a path is an upload URL.
pub(crate) fn is_upload(path: &str) -> bool {
    path.get(..ROOT.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(ROOT))
}

/// `POST .../attachments/createUploadSession`.
pub(crate) fn create_session(call: &Call<'_>, holder: Holder<'_>) -> ApiResult {
    if !call.flavor.is_graph() {
        return Err(call.missing());
    }
    // Delegates cannot create upload sessions; applications can.
    if call
        .access
        .oid
        .as_deref()
        .is_some_and(|oid| oid != call.owner.oid)
    {
        return Err(ApiError::denied());
    }
    let parameters = call.parameters()?;
    let item = parameters
        .get("attachmentItem")
        .cloned()
        .unwrap_or_default();
    let (file, size) = parse_attachment_item(&item)?;
    let event = matches!(holder, Holder::Event(_));
    let owner = format!(
        "users('{}@{}')",
        call.owner.oid,
        crate::directory::TENANT_ID
    );
    let path = format!("{ROOT}{owner}/{}('{}')", holder.set(), holder.id());
    let expires = call.now() + LIFETIME;
    let (id, key) = (ids::token(48), ids::token(48));
    let upload = Upload {
        key: key.clone(),
        mailbox: call.mailbox,
        event,
        holder: call.read(|mailbox| holder.key(call, mailbox))?,
        path: path.clone(),
        size,
        expires,
        file,
    };
    call.tenant.uploads().insert(id.clone(), upload);
    let origin = upload_origin(&call.tenant.origin());
    let body = json!({
        "@odata.context": format!("{}/$metadata#microsoft.graph.uploadSession", call.root()),
        "uploadUrl": format!("{origin}{path}/AttachmentSessions('{id}')?authtoken={key}"),
        "expirationDateTime": time(expires),
        "nextExpectedRanges": ["0-"],
    });
    Ok(ApiResponse::json(201, body))
}

/// The origin of upload URLs. It is another host than Graph's, so that clients send no token there.
fn upload_origin(origin: &str) -> String {
    let (scheme, host) = origin.split_once("://").unwrap_or_default();
    let port = host.split_once(':').map_or("", |(_, port)| port);
    let joint = if port.is_empty() { "" } else { ":" };
    format!("{scheme}://127.0.0.1{joint}{port}")
}

/// Name, type and size of the file that will be uploaded.
fn parse_attachment_item(item: &Value) -> Result<(Attachment, u64), ApiError> {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    let name = text("name")
        .ok_or_else(|| ApiError::invalid_parameter("The property 'name' is required."))?;
    let size = item["size"].as_u64();
    let size =
        size.ok_or_else(|| ApiError::invalid_parameter("The property 'size' is required."))?;
    if item["attachmentType"]
        .as_str()
        .is_none_or(|kind| !kind.eq_ignore_ascii_case("file"))
    {
        return Err(ApiError::invalid_parameter(
            "Only attachments of the type 'file' can be uploaded.",
        ));
    }
    if size < MIN_SIZE {
        let text = "Attachment size must be greater than the minimum size.";
        return Err(ApiError::new(
            400,
            "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
            text,
        ));
    }
    if size > MAX_SIZE {
        let text = "The attachment is larger than an upload session takes.";
        return Err(ApiError::new(413, "ErrorAttachmentSizeLimitExceeded", text));
    }
    let file = Attachment {
        name,
        content_type: text("contentType"),
        content_id: text("contentId"),
        inline: item["isInline"].as_bool().unwrap_or_default(),
        ..Attachment::default()
    };
    Ok((file, size))
}

fn time(seconds: i64) -> Value {
    DateTime::from_timestamp(seconds, 0).map_or(Value::Null, |at| iso(at).into())
}

/// A request to an upload URL.
pub(crate) fn handle(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let ids = RequestIds::new(tenant, incoming.header("client-request-id"));
    let reply = match answer(tenant, incoming) {
        Ok(reply) => reply,
        Err(failure) => failure.reply(Flavor::OutlookV2, &ids),
    };
    reply.into_response(Flavor::OutlookV2, &ids, incoming)
}

fn answer(tenant: &Tenant, incoming: &HttpRequest) -> ApiResult {
    if incoming.header("authorization").is_some() {
        let text = "The audience claim value is invalid for current resource.";
        return Err(ApiError::new(401, "InvalidAudienceForResource", text));
    }
    let id = session_of(&incoming.path).unwrap_or_default();
    let query = incoming.query();
    let key = query.get("authtoken").unwrap_or_default();
    let now = tenant.clock().unix();
    let mut uploads = tenant.uploads();
    uploads.retain(|_, upload| upload.expires > now);
    let known = uploads.get_mut(&id).filter(|upload| upload.key == key);
    let Some(upload) = known else {
        let text = "The upload session was not found.";
        return Err(ApiError::new(404, "ErrorItemNotFound", text));
    };
    match incoming.method {
        Method::GET => Ok(progress(tenant, upload)),
        Method::DELETE => {
            uploads.remove(&id);
            Ok(ApiResponse::empty(204))
        }
        Method::PUT => {
            append(upload, incoming)?;
            if (upload.file.bytes.len() as u64) < upload.size {
                return Ok(progress(tenant, upload));
            }
            let done = uploads.remove(&id);
            drop(uploads);
            done.map_or_else(
                || Err(ApiError::not_found()),
                |upload| finish(tenant, upload),
            )
        }
        _ => Err(ApiError::wrong_method()),
    }
}

/// The session id, which is in the last parentheses.
fn session_of(path: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let (head, _) = path.rsplit_once("')")?;
    Some(head.rsplit_once("('")?.1.to_owned())
}

fn append(upload: &mut Upload, incoming: &HttpRequest) -> Result<(), ApiError> {
    let range = incoming.header("content-range").and_then(parse_range);
    let (from, to, total) =
        range.ok_or_else(|| ApiError::bad("The Content-Range header is not valid."))?;
    let length = incoming.body.len() as u64;
    if total != upload.size || to < from || to - from + 1 != length || to >= total {
        return Err(ApiError::bad(
            "The Content-Range header does not fit the content.",
        ));
    }
    if length > MAX_RANGE {
        let text = "The range is larger than 4 MB.";
        return Err(ApiError::new(413, "RequestEntityTooLarge", text));
    }
    if from != upload.file.bytes.len() as u64 {
        let text = "The range does not start where the last one ended.";
        return Err(ApiError::new(416, "ErrorInvalidRequest", text));
    }
    upload.file.bytes.extend(&incoming.body);
    Ok(())
}

/// `bytes a-b/total`.
fn parse_range(text: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?, total.parse().ok()?))
}

/// The next expected range. The names are in Pascal case, as the service writes them.
fn progress(tenant: &Tenant, upload: &Upload) -> ApiResponse {
    let context = "$metadata#Users/Messages/AttachmentSessions/$entity";
    let body = json!({
        "@odata.context": format!("{}{ROOT}{context}", tenant.origin()),
        "ExpirationDateTime": time(upload.expires),
        "NextExpectedRanges": [upload.file.bytes.len().to_string()],
    });
    ApiResponse::json(200, body)
}

fn finish(tenant: &Tenant, mut upload: Upload) -> ApiResult {
    let now = tenant.clock().unix();
    let mut store = tenant.store();
    let mailbox = store
        .mailbox_mut(upload.mailbox)
        .ok_or_else(ApiError::not_found)?;
    let exists = match upload.event {
        true => mailbox.events.contains_key(&upload.holder),
        false => mailbox.message(upload.holder).is_some(),
    };
    if !exists {
        return Err(ApiError::not_found());
    }
    upload.file.key = mailbox.fresh_key();
    upload.file.modified = now;
    let id = Id {
        kind: IdKind::Attachment,
        mailbox: upload.mailbox,
        key: upload.file.key,
        part: 0,
    };
    alter(mailbox, upload.event, upload.holder, now, |files| {
        files.push(upload.file)
    });
    drop(store);
    tenant.notify_changed();
    let location = format!(
        "{}{}/attachments('{}')",
        tenant.origin(),
        upload.path,
        id.encode()
    );
    Ok(ApiResponse::empty(201)
        .header("location", location)
        .header("content-length", "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_sessions_are_read_from_their_texts() {
        assert_eq!(parse_range("bytes 0-9/20"), Some((0, 9, 20)));
        for broken in [
            "",
            "bytes",
            "bytes 0-9",
            "bytes a-9/20",
            "items 0-9/20",
            "bytes -1-9/20",
        ] {
            assert_eq!(parse_range(broken), None, "{broken}");
        }
        let path = "/api/gv1.0/users('a')/messages('b=')/AttachmentSessions('c-_')";
        assert_eq!(session_of(path).as_deref(), Some("c-_"));
        assert_eq!(session_of("/api/gv1.0/nothing"), None);
        assert!(is_upload(path) && !is_upload("/api/v2.0/me"));
        assert_eq!(
            upload_origin("https://localhost:8443"),
            "https://127.0.0.1:8443"
        );
        assert_eq!(upload_origin("http://localhost"), "http://127.0.0.1");
    }
}
