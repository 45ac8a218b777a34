//! The state of the sign-in service, and the parts of OAuth 2.0 and OpenID Connect that the authorize
//! and token endpoints share.

pub(crate) mod aadsts;
pub(crate) mod flow;
pub(crate) mod keys;
pub(crate) mod request;
pub(crate) mod scopes;
pub(crate) mod second_factor;
pub(crate) mod session;

use std::collections::{BTreeSet, HashMap};

use flow::{AccessToken, AuthorizationCode, PendingAuthorization, RefreshToken};
use session::Session;

/// The state of the sign-in service.
#[derive(Debug, Default)]
pub(crate) struct SignInState {
    /// Authorization requests in progress, by id.
    pub(crate) flows: HashMap<String, PendingAuthorization>,
    pub(crate) codes: HashMap<String, AuthorizationCode>,
    pub(crate) refresh: HashMap<String, RefreshToken>,
    pub(crate) access: HashMap<String, AccessToken>,
    /// Browser sessions, by cookie value.
    pub(crate) sessions: HashMap<String, Session>,
    /// Consents of each user (`*`: of everybody) as `resource/scope` in lower case.
    pub(crate) consents: HashMap<String, BTreeSet<String>>,
    /// The time when the tokens of an account were revoked, Unix seconds.
    pub(crate) revoked: HashMap<String, i64>,
}

impl SignInState {
    /// Whether the user, or an administrator for everybody, consented to a permission.
    pub(crate) fn consented(&self, oid: &str, scope: &str) -> bool {
        let scope = scope.to_ascii_lowercase();
        [oid, "*"].iter().any(|who| {
            self.consents
                .get(*who)
                .is_some_and(|granted| granted.contains(&scope))
        })
    }

    /// Stores a consent.
    pub(crate) fn consent(&mut self, who: &str, scopes: impl IntoIterator<Item = String>) {
        let granted = self.consents.entry(who.to_owned()).or_default();
        granted.extend(scopes.into_iter().map(|scope| scope.to_ascii_lowercase()));
    }
}

/// The issuer: with the tenant id, or with the template `{tenantid}` on paths that name no tenant.
pub(crate) fn issuer(origin: &str, tid: &str, v1: bool) -> String {
    if v1 {
        format!("https://sts.windows.net/{tid}/")
    } else {
        format!("{origin}/{tid}/v2.0")
    }
}
