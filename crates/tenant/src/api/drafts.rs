//! Drafts: new ones, replies and forwards.

use axum::http::Method;
use maud::html;
use serde_json::Value;

use super::call::{ApiResult, Call};
use super::{compose, find, send};
use crate::api_error::ApiError;
use crate::odata::Query;
use crate::schema::names::Kind;
use crate::store::recipient::parse_recipients;
use crate::store::{Mailbox, Message, Person};
use crate::views::message as view;

/// `POST .../messages`: creates a draft.
pub(crate) fn create(call: &Call<'_>, folder: Option<&str>) -> ApiResult {
    let body = match call.flavor.is_graph() && compose::is_mime(call) {
        true => compose::from_mime(&call.request.body)?,
        false => {
            let body = call.body(Kind::Message)?;
            compose::check_headers(&body)?;
            body
        }
    };
    compose::check_flag(&body)?;
    let entity = call.change(|mailbox| {
        let mut message = compose::blank(call, mailbox);
        if let Some(folder) = folder {
            message.folder = find::folder(call, mailbox, folder)?.key;
        }
        view::apply(&mut message, &body, &call.tenant.directory());
        compose::attach(mailbox, &mut message, &body, call.now())?;
        let key = mailbox.insert(message);
        let message = mailbox.message(key).ok_or_else(ApiError::not_found)?;
        Ok(view::to_json(
            message,
            call.message_format(),
            &Query::default(),
        ))
    })?;
    let id = entity.get("id").and_then(Value::as_str).unwrap_or_default();
    let location = format!("{}/users/{}/messages/{id}", call.root(), call.owner.oid);
    Ok(call
        .entity(
            201,
            Kind::Message,
            &find::messages_tail(call, folder),
            entity,
        )?
        .header("location", location))
}

/// Reply, reply to all, or forward.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ReplyAction {
    Forward,
    ApiResponse,
    ReplyAll,
}

/// `POST .../messages/{id}/{action}`.
pub(crate) fn act(call: &Call<'_>, id: &str, action: &str) -> ApiResult {
    if call.request.method != Method::POST {
        return Err(ApiError::wrong_method());
    }
    let (answer, sends) = match action {
        "reply" => (ReplyAction::ApiResponse, true),
        "replyall" => (ReplyAction::ReplyAll, true),
        "forward" => (ReplyAction::Forward, true),
        "createreply" => (ReplyAction::ApiResponse, false),
        "createreplyall" => (ReplyAction::ReplyAll, false),
        "createforward" => (ReplyAction::Forward, false),
        _ => return Err(call.missing()),
    };
    let parameters = call.parameters()?;
    let message = parameters
        .get("message")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if parameters.contains_key("comment") && message.contains_key("body") {
        let text = "The parameters 'Comment' and 'Message.Body' must not be given together.";
        return Err(ApiError::bad(text));
    }
    if parameters.contains_key("toRecipients") && message.contains_key("toRecipients") {
        let text =
            "The recipients must be given either as parameter or in the message, not in both.";
        return Err(ApiError::bad(text));
    }
    let draft = call.change(|mailbox| {
        let original = find::message(call, mailbox, id)?.clone();
        if original.draft {
            let text = "The reference item does not support the requested operation.";
            return Err(ApiError::new(400, "ErrorInvalidReferenceItem", text));
        }
        let mut draft = draft_of(call, mailbox, &original, answer);
        if let Some(comment) = parameters.get("comment").and_then(Value::as_str) {
            let html = html! { p { (comment) } hr; };
            draft.set_body(true, at_top(&draft.body, &html.into_string()));
        }
        if let Some(to) = parameters.get("toRecipients") {
            draft.to = parse_recipients(to, &call.tenant.directory());
        }
        view::apply(&mut draft, &message, &call.tenant.directory());
        compose::attach(mailbox, &mut draft, &message, call.now())?;
        Ok(draft)
    })?;
    if sends {
        return send::deliver(call, draft, true);
    }
    let entity = call.change(|mailbox| {
        let key = mailbox.insert(draft);
        let message = mailbox.message(key).ok_or_else(ApiError::not_found)?;
        Ok(view::to_json(
            message,
            call.message_format(),
            &Query::default(),
        ))
    })?;
    call.entity(201, Kind::Message, "messages", entity)
}

fn draft_of(
    call: &Call<'_>,
    mailbox: &Mailbox,
    original: &Message,
    answer: ReplyAction,
) -> Message {
    let mut draft = compose::blank(call, mailbox);
    let prefix = if answer == ReplyAction::Forward {
        "Fw: "
    } else {
        "Re: "
    };
    let has = original
        .subject
        .get(..prefix.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    draft.subject = if has {
        original.subject.clone()
    } else {
        format!("{prefix}{}", original.subject)
    };
    draft.conversation = original.conversation;
    let quoted = if original.html {
        original.body.clone()
    } else {
        html! { pre { (original.body) } }.into_string()
    };
    draft.set_body(true, quoted);
    let own = |person: &Person| person.address.eq_ignore_ascii_case(call.owner.address);
    let reply_to = match original.reply_to.as_slice() {
        [] => original.from.iter().cloned().collect(),
        some => some.to_vec(),
    };
    match answer {
        ReplyAction::Forward => draft.attachments.clone_from(&original.attachments),
        ReplyAction::ApiResponse => draft.to = reply_to,
        ReplyAction::ReplyAll => {
            draft.to = reply_to;
            let others = original.to.iter().filter(|one| !own(one));
            for other in others {
                if !draft.to.contains(other) {
                    draft.to.push(other.clone());
                }
            }
            draft.cc = original
                .cc
                .iter()
                .filter(|one| !own(one))
                .cloned()
                .collect();
        }
    }
    draft
}

/// Puts HTML at the top of the body of a document.
fn at_top(document: &str, html: &str) -> String {
    let lower = document.to_ascii_lowercase();
    let open = lower
        .find("<body")
        .and_then(|at| Some(at + lower[at..].find('>')? + 1));
    let (head, rest) = document.split_at(open.unwrap_or_default());
    [head, html, rest].concat()
}
