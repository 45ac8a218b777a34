//! The endpoint's HTTP contract as types: what the page posts and what it gets.
//!
//! Both sides use these, so that they cannot drift. Base path, headers and cookies are
//! described in the endpoint crate. Anyone may serve this contract in another language.

use crate::error::{Code, Error};
use crate::scan;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) mod json;

/// Which API the page talks to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Flavor {
    /// Microsoft Graph v1.0.
    #[default]
    #[serde(rename = "graph")]
    Graph,
    /// Outlook REST v2.0.
    #[serde(rename = "outlook-v2")]
    OutlookV2,
    /// Outlook REST v1.0, as in the 2014 post.
    #[serde(rename = "outlook-v1")]
    OutlookV1,
}

/// Which generation of the sign-in endpoints.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Identity {
    /// `/oauth2/v2.0/...`: scopes and PKCE.
    #[default]
    #[serde(rename = "v2")]
    V2,
    /// `/oauth2/...`: `resource`, as in the 2014 post.
    #[serde(rename = "v1")]
    V1,
}

/// Who calls the API.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Mode {
    /// The page, with an access token.
    #[default]
    #[serde(rename = "direct")]
    Direct,
    /// The endpoint; no token reaches the page.
    #[serde(rename = "proxy")]
    Proxy,
}

/// Origins of a cloud. They always go together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hosts {
    /// Origin of the sign-in service, e.g. `https://login.microsoftonline.com`.
    pub login: String,
    /// Origin of the API, e.g. `https://graph.microsoft.com`; no path, no trailing slash.
    pub api: String,
}

/// What a page has to know to sign in: the public half of the endpoint's configuration.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageConfig {
    /// Application (client) id.
    pub client_id: String,
    /// `{cloud.login}/{tenant}`, e.g. `https://login.microsoftonline.com/organizations`.
    pub authority: String,
    /// Generation of the sign-in endpoints.
    pub identity: Identity,
    /// API flavour.
    pub api: Flavor,
    /// Origins.
    pub cloud: Hosts,
    /// Delegated permissions asked for at sign-in, without `openid profile offline_access`.
    pub scopes: Vec<String>,
    /// Registered redirect URIs; a page may use one of these and no other.
    pub redirect_uris: Vec<String>,
    /// Who calls the API.
    pub mode: Mode,
}

/// The user, as the validated ID token says. Identity is (`tenant_id`, `object_id`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `tid`.
    pub tenant_id: String,
    /// `oid`.
    pub object_id: String,
    /// `preferred_username` (v2), `upn` or `unique_name` (v1); for display, may change.
    pub username: String,
    /// `name`; for display.
    pub name: String,
    /// A guest of this tenant or a personal account: often without a mailbox.
    pub is_guest: bool,
    /// Optional claim `login_hint`: makes the next sign-in and sign-out silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
}

impl Account {
    /// The identity as one text, `{tenantId}.{objectId}`: the value of `X-Exo365-Account`.
    #[must_use]
    pub fn identity(&self) -> String {
        scan::concat(&[&self.tenant_id, ".", &self.object_id])
    }
}

/// `POST /session` takes `{}`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {}

/// `POST /session`: one round trip restores a page.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionReply {
    /// The public configuration.
    pub config: PageConfig,
    /// Null where nobody is signed in.
    pub account: Option<Account>,
    /// For the configured API; absent in proxy mode, and where renewal failed for the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// Seconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// `POST /exchange`: trade the code in.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeRequest {
    /// From the redirect.
    pub code: String,
    /// PKCE verifier (RFC 7636), 43 characters.
    pub code_verifier: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// One of the configured redirect URIs, exactly.
    pub redirect_uri: String,
    /// v1: the resource named on the authorize request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The issuer that the redirect named (RFC 9207), where it named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// `max_age` of the authorize request, in seconds, where it had one: the ID token then has to say when the user
    /// proved who they are (OpenID Connect Core §3.1.3.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<String>,
    /// The only account that may sign in, as [`Account::identity`] gives it: for a sign-in that continues a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// Answer of `POST /exchange`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeReply {
    /// Who signed in.
    pub account: Account,
    /// Absent in proxy mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// Seconds from now.
    pub expires_in: u32,
    /// What was granted, which may be more or less than was asked.
    pub scopes: Vec<String>,
}

/// `POST /token`: an access token from the session.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRequest {
    /// v2: the permissions; the configured ones where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// v1: the API; the configured one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Claims of a challenge, as JSON text, at most 8 kB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// base64url SHA-256 of the access token that the API refused: that one is not given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

/// Answer of `POST /token`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenReply<T = String> {
    /// Opaque.
    pub access_token: T,
    /// Seconds from now.
    pub expires_in: u32,
    /// What was granted.
    pub scopes: Vec<String>,
}

/// `POST /preload`: lists that come beside the session.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreloadRequest {
    /// The client's time zone, an IANA or Windows name; null or absent where it has none.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Whether bodies of items come as plain text; false where absent.
    #[serde(default)]
    pub text_bodies: bool,
    /// Whether ids survive a move (Graph only); true where absent.
    #[serde(default = "yes")]
    pub immutable_ids: bool,
    /// One to four calls, each as [`crate::call_description::CallDescription`] reads it.
    pub calls: Vec<Value>,
}

const fn yes() -> bool {
    true
}

/// Answer of `POST /preload`; `B` is JSON, as the one who reads or writes it holds it. It never has a token.
#[derive(Clone, Deserialize, Serialize)]
pub struct PreloadReply<B> {
    /// Whose data these are, as [`Account::identity`] gives it.
    pub account: String,
    /// One for each call, in order; null where there is no answer to use: too large, too late, no JSON.
    pub answers: Vec<Option<PreloadAnswer<B>>>,
}

/// The API's answer to one call.
#[derive(Clone, Deserialize, Serialize)]
pub struct PreloadAnswer<B> {
    /// The API's status, also that of a refusal.
    pub status: u16,
    /// The headers that pages may see; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As the API sent it; null where a refusal has no JSON.
    pub body: B,
}

/// `POST /logout`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogoutRequest {
    /// Also end Microsoft's session: the answer then has the address to go to.
    #[serde(default)]
    pub microsoft: bool,
}

/// Answer of `POST /logout`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogoutReply {
    /// Where to send the browser, if that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout_url: Option<String>,
}

/// Every failure of the endpoint: `{"error": {...}}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ErrorReply {
    /// The one member.
    pub error: ErrorBody,
}

/// The inside of an [`ErrorReply`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// One of [`Code`]'s strings.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What to do, where more is known than the code says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// AADSTS numbers, most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aadsts: Vec<u32>,
    /// The sign-in service's `suberror`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
    /// The sign-in service's correlation id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The sign-in service's trace id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Seconds to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// Claims for the next interactive sign-in, as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// Where an administrator grants the permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_url: Option<String>,
}

impl From<&Error> for ErrorReply {
    fn from(error: &Error) -> Self {
        let detail = error.detail.as_deref().cloned().unwrap_or_default();
        Self {
            error: ErrorBody {
                code: error.code.as_str().into(),
                message: error.message.clone().into_owned(),
                remedy: detail.remedy,
                aadsts: detail.aadsts,
                suberror: detail.suberror,
                correlation_id: detail.correlation_id,
                trace_id: detail.trace_id,
                retry_after_seconds: detail.retry_after_seconds,
                claims: detail.claims,
                consent_url: detail.consent_url,
            },
        }
    }
}

impl ErrorBody {
    /// The error that this body says, or `None` where its code is not one of ours.
    #[must_use]
    pub fn into_error(self, status: u16) -> Option<Error> {
        let code = Code::parse(&self.code)?;
        let mut error = Error::with(code, self.message);
        error.detail = Some(Box::new(crate::error::Detail {
            status: Some(status),
            aadsts: self.aadsts,
            suberror: self.suberror,
            correlation_id: self.correlation_id,
            trace_id: self.trace_id,
            retry_after_seconds: self.retry_after_seconds,
            claims: self.claims,
            consent_url: self.consent_url,
            remedy: self.remedy,
            ..crate::error::Detail::default()
        }));
        Some(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_wire() {
        let mut error = Error::new(
            Code::AdminConsentRequired,
            "An administrator has to consent.",
        );
        error.detail_mut().aadsts = alloc::vec![90094];
        error.detail_mut().consent_url = Some("https://login.example/adminconsent".into());
        let text = serde_json::to_string(&ErrorReply::from(&error)).unwrap();
        let back: ErrorReply = serde_json::from_str(&text).unwrap();
        let mut back = back.error.into_error(403).unwrap();
        assert_eq!(back.detail_mut().status.take(), Some(403));
        assert_eq!(back, error);
    }

    #[test]
    fn a_code_that_is_not_ours_is_no_error_of_ours() {
        let body = r#"{"error":{"code":"teapot","message":"short and stout"}}"#;
        let reply: ErrorReply = serde_json::from_str(body).unwrap();
        assert!(reply.error.into_error(418).is_none());
    }
}
