//! How the page reads the endpoint's answers and writes its requests. A test compares these readers and writers with the
//! derived ones.

use super::{
    Account, ExchangeRequest, Flavor, Hosts, Identity, LogoutReply, LogoutRequest, Mode,
    PageConfig, SessionReply, SessionRequest, TokenReply,
};
use crate::access_token_request::is_token;
use crate::json::{FromJson, Json, ToJson, Writer};
use alloc::string::String;

pub(crate) const IDENTITIES: &[(&str, Identity)] = &[("v2", Identity::V2), ("v1", Identity::V1)];
pub(crate) const FLAVORS: &[(&str, Flavor)] = &[
    (Flavor::Graph.name(), Flavor::Graph),
    (Flavor::OutlookV2.name(), Flavor::OutlookV2),
    (Flavor::OutlookV1.name(), Flavor::OutlookV1),
];
pub(crate) const MODES: &[(&str, Mode)] = &[("direct", Mode::Direct), ("proxy", Mode::Proxy)];

/// The name of `value` on the wire.
pub(crate) fn name_of<T: PartialEq>(known: &[(&'static str, T)], value: &T) -> &'static str {
    known
        .iter()
        .find(|one| one.1 == *value)
        .map_or("", |one| one.0)
}

impl FromJson for Hosts {
    fn from_json(json: &Json) -> Option<Self> {
        json.has_texts(&["login", "api"]).then(|| Self {
            login: json.get("login").text_or_empty(),
            api: json.get("api").text_or_empty(),
        })
    }
}

impl FromJson for PageConfig {
    fn from_json(json: &Json) -> Option<Self> {
        let (scopes, redirect_uris) = (json.get("scopes"), json.get("redirectUris"));
        if !json.has_texts(&["clientId", "authority"])
            || !scopes.is_texts()
            || !redirect_uris.is_texts()
        {
            return None;
        }
        // First what can fail, then what allocates: an early return is code that drops what was read.
        let identity = json.get("identity").one_of(IDENTITIES)?;
        let api = json.get("api").one_of(FLAVORS)?;
        let mode = json.get("mode").one_of(MODES)?;
        let cloud = Hosts::from_json(json.get("cloud"))?;
        Some(Self {
            client_id: json.get("clientId").text_or_empty(),
            authority: json.get("authority").text_or_empty(),
            identity,
            api,
            cloud,
            scopes: scopes.texts().unwrap_or_default(),
            redirect_uris: redirect_uris.texts().unwrap_or_default(),
            mode,
        })
    }
}

impl PageConfig {
    /// The JSON text that [`FromJson`] reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        let cloud = Writer::new()
            .text("login", &self.cloud.login)
            .text("api", &self.cloud.api)
            .finish();
        Writer::new()
            .text("clientId", &self.client_id)
            .text("authority", &self.authority)
            .text("identity", name_of(IDENTITIES, &self.identity))
            .text("api", self.api.name())
            .raw("cloud", &cloud)
            .texts("scopes", &self.scopes)
            .texts("redirectUris", &self.redirect_uris)
            .text("mode", name_of(MODES, &self.mode))
            .finish()
    }
}

impl FromJson for Account {
    fn from_json(json: &Json) -> Option<Self> {
        json.has_texts(&["tenantId", "objectId", "username", "name"])
            .then(|| Self {
                tenant_id: json.get("tenantId").text_or_empty(),
                object_id: json.get("objectId").text_or_empty(),
                username: json.get("username").text_or_empty(),
                name: json.get("name").text_or_empty(),
                is_guest: json.get("isGuest").is_true(),
                login_hint: json.get("loginHint").text(),
            })
    }
}

impl SessionReply {
    /// Reads what a session and an exchange have in common, with a known `config`.
    pub(crate) fn with(json: &Json, config: PageConfig) -> Option<Self> {
        let account = json.get("account");
        let account = match account {
            Json::Null => None,
            _ => Some(Account::from_json(account)?),
        };
        Some(Self {
            config,
            account,
            // Without one that can be sent, the first call asks for another.
            access_token: json
                .get("accessToken")
                .text()
                .filter(|token| is_token(token)),
            expires_in: json.get("expiresIn").number(),
        })
    }
}

impl FromJson for SessionReply {
    fn from_json(json: &Json) -> Option<Self> {
        Self::with(json, PageConfig::from_json(json.get("config"))?)
    }
}

impl FromJson for TokenReply {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            access_token: json
                .get("accessToken")
                .text()
                .filter(|token| is_token(token))?,
            expires_in: json.get("expiresIn").number()?,
            scopes: json.get("scopes").texts()?,
        })
    }
}

impl FromJson for LogoutReply {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            logout_url: json.get("logoutUrl").text(),
        })
    }
}

impl ToJson for SessionRequest {
    fn to_json(&self) -> String {
        "{}".into()
    }
}

impl ToJson for ExchangeRequest {
    fn to_json(&self) -> String {
        Writer::new()
            .text("code", &self.code)
            .text("codeVerifier", &self.code_verifier)
            .text("nonce", &self.nonce)
            .text("redirectUri", &self.redirect_uri)
            .optional_text("resource", self.resource.as_deref())
            .optional_text("iss", self.iss.as_deref())
            .optional_text("maxAge", self.max_age.as_deref())
            .optional_text("account", self.account.as_deref())
            .finish()
    }
}

impl ToJson for LogoutRequest {
    fn to_json(&self) -> String {
        let text = if self.microsoft {
            "{\"microsoft\":true}"
        } else {
            "{}"
        };
        text.into()
    }
}

#[cfg(test)]
#[path = "../tests/wire_json.rs"]
mod tests;
