//! Options of pages, as the JSON text that crosses the boundary: every key known, every value checked,
//! each complaint with the key's name. What is checked stays a tree and is read where it is needed.

use crate::error::{Code, Error};
use crate::json::{Json, Writer};
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;
use kind::{CALL, Known, SETUP, SIGN_IN, TOKEN};

mod key;
mod kind;

pub use key::Key;

/// Options whose keys and values were checked; what was left out reads as `None`.
#[derive(Debug, Default, PartialEq)]
pub struct Options(Json);

impl Options {
    fn read(text: &str, known: &Known) -> Result<Self, Error> {
        Self::check(Json::parse(text).unwrap_or_default(), known, None)
    }

    /// Checks names and values; where `allowed` is given, the options are of these alone.
    fn check(json: Json, known: &Known, allowed: Option<&[Key]>) -> Result<Self, Error> {
        let Json::Object(members) = &json else {
            return Err(Error::argument("options are an object"));
        };
        for (name, value) in members {
            let option = known.iter().find(|option| option.0.name() == name);
            let is_allowed = |key| allowed.is_none_or(|list| list.contains(&key));
            let Some((_, kind)) = option.filter(|option| is_allowed(option.0)) else {
                return Err(complaint(&["unknown option `", name, "`"]));
            };
            if !kind.holds(value) {
                return Err(complaint(&["`", name, "` is ", &kind.wanted()]));
            }
        }
        Ok(Self(json))
    }

    /// Options of a call that takes those in `allowed`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`], as for all of these.
    pub fn call(json: Json, allowed: &[Key]) -> Result<Self, Error> {
        Self::check(json, CALL, Some(allowed))
    }

    /// What `createClient` was given; `page_tokens`: the page gives tokens by a function of its own.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn setup(text: &str, page_tokens: bool) -> Result<Self, Error> {
        let setup = Self::read(text, SETUP)?;
        if setup.text(Key::Endpoint).is_some() == page_tokens {
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
    pub fn text(&self, key: Key) -> Option<&str> {
        self.0.get(key.name()).str()
    }

    /// The texts under `key`; one text counts as a list of one.
    #[must_use]
    pub fn texts(&self, key: Key) -> Option<Vec<String>> {
        let value = self.0.get(key.name());
        value.texts().or_else(|| Some(alloc::vec![value.text()?]))
    }

    /// The number under `key`.
    #[must_use]
    pub fn number(&self, key: Key) -> Option<u32> {
        self.0.get(key.name()).number()
    }

    /// The truth value under `key`; `usual` where it was left out.
    #[must_use]
    pub fn truth(&self, key: Key, usual: bool) -> bool {
        match self.0.get(key.name()) {
            Json::Bool(value) => *value,
            _ => usual,
        }
    }

    /// Names and texts of the object under `key`.
    pub fn pairs(&self, key: Key) -> impl Iterator<Item = (&str, &str)> {
        let members = match self.0.get(key.name()) {
            Json::Object(members) => members.as_slice(),
            _ => &[],
        };
        members
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.str()?)))
    }

    /// The value under `key`, as it came.
    #[must_use]
    pub(crate) fn value(&self, key: Key) -> &Json {
        self.0.get(key.name())
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
        let member = (Key::Claims.name().into(), Json::Text(claims.into()));
        Self(Options(Json::Object(alloc::vec![member])))
    }

    /// v2: permissions of one API.
    #[must_use]
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.0.texts(Key::Scopes)
    }

    /// v1: an API.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.0.text(Key::Resource)
    }

    /// Claims of a challenge.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.0.text(Key::Claims)
    }

    /// Not the one that is here, whatever its age.
    #[must_use]
    pub fn force(&self) -> bool {
        self.0.truth(Key::ForceRefresh, false)
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
    /// Reads `[method, user, path, ids, options, allowed]`; `user` and `ids` may be null. `allowed` lists the names of
    /// all options that the call takes.
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
        let options = take(4);
        let names = take(5);
        let allowed: Vec<Key> = names
            .items()
            .iter()
            .filter_map(|name| Key::parse(name.str()?))
            .collect();
        let options = Options::call(options, &allowed)?;
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
