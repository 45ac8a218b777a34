//! Tests of `options.rs`.

use super::*;
use crate::access_token_request::AccessTokenRequest;
use crate::call_description::CallDescription;
use alloc::string::ToString;

const LIST: &[Key] = &[
    Key::Select,
    Key::Filter,
    Key::OrderBy,
    Key::Expand,
    Key::Search,
    Key::Top,
    Key::Skip,
    Key::Count,
    Key::Query,
    Key::Headers,
    Key::IfMatch,
    Key::Timeout,
    Key::TimeZone,
    Key::As,
    Key::Signal,
];

fn complaint<T: core::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.code, Code::InvalidArgument);
    error.message.to_string()
}

#[test]
fn every_option_of_a_call_is_read() {
    let text = r#"{"select":["a"],"filter":"f","orderBy":"o","expand":["e"],"search":"s","top":5,"skip":6,"count":true,"query":{"x":"y"},
        "headers":{"a":"b"},"ifMatch":"W/1","timeout":7,"timeZone":"UTC","as":"blob","signal":{}}"#;
    let call = Options::call(Json::parse(text).unwrap_or_default(), &Key::list(LIST)).unwrap();
    assert_eq!(call.texts(Key::Select).unwrap(), ["a"]);
    assert_eq!(call.texts(Key::OrderBy).unwrap(), ["o"]);
    assert_eq!(
        (call.number(Key::Top), call.number(Key::Skip)),
        (Some(5), Some(6))
    );
    assert!(call.flag(Key::Count, false) && call.flag(Key::Bare, true));
    assert_eq!(call.pairs(Key::Headers).collect::<Vec<_>>(), [("a", "b")]);
    assert_eq!(call.text(Key::IfMatch), Some("W/1"));
    assert_eq!(call.text(Key::As), Some("blob"));
    assert_eq!(call.text(Key::Claims), None);
    assert_eq!(call.texts(Key::Claims), None);
    assert_eq!(
        Options::call(Json::Object(Vec::new()), &Key::list(&[Key::Top]))
            .unwrap()
            .pairs(Key::Headers)
            .count(),
        0
    );
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
        (r#"{"ifMatch":""}"#, "`ifMatch` is a text that is not empty"),
        (
            r#"{"ifMatch":" "}"#,
            "`ifMatch` is a text that is not empty",
        ),
        (
            r#"{"ifMatch":null}"#,
            "`ifMatch` is a text that is not empty",
        ),
        (r#"{"count":1}"#, "`count` is true or false"),
        (r#"{"headers":{"a":1}}"#, "`headers` is an object of texts"),
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
        assert_eq!(
            complaint(Options::call(
                Json::parse(text).unwrap_or_default(),
                &Key::list(LIST)
            )),
            wanted,
            "{text}"
        );
    }
    assert_eq!(
        complaint(Options::call(
            Json::parse(r#"{"top":1}"#).unwrap(),
            &Key::list(&[Key::Signal])
        )),
        "unknown option `top`"
    );
}

#[test]
fn settings_are_read_and_checked() {
    let text = r#"{"endpoint":"/auth/","api":"outlook-v1","identity":"v1","tenant":"common","cloud":"china","retries":0,"bodyType":"text"}"#;
    let setup = Options::setup(text, false).unwrap();
    assert_eq!(setup.text(Key::Endpoint), Some("/auth/"));
    assert_eq!(setup.number(Key::Retries), Some(0));
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
        assert_eq!(complaint(Options::setup(text, own)), wanted, "{text}");
    }
}

#[test]
fn sign_ins_and_tokens_are_read() {
    let options = Options::sign_in(r#"{"loginHint":"a","prompt":"login","scopes":["s"],"returnTo":"/x","mode":"redirect","signal":{}}"#).unwrap();
    let read = |key| options.text(key);
    assert_eq!(
        (read(Key::LoginHint), read(Key::Prompt), read(Key::ReturnTo)),
        (Some("a"), Some("login"), Some("/x"))
    );
    assert_eq!(
        complaint(Options::sign_in(r#"{"password":"x"}"#)),
        "unknown option `password`"
    );
    let want = AccessTokenRequest::read(r#"{"scopes":["a","b"],"forceRefresh":true}"#).unwrap();
    assert_eq!(
        (want.cache_key().as_str(), want.force_refresh()),
        ("a b|", true)
    );
    assert_eq!(
        complaint(AccessTokenRequest::read(r#"{"scopes":"a"}"#)),
        "`scopes` is a list of texts"
    );
    let asked = |ids: &str| {
        CallDescription::read(&alloc::format!(
            r#"["GET",null,"messages/{{}}",{ids},{{"top":1}},["top"]]"#
        ))
    };
    let read = asked(r#"["a"]"#).unwrap();
    assert_eq!(
        (read.method.as_str(), read.path.as_str(), read.user),
        ("GET", "messages/{}", None)
    );
    assert_eq!(
        (read.ids.unwrap().as_slice(), read.options.number(Key::Top)),
        (&["a".to_string()][..], Some(1))
    );
    assert_eq!(asked("null").unwrap().ids, None);
    for ids in ["[null]", "[5]", "5"] {
        complaint(asked(ids));
    }
    for text in ["", "5", "{}", "[]"] {
        complaint(CallDescription::read(text));
    }
}
