//! What the sign-in service remembers, and the parts of OAuth 2.0 and OpenID Connect that the authorize
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

/// Everything that the sign-in service remembers.
#[derive(Debug, Default)]
pub(crate) struct SignInState {
    /// Authorize requests whose pages are open, by id.
    pub(crate) flows: HashMap<String, PendingAuthorization>,
    pub(crate) codes: HashMap<String, AuthorizationCode>,
    pub(crate) refresh: HashMap<String, RefreshToken>,
    pub(crate) access: HashMap<String, AccessToken>,
    /// Browser sessions, by cookie value.
    pub(crate) sessions: HashMap<String, Session>,
    /// What each user (or `*` for everybody) has agreed to: `resource/Scope`, lower case.
    pub(crate) consents: HashMap<String, BTreeSet<String>>,
    /// When an account's tokens were revoked, Unix seconds.
    pub(crate) revoked: HashMap<String, i64>,
}

impl SignInState {
    /// Whether a user, or the administrator for everybody, agreed to a permission.
    pub(crate) fn consented(&self, oid: &str, scope: &str) -> bool {
        let scope = scope.to_ascii_lowercase();
        [oid, "*"].iter().any(|who| {
            self.consents
                .get(*who)
                .is_some_and(|granted| granted.contains(&scope))
        })
    }

    /// Remembers an agreement.
    pub(crate) fn consent(&mut self, who: &str, scopes: impl IntoIterator<Item = String>) {
        let granted = self.consents.entry(who.to_owned()).or_default();
        granted.extend(scopes.into_iter().map(|scope| scope.to_ascii_lowercase()));
    }
}

/// Issuer of tokens: `tid` filled in, or the template on the paths that name no tenant.
pub(crate) fn issuer(origin: &str, tid: &str, v1: bool) -> String {
    if v1 {
        format!("https://sts.windows.net/{tid}/")
    } else {
        format!("{origin}/{tid}/v2.0")
    }
}
