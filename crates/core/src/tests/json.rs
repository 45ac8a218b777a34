//! Tests of `json.rs`.

use super::*;
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;
use serde_json::Value;

/// What serde_json reads, with null for the numbers that [`Json`] does not keep; `None` where it refuses `text`.
fn witness(text: &str) -> Option<Value> {
    fn kept(value: Value) -> Value {
        match value {
            Value::Number(number) => {
                let number = number.as_u64().filter(|one| u32::try_from(*one).is_ok());
                number.map_or(Value::Null, Value::from)
            }
            Value::Array(items) => items.into_iter().map(kept).collect(),
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, kept(value)));
                members.collect()
            }
            other => other,
        }
    }
    serde_json::from_str(text).ok().map(kept)
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => flag.into(),
        Json::Number(number) => number.into(),
        Json::Text(text) => text.into(),
        Json::List(items) => items.into_iter().map(value).collect(),
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, one)| (name, value(one)));
            members.collect()
        }
    }
}

/// Holds the reader to serde_json.
fn compare(text: &str) {
    let out_of_range = |error: serde_json::Error| error.to_string().contains("out of range");
    if serde_json::from_str::<Value>(text).is_err_and(out_of_range) {
        return; // A number beyond all floats is JSON (RFC 8259 §6); serde_json has no place for it.
    }
    assert_eq!(Json::parse(text).map(value), witness(text), "{text}");
}

#[test]
fn the_grammar_is_that_of_serde_json() {
    for text in [
        "",
        " ",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1e",
        "1e3",
        "1E+3",
        "1e-",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "NaN",
        "Infinity",
        "true",
        "True",
        "truex",
        "tru",
        "null",
        "nul",
        "[]",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        " [ 1 , 2 ] ",
        "{}",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" : 1 , \"a\" : 2}",
        "{\"a\":1]",
        "[1}",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\\\\"",
        "\"\\/\\b\\f\\n\\r\\t\"",
        "\"\\x\"",
        "\"\\u00e9\"",
        "\"\\u00E9\"",
        "\"\\u00g0\"",
        "\"\\u12\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\n\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\ude00\"",
        "\"\\u0000\"",
        "\"\n\"",
        "\"\u{7f}\"",
        "\"é😀\"",
        "1 1",
        "\u{feff}1",
        "\u{a0}1",
        "\0",
        "1\0",
        "/**/1",
        "'a'",
    ] {
        compare(text);
    }
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    for depth in [1, 126, 127, 128, 129, 100_000] {
        compare(&nested(depth));
        compare(&nested(depth).replace('[', "{\"a\":[").replace(']', "]}"));
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

#[test]
fn what_is_no_json_is_none() {
    assert_eq!(Json::parse("<html>"), None);
    assert_eq!(Json::parse(&"[".repeat(100_000)), None, "depth is bounded");
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read(value in any_value()) {
        compare(&value.to_string());
        compare(&serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn what_is_almost_json_is_judged_as_by_serde_json(value in any_value(), at in any::<prop::sample::Index>(), new in "[\\[\\]{},:\"\\\\u0-9a-f.eE+ \n-]{0,2}") {
        let mut letters: Vec<char> = value.to_string().chars().collect();
        let at = at.index(letters.len());
        letters.splice(at..=at, new.chars());
        compare(&letters.into_iter().collect::<String>());
    }

    #[test]
    fn what_looks_like_json_is_judged_as_by_serde_json(text in "[\\[\\]{},:\"\\\\utrnlsfa0-9.eE+ \n-]{0,24}") {
        compare(&text);
    }

    #[test]
    fn texts_come_back_as_they_were(text in "\\PC{0,40}", control in "[\\x00-\\x1f\"\\\\]{0,10}") {
        let text = [text, control].concat();
        let written = Writer::new().text("a", &text).texts("b", core::slice::from_ref(&text)).number("c", 7).optional_text("d", None).finish();
        let read = Json::parse(&written).unwrap();
        prop_assert_eq!(read.get("a").text(), Some(text.clone()));
        prop_assert_eq!(read.get("b").texts(), Some(vec![text]));
        prop_assert_eq!(read.get("c").number(), Some(7));
        prop_assert_eq!(read.get("d"), &Json::Null);
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}") {
        compare(&text);
    }
}
