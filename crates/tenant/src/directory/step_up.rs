//! Conditional Access: operations that need an authentication context, which a second factor gives.
//!
//! A rule applies to a method and to a path of Graph with all paths below it. A token without the
//! context gets a claims challenge. The client sends these claims with its next token request; if the
//! grant has no second factor, the client has to send them with an authorization request.
//! <https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context>

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use axum::http::Method;
use serde_json::{Value, json};

/// The authentication context of every rule.
pub(crate) const CONTEXT: &str = "c1";

/// An operation that needs a second factor, such as `PATCH /me/mailboxSettings`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StepUp {
    method: Method,
    /// Segments below the mailbox, lower case.
    below: Vec<String>,
    /// The text as received.
    text: String,
}

impl FromStr for StepUp {
    type Err = String;

    /// Parses a method and a path below `/me`, with one space between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not an operation; write a method and a path, such as `PATCH /me/mailboxSettings`"
            )
        };
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        let known = ["GET", "POST", "PATCH", "PUT", "DELETE"];
        let method = known
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(method))
            .and_then(|known| Method::from_bytes(known.as_bytes()).ok())
            .ok_or_else(wrong)?;
        let mut segments = path
            .strip_prefix('/')
            .ok_or_else(wrong)?
            .split('/')
            .map(str::to_ascii_lowercase);
        let below: Vec<String> = match segments.next().as_deref() {
            Some("me") => segments.collect(),
            _ => return Err(wrong()),
        };
        if below.iter().any(String::is_empty) {
            return Err(wrong());
        }
        Ok(Self {
            method,
            below,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StepUp {
    /// Whether the rule applies to a method and to the segments below a mailbox.
    pub(crate) fn guards(&self, method: &Method, below: &[String]) -> bool {
        let named = |(known, segment): (&String, &String)| known.eq_ignore_ascii_case(segment);
        *method == self.method
            && below.len() >= self.below.len()
            && self.below.iter().zip(below).all(named)
    }
}

/// The claims of a challenge.
pub(crate) fn claims(contexts: &BTreeSet<String>) -> String {
    let mut wanted = json!({"essential": true});
    let mut list = contexts.iter();
    match (list.next(), list.next()) {
        (Some(one), None) => wanted["value"] = one.as_str().into(),
        _ => wanted["values"] = contexts.iter().cloned().collect(),
    }
    json!({"access_token": {"acrs": wanted}}).to_string()
}

/// The authentication contexts (`c1` to `c99`) of a `claims` parameter. Other claims
/// are ignored.
pub(crate) fn contexts(claims: Option<&str>) -> BTreeSet<String> {
    let parsed = claims.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(acrs) = parsed.map(|claims| claims["access_token"]["acrs"].clone()) else {
        return BTreeSet::new();
    };
    let several = acrs["values"].as_array();
    let named = several.into_iter().flatten().chain([&acrs["value"]]);
    named
        .filter_map(Value::as_str)
        .filter(|name| is_context(name))
        .map(str::to_owned)
        .collect()
}

fn is_context(name: &str) -> bool {
    let number = name.strip_prefix('c').and_then(|rest| rest.parse().ok());
    number.is_some_and(|number: u8| (1..=99).contains(&number) && name == format!("c{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn rules_guard_a_method_and_what_is_below_a_path() {
        let rule: StepUp = "patch /me/mailboxSettings".parse().unwrap();
        for (method, path, guarded) in [
            (Method::PATCH, "mailboxsettings", true),
            (Method::PATCH, "mailboxSettings/language", true),
            (Method::GET, "mailboxsettings", false),
            (Method::PATCH, "messages", false),
        ] {
            assert_eq!(rule.guards(&method, &segments(path)), guarded, "{path}");
        }
        assert_eq!(rule.to_string(), "patch /me/mailboxSettings");
        for bad in [
            "",
            "PATCH",
            "PATCH me",
            "BREW /me/messages",
            "GET /users/x",
            "GET /me//x",
        ] {
            assert!(bad.parse::<StepUp>().is_err(), "{bad}");
        }
    }

    #[test]
    fn contexts_are_read_out_of_claims_and_written_into_them() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (claims, named) in [
            (
                r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#,
                &["c1"][..],
            ),
            (
                r#"{"access_token":{"acrs":{"values":["c2","c3",4,"x"]}}}"#,
                &["c2", "c3"],
            ),
            (
                r#"{"access_token":{"acrs":{"values":["c0","c100","c01","c+1"]}}}"#,
                &[],
            ),
            (
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}},"acrs":{"value":"c1"}}"#,
                &[],
            ),
            ("[]", &[]),
            ("", &[]),
        ] {
            assert_eq!(contexts(Some(claims)), set(named), "{claims}");
        }
        for names in [&["c1"][..], &["c1", "c2"]] {
            assert_eq!(contexts(Some(&super::claims(&set(names)))), set(names));
        }
    }
}
