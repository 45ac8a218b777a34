//! The page's half of the contract. Fields: a status, and JSON.

use super::{fields, number};
use exo365_core::access_token_request::is_token;
use exo365_core::endpoint::{exchanged, read, success};
use exo365_core::error::{Code, Error};
use exo365_core::json::{FromJson, Json, Writer};
use exo365_core::signin::SignInRecord;
use exo365_core::wire::{
    Account, ErrorReply, ExchangeReply, Hosts, LogoutReply, PageConfig, SessionReply, TokenReply,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;

pub(super) fn run(input: &str) {
    let [status, text] = fields(input);
    let status = number(status, 200);
    texts_come_back(text);
    let (tree, value) = (Json::parse(text), serde_json::from_str::<Value>(text));
    // A number beyond all floats is JSON; serde_json has no place for it.
    let out_of_range = |error: &serde_json::Error| error.to_string().contains("out of range");
    assert!(
        tree.is_some() == value.is_ok() || value.as_ref().is_err_and(out_of_range),
        "{text}"
    );
    if let (Some(tree), Ok(value)) = (&tree, &value) {
        assert!(same(tree, value), "{text}");
        if !is_positional(tree) {
            derived_readers_agree(tree, text);
        }
    }
    refusals_are_those_of_the_wire(status, text);
}

/// Whether a list stands where an object should: derived readers take its items for members, one after the other.
fn is_positional(tree: &Json) -> bool {
    match tree {
        Json::List(_) => true,
        Json::Object(_) => ["config", "cloud", "account", "error"]
            .iter()
            .any(|name| is_positional(tree.get(name))),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => false,
    }
}

/// Whether both read the same; numbers as far as they are kept.
fn same(tree: &Json, value: &Value) -> bool {
    match (tree, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(one), Value::Bool(other)) => one == other,
        (Json::Text(one), Value::String(other)) => one == other,
        (Json::Number(one), Value::Number(other)) => other.as_u64() == Some(*one),
        (Json::Null, Value::Number(other)) => {
            other.as_u64().is_none_or(|number| number > u32::MAX.into())
        }
        (Json::List(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(members), Value::Object(other)) => {
            // Where a name is there twice, serde_json keeps the last.
            let last = |name: &String| members.iter().rfind(|member| member.0 == *name);
            let known = members.iter().all(|member| other.contains_key(&member.0));
            let mut pairs = other.iter();
            known
                && pairs
                    .all(|(name, value)| last(name).is_some_and(|member| same(&member.1, value)))
        }
        _ => false,
    }
}

/// Whatever a derived reader takes, the reader by hand takes as well, and reads the same.
fn agree<T: FromJson + DeserializeOwned + serde::Serialize>(tree: &Json, text: &str) -> Option<T> {
    let derived = serde_json::from_str::<T>(text).ok()?;
    let by_hand = T::from_json(tree).expect("the reader by hand takes what the derived one takes");
    let json = |one: &T| serde_json::to_value(one).ok();
    assert_eq!(json(&by_hand), json(&derived), "{text}");
    Some(by_hand)
}

fn derived_readers_agree(tree: &Json, text: &str) {
    agree::<Account>(tree, text);
    agree::<Hosts>(tree, text);
    agree::<LogoutReply>(tree, text);
    if let Some(config) = agree::<PageConfig>(tree, text) {
        let written = config.to_json();
        let back: PageConfig = serde_json::from_str(&written).expect("what the page writes");
        assert!(back == config, "{written}");
    }
    if let Some(pending) = SignInRecord::from_json(tree) {
        assert_eq!(pending.request.authority, pending.config.authority);
        let state = tree.get("state").str();
        assert_eq!(state, Some(pending.request.state.as_str()));
    }
    if !tree.get("accessToken").str().is_none_or(is_token) {
        return; // What is no token, the reader by hand alone refuses.
    }
    agree::<TokenReply>(tree, text);
    agree::<SessionReply>(tree, text);
    let config = PageConfig::from_json(tree.get("config"));
    if let (Some(config), Ok(reply)) = (config, serde_json::from_str::<ExchangeReply>(text)) {
        let session = exchanged(tree, config).expect("an exchange is read as it is written");
        assert!(session.account == Some(reply.account));
        assert_eq!(session.access_token, reply.access_token);
        assert_eq!(session.expires_in, Some(reply.expires_in));
    }
}

fn refusals_are_those_of_the_wire(status: u16, text: &str) {
    let judged = read(status, text);
    assert!(judged.is_err() || (200..300).contains(&status));
    // A redirect that is not followed has no status.
    if let Err(error) = &judged
        && status != 0
    {
        let seen = error.detail.as_ref().and_then(|detail| detail.status);
        assert_eq!(seen, Some(status));
    }
    if (200..300).contains(&status) {
        let _ = judged.and_then(|json| success::<SessionReply>(&json));
        return;
    }
    let tree = Json::parse(text).unwrap_or_default();
    let code = tree.get("error").get("code").str();
    if code.and_then(Code::parse).is_none() {
        // No refusal of ours: its sentence is not shown.
        let fixed = |error: &Error| matches!(error.message, Cow::Borrowed(_));
        assert!(judged.as_ref().is_err_and(fixed), "{text}");
    }
    let said = serde_json::from_str::<ErrorReply>(text).ok();
    let said = said.filter(|_| !is_positional(&tree));
    if let Some(error) = said.and_then(|reply| reply.error.into_error(status)) {
        assert_eq!(judged.err(), Some(error), "{text}");
    }
}

fn texts_come_back(text: &str) {
    let written = Writer::new()
        .text("a", text)
        .texts("b", &[text.to_owned(), String::new()])
        .finish();
    let value: Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(value["a"], text);
    assert_eq!(value["b"], serde_json::json!([text, ""]));
}
