//! Access tokens and permissions of API calls.

use axum::http::Method;

use super::errors::{Unauthorized, invalid_token};
use crate::api_error::ApiError;
use crate::directory::places::Room;
use crate::directory::step_up::CONTEXT;
use crate::directory::{Account, Directory, Kind};
use crate::http::Flavor;
use crate::oauth::flow::AccessToken;
use crate::oauth::scopes::{self, GRAPH};
use crate::state::Tenant;

/// The access token of an `Authorization` header.
///
/// # Errors
/// 401 if the token is missing, unknown, expired, revoked or for another audience.
pub(crate) fn token(
    tenant: &Tenant,
    flavor: Flavor,
    authorization: Option<&str>,
) -> Result<AccessToken, ApiError> {
    let now = tenant.clock().unix();
    let refuse = |why, audience: &str| Err(invalid_token(flavor, why, audience, now));
    let bearer = authorization.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let Some(bearer) = bearer else {
        return refuse(Unauthorized::Empty, "");
    };
    let found = tenant.signins().access.get(bearer).cloned();
    let Some(access) = found else {
        return refuse(Unauthorized::Unknown, "");
    };
    if now >= access.expires {
        return refuse(Unauthorized::Expired, "");
    }
    let outlook = scopes::is_outlook(&access.audience);
    if (flavor.is_graph() && access.audience != GRAPH) || (!flavor.is_graph() && !outlook) {
        return refuse(Unauthorized::Audience, &access.audience);
    }
    let revoked = access
        .oid
        .as_ref()
        .and_then(|oid| tenant.signins().revoked.get(oid).copied());
    if access.cp1 && flavor.is_graph() && revoked.is_some_and(|at| access.issued <= at) {
        return refuse(Unauthorized::Claims, "");
    }
    Ok(access)
}

/// Checks the step-up rules. Tokens of client credentials are exempt.
///
/// # Errors
/// A claims challenge, or 403 for clients without the capability `cp1`.
pub(crate) fn check_step_up(
    tenant: &Tenant,
    access: &AccessToken,
    method: &Method,
    below: &[String],
) -> Result<(), ApiError> {
    let person = access.oid.is_some();
    let guarded = tenant
        .step_up()
        .iter()
        .any(|rule| rule.guards(method, below));
    if !guarded || !person || access.contexts.contains(CONTEXT) {
        return Ok(());
    }
    Err(match access.cp1 {
        true => invalid_token(
            Flavor::Graph,
            Unauthorized::StepUp,
            "",
            tenant.clock().unix(),
        ),
        false => ApiError::step_up_required(),
    })
}

/// `/me` with a token of client credentials.
pub(crate) fn no_me() -> ApiError {
    let text = "/me request is only valid with delegated authentication flow.";
    ApiError::new(400, "BadRequest", text)
}

/// The group of permissions that a call needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Area {
    Calendars,
    /// Attachments, extensions and permissions, which `Calendars.ReadBasic` does not show.
    CalendarDetails,
    Contacts,
    /// Forwarding of an event, which Graph allows to those who read.
    Forward,
    Mail,
    /// Attachments, extensions, MIME and the focused inbox, which `Mail.ReadBasic` does not show.
    MailDetails,
    MeetingTimes,
    People,
    /// Facts about Exchange that belong to the profile: languages, time zones, forms of ids.
    Profile,
    Send,
    Settings,
    Tips,
}

/// Whether the permissions of the token allow the call.
pub(crate) fn allowed(access: &AccessToken, area: Area, write: bool, shared: bool) -> bool {
    let names: &[&str] = match (area, write) {
        (Area::Calendars, false) => &[
            "calendars.read",
            "calendars.readwrite",
            "calendars.readbasic",
        ],
        (Area::CalendarDetails | Area::Forward, _) => &["calendars.read", "calendars.readwrite"],
        (Area::MailDetails, _) => &["mail.read", "mail.readwrite"],
        // Only with the permissions for calendars that are shared, also for the own one.
        (Area::MeetingTimes, _) => &["calendars.read.shared", "calendars.readwrite.shared"],
        (Area::Profile, _) => &[
            "user.read",
            "user.readwrite",
            "user.readbasic.all",
            "user.read.all",
            "user.readwrite.all",
        ],
        (Area::Calendars, true) => &["calendars.readwrite"],
        (Area::Contacts, false) => &["contacts.read", "contacts.readwrite"],
        (Area::Contacts, true) => &["contacts.readwrite"],
        (Area::Mail, false) => &["mail.read", "mail.readwrite", "mail.readbasic"],
        (Area::Mail, true) => &["mail.readwrite"],
        (Area::People, _) => &["people.read", "people.read.all"],
        (Area::Send, _) => &["mail.send"],
        (Area::Tips, _) => &["mail.read", "mail.readwrite", "mailtips.readbasic"],
        (Area::Settings, false) => &["mailboxsettings.read", "mailboxsettings.readwrite"],
        (Area::Settings, true) => &["mailboxsettings.readwrite"],
    };
    let application = access.oid.is_none();
    names.iter().any(|name| {
        let with_shared = format!("{name}.shared");
        let plain = access.scopes.contains(*name) && (!shared || application);
        plain || access.scopes.contains(&with_shared)
    })
}

/// The mailbox of a call.
///
/// # Errors
/// The user does not exist, has no mailbox, or the caller has no access to it.
pub(crate) fn mailbox(
    directory: &Directory,
    flavor: Flavor,
    access: &AccessToken,
    whose: Option<&str>,
) -> Result<(u32, &'static Account), ApiError> {
    let caller = access.oid.as_deref().and_then(|oid| directory.find(oid));
    let target = match (whose, caller) {
        (None, Some(caller)) => caller,
        (None, None) => return Err(no_me()),
        (Some(name), _) if Room::find(name).is_some() => return Err(ApiError::not_found()),
        (Some(name), _) => directory
            .find(name)
            .filter(|found| found.in_organisation() || caller == Some(found))
            .ok_or_else(|| {
                ApiError::new(
                    404,
                    "ErrorInvalidUser",
                    format!("The requested user '{name}' is invalid."),
                )
            })?,
    };
    let own = caller.is_none_or(|caller| caller.oid == target.oid);
    let delegate = caller.is_some_and(|caller| target.delegates.contains(&caller.address));
    if caller.is_some_and(|caller| caller.kind == Kind::Guest) {
        return Err(ApiError::no_mailbox(flavor));
    }
    if !own && !delegate {
        return Err(ApiError::denied());
    }
    target
        .mailbox
        .map(|number| (number, target))
        .ok_or_else(|| ApiError::no_mailbox(flavor))
}

/// The properties that a token with a basic permission alone does not see.
pub(crate) fn hidden(access: &AccessToken, area: Area, shared: bool) -> &'static [&'static str] {
    let (details, names): (Area, &[&str]) = match area {
        Area::Mail => (
            Area::MailDetails,
            &[
                "body",
                "bodyPreview",
                "uniqueBody",
                "attachments",
                "extensions",
                "internetMessageHeaders",
                "singleValueExtendedProperties",
                "multiValueExtendedProperties",
            ],
        ),
        Area::Calendars => (
            Area::CalendarDetails,
            &[
                "body",
                "bodyPreview",
                "attachments",
                "extensions",
                "singleValueExtendedProperties",
                "multiValueExtendedProperties",
            ],
        ),
        _ => return &[],
    };
    match allowed(access, details, false, shared) {
        true => &[],
        false => names,
    }
}
