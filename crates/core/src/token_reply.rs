//! Reads the answers of the token endpoint (RFC 6749 §5, and what Entra adds to it).
//!
//! The code follows from `error` and `suberror`; AADSTS numbers add cause and remedy. The service's own sentences are not
//! passed on: they may hold addresses and markup.

use crate::aadsts::{self, Class};
use crate::error::{Code, Error};
use crate::retry;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// The longest `claims` that is passed on, in bytes.
pub const MAX_CLAIMS: usize = 8 * 1024;

/// Status and headers of an HTTP response.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Retry-After`.
    pub retry_after: Option<&'a str>,
}

/// A token response: tokens and what goes with them. It is never printed.
pub struct Tokens {
    /// For the API; opaque.
    pub access_token: String,
    /// Seconds from now.
    pub expires_in: u32,
    /// What was granted.
    pub scopes: Vec<String>,
    /// Replaces the refresh token that was used; absent where `offline_access` was not granted.
    pub refresh_token: Option<String>,
    /// The ID token; absent on most renewals.
    pub id_token: Option<String>,
}

/// A refusal, and what it means for the session.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What the page learns.
    pub error: Error,
    /// Whether the refresh token is not valid any more, so that the session ends.
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

/// Reads an answer. `now` is in seconds since 1970, for dates in `Retry-After`.
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
    /// Without `expires_in`, the token counts as expired after one use.
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

/// The message where no AADSTS number says more.
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

/// Whether `text` is a JSON object that is not too long to be passed on.
#[must_use]
pub fn is_claims(text: &str) -> bool {
    text.len() <= MAX_CLAIMS && crate::challenge::is_json_object(text)
}

#[cfg(test)]
#[path = "tests/token_reply.rs"]
mod tests;
