//! Finds the handler of a call.

use axum::http::Method;

use serde_json::Value;

use super::auth::{self, Area};
use super::call::{ApiResult, Call};
use super::path::segments;
use super::prefer::Prefer;
use super::request::ApiRequest;
use super::request_ids::RequestIds;
use super::response::{ApiResponse, Payload};
use super::{
    calendar, calendar_groups, contacts, focused, folders, mail_tips, meeting_times, messages,
    people, places, reminders, rules, send, settings, translate, user,
};
use crate::api_error::ApiError;
use crate::directory::Kind;
use crate::http::Params;
use crate::oauth::flow::AccessToken;
use crate::state::Tenant;

/// Handles one call whose token was checked.
pub(crate) fn respond(
    tenant: &Tenant,
    request: &ApiRequest,
    access: AccessToken,
    ids: &RequestIds,
) -> ApiResponse {
    match authorized(tenant, request, access) {
        Ok(reply) => reply,
        Err(error) => error.reply(request.flavor, ids),
    }
}

fn authorized(tenant: &Tenant, request: &ApiRequest, access: AccessToken) -> ApiResult {
    let all = segments(&request.path);
    let (whose, below) = match all.as_slice() {
        [me, below @ ..] if me == "me" => (None, below),
        [users] if users == "users" => return user::list(tenant, request, &access),
        [users, name] if users == "users" && ["$count", "delta"].contains(&name.as_str()) => {
            return user::count_or_delta(tenant, request, &access, name == "delta");
        }
        [places, below @ ..] if places == "places" && request.flavor.is_graph() => {
            return places::handle(tenant, request, &access, below);
        }
        [users, whose, below @ ..] if users == "users" => (Some(whose.clone()), below),
        _ => {
            return Err(ApiError::no_segment(
                request.flavor,
                all.first().map_or("", String::as_str),
            ));
        }
    };
    if request.flavor.is_graph() {
        auth::check_step_up(tenant, &access, &request.method, below)?;
    }
    let of_user = ["photo", "photos", "manager", "directreports"];
    if below.is_empty() || of_user.contains(&below[0].as_str()) {
        return user::handle(tenant, request, &access, whose.as_deref(), below);
    }
    let (mailbox, owner) = auth::mailbox(
        &tenant.directory(),
        request.flavor,
        &access,
        whose.as_deref(),
    )?;
    let (area, write) = area(&request.method, below);
    let shared = access.oid.as_deref() != Some(owner.oid);
    if !auth::allowed(&access, area, write, shared) {
        return Err(ApiError::denied());
    }
    // Fact 71: refused for personal accounts, with the scope granted.
    let settings = below
        .iter()
        .any(|one| one == "mailboxsettings" || one == "messagerules");
    if owner.kind == Kind::Personal && settings {
        return Err(ApiError::denied());
    }
    let prefer = Prefer::read(&request.headers, request.flavor)?;
    let call = Call {
        tenant,
        request,
        flavor: request.flavor,
        params: Params::parse(request.query.as_bytes()),
        prefer,
        access,
        mailbox,
        owner,
        segments: below.to_vec(),
    };
    let mut reply = dispatch(&call)?;
    let hidden = auth::hidden(&call.access, area, shared);
    if let (Payload::Json(body), false) = (&mut reply.payload, hidden.is_empty()) {
        hide(body, hidden);
    }
    Ok(match call.prefer.applied() {
        Some(applied) if matches!(reply.payload, Payload::Json(_)) && reply.status < 300 => {
            reply.header("preference-applied", applied)
        }
        _ => reply,
    })
}

/// Takes properties out of an item, or out of those of a list. Outlook spells them with a capital.
fn hide(body: &mut Value, hidden: &[&str]) {
    if let Some(list) = body.get_mut("value").and_then(Value::as_array_mut) {
        list.iter_mut().for_each(|one| hide(one, hidden));
    }
    if let Some(item) = body.as_object_mut() {
        item.retain(|name, _| !hidden.iter().any(|one| one.eq_ignore_ascii_case(name)));
    }
}

fn area(method: &Method, below: &[String]) -> (Area, bool) {
    let last = below.last().map_or("", String::as_str);
    // Actions that only read.
    let looks = [
        "getmailtips",
        "getschedule",
        "findmeetingtimes",
        "translateexchangeids",
    ]
    .contains(&last);
    let write = *method != Method::GET && !looks;
    let sends = ["sendmail", "send", "reply", "replyall", "forward"];
    let details = [
        "$value",
        "allowedcalendarsharingroles",
        "attachments",
        "calendarpermissions",
        "extensions",
        "inferenceclassification",
    ];
    let detailed = !write && below.iter().any(|one| details.contains(&one.as_str()));
    match below[0].as_str() {
        "findmeetingtimes" => (Area::MeetingTimes, false),
        "messages" | "sendmail" if write && sends.contains(&last) => (Area::Send, true),
        "getmailtips" => (Area::Tips, false),
        "translateexchangeids" => (Area::Profile, false),
        "outlook"
            if below
                .get(1)
                .is_some_and(|name| name.starts_with("supported")) =>
        {
            (Area::Profile, false)
        }
        "events" | "calendar" | "calendars" | "calendargroups"
            if last == "forward" && *method == Method::POST =>
        {
            (Area::Forward, true)
        }
        "events" | "calendar" | "calendars" | "calendarview" | "calendargroups" if detailed => {
            (Area::CalendarDetails, false)
        }
        "events" | "calendar" | "calendars" | "calendarview" | "calendargroups"
        | "reminderview" => (Area::Calendars, write),
        "contacts" | "contactfolders" => (Area::Contacts, write),
        "people" => (Area::People, write),
        "mailboxsettings" | "outlook" => (Area::Settings, write),
        _ if below.iter().any(|segment| segment == "messagerules") => (Area::Settings, write),
        _ if detailed => (Area::MailDetails, false),
        _ => (Area::Mail, write),
    }
}

fn dispatch(call: &Call<'_>) -> ApiResult {
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
        _ => Err(call.missing()),
    }
}

/// The segments after the first one.
fn below<'a>(call: &'a Call<'_>) -> Vec<&'a str> {
    call.segments.iter().skip(1).map(String::as_str).collect()
}

fn mail(call: &Call<'_>) -> ApiResult {
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
        ["getmailtips"] if call.request.method == Method::POST => mail_tips::handle(call),
        ["mailfolders", rest @ ..] => folders::handle(call, rest),
        ["sendmail"] => send::send_mail(call),
        _ => Err(call.missing()),
    }
}
