//! The three views of events, contacts and messages against recorded exchanges, where the folder
//! with these lies beside the repository: names, letter case, forms of dates, spelling of enums.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use support::{Api, GRAPH, Local, V1, V2};

fn exchange(flavour: &str, name: &str, at: usize) -> Option<(Value, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/api/examples");
    let file = folder.join(flavour).join(format!("{name}.json"));
    let Ok(text) = std::fs::read(&file) else {
        eprintln!("skipped: {flavour}/{name} is not here");
        return None;
    };
    let all: Value = serde_json::from_slice(&text).unwrap();
    let one = &all["exchanges"][at];
    Some((
        one["request"]["body"].clone(),
        one["response"]["body"].clone(),
    ))
}

fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The form of a text: letters of dates stay, digits become zeros, fractions of seconds go.
fn date_form(text: &str) -> Option<String> {
    let dated = text.len() >= 10
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if !dated {
        return None;
    }
    let digits: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let instant = digits.ends_with('Z');
    let digits = digits
        .split_once('.')
        .filter(|_| instant)
        .map_or(digits.clone(), |(head, _)| format!("{head}Z"));
    Some(digits)
}

/// Everything in the example is in ours, in the same form.
fn fits(path: &str, example: &Value, ours: &Value) {
    match (example, ours) {
        // An address that nobody filled in is an empty object.
        (_, Value::Object(own)) if own.is_empty() => {}
        (Value::Object(example), Value::Object(own)) => {
            for (name, value) in example {
                let here = format!("{path}/{name}");
                fits(
                    &here,
                    value,
                    own.get(name)
                        .unwrap_or_else(|| panic!("{here} is missing: {ours}")),
                );
            }
        }
        (Value::Array(example), Value::Array(own)) => {
            if let (Some(example), Some(own)) = (example.first(), own.first()) {
                fits(&format!("{path}[]"), example, own);
            }
        }
        (Value::String(example), Value::String(own)) => {
            if example.eq_ignore_ascii_case(own) {
                assert_eq!(example, own, "{path}: the same word in another case");
            }
            assert_eq!(
                date_form(example),
                date_form(own),
                "{path}: {example} and {own}"
            );
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (example, own) => {
            let kind = |value: &Value| std::mem::discriminant(value);
            assert_eq!(kind(example), kind(own), "{path}: {example} and {own}");
        }
    }
}

async fn compare(api: Api, flavour: &str, path: &str, name: &str) {
    let Some((sent, expected)) = exchange(flavour, name, 0) else {
        return;
    };
    let caller = Local::default().app(api).await;
    let ours = match sent {
        Value::Null => {
            let list = caller.get(&format!("{path}?$top=1")).await;
            let id = list["value"][0][api.name("id")]
                .as_str()
                .unwrap()
                .to_owned();
            caller.get(&format!("{path}/{id}")).await
        }
        sent => caller.done("POST", path, sent).await,
    };
    assert_eq!(names(&ours), names(&expected), "{flavour} {name}");
    fits("", &expected, &ours);
}

#[tokio::test]
async fn events_look_as_recorded() {
    compare(GRAPH, "graph", "/events", "04-event-recurring-timezone").await;
    compare(V2, "outlook-v2", "/events", "04-event-recurring-timezone").await;
    compare(V1, "outlook-v1", "/events", "04-event-recurring-timezone").await;
}

#[tokio::test]
async fn contacts_look_as_recorded() {
    compare(GRAPH, "graph", "/contacts", "05-contact").await;
    compare(V2, "outlook-v2", "/contacts", "05-contact").await;
    compare(V1, "outlook-v1", "/contacts", "05-contact").await;
}

#[tokio::test]
async fn pages_of_messages_look_as_recorded() {
    for (api, flavour) in [(GRAPH, "graph"), (V2, "outlook-v2"), (V1, "outlook-v1")] {
        let Some((_, expected)) = exchange(flavour, "01-messages-page", 0) else {
            continue;
        };
        let caller = Local::default().app(api).await;
        let ours = caller.get("/messages?$top=2").await;
        for name in names(&expected["value"][0]) {
            assert!(names(&ours["value"][0]).contains(name), "{flavour}: {name}");
        }
    }
}

#[tokio::test]
async fn settings_look_as_recorded() {
    let Some((_, expected)) = exchange("graph", "13-settings-categories-rules", 0) else {
        return;
    };
    let ours = Local::default()
        .app(GRAPH)
        .await
        .get("/mailboxSettings")
        .await;
    assert_eq!(names(&ours), names(&expected));
    fits("", &expected, &ours);
}
