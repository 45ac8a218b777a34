//! Sending messages.

use serde_json::Value;

use super::call::{ApiResult, Call};
use super::response::ApiResponse;
use super::{compose, find};
use crate::api_error::ApiError;
use crate::directory;
use crate::store::{Message, Outgoing, Person, deliver as delivery};
use crate::views::message as view;

/// `POST .../sendMail`.
pub(crate) fn send_mail(call: &Call<'_>) -> ApiResult {
    let (body, save) = if compose::is_mime(call) {
        (compose::from_mime(&call.request.body)?, true)
    } else {
        let parameters = call.parameters()?;
        let Some(body) = parameters
            .get("message")
            .and_then(Value::as_object)
            .cloned()
        else {
            let text = "The parameter 'Message' is required.";
            return Err(ApiError::invalid_parameter(text));
        };
        compose::check_headers(&body)?;
        // The documentation of 2014 sends the flag as a string.
        let save = parameters.get("saveToSentItems").is_none_or(|value| {
            value.as_bool().unwrap_or_else(|| {
                value
                    .as_str()
                    .is_none_or(|text| !text.eq_ignore_ascii_case("false"))
            })
        });
        (body, save)
    };
    let message = call.change(|mailbox| {
        let mut message = compose::blank(call, mailbox);
        view::apply(&mut message, &body, &call.tenant.directory());
        compose::attach(mailbox, &mut message, &body, call.now())?;
        Ok(message)
    })?;
    deliver(call, message, save)
}

/// `POST .../messages/{id}/send`.
pub(crate) fn send_draft(call: &Call<'_>, id: &str) -> ApiResult {
    let draft = call.change(|mailbox| {
        let message = find::message(call, mailbox, id)?;
        if !message.draft {
            return Err(ApiError::new(
                400,
                "ErrorInvalidOperation",
                "The item is not a draft.",
            ));
        }
        check(call, message)?;
        let key = message.key;
        mailbox.remove_message(key).ok_or_else(ApiError::not_found)
    })?;
    deliver(call, draft, true)
}

/// Checks recipients and sender. The owner and delegates of a shared mailbox can send.
fn check(call: &Call<'_>, message: &Message) -> Result<(), ApiError> {
    if message.to.is_empty() && message.cc.is_empty() && message.bcc.is_empty() {
        let text = "At least one recipient isn't valid., At least one recipient is required.";
        return Err(ApiError::new(400, "ErrorInvalidRecipients", text));
    }
    let caller = call
        .access
        .oid
        .as_deref()
        .and_then(|oid| call.tenant.directory().find(oid))
        .unwrap_or(call.owner);
    let people = [&message.from, &message.sender];
    let fine = people
        .iter()
        .filter_map(|one| one.as_ref())
        .all(|one| may_send_as(caller, call, one));
    if fine {
        return Ok(());
    }
    let text = "The user account which was used to submit this request does not have the right to \
                send mail on behalf of the specified sending account.";
    Err(ApiError::new(403, "ErrorSendAsDenied", text))
}

fn may_send_as(caller: &directory::Account, call: &Call<'_>, person: &Person) -> bool {
    let is = |address: &str| person.address.eq_ignore_ascii_case(address);
    let directory = call.tenant.directory();
    let delegated = directory
        .find(&person.address)
        .is_some_and(|account| account.delegates.contains(&caller.address));
    is(caller.address) || is(call.owner.address) || delegated
}

/// Sends a message. The response is 202 without a body.
pub(crate) fn deliver(call: &Call<'_>, message: Message, save: bool) -> ApiResult {
    check(call, &message)?;
    let now = call.now();
    let mut store = call.tenant.store();
    let lag = call.tenant.options().delivery_lag.as_secs();
    if lag == 0 {
        delivery::send(&mut store, call.mailbox, message, save, now);
    } else {
        store.outgoing.push(Outgoing {
            due: now.saturating_add_unsigned(lag),
            from: call.mailbox,
            message,
            save,
        });
    }
    drop(store);
    call.tenant.notify_changed();
    Ok(ApiResponse::empty(202).header("content-length", "0"))
}
