//! Records of the grants: pending authorization requests, codes, tokens.

use std::collections::BTreeSet;

use super::request::AuthorizationRequest;
use super::scopes::ScopeFormat;
use crate::directory::Platform;

/// An authorization request that waits for the user.
#[derive(Clone, Debug)]
pub(crate) struct PendingAuthorization {
    pub(crate) request: AuthorizationRequest,
    /// The account, after it signed in.
    pub(crate) oid: Option<String>,
    /// The one-time code of the second factor.
    pub(crate) code: String,
    /// The account used its second factor.
    pub(crate) second_factor: bool,
    /// Time of the start, Unix seconds.
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
    /// Time of the sign-in, Unix seconds; only if the request had `max_age`.
    pub(crate) auth_time: Option<i64>,
    /// The family of the tokens that it is redeemed for.
    pub(crate) family: String,
}

/// An authorization by device code (RFC 8628).
#[derive(Clone, Debug)]
pub(crate) struct DeviceAuthorization {
    /// What the user types.
    pub(crate) user_code: String,
    pub(crate) request: AuthorizationRequest,
    /// Time of the start, Unix seconds.
    pub(crate) started: i64,
    pub(crate) outcome: DeviceOutcome,
}

/// What came of an authorization by device code.
#[derive(Clone, Debug)]
pub(crate) enum DeviceOutcome {
    /// The user signed in; the tokens are redeemed for this authorization code.
    Approved(String),
    Declined,
    Pending,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: Grant,
    pub(crate) issued: i64,
    /// It was redeemed before. Entra accepts it again; strict rotation does not.
    pub(crate) used: bool,
}

/// The grant behind a family of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) oid: String,
    pub(crate) client_id: String,
    pub(crate) tenant: String,
    pub(crate) v1: bool,
    pub(crate) sid: String,
    pub(crate) family: String,
    pub(crate) nonce: Option<String>,
    /// The resource of the last request, and the OpenID Connect scopes of the first.
    pub(crate) resource: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) form: ScopeFormat,
    pub(crate) platform: Platform,
    /// The sign-in used a second factor.
    pub(crate) second_factor: bool,
    /// Claim `auth_time`.
    pub(crate) auth_time: Option<i64>,
    /// Authentication contexts (claim `acrs`) of the tokens.
    pub(crate) contexts: BTreeSet<String>,
    /// End of the refresh tokens of a single-page application, Unix seconds.
    pub(crate) spa_end: i64,
}

/// An access token.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    /// `None` for a token of client credentials.
    pub(crate) oid: Option<String>,
    pub(crate) client_id: String,
    /// `https://graph.microsoft.com`, without a trailing slash.
    pub(crate) audience: String,
    /// Permission names, lower case, without the resource.
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) issued: i64,
    pub(crate) expires: i64,
    /// The client declared the capability `cp1`: it understands claims challenges.
    pub(crate) cp1: bool,
    /// Authentication contexts (claim `acrs`).
    pub(crate) contexts: BTreeSet<String>,
}
