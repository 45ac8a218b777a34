//! Records of a sign-in on its way: the request, the code, the tokens.

use std::collections::BTreeSet;

use super::request::AuthorizationRequest;
use super::scopes::ScopeFormat;

/// An authorize request whose pages are open.
#[derive(Clone, Debug)]
pub(crate) struct PendingAuthorization {
    pub(crate) request: AuthorizationRequest,
    /// The account that signed in, once it did.
    pub(crate) oid: Option<String>,
    /// The code that its second factor takes.
    pub(crate) code: String,
    /// The account showed a second factor.
    pub(crate) second_factor: bool,
    /// Start, Unix seconds.
    pub(crate) started: i64,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationCode {
    pub(crate) request: AuthorizationRequest,
    pub(crate) oid: String,
    pub(crate) sid: String,
    pub(crate) issued: i64,
    pub(crate) used: bool,
    pub(crate) second_factor: bool,
    /// When the user signed in, Unix seconds, where the request had `max_age`.
    pub(crate) auth_time: Option<i64>,
    /// Family of the tokens that come of it.
    pub(crate) family: String,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: Grant,
    pub(crate) issued: i64,
    /// Traded in already (Entra goes on taking it; strict rotation does not).
    pub(crate) used: bool,
}

/// What a chain of tokens stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) oid: String,
    pub(crate) client_id: String,
    pub(crate) tenant: String,
    pub(crate) v1: bool,
    pub(crate) sid: String,
    pub(crate) family: String,
    pub(crate) nonce: Option<String>,
    /// Resource and permissions asked for first.
    pub(crate) resource: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) form: ScopeFormat,
    pub(crate) spa: bool,
    /// The sign-in showed a second factor.
    pub(crate) second_factor: bool,
    /// Claim `auth_time`.
    pub(crate) auth_time: Option<i64>,
    /// Authentication contexts (`acrs`) that tokens of the chain carry.
    pub(crate) contexts: BTreeSet<String>,
    /// End of a single-page application's chain, Unix seconds.
    pub(crate) spa_end: i64,
}

/// An access token.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    /// `None` for an application that acts for itself.
    pub(crate) oid: Option<String>,
    pub(crate) client_id: String,
    /// `https://graph.microsoft.com`, without a slash at the end.
    pub(crate) audience: String,
    /// Permission names, lower case, without the resource.
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) issued: i64,
    pub(crate) expires: i64,
    /// The client declared that it understands claims challenges.
    pub(crate) cp1: bool,
    /// Authentication contexts (`acrs`).
    pub(crate) contexts: BTreeSet<String>,
}
