//! Mail tips: information about recipients before sending.

use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::store::automatic;
use crate::views::outlook;

/// Largest message that the mailboxes take, in bytes.
const MAX_MESSAGE_SIZE: u32 = 36 * 1024 * 1024;
/// Largest number of recipients in one call.
const MAX_RECIPIENTS: usize = 100;

/// `POST getMailTips`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    let parameters = call.parameters()?;
    let addresses = parameters.get("emailAddresses").and_then(Value::as_array);
    let addresses = addresses.ok_or_else(|| {
        ApiError::invalid_parameter("The parameter 'EmailAddresses' is required.")
    })?;
    let options = parameters.get("mailTipsOptions").and_then(Value::as_str);
    let options = options.ok_or_else(|| {
        ApiError::invalid_parameter("The parameter 'MailTipsOptions' is required.")
    })?;
    if addresses.len() > MAX_RECIPIENTS {
        return Err(ApiError::invalid_parameter(
            "There are too many recipients in one call.",
        ));
    }
    let options = options.to_ascii_lowercase();
    let asked: Vec<&str> = options.split(',').map(str::trim).collect();
    let tips = addresses
        .iter()
        .filter_map(Value::as_str)
        .map(|address| tips(call, address, &asked));
    let tips = tips.map(|one| match call.flavor {
        Flavor::Graph => Value::Object(one),
        _ => outlook::to_outlook("", one.into()),
    });
    let kind = match call.flavor {
        Flavor::Graph => "microsoft.graph.mailTips",
        _ => "Microsoft.OutlookServices.MailTips",
    };
    let context = format!("{}/$metadata#Collection({kind})", call.root());
    let value: Value = tips.collect();
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

fn tips(call: &Call<'_>, address: &str, asked: &[&str]) -> Map<String, Value> {
    let account = call.tenant.directory().find(address);
    let name = account.map_or("", |account| account.name);
    let mut out = Map::new();
    out.insert(
        "emailAddress".into(),
        json!({"name": name, "address": address}),
    );
    let inside = address
        .to_ascii_lowercase()
        .ends_with(&format!("@{}", crate::directory::TENANT_DOMAIN));
    let known = account.and_then(|account| account.mailbox);
    if inside && known.is_none() {
        let error = json!({"code": "ErrorMailRecipientNotFound", "message": "The recipient does not exist."});
        out.insert("error".into(), error);
        return out;
    }
    let mut tell = |option: &str, name: &str, value: Value| {
        if asked.contains(&option) {
            out.insert(name.into(), value);
        }
    };
    tell(
        "automaticreplies",
        "automaticReplies",
        automatic_reply(call, known),
    );
    tell("mailboxfullstatus", "mailboxFull", false.into());
    tell("custommailtip", "customMailTip", "".into());
    tell("externalmembercount", "externalMemberCount", 0.into());
    tell("totalmembercount", "totalMemberCount", 1.into());
    tell("maxmessagesize", "maxMessageSize", MAX_MESSAGE_SIZE.into());
    tell("deliveryrestriction", "deliveryRestricted", false.into());
    tell("moderationstatus", "isModerated", false.into());
    let scope = if inside { "internal" } else { "external" };
    tell("recipientscope", "recipientScope", scope.into());
    tell("recipientsuggestions", "recipientSuggestions", json!([]));
    out
}

/// The active automatic reply of the recipient.
fn automatic_reply(call: &Call<'_>, mailbox: Option<u32>) -> Value {
    let store = call.tenant.store();
    let settings = mailbox
        .and_then(|number| store.mailbox(number))
        .map(|one| &one.settings);
    let Some(settings) = settings else {
        return json!({"message": ""});
    };
    let reply = automatic::active(settings, call.tenant.clock().now());
    let message = reply.map_or_else(|| "".into(), |reply| reply["internalReplyMessage"].clone());
    json!({"message": message, "messageLanguage": settings.get("language")})
}
