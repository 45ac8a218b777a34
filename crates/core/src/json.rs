//! JSON of the page's half: one tree for reading, one writer for flat objects.
//!
//! The typed structs of [`crate::wire`] are what both sides mean. In the WebAssembly each of them
//! would bring a parser of its own (1 to 4 kB raw); one tree and a line per field cost a
//! fraction. A test holds these readers and writers to the derived ones.

use crate::scan;
use crate::wire::{
    Account, ErrorBody, ExchangeReply, ExchangeRequest, Flavor, Hosts, Identity, LogoutReply,
    LogoutRequest, Mode, PageConfig, SessionReply, SessionRequest, TokenReply, TokenRequest,
};
use alloc::string::{String, ToString};
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

    /// Whether the members `names` (with commas) are texts. Checked once, so that reading them has no way to
    /// fail: each early return would drop what was read before it.
    pub(crate) fn has_texts(&self, names: &str) -> bool {
        scan::parts(names, b',').all(|name| self.get(name).str().is_some())
    }

    /// The number, if it is one that fits.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        u32::try_from(*number).ok()
    }

    /// The texts of a list; `None` where it is something else.
    #[must_use]
    pub fn texts(&self) -> Option<Vec<String>> {
        let Self::List(items) = self else { return None };
        items.iter().map(Self::text).collect()
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
        // How numbers come with serde_json's feature `arbitrary_precision` (the WebAssembly's build has it).
        if let [(key, Json::Text(digits))] = object.as_slice()
            && key == "$serde_json::private::Number"
        {
            return Ok(
                scan::number(digits).map_or(Json::Null, |number| Json::Number(number.into()))
            );
        }
        Ok(Json::Object(object))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

/// Writes one object, member by member.
pub struct Writer(String);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self(String::from("{"))
    }

    /// Adds a member whose value is JSON text already.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_text(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let mut json = String::new();
        push_text(&mut json, value);
        self.raw(name, &json)
    }

    /// Adds a text, where there is one.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a list of texts.
    #[must_use]
    pub fn texts(self, name: &str, values: &[String]) -> Self {
        let mut json = String::from("[");
        for value in values {
            if json.len() > 1 {
                json.push(',');
            }
            push_text(&mut json, value);
        }
        json.push(']');
        self.raw(name, &json)
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, name: &str, value: u64) -> Self {
        self.raw(name, &value.to_string())
    }

    /// The object's text.
    #[must_use]
    pub fn done(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Appends a quoted text (RFC 8259 §7).
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
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
        json.has_texts("login,api").then(|| Self {
            login: json.get("login").plain(),
            api: json.get("api").plain(),
        })
    }
}

impl FromJson for PageConfig {
    fn from_json(json: &Json) -> Option<Self> {
        let identity = json.get("identity").one_of(IDENTITIES)?;
        let api = json.get("api").one_of(FLAVORS)?;
        let mode = json.get("mode").one_of(MODES)?;
        let lists = (
            Hosts::from_json(json.get("cloud")),
            json.get("scopes").texts(),
            json.get("redirectUris").texts(),
        );
        let (Some(cloud), Some(scopes), Some(redirect_uris)) = lists else {
            return None;
        };
        json.has_texts("clientId,authority").then(|| Self {
            client_id: json.get("clientId").plain(),
            authority: json.get("authority").plain(),
            identity,
            api,
            cloud,
            scopes,
            redirect_uris,
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
        json.has_texts("tenantId,objectId,username,name")
            .then(|| Self {
                tenant_id: json.get("tenantId").plain(),
                object_id: json.get("objectId").plain(),
                username: json.get("username").plain(),
                name: json.get("name").plain(),
                is_guest: *json.get("isGuest") == Json::Bool(true),
                login_hint: json.get("loginHint").text(),
            })
    }
}

impl FromJson for SessionReply {
    fn from_json(json: &Json) -> Option<Self> {
        let account = json.get("account");
        Some(Self {
            config: PageConfig::from_json(json.get("config"))?,
            account: if *account == Json::Null {
                None
            } else {
                Some(Account::from_json(account)?)
            },
            access_token: json.get("accessToken").text(),
            expires_in: json.get("expiresIn").number(),
        })
    }
}

impl FromJson for ExchangeReply {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            account: Account::from_json(json.get("account"))?,
            access_token: json.get("accessToken").text(),
            expires_in: json.get("expiresIn").number()?,
            scopes: json.get("scopes").texts()?,
        })
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

impl FromJson for ErrorBody {
    fn from_json(json: &Json) -> Option<Self> {
        let numbers = match json.get("aadsts") {
            Json::List(items) => items.iter().filter_map(Json::number).collect(),
            _ => Vec::new(),
        };
        json.has_texts("code,message").then(|| Self {
            code: json.get("code").plain(),
            message: json.get("message").plain(),
            remedy: json.get("remedy").text(),
            aadsts: numbers,
            suberror: json.get("suberror").text(),
            correlation_id: json.get("correlationId").text(),
            trace_id: json.get("traceId").text(),
            retry_after_seconds: json.get("retryAfterSeconds").number(),
            claims: json.get("claims").text(),
            consent_url: json.get("consentUrl").text(),
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
        Writer::new().done()
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
            .done()
    }
}

impl ToJson for TokenRequest {
    fn to_json(&self) -> String {
        let writer = Writer::new()
            .maybe("resource", self.resource.as_deref())
            .maybe("claims", self.claims.as_deref())
            .maybe("rejected", self.rejected.as_deref());
        match &self.scopes {
            Some(scopes) => writer.texts("scopes", scopes).done(),
            None => writer.done(),
        }
    }
}

impl ToJson for LogoutRequest {
    fn to_json(&self) -> String {
        Writer::new()
            .raw("microsoft", if self.microsoft { "true" } else { "false" })
            .done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn config() -> PageConfig {
        PageConfig {
            client_id: "id \"quoted\" \\ \u{1}\u{1f}é".into(),
            authority: "https://login.example/x".into(),
            identity: Identity::V1,
            api: Flavor::OutlookV2,
            cloud: Hosts {
                login: "https://login.example".into(),
                api: "https://api.example".into(),
            },
            scopes: vec!["a".into(), "b".into()],
            redirect_uris: vec![],
            mode: Mode::Proxy,
        }
    }

    fn account() -> Account {
        Account {
            tenant_id: "t".into(),
            object_id: "o".into(),
            username: "u".into(),
            name: "n".into(),
            is_guest: true,
            login_hint: Some("h".into()),
        }
    }

    #[test]
    fn numbers_read_the_same_with_and_without_arbitrary_precision() {
        let number = |digits: &str| {
            let text = alloc::format!(r#"{{"$serde_json::private::Number":"{digits}"}}"#);
            (Json::parse(&text).unwrap(), Json::parse(digits).unwrap())
        };
        for digits in ["0", "3599", "1790000000", "-5", "1.5", "1e3"] {
            let (kept, read) = number(digits);
            assert_eq!(kept, read, "{digits}");
        }
    }

    #[test]
    fn what_the_endpoint_writes_is_read_as_the_derived_types_read_it() {
        let text = serde_json::to_string(&config()).unwrap();
        assert_eq!(
            PageConfig::from_json(&Json::parse(&text).unwrap()),
            Some(config())
        );
        assert_eq!(
            serde_json::from_str::<PageConfig>(&config().to_json()).unwrap(),
            config()
        );
        let text = serde_json::to_string(&account()).unwrap();
        assert_eq!(
            Account::from_json(&Json::parse(&text).unwrap()),
            Some(account())
        );

        let session = SessionReply {
            config: config(),
            account: Some(account()),
            access_token: Some("t".into()),
            expires_in: Some(5),
        };
        let read = SessionReply::from_json(
            &Json::parse(&serde_json::to_string(&session).unwrap()).unwrap(),
        )
        .unwrap();
        assert_eq!(
            (
                read.config,
                read.account,
                read.access_token,
                read.expires_in
            ),
            (config(), Some(account()), Some("t".into()), Some(5))
        );
        let session = SessionReply {
            config: config(),
            account: None,
            access_token: None,
            expires_in: None,
        };
        let read = SessionReply::from_json(
            &Json::parse(&serde_json::to_string(&session).unwrap()).unwrap(),
        )
        .unwrap();
        assert_eq!(
            (read.account, read.access_token, read.expires_in),
            (None, None, None)
        );

        let exchange = ExchangeReply {
            account: account(),
            access_token: None,
            expires_in: 7,
            scopes: vec!["a".into()],
        };
        let read = ExchangeReply::from_json(
            &Json::parse(&serde_json::to_string(&exchange).unwrap()).unwrap(),
        )
        .unwrap();
        assert_eq!(
            (
                read.account,
                read.access_token,
                read.expires_in,
                read.scopes
            ),
            (account(), None, 7, vec!["a".into()])
        );

        let token = TokenReply {
            access_token: "t".into(),
            expires_in: 9,
            scopes: vec![],
        };
        let read =
            TokenReply::from_json(&Json::parse(&serde_json::to_string(&token).unwrap()).unwrap())
                .unwrap();
        assert_eq!(
            (read.access_token, read.expires_in, read.scopes),
            ("t".into(), 9, vec![])
        );
        assert_eq!(
            LogoutReply::from_json(&Json::parse("{\"logoutUrl\":\"u\"}").unwrap())
                .unwrap()
                .logout_url
                .as_deref(),
            Some("u")
        );
    }

    #[test]
    fn what_the_page_writes_is_read_by_the_derived_types() {
        let exchange = ExchangeRequest {
            code: "c".into(),
            code_verifier: "v".into(),
            nonce: "n".into(),
            redirect_uri: "r".into(),
            resource: Some("x".into()),
        };
        let read: ExchangeRequest = serde_json::from_str(&exchange.to_json()).unwrap();
        assert_eq!(
            (
                read.code,
                read.code_verifier,
                read.nonce,
                read.redirect_uri,
                read.resource
            ),
            (
                "c".into(),
                "v".into(),
                "n".into(),
                "r".into(),
                Some("x".into())
            )
        );
        let token = TokenRequest {
            scopes: Some(vec!["a".into()]),
            resource: None,
            claims: Some("{}".into()),
            rejected: Some("h".into()),
        };
        let read: TokenRequest = serde_json::from_str(&token.to_json()).unwrap();
        assert_eq!(
            (read.scopes, read.resource, read.claims, read.rejected),
            (
                Some(vec!["a".into()]),
                None,
                Some("{}".into()),
                Some("h".into())
            )
        );
        let read: TokenRequest = serde_json::from_str(&TokenRequest::default().to_json()).unwrap();
        assert_eq!((read.scopes, read.rejected), (None, None));
        for microsoft in [true, false] {
            let read: LogoutRequest =
                serde_json::from_str(&LogoutRequest { microsoft }.to_json()).unwrap();
            assert_eq!(read.microsoft, microsoft);
        }
        assert!(serde_json::from_str::<SessionRequest>(&SessionRequest {}.to_json()).is_ok());
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_not_made_up() {
        for text in [
            "{}",
            "[]",
            "null",
            "5",
            "{\"config\":{}}",
            "{\"accessToken\":5,\"expiresIn\":1,\"scopes\":[]}",
            "{\"accessToken\":\"t\",\"expiresIn\":-1,\"scopes\":[]}",
            "{\"accessToken\":\"t\",\"expiresIn\":1,\"scopes\":[1]}",
        ] {
            let json = Json::parse(text).unwrap();
            assert!(SessionReply::from_json(&json).is_none(), "{text}");
            assert!(TokenReply::from_json(&json).is_none(), "{text}");
        }
        assert_eq!(Json::parse("<html>"), None);
        assert_eq!(Json::parse(&"[".repeat(100_000)), None, "depth is bounded");
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_were(text in "\\PC{0,40}", control in "[\\x00-\\x1f\"\\\\]{0,10}") {
            let text = [text, control].concat();
            let written = Writer::new().text("a", &text).texts("b", &[text.clone()]).number("c", 7).maybe("d", None).done();
            let read = Json::parse(&written).unwrap();
            prop_assert_eq!(read.get("a").text(), Some(text.clone()));
            prop_assert_eq!(read.get("b").texts(), Some(vec![text]));
            prop_assert_eq!(read.get("c").number(), Some(7));
            prop_assert_eq!(read.get("d"), &Json::Null);
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}") {
            let _ = Json::parse(&text);
        }
    }
}
