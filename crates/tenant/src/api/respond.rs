//! Responses to meetings: accept, decline, tentatively accept, cancel, forward.

use serde_json::{Value, json};

use super::call::{ApiResult, Call};
use super::response::ApiResponse;
use super::{find, reminders};
use crate::api_error::ApiError;
use crate::clock::iso;
use crate::store::event::{Exception, OccurrenceChange};
use crate::store::meetings::Notice;
use crate::store::message::MeetingMessage;
use crate::store::recipient::parse_recipients;
use crate::store::{Event, Json, Person, Store, meetings};

/// `POST .../events/{id}/{action}`.
pub(crate) fn act(call: &Call<'_>, text: &str, action: &str) -> ApiResult {
    match action {
        "accept" => answer(call, text, "accepted", "Accepted"),
        "decline" => answer(call, text, "declined", "Declined"),
        "tentativelyaccept" => answer(call, text, "tentativelyAccepted", "Tentative"),
        "cancel" if call.flavor.is_graph() => cancel(call, text),
        "forward" if call.flavor.is_graph() => forward(call, text),
        "dismissreminder" => reminders::dismiss(call, text),
        "snoozereminder" => reminders::snooze(call, text),
        _ => Err(call.missing()),
    }
}

/// The event of an id, and the day if the id is of an occurrence.
fn event(call: &Call<'_>, text: &str) -> Result<(Event, i32), ApiError> {
    let day = find::event_id(call, text)?.part;
    let event = call.read(|mailbox| Ok(find::event(call, mailbox, text)?.event.clone()))?;
    Ok((event, day))
}

fn answer(call: &Call<'_>, text: &str, response: &str, word: &str) -> ApiResult {
    let parameters = call.parameters()?;
    let sends = parameters
        .get("sendResponse")
        .and_then(Value::as_bool)
        .unwrap_or(true);
    let proposes = parameters
        .get("proposedNewTime")
        .is_some_and(|time| !time.is_null());
    if proposes && !sends {
        let text = "A new time can be proposed only if the response is sent.";
        return Err(ApiError::invalid_parameter(text));
    }
    let (event, day) = event(call, text)?;
    if event.organized {
        let text = "Your request can't be completed. You can't respond to this meeting because \
                    you're the meeting organizer.";
        return Err(ApiError::bad(text));
    }
    if sends && event.json.get("responseRequested") == Some(&Value::Bool(false)) {
        let text =
            "Your request can't be completed. The meeting organizer hasn't requested a response.";
        return Err(ApiError::bad(text));
    }
    let status = json!({"response": response, "time": iso(call.tenant.clock().now())});
    let now = call.now();
    let mut store = call.tenant.store();
    let mailbox = store
        .mailbox_mut(call.mailbox)
        .ok_or_else(|| ApiError::no_mailbox(call.flavor))?;
    let version = mailbox.fresh_change();
    if response == "declined" {
        meetings::remove_entry(&mut store, call.mailbox, event.key, day, now);
    } else if let Some(held) = mailbox.events.get_mut(&event.key) {
        set_status(held, day, &status, response == "accepted", version, now);
    }
    meetings::record_response(&mut store, &event, call.owner.address, &status, now);
    if sends {
        let subject = format!("{word}: {}", meetings::subject(&event));
        let to = [event.organizer.address.as_str()];
        meetings::send_notification(
            &mut store,
            call.mailbox,
            &to,
            &Notice {
                kind: match response {
                    "accepted" => MeetingMessage::Accepted,
                    "declined" => MeetingMessage::Declined,
                    _ => MeetingMessage::Tentative,
                },
                subject: &subject,
                text: meetings::comment(&parameters),
            },
            now,
        );
    }
    drop(store);
    call.tenant.notify_changed();
    Ok(ApiResponse::empty(202))
}

fn set_status(event: &mut Event, day: i32, status: &Value, accepted: bool, version: u64, now: i64) {
    let show = if accepted { "busy" } else { "tentative" };
    event.change = version;
    let json = if day == 0 {
        event.modified = now;
        &mut event.json
    } else {
        let blank = OccurrenceChange {
            change: version,
            modified: now,
            start: None,
            end: None,
            json: Json::new(),
        };
        let held = event
            .exceptions
            .entry(day)
            .or_insert_with(|| Exception::Changed(Box::new(blank)));
        let Exception::Changed(change) = held else {
            return;
        };
        (change.change, change.modified) = (version, now);
        &mut change.json
    };
    json.insert("responseStatus".into(), status.clone());
    json.insert("showAs".into(), show.into());
}

fn cancel(call: &Call<'_>, text: &str) -> ApiResult {
    let parameters = call.parameters()?;
    let (event, day) = event(call, text)?;
    if !event.organized {
        let text =
            "Your request can't be completed. You need to be an organizer to cancel a meeting.";
        return Err(ApiError::bad(text));
    }
    let attendees = parse_recipients(
        event.json.get("attendees").unwrap_or(&Value::Null),
        &call.tenant.directory(),
    );
    tell(
        call,
        &parameters,
        &attendees,
        ("Canceled", MeetingMessage::Cancelled),
        &event,
        |store, now| meetings::remove_entry(store, call.mailbox, event.key, day, now),
    )
}

fn forward(call: &Call<'_>, text: &str) -> ApiResult {
    let parameters = call.parameters()?;
    let to = parse_recipients(
        parameters.get("toRecipients").unwrap_or(&Value::Null),
        &call.tenant.directory(),
    );
    if to.is_empty() {
        return Err(ApiError::new(
            400,
            "ErrorInvalidRecipients",
            "At least one recipient is required.",
        ));
    }
    let (event, _) = event(call, text)?;
    let prefix = ("Fw", MeetingMessage::Request);
    tell(call, &parameters, &to, prefix, &event, |_, _| {})
}

/// Runs `first`, then sends a notification about a meeting. `word` is the prefix of the subject.
fn tell(
    call: &Call<'_>,
    parameters: &Json,
    to: &[Person],
    (word, kind): (&str, MeetingMessage),
    event: &Event,
    first: impl FnOnce(&mut Store, i64),
) -> ApiResult {
    let addresses: Vec<&str> = to.iter().map(|one| one.address.as_str()).collect();
    let subject = format!("{word}: {}", meetings::subject(event));
    let comment = meetings::comment(parameters);
    let now = call.now();
    let mut store = call.tenant.store();
    first(&mut store, now);
    let notice = Notice {
        kind,
        subject: &subject,
        text: comment,
    };
    meetings::send_notification(&mut store, call.mailbox, &addresses, &notice, now);
    drop(store);
    call.tenant.notify_changed();
    Ok(ApiResponse::empty(202))
}
