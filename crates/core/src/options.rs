//! The options that pages give, which cross as JSON text. Unknown names and wrong values are refused with the name in the
//! message. What was checked is read by typed getters where it is needed.

use crate::error::{Code, Error};
use crate::json::Json;
use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;
use kind::{CALL, CLIENT, Known, SIGN_IN, TOKEN};

mod key;
mod kind;

pub use key::Key;
pub use kind::is_time_zone;

/// Options whose names and values were checked.
#[derive(Debug, Default, PartialEq)]
pub struct Options(Json);

impl Options {
    fn read(text: &str, known: &Known) -> Result<Self, Error> {
        Self::check(Json::parse(text).unwrap_or_default(), known, None)
    }

    /// Checks names and values. Where `allowed` is given, all other names are refused.
    fn check(json: Json, known: &Known, allowed: Option<&Json>) -> Result<Self, Error> {
        let Json::Object(members) = &json else {
            return Err(Error::argument("options are an object"));
        };
        for (name, value) in members {
            let option = known.iter().find(|option| option.0.name() == name);
            let is_allowed = |key: Key| allowed.is_none_or(|list| list.has(key.name()));
            let Some((_, kind)) = option.filter(|option| is_allowed(option.0)) else {
                return Err(complaint(&["unknown option `", name, "`"]));
            };
            if !kind.holds(value) {
                return Err(complaint(&["`", name, "` is ", &kind.wanted()]));
            }
        }
        Ok(Self(json))
    }

    /// The options of a call, which takes those in `allowed`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`], as for all of these.
    pub fn call(json: Json, allowed: &Json) -> Result<Self, Error> {
        Self::check(json, CALL, Some(allowed))
    }

    /// The options of `createClient`. `page_tokens` says whether there is a `getToken`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn setup(text: &str, page_tokens: bool) -> Result<Self, Error> {
        let setup = Self::read(text, CLIENT)?;
        if setup.text(Key::Endpoint).is_some() == page_tokens {
            return Err(Error::argument(
                "createClient takes either `endpoint` or `getToken`, a function",
            ));
        }
        Ok(setup)
    }

    /// The options of a sign-in (`SignInOptions` of `types.ts`).
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn sign_in(text: &str) -> Result<Self, Error> {
        Self::read(text, SIGN_IN)
    }

    /// The options of `getToken` (`TokenRequest` of `types.ts`).
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub(crate) fn token(text: &str) -> Result<Self, Error> {
        Self::read(text, TOKEN)
    }

    /// One option alone.
    pub(crate) fn of_text(key: Key, text: &str) -> Self {
        let member = (key.name().into(), Json::Text(text.into()));
        Self(Json::Object(alloc::vec![member]))
    }

    /// The text under `key`.
    #[must_use]
    pub fn text(&self, key: Key) -> Option<&str> {
        self.0.get(key.name()).str()
    }

    /// The texts under `key`; a single text counts as a list of one.
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

    /// The boolean under `key`; `default` where it was left out.
    #[must_use]
    pub fn flag(&self, key: Key, default: bool) -> bool {
        match self.0.get(key.name()) {
            Json::Bool(value) => *value,
            _ => default,
        }
    }

    /// The names and texts of the object under `key`.
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

#[cfg(test)]
#[path = "tests/options.rs"]
mod tests;
