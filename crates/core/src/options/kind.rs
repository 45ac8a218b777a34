//! The options that each place takes, and what the value of each has to be.

use super::key::Key;
use crate::json::Json;
use crate::scan;
use alloc::string::String;

/// Up to an hour.
const TIMEOUT: Kind = Kind::Within(3_600_000, "in milliseconds, 1 to 3600000");

/// What a value has to be.
pub(super) enum Kind {
    /// Not checked: an object that does not cross in the text, or an option of the face alone.
    Any,
    Cloud,
    /// A text, or a list of texts.
    TextOrTexts,
    OneOf(&'static [&'static str]),
    /// An object of texts.
    TextMap,
    /// One path segment of plain characters.
    Tenant,
    /// A text that is not empty.
    SomeText,
    Text,
    Texts,
    Boolean,
    /// An integer that is not negative.
    Integer,
    TimeZone,
    /// A number from 1 to this one, and how that is said.
    Within(u32, &'static str),
}

/// The options of one place, and what the value of each has to be.
pub(super) type Known = [(Key, Kind)];

/// Options of all calls. Each call says which of them it takes.
pub(super) const CALL: &Known = &[
    (Key::As, Kind::OneOf(&["json", "text", "blob", "response"])),
    (Key::Bare, Kind::Boolean),
    (Key::Changes, Kind::Boolean),
    (Key::Count, Kind::Boolean),
    (Key::Expand, Kind::TextOrTexts),
    (Key::Filter, Kind::Text),
    (Key::Headers, Kind::TextMap),
    (Key::IfMatch, Kind::SomeText),
    (Key::OrderBy, Kind::TextOrTexts),
    (Key::PageSize, Kind::Integer),
    (Key::Query, Kind::TextMap),
    (Key::Search, Kind::Text),
    (Key::Select, Kind::Texts),
    (Key::Signal, Kind::Any),
    (Key::Skip, Kind::Integer),
    (Key::TimeZone, Kind::TimeZone),
    (Key::Timeout, TIMEOUT),
    (Key::Top, Kind::Integer),
];

/// Options of `createClient` (`ClientConfig`). The defaults are in `types.ts`.
pub(super) const CLIENT: &Known = &[
    (Key::AllowInsecureLoopback, Kind::Boolean),
    (
        Key::Api,
        Kind::OneOf(&["graph", "outlook-v2", "outlook-v1"]),
    ),
    (Key::Batching, Kind::OneOf(&["auto", "off"])),
    (Key::BodyType, Kind::OneOf(&["html", "text"])),
    (Key::ClientId, Kind::Text),
    (Key::Cloud, Kind::Cloud),
    (Key::Concurrency, Kind::Integer),
    (Key::Endpoint, Kind::Text),
    (Key::Identity, Kind::OneOf(&["v2", "v1"])),
    (Key::ImmutableIds, Kind::Boolean),
    (Key::KeepDiagnostics, Kind::Boolean),
    (Key::Mode, Kind::OneOf(&["direct", "proxy"])),
    (Key::RedirectUri, Kind::Text),
    (Key::Retries, Kind::Integer),
    (Key::Scopes, Kind::Texts),
    (Key::SignInMinutes, Kind::Within(60, "in minutes, 1 to 60")),
    (Key::Tenant, Kind::Tenant),
    (Key::TimeZone, Kind::TimeZone),
    (Key::Timeout, TIMEOUT),
];

/// Options of a sign-in (`SignInOptions`).
pub(super) const SIGN_IN: &Known = &[
    (Key::AdminConsent, Kind::Boolean),
    (Key::Claims, Kind::Text),
    (Key::DomainHint, Kind::Text),
    (Key::Extra, Kind::TextMap),
    (Key::LoginHint, Kind::Text),
    (Key::Mode, Kind::OneOf(&["redirect", "popup"])),
    (Key::Prompt, Kind::Text),
    (Key::ReturnTo, Kind::Text),
    (Key::SameAccount, Kind::Boolean),
    (Key::Scopes, Kind::Texts),
    (Key::Signal, Kind::Any),
];

/// Options of `getToken` (`TokenRequest`).
pub(super) const TOKEN: &Known = &[
    (Key::Claims, Kind::Text),
    (Key::ForceRefresh, Kind::Boolean),
    (Key::Resource, Kind::Text),
    (Key::Scopes, Kind::Texts),
    (Key::Signal, Kind::Any),
];

impl Kind {
    /// Whether `value` is of this kind. Never inlined: in one loop with [`Kind::wanted`] it would be twice the code.
    #[inline(never)]
    pub(super) fn holds(&self, value: &Json) -> bool {
        let text = value.str();
        match self {
            Self::Any => true,
            Self::Cloud => text.is_some() || value.has_texts(&["login", "api"]),
            Self::TextOrTexts => text.is_some() || value.is_texts(),
            Self::OneOf(names) => text.is_some_and(|text| names.contains(&text)),
            Self::TextMap => match value {
                Json::Object(members) => members.iter().all(|member| member.1.str().is_some()),
                _ => false,
            },
            Self::Tenant => {
                text.is_some_and(|text| !text.is_empty() && scan::is_plain(text, b"-."))
            }
            Self::SomeText => text.is_some_and(|text| !scan::trim(text).is_empty()),
            Self::Text => text.is_some(),
            Self::Texts => value.is_texts(),
            Self::Within(most, _) => value
                .number()
                .is_some_and(|number| (1..=*most).contains(&number)),
            Self::Boolean => matches!(value, Json::Bool(_)),
            Self::Integer => value.number().is_some(),
            Self::TimeZone => text.is_some_and(is_time_zone),
        }
    }

    /// The description of this kind, for messages.
    #[inline(never)]
    pub(super) fn wanted(&self) -> String {
        let kind = match self {
            Self::Any => "",
            Self::Cloud => "the name of a cloud, or { login, api }",
            Self::TextOrTexts => "a text, or a list of texts",
            Self::OneOf(names) => return scan::concat(&["one of ", &scan::join(names, ", ")]),
            Self::TextMap => "an object of texts",
            Self::Tenant => "a tenant id, a domain, organizations, common or consumers",
            Self::SomeText => "a text that is not empty",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Within(_, said) => said,
            Self::Boolean => "true or false",
            Self::Integer => "a whole number that is not negative",
            Self::TimeZone => "an IANA or Windows name, such as Europe/Berlin",
        };
        kind.into()
    }
}

/// Whether `zone` can be the name of a time zone, and is safe inside a quoted header value.
#[must_use]
pub fn is_time_zone(zone: &str) -> bool {
    !zone.is_empty() && zone.len() <= 64 && scan::is_plain(zone, b" /_+-.()")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_names_cannot_break_out_of_the_header() {
        for good in [
            "Europe/Berlin",
            "W. Europe Standard Time",
            "Etc/GMT+3",
            "UTC",
            "America/Port-au-Prince",
        ] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in ["", "a\"b", "a\r\nb", "é"] {
            assert!(!is_time_zone(bad), "{bad}");
        }
    }
}
