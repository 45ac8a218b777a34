//! Photos of people and of contacts.

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::find;
use super::request::ApiRequest;
use super::response::{ApiResponse, Payload};
use crate::api_error::ApiError;
use crate::directory::Account;
use crate::http::Flavor;
use crate::ids;
use crate::oauth::flow::AccessToken;
use crate::seed::picture::SIDE;
use crate::state::Tenant;
use crate::store::Item;
use crate::store::items::PHOTO;

/// The sizes in which the service keeps a photo, in pixels.
const SIZES: [u32; 9] = [48, 64, 96, 120, 240, 360, 432, 504, 648];

/// The error for a missing photo.
fn none() -> ApiError {
    let text = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.";
    ApiError::new(404, "ImageNotFound", text)
}

/// The media type of a picture, from its first bytes.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        _ => None,
    }
}

/// `photo...` of a user. Everybody can read photos; users can change their own.
pub(crate) fn of_user(
    tenant: &Tenant,
    request: &ApiRequest,
    access: &AccessToken,
    account: &Account,
    rest: &[String],
) -> ApiResult {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if request.flavor == Flavor::OutlookV1 {
        return Err(ApiError::no_segment(request.flavor, "photo"));
    }
    let number = account.mailbox.ok_or_else(none)?;
    match (&request.method, rest.as_slice()) {
        (&Method::GET, [] | ["$value"]) => {
            let store = tenant.store();
            let held = store.mailbox(number).and_then(|one| one.photo.as_deref());
            let bytes = held.and_then(ids::from_base64).ok_or_else(none)?;
            Ok(shown(
                &tenant.origin(),
                request.flavor,
                &bytes,
                rest.is_empty(),
            ))
        }
        (&Method::PUT | &Method::PATCH | &Method::DELETE, ["$value"]) => {
            if access.oid.as_deref().is_some_and(|oid| oid != account.oid) {
                return Err(ApiError::denied());
            }
            let photo = match request.method {
                Method::DELETE => None,
                _ => Some(sent(&request.body)?),
            };
            let status = if photo.is_some() { 200 } else { 204 };
            if let Some(mailbox) = tenant.store().mailbox_mut(number) {
                mailbox.photo = photo;
            }
            tenant.notify_changed();
            Ok(ApiResponse::empty(status))
        }
        (_, [] | ["$value"]) => Err(ApiError::wrong_method()),
        (_, [.., last]) => Err(ApiError::no_segment(request.flavor, last)),
    }
}

/// `photos...` of a user: the one picture, in each size that is asked for.
pub(crate) fn sizes_of_user(
    tenant: &Tenant,
    request: &ApiRequest,
    account: &Account,
    rest: &[String],
) -> ApiResult {
    if request.method != Method::GET {
        return Err(ApiError::wrong_method());
    }
    let store = tenant.store();
    let mailbox = store.mailbox(account.mailbox.ok_or_else(none)?);
    let held = mailbox.and_then(|one| one.photo.as_deref());
    let bytes = held.and_then(ids::from_base64);
    let kind_of = |bytes: &[u8]| kind(bytes).unwrap_or("application/octet-stream");
    let root = request.root(tenant);
    let entity = |side: u32, kind: &str| {
        json!({"id": format!("{side}x{side}"), "height": side, "width": side,
            "@odata.mediaContentType": kind})
    };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let size = |text: &str| {
        SIZES
            .into_iter()
            .find(|side| format!("{side}x{side}") == text)
    };
    match (rest.as_slice(), bytes) {
        ([], bytes) => {
            let kinds = bytes
                .iter()
                .flat_map(|bytes| SIZES.map(|side| (side, kind_of(bytes))));
            let value: Vec<Value> = kinds.map(|(side, kind)| entity(side, kind)).collect();
            let context = format!("{root}/$metadata#photos");
            Ok(ApiResponse::json(
                200,
                json!({"@odata.context": context, "value": value}),
            ))
        }
        ([one], Some(bytes)) => {
            let mut body = entity(size(one).ok_or_else(none)?, kind_of(&bytes));
            body["@odata.context"] = format!("{root}/$metadata#photos/$entity").into();
            Ok(ApiResponse::json(200, body))
        }
        ([one, "$value"], Some(bytes)) => {
            size(one).ok_or_else(none)?;
            let payload = Payload::Bytes(kind_of(&bytes).to_owned(), bytes);
            Ok(ApiResponse::new(200, payload))
        }
        ([_] | [_, "$value"], None) => Err(none()),
        ([.., last], _) => Err(ApiError::no_segment(request.flavor, last)),
    }
}

/// The picture of a request body, as base64.
fn sent(body: &[u8]) -> Result<String, ApiError> {
    if kind(body).is_some() {
        return Ok(ids::base64(body));
    }
    let text = "The photo is no JPEG, PNG or GIF picture.";
    Err(ApiError::invalid_parameter(text))
}

/// The metadata of a photo, or its content.
fn shown(origin: &str, flavor: Flavor, bytes: &[u8], about: bool) -> ApiResponse {
    let kind = kind(bytes).unwrap_or("application/octet-stream");
    if !about {
        return ApiResponse::new(200, Payload::Bytes(kind.to_owned(), bytes.to_vec()));
    }
    let size = format!("{SIDE}X{SIDE}");
    let context = format!("{origin}{}/$metadata#photo/$entity", flavor.root());
    let body = match flavor {
        Flavor::Graph => json!({"id": size, "height": SIDE, "width": SIDE,
            "@odata.mediaContentType": kind, "@odata.context": context}),
        _ => json!({"Id": size, "Height": SIDE, "Width": SIDE,
            "@odata.mediaContentType": kind, "@odata.context": context}),
    };
    ApiResponse::json(200, body)
}

/// `contacts/{id}/photo...`.
pub(crate) fn of_contact(call: &Call<'_>, id: &str, rest: &[&str]) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    match (&call.request.method, rest) {
        (&Method::GET, [] | ["$value"]) => call.read(|mailbox| {
            let bytes = held(find::contact(call, mailbox, id)?).ok_or_else(none)?;
            let origin = call.tenant.origin();
            Ok(shown(&origin, call.flavor, &bytes, rest.is_empty()))
        }),
        (&Method::PUT | &Method::PATCH, ["$value"]) => set(call, id),
        (_, [] | ["$value"]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

fn held(item: &Item) -> Option<Vec<u8>> {
    ids::from_base64(item.json.get(PHOTO)?.as_str()?)
}

fn set(call: &Call<'_>, id: &str) -> ApiResult {
    let photo = sent(&call.request.body)?;
    let now = call.now();
    call.change(|mailbox| {
        let key = find::contact(call, mailbox, id)?.key;
        let version = mailbox.fresh_change();
        if let Some(item) = mailbox.contacts.get_mut(&key) {
            item.json.insert(PHOTO.to_owned(), photo.into());
            (item.change, item.modified) = (version, now);
        }
        Ok(ApiResponse::empty(200))
    })
}
