//! Options of pages, as the JSON text that crosses the boundary: every key known, every value checked,
//! each complaint with the key's name.

use crate::endpoint::{Cloud, Wishes};
use crate::error::{Code, Error};
use crate::json::{FLAVORS, IDENTITIES, Json, MODES};
use crate::odata::Query;
use crate::request::check_time_zone;
use crate::signin;
use crate::wire::Hosts;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest time-out that is taken, in milliseconds (one hour).
const MAX_TIMEOUT: u32 = 3_600_000;

/// The complaint about `key`.
fn wrong(key: &str, what: &str) -> Error {
    Error::with(Code::InvalidArgument, ["`", key, "` is ", what].concat())
}

/// Calls `take` with every member; what `take` does not know (`false`) is refused.
fn each(text: &str, mut take: impl FnMut(&str, &Json) -> Result<bool, Error>) -> Result<(), Error> {
    let json = Json::parse(text).unwrap_or_default();
    let Json::Object(members) = json else {
        return Err(Error::argument("options are an object"));
    };
    for (key, value) in &members {
        if !take(key, value)? {
            return Err(Error::with(
                Code::InvalidArgument,
                ["unknown option `", key, "`"].concat(),
            ));
        }
    }
    Ok(())
}

fn string(key: &str, value: &Json) -> Result<String, Error> {
    value.text().ok_or_else(|| wrong(key, "a text"))
}

fn strings(key: &str, value: &Json) -> Result<Vec<String>, Error> {
    value.texts().ok_or_else(|| wrong(key, "a list of texts"))
}

fn whole(key: &str, value: &Json) -> Result<u32, Error> {
    value
        .number()
        .ok_or_else(|| wrong(key, "a whole number that is not negative"))
}

fn truth(key: &str, value: &Json) -> Result<bool, Error> {
    match value {
        Json::Bool(value) => Ok(*value),
        _ => Err(wrong(key, "true or false")),
    }
}

fn one_of<T: Copy>(key: &str, value: &Json, known: &[(&str, T)]) -> Result<T, Error> {
    value.one_of(known).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|one| one.0).collect();
        wrong(key, &["one of ", &names.join(", ")].concat())
    })
}

fn pairs(key: &str, value: &Json) -> Result<Vec<(String, String)>, Error> {
    let Json::Object(members) = value else {
        return Err(wrong(key, "an object of texts"));
    };
    members
        .iter()
        .map(|(name, value)| Ok((name.clone(), string(name, value)?)))
        .collect()
}

fn timeout(key: &str, value: &Json) -> Result<u32, Error> {
    let milliseconds = value
        .number()
        .filter(|value| (1..=MAX_TIMEOUT).contains(value));
    milliseconds.ok_or_else(|| wrong(key, "in milliseconds, 1 to 3600000"))
}

fn time_zone(key: &str, value: &Json) -> Result<String, Error> {
    let zone = string(key, value)?;
    check_time_zone(&zone)?;
    Ok(zone)
}

/// What one call may choose.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Call {
    /// OData options, and parameters of the path.
    pub query: Query,
    /// Headers of the caller's own.
    pub headers: Vec<(String, String)>,
    /// Milliseconds of one attempt.
    pub timeout: Option<u32>,
    /// For event times in the answer.
    pub time_zone: Option<String>,
    /// `json` (default), `text`, `blob` or `response`.
    pub form: Option<String>,
}

impl Call {
    /// Reads the options; `allowed` names the keys that this call takes, with commas.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn read(text: &str, allowed: &str) -> Result<Self, Error> {
        let mut call = Self::default();
        each(text, |key, value| {
            Ok(allowed.split(',').any(|name| name == key) && call.take(key, value)?)
        })?;
        Ok(call)
    }

    fn take(&mut self, key: &str, value: &Json) -> Result<bool, Error> {
        let query = &mut self.query;
        let names = || {
            value
                .text()
                .map_or_else(|| strings(key, value), |text| Ok(alloc::vec![text]))
        };
        match key {
            "select" => query.select = Some(strings(key, value)?),
            "filter" => query.filter = Some(string(key, value)?),
            "orderBy" => query.order_by = Some(names()?),
            "expand" => query.expand = Some(names()?),
            "search" => query.search = Some(string(key, value)?),
            "top" => query.top = Some(whole(key, value)?),
            "skip" => query.skip = Some(whole(key, value)?),
            "count" => query.count = Some(truth(key, value)?),
            "query" => query.extra = pairs(key, value)?,
            "headers" => self.headers.extend(pairs(key, value)?),
            "ifMatch" => self.headers.push(("if-match".into(), string(key, value)?)),
            "timeout" => self.timeout = Some(timeout(key, value)?),
            "timeZone" => self.time_zone = Some(time_zone(key, value)?),
            "as" => {
                let forms = ["json", "text", "blob", "response"].map(|form| (form, form));
                self.form = Some(one_of(key, value, &forms)?.into());
            }
            // Crosses as itself, beside the text.
            "signal" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What `createClient` was given. Keys and defaults: `ClientConfig` in `index.d.ts`.
#[derive(Debug)]
pub struct Setup {
    /// Base URL of the token endpoint, without a slash at its end.
    pub endpoint: Option<String>,
    /// What the endpoint has to agree with.
    pub wishes: Wishes,
    /// A redirect URI other than this page.
    pub redirect_uri: Option<String>,
    /// For event times in answers.
    pub time_zone: Option<String>,
    /// Bodies as plain text.
    pub text_bodies: bool,
    /// Ids that survive a move.
    pub immutable_ids: bool,
    /// Tries after the first.
    pub retries: u32,
    /// Milliseconds of one attempt.
    pub timeout: u32,
}

impl Setup {
    /// Reads the settings; `page_tokens`: the page gives tokens by a function of its own.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn read(text: &str, page_tokens: bool) -> Result<Self, Error> {
        let mut setup = Self {
            endpoint: None,
            wishes: Wishes::default(),
            redirect_uri: None,
            time_zone: None,
            text_bodies: false,
            immutable_ids: true,
            retries: 3,
            timeout: 30_000,
        };
        each(text, |key, value| setup.take(key, value))?;
        if setup.endpoint.is_some() == page_tokens {
            return Err(Error::argument(
                "createClient takes either `endpoint` or `getToken`, a function",
            ));
        }
        Ok(setup)
    }

    fn take(&mut self, key: &str, value: &Json) -> Result<bool, Error> {
        let wishes = &mut self.wishes;
        match key {
            "endpoint" => self.endpoint = Some(string(key, value)?.trim_end_matches('/').into()),
            "clientId" => wishes.client_id = Some(string(key, value)?),
            "tenant" => wishes.tenant = Some(tenant(key, value)?),
            "cloud" => wishes.cloud = Some(cloud(key, value)?),
            "identity" => wishes.identity = Some(one_of(key, value, IDENTITIES)?),
            "api" => wishes.api = Some(one_of(key, value, FLAVORS)?),
            "mode" => wishes.mode = Some(one_of(key, value, MODES)?),
            "scopes" => wishes.scopes = Some(strings(key, value)?),
            "allowInsecureLoopback" => wishes.insecure_loopback = truth(key, value)?,
            "redirectUri" => self.redirect_uri = Some(string(key, value)?),
            "timeZone" => self.time_zone = Some(time_zone(key, value)?),
            "bodyType" => {
                self.text_bodies = one_of(key, value, &[("html", false), ("text", true)])?
            }
            "immutableIds" => self.immutable_ids = truth(key, value)?,
            "retries" => self.retries = whole(key, value)?,
            "timeout" => self.timeout = timeout(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A tenant is one path segment of plain characters.
fn tenant(key: &str, value: &Json) -> Result<String, Error> {
    let plain = |text: &String| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    };
    value.text().filter(plain).ok_or_else(|| {
        wrong(
            key,
            "a tenant id, a domain, organizations, common or consumers",
        )
    })
}

fn cloud(key: &str, value: &Json) -> Result<Cloud, Error> {
    if let Some(name) = value.text() {
        return Ok(Cloud::Named(name));
    }
    let both = (value.get("login").text(), value.get("api").text());
    let (Some(login), Some(api)) = both else {
        return Err(wrong(key, "the name of a cloud, or { login, api }"));
    };
    Ok(Cloud::Custom(Hosts { login, api }))
}

/// Reads `SignInOptions`: what the sign-in takes, and the place to return to. `mode` and `signal` are the face's.
///
/// # Errors
/// [`Code::InvalidArgument`].
pub fn sign_in(text: &str) -> Result<(signin::Options, Option<String>), Error> {
    let (mut options, mut return_to) = (signin::Options::default(), None);
    each(text, |key, value| {
        match key {
            "loginHint" => options.login_hint = Some(string(key, value)?),
            "domainHint" => options.domain_hint = Some(string(key, value)?),
            "prompt" => options.prompt = Some(string(key, value)?),
            "scopes" => options.scopes = Some(strings(key, value)?),
            "claims" => options.claims = Some(string(key, value)?),
            "returnTo" => return_to = Some(string(key, value)?),
            "mode" | "signal" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((options, return_to))
}

/// Which token: the configured API's where both are left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Want {
    /// v2: permissions of one API.
    pub scopes: Option<Vec<String>>,
    /// v1: an API.
    pub resource: Option<String>,
    /// Claims of a challenge.
    pub claims: Option<String>,
    /// Not the one that is here, whatever its age.
    pub force: bool,
}

impl Want {
    /// Reads a `TokenRequest`.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`].
    pub fn read(text: &str) -> Result<Self, Error> {
        let mut want = Self::default();
        each(text, |key, value| {
            match key {
                "scopes" => want.scopes = Some(strings(key, value)?),
                "resource" => want.resource = Some(string(key, value)?),
                "claims" => want.claims = Some(string(key, value)?),
                "forceRefresh" => want.force = truth(key, value)?,
                "signal" => {}
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(want)
    }

    /// What tells one cache entry from another: the API and the permissions.
    #[must_use]
    pub fn key(&self) -> String {
        let scopes = self
            .scopes
            .as_ref()
            .map(|scopes| scopes.join(" "))
            .unwrap_or_default();
        [&scopes, "|", self.resource.as_deref().unwrap_or_default()].concat()
    }
}

/// Reads the ids of a path: a list of texts.
///
/// # Errors
/// [`Code::InvalidArgument`].
pub fn ids(text: &str) -> Result<Vec<String>, Error> {
    let ids = Json::parse(text).and_then(|json| json.texts());
    ids.ok_or(Error::argument("an id is a text (is it undefined?)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Flavor, Identity};
    use alloc::string::ToString;

    const LIST: &str = "select,filter,orderBy,expand,search,top,skip,count,query,headers,ifMatch,timeout,timeZone,as,signal";

    fn complaint<T: core::fmt::Debug>(result: Result<T, Error>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::InvalidArgument);
        error.message.into_owned()
    }

    #[test]
    fn every_option_of_a_call_is_read() {
        let text = r#"{"select":["a"],"filter":"f","orderBy":"o","expand":["e"],"search":"s","top":5,"skip":6,"count":true,"query":{"x":"y"},
            "headers":{"a":"b"},"ifMatch":"W/1","timeout":7,"timeZone":"UTC","as":"blob","signal":{}}"#;
        let call = Call::read(text, LIST).unwrap();
        assert_eq!(call.query.select.unwrap(), ["a"]);
        assert_eq!(call.query.order_by.unwrap(), ["o"]);
        assert_eq!(
            (call.query.top, call.query.skip, call.query.count),
            (Some(5), Some(6), Some(true))
        );
        assert_eq!(
            call.headers,
            [
                ("a".to_string(), "b".to_string()),
                ("if-match".to_string(), "W/1".to_string())
            ]
        );
        assert_eq!(
            (
                call.timeout,
                call.time_zone.as_deref(),
                call.form.as_deref()
            ),
            (Some(7), Some("UTC"), Some("blob"))
        );
        assert_eq!(Call::read("{}", "").unwrap(), Call::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, wanted) in [
            (r#"{"slect":["a"]}"#, "unknown option `slect`"),
            (
                r#"{"top":"fifty"}"#,
                "`top` is a whole number that is not negative",
            ),
            (
                r#"{"top":1.5}"#,
                "`top` is a whole number that is not negative",
            ),
            (
                r#"{"top":-1}"#,
                "`top` is a whole number that is not negative",
            ),
            (
                r#"{"top":4294967296}"#,
                "`top` is a whole number that is not negative",
            ),
            (
                r#"{"top":null}"#,
                "`top` is a whole number that is not negative",
            ),
            (r#"{"select":"subject"}"#, "`select` is a list of texts"),
            (r#"{"select":[1]}"#, "`select` is a list of texts"),
            (r#"{"count":1}"#, "`count` is true or false"),
            (r#"{"headers":{"a":1}}"#, "`a` is a text"),
            (
                r#"{"timeout":0}"#,
                "`timeout` is in milliseconds, 1 to 3600000",
            ),
            (
                r#"{"as":"xml"}"#,
                "`as` is one of json, text, blob, response",
            ),
            ("[]", "options are an object"),
            ("5", "options are an object"),
        ] {
            assert_eq!(complaint(Call::read(text, LIST)), wanted, "{text}");
        }
        assert_eq!(
            complaint(Call::read(r#"{"top":1}"#, "signal")),
            "unknown option `top`"
        );
    }

    #[test]
    fn settings_are_read_and_checked() {
        let setup = Setup::read(r#"{"endpoint":"/auth/","api":"outlook-v1","identity":"v1","tenant":"common","cloud":"china","retries":0,"bodyType":"text"}"#, false).unwrap();
        assert_eq!(setup.endpoint.as_deref(), Some("/auth"));
        assert_eq!(
            (setup.wishes.api, setup.wishes.identity),
            (Some(Flavor::OutlookV1), Some(Identity::V1))
        );
        assert!(setup.text_bodies && setup.immutable_ids && setup.retries == 0);
        for (text, own, wanted) in [
            (
                "{}",
                false,
                "createClient takes either `endpoint` or `getToken`, a function",
            ),
            (
                r#"{"endpoint":"/a"}"#,
                true,
                "createClient takes either `endpoint` or `getToken`, a function",
            ),
            (
                r#"{"endpoint":"/a","tenant":"a/b"}"#,
                false,
                "`tenant` is a tenant id, a domain, organizations, common or consumers",
            ),
            (
                r#"{"endpoint":"/a","cloud":{"login":"x"}}"#,
                false,
                "`cloud` is the name of a cloud, or { login, api }",
            ),
            (
                r#"{"endpoint":"/a","api":"ews"}"#,
                false,
                "`api` is one of graph, outlook-v2, outlook-v1",
            ),
            (
                r#"{"endpoint":"/a","clientSecret":"x"}"#,
                false,
                "unknown option `clientSecret`",
            ),
        ] {
            assert_eq!(complaint(Setup::read(text, own)), wanted, "{text}");
        }
    }

    #[test]
    fn sign_ins_and_tokens_are_read() {
        let (options, return_to) = sign_in(r#"{"loginHint":"a","prompt":"login","scopes":["s"],"returnTo":"/x","mode":"redirect","signal":{}}"#).unwrap();
        assert_eq!(
            (
                options.login_hint.as_deref(),
                options.prompt.as_deref(),
                return_to.as_deref()
            ),
            (Some("a"), Some("login"), Some("/x"))
        );
        assert_eq!(
            complaint(sign_in(r#"{"password":"x"}"#)),
            "unknown option `password`"
        );
        let want = Want::read(r#"{"scopes":["a","b"],"forceRefresh":true}"#).unwrap();
        assert_eq!((want.key().as_str(), want.force), ("a b|", true));
        assert_eq!(
            complaint(Want::read(r#"{"scopes":"a"}"#)),
            "`scopes` is a list of texts"
        );
        assert_eq!(ids(r#"["a"]"#).unwrap(), ["a"]);
        for text in ["[null]", "[5]", "5", ""] {
            complaint(ids(text));
        }
    }
}
