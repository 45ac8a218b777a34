//! The APIs: one dispatcher for three flavours.

mod attachments;
pub(crate) mod auth;
mod batch;
mod calendar;
mod calendar_groups;
pub(crate) mod call;
mod categories;
mod collection;
mod contacts;
pub(crate) mod cors;
mod delta;
mod drafts;
pub(crate) mod errors;
mod event_body;
mod events;
mod focused;
mod folders;
mod listing;
mod mail_tips;
mod meeting_times;
mod messages;
mod people;
mod permissions;
pub(crate) mod photos;
mod places;
mod reminders;
pub(crate) mod reply;
mod respond;
mod rules;
mod schedule;
mod send;
mod settings;
mod sync_token;
mod translate;
pub(crate) mod uploads;
mod user;

use axum::http::Method;
use axum::response::Response;
use percent_encoding::percent_decode_str;

use auth::Area;
use call::{Call, Outcome, Prefer, Raw};
use errors::{Failure, Ids};
use reply::{Payload, Reply};

use crate::front::{Incoming, Params};
use crate::signin::flow::Access;
use crate::state::Tenant;
use crate::views::Flavour;

/// Requests at a time per application and mailbox.
const PLACES: usize = 4;
/// Largest request body, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The flavour that a path belongs to.
pub(crate) fn flavour_of(path: &str) -> Option<Flavour> {
    let lower = path.to_ascii_lowercase();
    [Flavour::Graph, Flavour::OutlookV2, Flavour::OutlookV1]
        .into_iter()
        .find(|flavour| {
            lower
                .strip_prefix(flavour.root())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// Answers a call.
pub(crate) async fn handle(tenant: &Tenant, incoming: &Incoming) -> Response {
    let flavour = flavour_of(&incoming.path).unwrap_or(Flavour::Graph);
    let ids = Ids::new(tenant, incoming.header("client-request-id"));
    let raw = Raw {
        flavour,
        method: incoming.method.clone(),
        path: incoming.path[flavour.root().len()..].to_owned(),
        query: incoming.query.clone(),
        headers: incoming.headers.clone(),
        body: incoming.body.to_vec(),
    };
    let reply = if raw.body.len() > MAX_BODY {
        let text = "The maximum request length supported is 4MB.";
        Failure::new(413, "RequestEntityTooLarge", text).reply(flavour, &ids)
    } else if batch::is_batch(&raw) {
        batch::handle(tenant, &raw, &ids).await
    } else {
        timed(tenant, &raw, &ids).await
    };
    reply.into_response(flavour, &ids, incoming)
}

/// One call in its place among the four.
async fn timed(tenant: &Tenant, raw: &Raw, ids: &Ids) -> Reply {
    let access = match auth::token(tenant, raw.flavour, raw.header("authorization")) {
        Ok(access) => access,
        Err(failure) => return failure.reply(raw.flavour, ids),
    };
    let segments = segments(&raw.path);
    let Some(_place) = tenant.place(&place_name(&access, &segments), PLACES) else {
        return errors::over_limit(raw.flavour, 1).reply(raw.flavour, ids);
    };
    let latency = tenant.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    answer(tenant, raw, access, ids)
}

/// Application and mailbox, for counting.
fn place_name(access: &Access, segments: &[String]) -> String {
    let whose = match segments {
        [users, whose, ..] if users == "users" => {
            crate::directory::find(whose).map(|account| account.oid)
        }
        _ => None,
    };
    let whose = whose.or(access.oid.as_deref()).unwrap_or_default();
    format!("{} {whose}", access.client_id)
}

/// One call, with its token already checked.
fn answer(tenant: &Tenant, raw: &Raw, access: Access, ids: &Ids) -> Reply {
    match let_in(tenant, raw, access) {
        Ok(reply) => reply,
        Err(failure) => failure.reply(raw.flavour, ids),
    }
}

fn let_in(tenant: &Tenant, raw: &Raw, access: Access) -> Outcome {
    let all = segments(&raw.path);
    let (whose, below) = match all.as_slice() {
        [me, below @ ..] if me == "me" => (None, below),
        [users] if users == "users" => return user::list(tenant, raw, &access),
        [places, below @ ..] if places == "places" && raw.flavour.is_graph() => {
            return places::handle(tenant, raw, &access, below);
        }
        [users, whose, below @ ..] if users == "users" => (Some(whose.clone()), below),
        _ => {
            return Err(no_segment(
                raw.flavour,
                all.first().map_or("", String::as_str),
            ));
        }
    };
    if raw.flavour.is_graph() {
        auth::stepped_up(tenant, &access, &raw.method, below)?;
    }
    if below.is_empty() || below[0] == "photo" {
        return user::handle(tenant, raw, &access, whose.as_deref(), below);
    }
    let (mailbox, owner) = auth::mailbox(raw.flavour, &access, whose.as_deref())?;
    let (area, write) = area(&raw.method, below);
    let shared = access.oid.as_deref() != Some(owner.oid);
    if !auth::allowed(&access, area, write, shared) {
        return Err(Failure::denied());
    }
    let prefer = Prefer::read(&raw.headers, raw.flavour)?;
    let call = Call {
        tenant,
        raw,
        flavour: raw.flavour,
        params: Params::parse(raw.query.as_bytes()),
        prefer,
        access,
        mailbox,
        owner,
        segments: below.to_vec(),
    };
    let reply = dispatch(&call)?;
    Ok(match call.prefer.applied() {
        Some(applied) if matches!(reply.payload, Payload::Json(_)) && reply.status < 300 => {
            reply.header("preference-applied", applied)
        }
        _ => reply,
    })
}

/// Segments of a path: both id forms become two segments, names become lower case.
fn segments(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = percent_decode_str(part).decode_utf8_lossy().into_owned();
        let split = part.strip_suffix(')').and_then(|head| head.split_once('('));
        match split {
            Some((name, "")) => out.push(fold(name)),
            Some((name, key)) => {
                out.push(fold(name));
                out.push(key.trim_matches('\'').replace("''", "'"));
            }
            None => out.push(fold(&part)),
        }
    }
    out
}

/// Names are case-insensitive, ids are not; ids are long.
fn fold(segment: &str) -> String {
    let lower = segment.to_ascii_lowercase();
    // The namespace has a short name.
    let lower = ["microsoft.graph.", "graph."]
        .iter()
        .find_map(|namespace| lower.strip_prefix(namespace))
        .map_or(lower.clone(), str::to_owned);
    if segment.len() < 40 {
        if lower == "folders" {
            "mailfolders".to_owned()
        } else {
            lower
        }
    } else {
        segment.to_owned()
    }
}

fn area(method: &Method, below: &[String]) -> (Area, bool) {
    let last = below.last().map_or("", String::as_str);
    // Actions that only look.
    let looks = [
        "getmailtips",
        "getschedule",
        "findmeetingtimes",
        "translateexchangeids",
    ]
    .contains(&last);
    let write = *method != Method::GET && !looks;
    let sends = ["sendmail", "send", "reply", "replyall", "forward"];
    match below[0].as_str() {
        "messages" | "sendmail" if write && sends.contains(&last) => (Area::Send, true),
        "events" | "calendar" | "calendars" | "calendarview" | "calendargroups"
        | "findmeetingtimes" | "reminderview" => (Area::Calendars, write),
        "contacts" | "contactfolders" => (Area::Contacts, write),
        "people" => (Area::People, write),
        "mailboxsettings" | "outlook" => (Area::Settings, write),
        _ if below.iter().any(|segment| segment == "messagerules") => (Area::Settings, write),
        _ => (Area::Mail, write),
    }
}

fn dispatch(call: &Call<'_>) -> Outcome {
    match call.segments[0].as_str() {
        "messages" | "mailfolders" | "sendmail" | "getmailtips" => mail(call),
        "events" | "calendar" | "calendars" | "calendarview" => calendar::handle(call),
        "calendargroups" => calendar_groups::handle(call, &below(call)),
        "inferenceclassification" => focused::handle(call, &below(call)),
        "translateexchangeids" => translate::handle(call),
        "people" => people::handle(call, &below(call)),
        "findmeetingtimes" => meeting_times::handle(call),
        "reminderview" => reminders::view(call, call.segments.get(1).map(String::as_str)),
        "contacts" | "contactfolders" => contacts::handle(call),
        "mailboxsettings" | "outlook" => settings::handle(call),
        _ => Err(missing(call)),
    }
}

/// The segments below the first one.
fn below<'a>(call: &'a Call<'_>) -> Vec<&'a str> {
    call.segments.iter().skip(1).map(String::as_str).collect()
}

fn mail(call: &Call<'_>) -> Outcome {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["messages", rest @ ..] => messages::handle(call, None, rest),
        ["mailfolders", folder, "messages", rest @ ..] => {
            messages::handle(call, Some(folder), rest)
        }
        [
            "mailfolders",
            _,
            "childfolders",
            child,
            "messages",
            rest @ ..,
        ] => messages::handle(call, Some(child), rest),
        ["mailfolders", folder, "messagerules", rest @ ..] => rules::handle(call, folder, rest),
        ["getmailtips"] if call.raw.method == Method::POST => mail_tips::handle(call),
        ["mailfolders", rest @ ..] => folders::handle(call, rest),
        ["sendmail"] => send::send_mail(call),
        _ => Err(missing(call)),
    }
}

/// A path that nobody has, in this flavour at least.
pub(crate) fn missing(call: &Call<'_>) -> Failure {
    no_segment(
        call.flavour,
        call.segments.last().map_or("", String::as_str),
    )
}

fn no_segment(flavour: Flavour, segment: &str) -> Failure {
    let text = format!("Resource not found for the segment '{segment}'.");
    if flavour.is_graph() {
        Failure::new(400, "BadRequest", text)
    } else {
        Failure::new(404, "ResourceNotFound", text)
    }
}

/// The refusal for a method that a path does not take.
pub(crate) fn wrong_method() -> Failure {
    let text = "The OData request is not supported: the method is not allowed on this resource.";
    Failure::new(405, "ErrorInvalidRequest", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_id_forms_and_any_letter_case_name_the_same() {
        let id = "A".repeat(92);
        let expected = vec!["me".to_owned(), "messages".to_owned(), id.clone()];
        assert_eq!(segments(&format!("/Me/Messages/{id}")), expected);
        assert_eq!(segments(&format!("/me/messages('{id}')")), expected);
        assert_eq!(
            segments("/me/Folders('Inbox')/messages/delta()"),
            ["me", "mailfolders", "Inbox", "messages", "delta"]
        );
        assert_eq!(
            segments("/places/microsoft.graph.roomList"),
            segments("/places/graph.roomlist")
        );
        assert_eq!(flavour_of("/API/v2.0/me"), Some(Flavour::OutlookV2));
        assert_eq!(flavour_of("/v1.0x"), None);
    }
}
