//! Which options there are for what, and what the value of each has to be.

use super::Key;
use crate::json::Json;
use crate::scan;
use alloc::string::String;

/// Longest time-out that is taken, in milliseconds (one hour).
const MAX_TIMEOUT: u32 = 3_600_000;

/// What a value has to be.
pub(super) enum Kind {
    /// Crosses as itself, beside the text, or is the face's.
    Any,
    Cloud,
    /// A text, or a list of texts.
    Names,
    OneOf(&'static [&'static str]),
    /// An object of texts.
    Pairs,
    /// One path segment of plain characters.
    Tenant,
    Text,
    Texts,
    Timeout,
    Truth,
    Whole,
    Zone,
}

/// The options that there are in one place, and what each has to be.
pub(super) type Known = [(Key, Kind)];

/// Keys of a call. Which of them a call takes, it says itself.
pub(super) const CALL: &Known = &[
    (Key::As, Kind::OneOf(&["json", "text", "blob", "response"])),
    (Key::Bare, Kind::Truth),
    (Key::Changes, Kind::Truth),
    (Key::Count, Kind::Truth),
    (Key::Expand, Kind::Names),
    (Key::Filter, Kind::Text),
    (Key::Headers, Kind::Pairs),
    (Key::IfMatch, Kind::Text),
    (Key::OrderBy, Kind::Names),
    (Key::PageSize, Kind::Whole),
    (Key::Query, Kind::Pairs),
    (Key::Search, Kind::Text),
    (Key::Select, Kind::Texts),
    (Key::Signal, Kind::Any),
    (Key::Skip, Kind::Whole),
    (Key::TimeZone, Kind::Zone),
    (Key::Timeout, Kind::Timeout),
    (Key::Top, Kind::Whole),
];

/// Keys of `ClientConfig`; defaults are in `index.d.ts`.
pub(super) const SETUP: &Known = &[
    (Key::AllowInsecureLoopback, Kind::Truth),
    (
        Key::Api,
        Kind::OneOf(&["graph", "outlook-v2", "outlook-v1"]),
    ),
    (Key::Batching, Kind::OneOf(&["auto", "off"])),
    (Key::BodyType, Kind::OneOf(&["html", "text"])),
    (Key::ClientId, Kind::Text),
    (Key::Cloud, Kind::Cloud),
    (Key::Concurrency, Kind::Whole),
    (Key::Endpoint, Kind::Text),
    (Key::Identity, Kind::OneOf(&["v2", "v1"])),
    (Key::ImmutableIds, Kind::Truth),
    (Key::KeepDiagnostics, Kind::Truth),
    (Key::Mode, Kind::OneOf(&["direct", "proxy"])),
    (Key::RedirectUri, Kind::Text),
    (Key::Retries, Kind::Whole),
    (Key::Scopes, Kind::Texts),
    (Key::Tenant, Kind::Tenant),
    (Key::TimeZone, Kind::Zone),
    (Key::Timeout, Kind::Timeout),
];

/// Keys of `SignInOptions`.
pub(super) const SIGN_IN: &Known = &[
    (Key::AdminConsent, Kind::Truth),
    (Key::Claims, Kind::Text),
    (Key::DomainHint, Kind::Text),
    (Key::Extra, Kind::Pairs),
    (Key::LoginHint, Kind::Text),
    (Key::Mode, Kind::OneOf(&["redirect", "popup"])),
    (Key::Prompt, Kind::Text),
    (Key::ReturnTo, Kind::Text),
    (Key::Scopes, Kind::Texts),
    (Key::Signal, Kind::Any),
];

/// Keys of `TokenRequest`.
pub(super) const TOKEN: &Known = &[
    (Key::Claims, Kind::Text),
    (Key::ForceRefresh, Kind::Truth),
    (Key::Resource, Kind::Text),
    (Key::Scopes, Kind::Texts),
    (Key::Signal, Kind::Any),
];

impl Kind {
    /// Whether `value` is one. Apart from [`Kind::wanted`]: inlined into one loop, the two would be twice the code.
    #[inline(never)]
    pub(super) fn holds(&self, value: &Json) -> bool {
        let text = value.str();
        match self {
            Self::Any => true,
            Self::Cloud => text.is_some() || value.has_texts(&["login", "api"]),
            Self::Names => text.is_some() || value.is_texts(),
            Self::OneOf(names) => text.is_some_and(|text| names.contains(&text)),
            Self::Pairs => match value {
                Json::Object(members) => members.iter().all(|member| member.1.str().is_some()),
                _ => false,
            },
            Self::Tenant => {
                text.is_some_and(|text| !text.is_empty() && scan::is_plain(text, b"-."))
            }
            Self::Text => text.is_some(),
            Self::Texts => value.is_texts(),
            Self::Timeout => value
                .number()
                .is_some_and(|number| (1..=MAX_TIMEOUT).contains(&number)),
            Self::Truth => matches!(value, Json::Bool(_)),
            Self::Whole => value.number().is_some(),
            Self::Zone => text.is_some_and(is_time_zone),
        }
    }

    /// What it should have been.
    #[inline(never)]
    pub(super) fn wanted(&self) -> String {
        let kind = match self {
            Self::Any => "",
            Self::Cloud => "the name of a cloud, or { login, api }",
            Self::Names => "a text, or a list of texts",
            Self::OneOf(names) => return scan::concat(&["one of ", &scan::join(names, ", ")]),
            Self::Pairs => "an object of texts",
            Self::Tenant => "a tenant id, a domain, organizations, common or consumers",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Timeout => "in milliseconds, 1 to 3600000",
            Self::Truth => "true or false",
            Self::Whole => "a whole number that is not negative",
            Self::Zone => "an IANA or Windows name, such as Europe/Berlin",
        };
        kind.into()
    }
}

/// Whether `zone` can be the name of a time zone: it travels inside a quoted header value.
fn is_time_zone(zone: &str) -> bool {
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
