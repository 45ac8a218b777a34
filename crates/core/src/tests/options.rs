//! Tests of `options.rs`.

use super::*;
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
    let call = Options::call(Json::parse(text).unwrap_or_default(), LIST).unwrap();
    assert_eq!(call.texts(Key::Select).unwrap(), ["a"]);
    assert_eq!(call.texts(Key::OrderBy).unwrap(), ["o"]);
    assert_eq!(
        (call.number(Key::Top), call.number(Key::Skip)),
        (Some(5), Some(6))
    );
    assert!(call.truth(Key::Count, false) && call.truth(Key::Bare, true));
    assert_eq!(call.pairs(Key::Headers).collect::<Vec<_>>(), [("a", "b")]);
    assert_eq!(call.text(Key::IfMatch), Some("W/1"));
    assert_eq!(call.text(Key::As), Some("blob"));
    assert_eq!(call.text(Key::Claims), None);
    assert_eq!(call.texts(Key::Claims), None);
    assert_eq!(
        Options::call(Json::Object(Vec::new()), &[Key::Top])
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
            complaint(Options::call(Json::parse(text).unwrap_or_default(), LIST)),
            wanted,
            "{text}"
        );
    }
    assert_eq!(
        complaint(Options::call(
            Json::parse(r#"{"top":1}"#).unwrap(),
            &[Key::Signal]
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
fn what_is_asked_for_a_token_is_read_by_the_derived_type() {
    let asked = |want: &Want, rejected| {
        let text = want.to_json(rejected);
        serde_json::from_str::<crate::wire::TokenRequest>(&text).unwrap()
    };
    let want = Want::read(
        r#"{"scopes":["a"],"resource":"r","claims":"{}","forceRefresh":true,"signal":{}}"#,
    )
    .unwrap();
    let read = asked(&want, Some("h"));
    let text = |text: &str| Some(String::from(text));
    assert_eq!(
        (read.scopes, read.resource, read.claims, read.rejected),
        (Some(vec!["a".into()]), text("r"), text("{}"), text("h"))
    );
    let read = asked(&Want::default(), None);
    assert_eq!(
        (read.scopes, read.resource, read.claims, read.rejected),
        (None, None, None, None)
    );
    assert_eq!(Want::default().key(), "|");
    let want = Want::claiming("{\"a\":1}");
    assert_eq!(
        (want.key().as_str(), want.claims()),
        ("|", Some("{\"a\":1}"))
    );
    assert!(!want.force());
}

#[test]
fn s24_a_token_with_fewer_permissions_is_not_what_was_asked_for() {
    let covered = |asked: &str, granted: &[&str]| {
        let granted: Vec<String> = granted.iter().copied().map(String::from).collect();
        Want::read(asked).unwrap().covered(&granted)
    };
    let asked = r#"{"scopes":["Mail.Read","https://graph.example/User.Read"]}"#;
    assert!(covered(
        asked,
        &["user.read", "https://graph.example/mail.read", "openid"]
    ));
    assert!(!covered(asked, &["User.Read"]));
    assert!(!covered(asked, &["User.Read", "Mail.ReadWrite"]));
    assert!(covered(asked, &[]), "a service that names none is believed");
    assert!(covered("{}", &["User.Read"]));
    assert!(covered(
        r#"{"scopes":["https://graph.example/.default"]}"#,
        &["User.Read"]
    ));
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
    let want = Want::read(r#"{"scopes":["a","b"],"forceRefresh":true}"#).unwrap();
    assert_eq!((want.key().as_str(), want.force()), ("a b|", true));
    assert_eq!(
        complaint(Want::read(r#"{"scopes":"a"}"#)),
        "`scopes` is a list of texts"
    );
    let asked = |ids: &str| {
        Asked::read(&alloc::format!(
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
        complaint(Asked::read(text));
    }
}
