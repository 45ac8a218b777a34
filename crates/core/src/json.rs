//! JSON of the page's half: one tree for reading, one writer for flat objects.
//!
//! The typed structs of [`crate::wire`] are what both sides mean. In the WebAssembly each of them
//! would bring a parser of its own (1 to 4 kB raw); one tree and a line per field cost a
//! fraction. A test holds these readers and writers to the derived ones.

use crate::scan;
use crate::wire::{
    Account, ExchangeRequest, Flavor, Hosts, Identity, LogoutReply, LogoutRequest, Mode,
    PageConfig, SessionReply, SessionRequest, TokenReply,
};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Any JSON value. Numbers are kept where they are whole and not negative, which is all that the protocols use.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and numbers that nobody here reads.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in its own order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads `text`; `None` where it is no JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Apart from the visitor, of which the compiler makes one for each way to come by members.
    fn of_members(members: Vec<(String, Self)>) -> Self {
        // How numbers come with serde_json's feature `arbitrary_precision` (the WebAssembly's build has it).
        if let [(key, Self::Text(digits))] = members.as_slice()
            && key == "$serde_json::private::Number"
        {
            return scan::number(digits).map_or(Self::Null, |number| Self::Number(number.into()));
        }
        Self::Object(members)
    }

    /// The member `name`; [`Json::Null`] where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        let Self::Object(members) = self else {
            return &Self::Null;
        };
        members
            .iter()
            .find(|member| member.0 == name)
            .map_or(&Self::Null, |member| &member.1)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn str(&self) -> Option<&str> {
        let Self::Text(text) = self else { return None };
        Some(text)
    }

    /// A copy of the text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.str().map(String::from)
    }

    /// A copy of the text; empty where it is none.
    pub(crate) fn plain(&self) -> String {
        self.str().unwrap_or_default().into()
    }

    /// Whether the members `names` are texts. Checked once, so that reading them has no way to
    /// fail: each early return would drop what was read before it.
    pub(crate) fn has_texts(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.get(name).str().is_some())
    }

    /// The number, if it is one that fits.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        u32::try_from(*number).ok()
    }

    /// What is in a list; nothing where it is none.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is a list of texts.
    pub(crate) fn is_texts(&self) -> bool {
        let list = matches!(self, Self::List(_));
        list && self.items().iter().all(|item| item.str().is_some())
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The texts of a list; `None` where it is something else.
    #[must_use]
    pub fn texts(&self) -> Option<Vec<String>> {
        if !self.is_texts() {
            return None;
        }
        let mut texts = Vec::new();
        for item in self.items() {
            texts.push(item.plain());
        }
        Some(texts)
    }

    /// The value among `known` that is named.
    pub(crate) fn one_of<T: Copy>(&self, known: &[(&str, T)]) -> Option<T> {
        let Self::Text(text) = self else { return None };
        known.iter().find(|one| one.0 == text).map(|one| one.1)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        // Keys are read as trees too: a reader of texts alone would bring a second family of messages.
        while let Some((key, value)) = members.next_entry::<Json, Json>()? {
            object.push((key.text().unwrap_or_default(), value));
        }
        Ok(Json::of_members(object))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

/// Writes one object, member by member. By reference: a writer that moves is code at each step.
///
/// Bytes, not a text: everything that goes in is whole texts and ASCII.
pub struct Writer(Vec<u8>);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self(b"{".to_vec())
    }

    /// Begins a member.
    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        push_text(&mut self.0, name);
        self.0.push(b':');
    }

    /// Adds a member whose value is JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        self.name(name);
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        push_text(&mut self.0, value);
        self
    }

    /// Adds a text, where there is one.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// Adds a list of texts.
    pub fn texts(&mut self, name: &str, values: &[String]) -> &mut Self {
        self.name(name);
        self.0.push(b'[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            push_text(&mut self.0, value);
        }
        self.0.push(b']');
        self
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: u64) -> &mut Self {
        let mut digits = String::new();
        scan::push_number(&mut digits, value);
        self.raw(name, &digits)
    }

    /// The object's text.
    #[must_use]
    pub fn done(&mut self) -> String {
        self.0.push(b'}');
        scan::text(core::mem::take(&mut self.0))
    }
}

/// Appends a quoted text (RFC 8259 §7).
fn push_text(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text.bytes() {
        if byte < b' ' {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
            continue;
        }
        if byte == b'"' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

pub(crate) const IDENTITIES: &[(&str, Identity)] = &[("v2", Identity::V2), ("v1", Identity::V1)];
pub(crate) const FLAVORS: &[(&str, Flavor)] = &[
    (Flavor::Graph.name(), Flavor::Graph),
    (Flavor::OutlookV2.name(), Flavor::OutlookV2),
    (Flavor::OutlookV1.name(), Flavor::OutlookV1),
];
pub(crate) const MODES: &[(&str, Mode)] = &[("direct", Mode::Direct), ("proxy", Mode::Proxy)];

/// The name under which `value` goes over the wire.
pub(crate) fn name_of<T: PartialEq>(known: &[(&'static str, T)], value: &T) -> &'static str {
    known
        .iter()
        .find(|one| one.1 == *value)
        .map_or("", |one| one.0)
}

/// What can be read from a [`Json`]; `None` where a member is missing or of another kind.
pub trait FromJson: Sized {
    /// Reads `json`.
    fn from_json(json: &Json) -> Option<Self>;
}

impl FromJson for Hosts {
    fn from_json(json: &Json) -> Option<Self> {
        json.has_texts(&["login", "api"]).then(|| Self {
            login: json.get("login").plain(),
            api: json.get("api").plain(),
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
        // What can fail before what owns: an early return drops all that was read before it.
        let identity = json.get("identity").one_of(IDENTITIES)?;
        let api = json.get("api").one_of(FLAVORS)?;
        let mode = json.get("mode").one_of(MODES)?;
        let cloud = Hosts::from_json(json.get("cloud"))?;
        Some(Self {
            client_id: json.get("clientId").plain(),
            authority: json.get("authority").plain(),
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
            .done();
        Writer::new()
            .text("clientId", &self.client_id)
            .text("authority", &self.authority)
            .text("identity", name_of(IDENTITIES, &self.identity))
            .text("api", self.api.name())
            .raw("cloud", &cloud)
            .texts("scopes", &self.scopes)
            .texts("redirectUris", &self.redirect_uris)
            .text("mode", name_of(MODES, &self.mode))
            .done()
    }
}

impl FromJson for Account {
    fn from_json(json: &Json) -> Option<Self> {
        json.has_texts(&["tenantId", "objectId", "username", "name"])
            .then(|| Self {
                tenant_id: json.get("tenantId").plain(),
                object_id: json.get("objectId").plain(),
                username: json.get("username").plain(),
                name: json.get("name").plain(),
                is_guest: json.get("isGuest").is_true(),
                login_hint: json.get("loginHint").text(),
            })
    }
}

impl SessionReply {
    /// What is beside `config` in a session and in an exchange.
    pub(crate) fn with(json: &Json, config: PageConfig) -> Option<Self> {
        let account = json.get("account");
        let account = match account {
            Json::Null => None,
            _ => Some(Account::from_json(account)?),
        };
        Some(Self {
            config,
            account,
            access_token: json.get("accessToken").text(),
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
            access_token: json.get("accessToken").text()?,
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

/// What the page posts, as JSON text.
pub trait ToJson {
    /// Writes the value.
    fn to_json(&self) -> String;
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
            .maybe("resource", self.resource.as_deref())
            .maybe("iss", self.iss.as_deref())
            .maybe("maxAge", self.max_age.as_deref())
            .done()
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
#[path = "tests/json.rs"]
mod tests;
