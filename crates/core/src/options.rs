//! Options of pages, as the JSON text that crosses the boundary: every key known, every value checked,
//! each complaint with the key's name. What is checked stays a tree and is read where it is needed.

use crate::error::{Code, Error};
use crate::json::{Json, Writer};
use crate::request::is_time_zone;
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest time-out that is taken, in milliseconds (one hour).
const MAX_TIMEOUT: u32 = 3_600_000;

/// What a value has to be.
enum Kind {
    /// Crosses as itself, beside the text, or is the face's.
    Any,
    Cloud,
    /// A text, or a list of texts.
    Names,
    OneOf(&'static str),
    /// An object of texts.
    Pairs,
    /// One path segment of plain characters.
    Tenant,
    Text,
    Texts,
    Timeout,
    Truth,
    Whole,
    Zone,
}

type Known = [(&'static str, Kind)];

/// Keys of a call. Which of them a call takes, it says itself.
const CALL: &Known = &[
    ("as", Kind::OneOf("json, text, blob, response")),
    ("bare", Kind::Truth),
    ("changes", Kind::Truth),
    ("count", Kind::Truth),
    ("expand", Kind::Names),
    ("filter", Kind::Text),
    ("headers", Kind::Pairs),
    ("ifMatch", Kind::Text),
    ("orderBy", Kind::Names),
    ("pageSize", Kind::Whole),
    ("query", Kind::Pairs),
    ("search", Kind::Text),
    ("select", Kind::Texts),
    ("signal", Kind::Any),
    ("skip", Kind::Whole),
    ("timeZone", Kind::Zone),
    ("timeout", Kind::Timeout),
    ("top", Kind::Whole),
];

/// Keys of `ClientConfig`; defaults are in `index.d.ts`.
const SETUP: &Known = &[
    ("allowInsecureLoopback", Kind::Truth),
    ("api", Kind::OneOf("graph, outlook-v2, outlook-v1")),
    ("batching", Kind::OneOf("auto, off")),
    ("bodyType", Kind::OneOf("html, text")),
    ("clientId", Kind::Text),
    ("cloud", Kind::Cloud),
    ("concurrency", Kind::Whole),
    ("endpoint", Kind::Text),
    ("identity", Kind::OneOf("v2, v1")),
    ("immutableIds", Kind::Truth),
    ("keepDiagnostics", Kind::Truth),
    ("mode", Kind::OneOf("direct, proxy")),
    ("redirectUri", Kind::Text),
    ("retries", Kind::Whole),
    ("scopes", Kind::Texts),
    ("tenant", Kind::Tenant),
    ("timeZone", Kind::Zone),
    ("timeout", Kind::Timeout),
];

/// Keys of `SignInOptions`.
const SIGN_IN: &Known = &[
    ("adminConsent", Kind::Truth),
    ("claims", Kind::Text),
    ("domainHint", Kind::Text),
    ("extra", Kind::Pairs),
    ("loginHint", Kind::Text),
    ("mode", Kind::OneOf("redirect, popup")),
    ("prompt", Kind::Text),
    ("returnTo", Kind::Text),
    ("scopes", Kind::Texts),
    ("signal", Kind::Any),
];

/// Keys of `TokenRequest`.
const TOKEN: &Known = &[
    ("claims", Kind::Text),
    ("forceRefresh", Kind::Truth),
    ("resource", Kind::Text),
    ("scopes", Kind::Texts),
    ("signal", Kind::Any),
];

impl Kind {
    /// Whether `value` is one. Apart from [`Kind::wanted`]: inlined into one loop, the two would be twice the code.
    #[inline(never)]
    fn holds(&self, value: &Json) -> bool {
        let text = value.str();
        match self {
            Self::Any => true,
            Self::Cloud => text.is_some() || value.has_texts("login,api"),
            Self::Names => text.is_some() || value.is_texts(),
            Self::OneOf(names) => text.is_some_and(|text| scan::lists(names, text)),
            Self::Pairs => match value {
                Json::Object(members) => members.iter().all(|member| member.1.str().is_some()),
                _ => false,
            },
            Self::Tenant => {
                text.is_some_and(|text| !text.is_empty() && scan::is_plain(text, b"-."))
            }
            Self::Text => text.is_some(),
            Self::Texts => value.is_texts(),
            Self::Timeout => value
                .number()
                .is_some_and(|number| (1..=MAX_TIMEOUT).contains(&number)),
            Self::Truth => matches!(value, Json::Bool(_)),
            Self::Whole => value.number().is_some(),
            Self::Zone => text.is_some_and(is_time_zone),
        }
    }

    /// What it should have been.
    #[inline(never)]
    fn wanted(&self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Cloud => "the name of a cloud, or { login, api }",
            Self::Names => "a text, or a list of texts",
            Self::OneOf(names) => names,
            Self::Pairs => "an object of texts",
            Self::Tenant => "a tenant id, a domain, organizations, common or consumers",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Timeout => "in milliseconds, 1 to 3600000",
            Self::Truth => "true or false",
            Self::Whole => "a whole number that is not negative",
            Self::Zone => "an IANA or Windows name, such as Europe/Berlin",
        }
    }
}

/// Options whose keys and values were checked; what was left out reads as `None`.
#[derive(Debug, Default, PartialEq)]
pub struct Options(Json);

impl Options {
    /// `known` without those that `allowed` (names with commas) leaves out; empty: all of them.
    fn read(text: &str, known: &Known) -> Result<Self, Error> {
        Self::check(Json::parse(text).unwrap_or_default(), known, "")
    }

    fn check(json: Json, known: &Known, allowed: &str) -> Result<Self, Error> {
        let Json::Object(members) = &json else {
            return Err(Error::argument("options are an object"));
        };
        for (key, value) in members {
            let kind = known.iter().find(|one| one.0 == key);
            let kind = kind.filter(|_| allowed.is_empty() || scan::lists(allowed, key));
            let Some((_, kind)) = kind else {
                return Err(complaint(&["unknown option `", key, "`"]));
            };
            if !kind.holds(value) {
                let one_of = matches!(kind, Kind::OneOf(_));
                let is = if one_of { "` is one of " } else { "` is " };
                return Err(complaint(&["`", key, is, kind.wanted()]));
            }
        }
        Ok(Self(json))
    }

    /// Options of a call that takes the keys in `allowed` (with commas).
    ///
    /// # Errors
    /// [`Code::InvalidArgument`], as for all of these.
    pub fn call(json: Json, allowed: &str) -> Result<Self, Error> {
        Self::check(json, CALL, allowed)
    }

    /// What `createClient` was given; `page_tokens`: the page gives tokens by a function of its own.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn setup(text: &str, page_tokens: bool) -> Result<Self, Error> {
        let setup = Self::read(text, SETUP)?;
        if setup.text("endpoint").is_some() == page_tokens {
            return Err(Error::argument(
                "createClient takes either `endpoint` or `getToken`, a function",
            ));
        }
        Ok(setup)
    }

    /// `SignInOptions`: what the sign-in takes, and the place to return to. `signal` is the face's.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn sign_in(text: &str) -> Result<Self, Error> {
        Self::read(text, SIGN_IN)
    }

    /// The text under `key`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).str()
    }

    /// The texts under `key`; one text counts as a list of one.
    #[must_use]
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        let value = self.0.get(key);
        value.texts().or_else(|| Some(alloc::vec![value.text()?]))
    }

    /// The number under `key`.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u32> {
        self.0.get(key).number()
    }

    /// The truth value under `key`; `usual` where it was left out.
    #[must_use]
    pub fn truth(&self, key: &str, usual: bool) -> bool {
        match self.0.get(key) {
            Json::Bool(value) => *value,
            _ => usual,
        }
    }

    /// Names and texts of the object under `key`.
    pub fn pairs(&self, key: &str) -> impl Iterator<Item = (&str, &str)> {
        let members = match self.0.get(key) {
            Json::Object(members) => members.as_slice(),
            _ => &[],
        };
        members
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.str()?)))
    }

    /// The value under `key`, as it came.
    #[must_use]
    pub(crate) fn value(&self, key: &str) -> &Json {
        self.0.get(key)
    }
}

fn complaint(pieces: &[&str]) -> Error {
    Error::with(Code::InvalidArgument, scan::concat(pieces))
}

/// Which token: the configured API's where nothing is said. Checked, and read where it is needed.
#[derive(Debug, Default, PartialEq)]
pub struct Want(Options);

impl Want {
    /// Reads a `TokenRequest`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn read(text: &str) -> Result<Self, Error> {
        Ok(Self(Options::read(text, TOKEN)?))
    }

    /// The configured API's, with the claims of a challenge.
    #[must_use]
    pub fn claiming(claims: &str) -> Self {
        let member = ("claims".into(), Json::Text(claims.into()));
        Self(Options(Json::Object(alloc::vec![member])))
    }

    /// v2: permissions of one API.
    #[must_use]
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.0.texts("scopes")
    }

    /// v1: an API.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.text("resource")
    }

    /// Claims of a challenge.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.0.text("claims")
    }

    /// Not the one that is here, whatever its age.
    #[must_use]
    pub fn force(&self) -> bool {
        self.0.truth("forceRefresh", false)
    }

    /// What tells one cache entry from another: the API and the permissions.
    #[must_use]
    pub fn key(&self) -> String {
        let scopes = scan::join(&self.scopes().unwrap_or_default(), " ");
        scan::concat(&[&scopes, "|", self.resource().unwrap_or_default()])
    }

    /// Whether a token with these permissions is what was asked for. Services name them short or with their API in
    /// front; one that names none is believed.
    #[must_use]
    pub fn covered(&self, granted: &[String]) -> bool {
        fn short(scope: &str) -> &str {
            scope.rfind('/').map_or(scope, |at| &scope[at + 1..])
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

    /// What the endpoint is asked: a [`crate::wire::TokenRequest`] as JSON text.
    #[must_use]
    pub fn to_json(&self, rejected: Option<&str>) -> String {
        let mut writer = Writer::new();
        writer
            .maybe("resource", self.resource())
            .maybe("claims", self.claims())
            .maybe("rejected", rejected);
        if let Some(scopes) = self.scopes() {
            writer.texts("scopes", &scopes);
        }
        writer.done()
    }
}

/// A call as the face hands it over: one text, since each argument of its own would cost glue.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// HTTP method.
    pub method: String,
    /// Whose mailbox; the signed-in user's where that is `None`.
    pub user: Option<String>,
    /// A template where there are ids; else a path or a link.
    pub path: String,
    /// What replaces each `{}` of the template.
    pub ids: Option<Vec<String>>,
    /// The caller's.
    pub options: Options,
}

impl Asked {
    /// Reads `[method, user, path, ids, options, allowed]`; `user` and `ids` may be null.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn read(text: &str) -> Result<Self, Error> {
        let Some(Json::List(mut items)) = Json::parse(text) else {
            // It is written by the face: only what is no Unicode cannot be read.
            return Err(Error::argument(
                "a text has half a surrogate pair: it is no Unicode",
            ));
        };
        let mut take = |at: usize| items.get_mut(at).map(core::mem::take).unwrap_or_default();
        let ids = match take(3) {
            Json::Null => None,
            list => Some(
                list.texts()
                    .ok_or_else(|| Error::argument("an id is a text (is it undefined?)"))?,
            ),
        };
        let options = Options::call(take(4), take(5).str().unwrap_or_default())?;
        Ok(Self {
            method: take(0).plain(),
            user: take(1).text(),
            path: take(2).plain(),
            ids,
            options,
        })
    }
}

#[cfg(test)]
#[path = "tests/options.rs"]
mod tests;
