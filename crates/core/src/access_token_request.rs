//! The request of a page for an access token.

use crate::error::Error;
use crate::json::Writer;
use crate::options::{Key, Options};
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

/// Which access token is wanted: where nothing is said, one for the configured API.
#[derive(Debug, Default, PartialEq)]
pub struct AccessTokenRequest(Options);

impl AccessTokenRequest {
    /// Reads the options of `getToken`.
    ///
    /// # Errors
    /// [`crate::error::Code::InvalidArgument`].
    pub fn read(text: &str) -> Result<Self, Error> {
        Ok(Self(Options::token(text)?))
    }

    /// For the configured API, with the claims of a challenge.
    #[must_use]
    pub fn with_claims(claims: &str) -> Self {
        Self(Options::of_text(Key::Claims, claims))
    }

    /// v2 of the sign-in endpoints: permissions of one API.
    #[must_use]
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.0.texts(Key::Scopes)
    }

    /// v1 of the sign-in endpoints: the API.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.text(Key::Resource)
    }

    /// Claims of a challenge, as JSON text.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.0.text(Key::Claims)
    }

    /// Whether a token that is cached already must not be given.
    #[must_use]
    pub fn force_refresh(&self) -> bool {
        self.0.flag(Key::ForceRefresh, false)
    }

    /// The key in the cache of tokens: permissions and API.
    #[must_use]
    pub fn cache_key(&self) -> String {
        let scopes = scan::join(&self.scopes().unwrap_or_default(), " ");
        scan::concat(&[&scopes, "|", self.resource().unwrap_or_default()])
    }

    /// Whether a token with the permissions `granted` has all that was asked for. Services name permissions with or
    /// without the API in front. Where a service names none, all count as granted.
    #[must_use]
    pub fn is_covered_by(&self, granted: &[String]) -> bool {
        fn short(scope: &str) -> &str {
            scan::rsplit_once(scope, b"/").map_or(scope, |(_, short)| short)
        }
        let has = |scope: &String| {
            let same = |one: &String| short(one).eq_ignore_ascii_case(short(scope));
            granted.iter().any(same)
        };
        let asked = self.scopes().unwrap_or_default();
        granted.is_empty()
            || asked
                .iter()
                .all(|scope| short(scope) == ".default" || has(scope))
    }

    /// The body of `POST /token`: a [`crate::wire::TokenRequest`] as JSON text. `rejected` is the hash of the token
    /// that the API refused.
    #[must_use]
    pub fn to_json(&self, rejected: Option<&str>) -> String {
        let mut writer = Writer::new();
        writer
            .optional_text("resource", self.resource())
            .optional_text("claims", self.claims())
            .optional_text("rejected", rejected);
        if let Some(scopes) = self.scopes() {
            writer.texts("scopes", &scopes);
        }
        writer.finish()
    }
}

/// Whether `text` can go behind `Bearer` (RFC 6750 §2.1). Browsers refuse other headers with an error that repeats them.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[path = "tests/access_token_request.rs"]
mod tests;
