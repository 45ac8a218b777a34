//! The judge of the token endpoint's answers (RFC 6749 §5, and what Entra adds to it).
//!
//! The class follows from `error` and `suberror`; AADSTS numbers add cause and remedy. The
//! service's own sentences go no further than here: they may hold addresses and markup.

use crate::aadsts::{self, Class};
use crate::error::{Code, Error};
use crate::retry;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// Longest `claims` that is passed on, in bytes.
pub const MAX_CLAIMS: usize = 8 * 1024;

/// What an HTTP answer has beside its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Retry-After`.
    pub retry_after: Option<&'a str>,
}

/// A grant: tokens and what goes with them. Never printed.
pub struct Tokens {
    /// For the API; opaque.
    pub access_token: String,
    /// Seconds from now.
    pub expires_in: u32,
    /// What was granted.
    pub scopes: Vec<String>,
    /// Replaces the one before; absent where `offline_access` was not granted.
    pub refresh_token: Option<String>,
    /// Who it is; absent on most renewals.
    pub id_token: Option<String>,
}

/// A refusal, and what it means for the session.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What the page learns.
    pub error: Error,
    /// The refresh token is of no use any more: the session ends.
    pub ends_session: bool,
}

impl Refusal {
    /// A refusal that leaves the session as it is.
    #[must_use]
    pub const fn passing(error: Error) -> Self {
        Self {
            error,
            ends_session: false,
        }
    }
}

/// Judges an answer; `now` is in seconds since 1970 (for `Retry-After` dates).
///
/// # Errors
/// The service's refusal; [`Code::InvalidResponse`], [`Code::ServiceUnavailable`] or
/// [`Code::Throttled`] where the answer is none of the protocol.
pub fn judge(head: Head<'_>, body: &str, now: u64) -> Result<Tokens, Refusal> {
    let json = is_json(head.content_type);
    if head.status == 200 {
        let granted = json.then(|| serde_json::from_str::<Granted>(body).ok());
        return granted.flatten().and_then(Granted::tokens).ok_or_else(|| {
            Refusal::passing(Error::new(
                Code::InvalidResponse,
                "the sign-in service answered with something that is no token reply",
            ))
        });
    }
    let refused = json.then(|| serde_json::from_str::<Refused>(body).ok());
    Err(refuse(head, &refused.flatten().unwrap_or_default(), now))
}

/// `application/json`, with or without parameters.
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Numbers come as numbers (v2) or as text (v1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Number(pub u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or one in quotes")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                if value.is_finite() && (0.0..1e15).contains(&value) {
                    Ok(Number(value as u64))
                } else {
                    Err(E::custom("out of range"))
                }
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Number, E> {
                value.trim().parse().map(Number).map_err(E::custom)
            }
        }
        from.deserialize_any(Either)
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    expires_in: Option<Number>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    id_token: Option<String>,
}

impl Granted {
    /// Without an `expires_in` the token is good for this one use.
    fn tokens(self) -> Option<Tokens> {
        let fits =
            |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !self.token_type.eq_ignore_ascii_case("bearer") || !fits(&self.access_token) {
            return None;
        }
        let scopes = self.scope.unwrap_or_default();
        Some(Tokens {
            access_token: self.access_token,
            expires_in: self
                .expires_in
                .map_or(0, |seconds| u32::try_from(seconds.0).unwrap_or(u32::MAX)),
            scopes: scopes.split_ascii_whitespace().map(String::from).collect(),
            refresh_token: self.refresh_token.filter(|token| !token.is_empty()),
            id_token: self.id_token,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
    error_codes: Vec<Number>,
    suberror: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
    claims: Option<String>,
}

/// `suberror`s that want the user once more, and leave the refresh token alive.
const STEPS: [&str; 6] = [
    "additional_action",
    "basic_action",
    "consent_required",
    "message_only",
    "protection_policy_required",
    "user_password_expired",
];

fn refuse(head: Head<'_>, refused: &Refused, now: u64) -> Refusal {
    let listed: Vec<u32> = refused
        .error_codes
        .iter()
        .filter_map(|number| u32::try_from(number.0).ok())
        .collect();
    let numbers = aadsts::numbers(&listed, &refused.error_description);
    let suberror = refused.suberror.as_deref().filter(|name| is_name(name));
    let code = classify(
        head.status,
        &refused.error,
        suberror.unwrap_or_default(),
        &numbers,
    );
    let known = numbers.first().and_then(|number| aadsts::lookup(*number));
    let mut error = Error::new(
        code,
        known.map_or_else(|| sentence(code), |entry| entry.cause),
    );
    let detail = error.detail_mut();
    detail.remedy = known.map(|entry| entry.remedy.into());
    detail.suberror = suberror.map(String::from);
    detail.trace_id = refused.trace_id.clone().filter(|id| is_guid(id));
    detail.correlation_id = refused.correlation_id.clone().filter(|id| is_guid(id));
    detail.claims = refused.claims.clone().filter(|claims| is_claims(claims));
    detail.retry_after_seconds = head.retry_after.and_then(|text| retry::after(text, now));
    let dead = refused.error == "invalid_grant" && code == Code::InteractionRequired;
    let ends_session = dead
        && !suberror.is_some_and(|name| STEPS.contains(&name))
        && !numbers.contains(&aadsts::LOOP);
    detail.aadsts = numbers;
    Refusal {
        error,
        ends_session,
    }
}

fn classify(status: u16, error: &str, suberror: &str, numbers: &[u32]) -> Code {
    let class = |wanted: Class| {
        let classes = numbers.iter().filter_map(|number| aadsts::lookup(*number));
        classes.into_iter().any(|entry| entry.class == wanted)
    };
    if status == 429 {
        return Code::Throttled;
    }
    match error {
        "invalid_grant" | "interaction_required" | "consent_required"
            if class(Class::AdminConsent) =>
        {
            Code::AdminConsentRequired
        }
        "consent_required" => Code::ConsentRequired,
        "invalid_grant" | "interaction_required"
            if suberror == "consent_required" || numbers.contains(&65_001) =>
        {
            Code::ConsentRequired
        }
        "invalid_grant" | "interaction_required" | "login_required" | "bad_token" => {
            Code::InteractionRequired
        }
        "invalid_client"
        | "invalid_request"
        | "invalid_resource"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_grant_type" => Code::Misconfigured,
        "access_denied" => Code::AccessDenied,
        "temporarily_unavailable" | "server_error" => Code::ServiceUnavailable,
        _ if status >= 500 => Code::ServiceUnavailable,
        _ => Code::InvalidResponse,
    }
}

/// What is said where no number tells more.
const fn sentence(code: Code) -> &'static str {
    match code {
        Code::AccessDenied => "the sign-in service denied the access",
        Code::AdminConsentRequired => "an administrator has to grant these permissions",
        Code::ConsentRequired => "the user has to grant these permissions",
        Code::InteractionRequired => "the sign-in service wants the user to sign in again",
        Code::Misconfigured => "the sign-in service refuses the application or its request",
        Code::Throttled => "the sign-in service is asked too often",
        Code::ServiceUnavailable => "the sign-in service has trouble",
        _ => "the sign-in service answered with something that is no token reply",
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// A JSON object of a size that may travel.
#[must_use]
pub fn is_claims(text: &str) -> bool {
    text.len() <= MAX_CLAIMS && crate::challenge::is_json_object(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    const JSON: &str = "application/json; charset=utf-8";

    fn at(status: u16, content_type: &str, body: &str) -> Result<Tokens, Refusal> {
        let head = Head {
            status,
            content_type,
            retry_after: None,
        };
        judge(head, body, 0)
    }

    #[test]
    fn v1_numbers_are_texts_and_v2_numbers_are_numbers() {
        for expires in ["3599", "\"3599\"", "3599.0"] {
            let body = format!(
                r#"{{"token_type":"Bearer","access_token":"a.b","expires_in":{expires},"scope":"Mail.Read User.Read","refresh_token":"r","unknown":1}}"#
            );
            let tokens = at(200, JSON, &body).ok().unwrap();
            assert_eq!(tokens.expires_in, 3599, "{expires}");
            assert_eq!(tokens.scopes, ["Mail.Read", "User.Read"]);
            assert_eq!(tokens.refresh_token.as_deref(), Some("r"));
        }
    }

    #[test]
    fn e37_what_is_no_token_reply_is_none() {
        let good = r#"{"token_type":"Bearer","access_token":"a","expires_in":1}"#;
        for (name, status, kind, body, wanted) in [
            (
                "html with 200",
                200,
                "text/html",
                "<html>",
                Code::InvalidResponse,
            ),
            (
                "json as html",
                200,
                "text/html",
                good,
                Code::InvalidResponse,
            ),
            (
                "half",
                200,
                JSON,
                r#"{"token_type":"Bea"#,
                Code::InvalidResponse,
            ),
            (
                "another type",
                200,
                JSON,
                r#"{"token_type":"mac","access_token":"a"}"#,
                Code::InvalidResponse,
            ),
            (
                "line break in the token",
                200,
                JSON,
                r#"{"token_type":"Bearer","access_token":"a\r\nb"}"#,
                Code::InvalidResponse,
            ),
            ("redirect", 302, "text/html", "", Code::InvalidResponse),
            ("500", 500, "text/plain", "oops", Code::ServiceUnavailable),
            (
                "503 with json",
                503,
                JSON,
                r#"{"error":"temporarily_unavailable"}"#,
                Code::ServiceUnavailable,
            ),
            (
                "plain 429",
                429,
                "text/plain",
                "Too many requests",
                Code::Throttled,
            ),
            ("404", 404, "text/html", "<html>", Code::InvalidResponse),
        ] {
            let refusal = at(status, kind, body).err().unwrap();
            assert_eq!(refusal.error.code, wanted, "{name}");
            assert!(!refusal.ends_session, "{name}");
        }
    }

    #[test]
    fn e33_the_class_follows_error_and_suberror() {
        for (error, suberror, number, wanted, ends) in [
            (
                "invalid_grant",
                "",
                700_082,
                Code::InteractionRequired,
                true,
            ),
            (
                "invalid_grant",
                "bad_token",
                50_173,
                Code::InteractionRequired,
                true,
            ),
            ("invalid_grant", "", 0, Code::InteractionRequired, true),
            (
                "invalid_grant",
                "",
                aadsts::LOOP,
                Code::InteractionRequired,
                false,
            ),
            (
                "invalid_grant",
                "basic_action",
                50_076,
                Code::InteractionRequired,
                false,
            ),
            (
                "invalid_grant",
                "consent_required",
                65_001,
                Code::ConsentRequired,
                false,
            ),
            ("invalid_grant", "", 65_001, Code::ConsentRequired, false),
            (
                "invalid_grant",
                "",
                90_094,
                Code::AdminConsentRequired,
                false,
            ),
            (
                "interaction_required",
                "",
                50_076,
                Code::InteractionRequired,
                false,
            ),
            ("invalid_client", "", 7_000_222, Code::Misconfigured, false),
            (
                "unauthorized_client",
                "",
                700_016,
                Code::Misconfigured,
                false,
            ),
            (
                "temporarily_unavailable",
                "",
                90_055,
                Code::ServiceUnavailable,
                false,
            ),
            ("what", "", 0, Code::InvalidResponse, false),
        ] {
            let body = format!(
                r#"{{"error":"{error}","suberror":"{suberror}","error_codes":[{number}],"error_description":"AADSTS{number}: adele@contoso.example"}}"#
            );
            let refusal = at(400, JSON, &body).err().unwrap();
            assert_eq!(refusal.error.code, wanted, "{error} {suberror} {number}");
            assert_eq!(refusal.ends_session, ends, "{error} {suberror} {number}");
            assert!(
                !format!("{refusal:?}").contains("adele"),
                "E47 the service's text stays here"
            );
        }
    }

    #[test]
    fn e47_only_structured_fields_of_the_right_shape_pass() {
        let body = r#"{"error":"interaction_required","suberror":"<b>","trace_id":"x\r\ny","correlation_id":"aaaa0000-bb11-2222-33cc-444444dddddd","claims":"{\"access_token\":{}}","error_codes":["50076"]}"#;
        let detail = *at(400, JSON, body)
            .err()
            .unwrap()
            .error
            .detail
            .clone()
            .unwrap();
        assert_eq!((detail.suberror, detail.trace_id), (None, None));
        assert_eq!(
            detail.correlation_id.as_deref(),
            Some("aaaa0000-bb11-2222-33cc-444444dddddd")
        );
        assert_eq!(detail.claims.as_deref(), Some(r#"{"access_token":{}}"#));
        assert_eq!(detail.aadsts, [50_076]);
    }

    #[test]
    fn the_wait_of_a_plain_429_is_kept() {
        let head = Head {
            status: 429,
            content_type: "text/plain",
            retry_after: Some("60"),
        };
        let error = judge(head, "Too many requests", 0).err().unwrap().error;
        assert_eq!(error.detail.clone().unwrap().retry_after_seconds, Some(60));
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(status in 100_u16..600, body in "\\PC{0,200}") {
            let _ = at(status, JSON, &body);
        }
    }
}
