//! Judges authorization responses (RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4.7).
//!
//! `state` is compared before anything else is read, so that a forged response chooses neither the code nor the error
//! that the page shows. Unknown parameters are ignored.

use crate::error::{Code, Error};
use crate::scan;
use crate::signin::{AuthorizationRequest, POPUP, SignInRecord, is_own_state};
use crate::text::{form_decode, same};
use crate::wire::Identity;
use alloc::string::String;
use alloc::vec::Vec;

const NAMES: [&str; 10] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_subcode",
    "iss",
    "session_state",
    "admin_consent",
    "tenant",
    "scope",
];

/// The parameters of a redirect that concern a sign-in, from query and fragment together.
/// It holds the code, so it is never printed.
#[derive(Default)]
pub struct AuthorizationResponse {
    fields: Vec<(&'static str, String)>,
    /// Whether a parameter came more than once.
    has_duplicate: bool,
}

/// The parameters of a response that was accepted. Only [`AuthorizationRequest::finish`] makes one.
pub struct AuthorizationGrant {
    /// The authorization code; empty where an administrator consented.
    pub code: String,
    /// The tenant for which an administrator consented. Nobody has vouched for it: it is for people to read, and grants
    /// nothing.
    pub tenant: String,
    /// The permissions that an administrator consented to, with spaces between; likewise.
    pub scope: String,
    /// The issuer that the response named. The endpoint knows whether it has to name one.
    pub iss: Option<String>,
}

impl AuthorizationResponse {
    /// Reads `location.search` and `location.hash`, with or without their first character.
    #[must_use]
    pub fn read(query: &str, fragment: &str) -> Self {
        let mut response = Self::default();
        response.read_parameters(scan::trim_start(query, b"?"));
        response.read_parameters(scan::trim_start(fragment, b"#"));
        response
    }

    fn read_parameters(&mut self, text: &str) {
        for pair in scan::split(text, b'&') {
            let (name, value) = scan::split_once(pair, "=").unwrap_or((pair, ""));
            let name = form_decode(name);
            if let Some(known) = NAMES.iter().find(|known| **known == name) {
                self.has_duplicate |= self.get(known).is_some();
                self.fields.push((known, form_decode(value)));
            }
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.0 == name);
        field.map(|field| field.1.as_str())
    }

    /// The `state`, where there is one; of several, one of this package's.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        let own = |field: &&(&str, String)| field.0 == "state" && is_own_state(&field.1);
        match self.fields.iter().find(own) {
            Some(field) => Some(&field.1),
            None => self.get("state"),
        }
    }

    /// Whether the response is to a sign-in of this package. Everything else belongs to the page: another library's
    /// response, or parameters of its own.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.state().is_some_and(is_own_state)
    }

    /// Whether the response is for the window that opened this one; see [`POPUP`].
    #[must_use]
    pub fn is_for_opener(&self) -> bool {
        self.state().is_some_and(|state| state.ends_with(POPUP))
    }

    /// The error for a response that belongs to no sign-in of this tab.
    #[must_use]
    pub fn unexpected() -> Error {
        Error::new(
            Code::StateMismatch,
            "this answer belongs to no sign-in of this tab",
        )
    }
}

impl SignInRecord {
    /// As [`AuthorizationRequest::finish`]. Where only an administrator can consent, the error has the URL of that consent.
    ///
    /// # Errors
    /// The same.
    pub fn finish(
        &self,
        response: &AuthorizationResponse,
        arrived_at: &str,
        now: u64,
    ) -> Result<AuthorizationGrant, Error> {
        self.request
            .finish(response, arrived_at, now)
            .map_err(|mut error| {
                if error.code == Code::AdminConsentRequired {
                    let pieces = [
                        &self.config.authority,
                        "/adminconsent?client_id=",
                        &self.config.client_id,
                    ];
                    error.detail_mut().consent_url = Some(scan::concat(&pieces));
                }
                error
            })
    }
}

impl AuthorizationRequest {
    /// Judges the response. `now` is in seconds since 1970; `arrived_at` is the page's URL without query and fragment.
    ///
    /// # Errors
    /// [`Code::StateMismatch`] before all others; then [`Code::InvalidCallback`], [`Code::StateExpired`],
    /// [`Code::IssuerMismatch`], or the class of the service's own error.
    pub fn finish(
        &self,
        response: &AuthorizationResponse,
        arrived_at: &str,
        now: u64,
    ) -> Result<AuthorizationGrant, Error> {
        let state = response.state();
        if !state.is_some_and(|state| same(state, &self.state)) {
            return Err(AuthorizationResponse::unexpected());
        }
        let late =
            now.saturating_sub(self.created) > self.lifetime || now + self.lifetime < self.created;
        let code = response.get("code").unwrap_or_default();
        let (class, wrong) = if response.has_duplicate {
            (Code::InvalidCallback, "the answer has a field twice")
        } else if arrived_at != self.redirect_uri {
            (
                Code::InvalidCallback,
                "the answer arrived at another address than the redirect URI",
            )
        } else if late {
            (
                Code::StateExpired,
                "the sign-in took longer than signInMinutes",
            )
        } else if response
            .get("iss")
            .is_some_and(|issuer| !self.may_issue(issuer))
        {
            (
                Code::IssuerMismatch,
                "the answer comes from another sign-in service",
            )
        } else if let Some(error) = response.get("error") {
            return Err(refusal(error, response));
        } else if code.is_empty() != self.consent
            || self.consent && response.get("admin_consent").is_none()
        {
            (
                Code::InvalidCallback,
                "the answer is not the one to this question",
            )
        } else {
            let field = |name: &str| response.get(name).unwrap_or_default().into();
            return Ok(AuthorizationGrant {
                code: code.into(),
                tenant: field("tenant"),
                scope: field("scope"),
                iss: response.get("iss").map(String::from),
            });
        };
        Err(Error::new(class, wrong))
    }

    /// Whether `issuer` belongs to the authority that was asked. An authority for several tenants may answer for each.
    fn may_issue(&self, issuer: &str) -> bool {
        let Some((login, tenant)) = scan::rsplit_once(&self.authority, b"/") else {
            return false;
        };
        let tail = if self.identity == Identity::V1 {
            "/"
        } else {
            "/v2.0"
        };
        let own = issuer
            .strip_prefix(login)
            .and_then(|rest| rest.strip_prefix("/"));
        let legacy = || {
            issuer
                .strip_prefix("https://sts.windows.net/")
                .filter(|_| self.identity == Identity::V1)
        };
        let Some(named) = own.or_else(legacy).and_then(|rest| rest.strip_suffix(tail)) else {
            return false;
        };
        let is_guid = |text: &str| {
            let hex = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
            text.len() == 36 && text.as_bytes().iter().all(hex)
        };
        named == tenant || is_guid(named) && !is_guid(tenant)
    }
}

/// The codes of `error` values (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6); of any other it is
/// [`Code::AccessDenied`].
const CODES: &[(&str, Code)] = &[
    ("account_selection_required", Code::InteractionRequired),
    ("consent_required", Code::ConsentRequired),
    ("interaction_required", Code::InteractionRequired),
    ("invalid_client", Code::Misconfigured),
    ("invalid_request", Code::Misconfigured),
    ("invalid_resource", Code::Misconfigured),
    ("invalid_scope", Code::Misconfigured),
    ("login_required", Code::InteractionRequired),
    ("server_error", Code::ServiceUnavailable),
    ("temporarily_unavailable", Code::ServiceUnavailable),
    ("unauthorized_client", Code::Misconfigured),
    ("unsupported_response_type", Code::Misconfigured),
];

/// The error that a response reports, by `error` and `error_subcode`. AADSTS numbers matter for consent alone.
fn refusal(error: &str, response: &AuthorizationResponse) -> Error {
    let description = response.get("error_description").unwrap_or_default();
    let numbers = aadsts_numbers(description);
    let admin = numbers.iter().any(|number| matches!(number, 90093..=90095));
    let code = if response.get("error_subcode") == Some("cancel") {
        Code::Cancelled
    } else if admin {
        Code::AdminConsentRequired
    } else {
        let known = CODES.iter().find(|known| known.0 == error);
        known.map_or(Code::AccessDenied, |known| known.1)
    };
    let said = scan::before(description, b"\r\n");
    let mut result = if said.is_empty() {
        Error::new(code, "the sign-in service refused")
    } else {
        Error::with(code, scan::truncate(said, 300).into())
    };
    result.detail_mut().aadsts = numbers;
    result
}

/// The numbers that follow `AADSTS` in a description, in order, each once.
#[must_use]
pub fn aadsts_numbers(text: &str) -> Vec<u32> {
    let (mut numbers, mut rest) = (Vec::new(), text);
    while let Some((_, behind)) = scan::split_once(rest, "AADSTS") {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(number) = behind.get(..digits).and_then(scan::number)
            && numbers.iter().all(|known| *known != number)
        {
            numbers.push(number);
        }
        rest = behind;
    }
    numbers
}

#[cfg(test)]
#[path = "tests/authorization_response.rs"]
mod tests;
