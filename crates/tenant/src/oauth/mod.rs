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

use flow::{
    AccessToken, AuthorizationCode, DeviceAuthorization, PendingAuthorization, RefreshToken,
};
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
    /// Authorizations by device code, by that code.
    pub(crate) devices: HashMap<String, DeviceAuthorization>,
    /// What identity providers of federated domains said, by the one-time text that carries it: object id, Unix seconds.
    pub(crate) federated: HashMap<String, (String, i64)>,
    /// Consents by application and user (`*`: everybody), as `resource/scope` in lower case.
    pub(crate) consents: HashMap<String, BTreeSet<String>>,
    /// The time when the tokens of an account were revoked, Unix seconds.
    pub(crate) revoked: HashMap<String, i64>,
}

impl SignInState {
    /// Whether the user, or an administrator for everybody, consented to a permission of an application.
    pub(crate) fn consented(&self, client_id: &str, oid: &str, scope: &str) -> bool {
        let scope = scope.to_ascii_lowercase();
        self.granted(client_id, oid)
            .any(|granted| *granted == scope)
    }

    /// All consents of a user, and those of everybody, to an application.
    pub(crate) fn granted(&self, client_id: &str, oid: &str) -> impl Iterator<Item = &String> {
        [oid, "*"]
            .into_iter()
            .filter_map(move |who| self.consents.get(&consent_key(client_id, who)))
            .flatten()
    }

    /// Stores a consent.
    pub(crate) fn consent(
        &mut self,
        client_id: &str,
        who: &str,
        scopes: impl IntoIterator<Item = String>,
    ) {
        let granted = self
            .consents
            .entry(consent_key(client_id, who))
            .or_default();
        granted.extend(scopes.into_iter().map(|scope| scope.to_ascii_lowercase()));
    }

    /// Puts a user's consents to an application in the place of all there are, also of those of everybody.
    pub(crate) fn set_consents(&mut self, client_id: &str, oid: &str, granted: BTreeSet<String>) {
        self.consents.remove(&consent_key(client_id, "*"));
        self.consents.insert(consent_key(client_id, oid), granted);
    }
}

fn consent_key(client_id: &str, who: &str) -> String {
    format!("{} {who}", client_id.to_ascii_lowercase())
}

/// The issuer: with the tenant id, or with the template `{tenantid}` on paths that name no tenant.
pub(crate) fn issuer(origin: &str, tid: &str, v1: bool) -> String {
    if v1 {
        format!("https://sts.windows.net/{tid}/")
    } else {
        format!("{origin}/{tid}/v2.0")
    }
}
