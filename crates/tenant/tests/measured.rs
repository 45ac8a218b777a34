//! Facts that people measured at the live service: those that no other file tests, and those that have no test, with the
//! reason. A test has the numbers of its facts in its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use support::{ADELE, BEN, GRAPH, Local};

/// The number of facts.
const FACTS: u32 = 78;
/// Facts without a test, and why.
const UNTESTED: &[(u32, &str)] = &[
    (
        10,
        "tasks of To Do, which the tenant does not have; of mail nobody measured it",
    ),
    (
        11,
        "To Do has another front; of mail nobody measured an invented tag",
    ),
    (12, "the one source calls its answer made up"),
    (
        17,
        "seen once, after a mass delete: the fault `status` plays it",
    ),
    (
        18,
        "the service sends empty last pages at times, and full ones: clients have to take both",
    ),
    (20, "To Do; of mail the documentation shows the id alone"),
    (22, "doubted: another source saw all of thousands"),
    (32, "one source, of a consumer account"),
    (33, "consumer accounts, which the tenant does not have"),
    (
        72,
        "uploads of To Do; of mail and calendar nobody measured them",
    ),
    (
        73,
        "uploads of To Do; of mail and calendar nobody measured them",
    ),
    (
        74,
        "uploads of To Do; of mail and calendar nobody measured them",
    ),
];

#[test]
fn every_fact_has_a_test_or_a_reason() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let mut tested = BTreeSet::new();
    for text in sources(Path::new(folder)) {
        let names = text
            .lines()
            .filter_map(|line| line.split_once("fn ")?.1.split_once('('));
        for (name, _) in names {
            tested.extend(numbers(name));
        }
    }
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/odata/search.rs");
    let source = std::fs::read_to_string(source).unwrap();
    if source.contains("fn m27_to_m31_") {
        tested.extend(27..=31);
    }
    for number in 1..=FACTS {
        let excused = UNTESTED.iter().any(|(one, _)| *one == number);
        assert!(tested.contains(&number) != excused, "fact {number}");
    }
}

/// The texts of the files in a folder and in the folders below it.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            texts.push(std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
    texts
}

/// The numbers in a name such as `t10_m60_m61_extended`.
fn numbers(name: &str) -> impl Iterator<Item = u32> {
    let parts = name.split('_').filter_map(|part| part.strip_prefix('m'));
    parts
        .filter(|part| part.len() == 2)
        .filter_map(|part| part.parse().ok())
}

#[tokio::test]
async fn m03_m07_items_of_a_chain_run_one_after_another_and_a_guard_stops_it() {
    let caller = Local::default().app(GRAPH).await;
    let batch = async |requests: Value| {
        let body = json!({"requests": requests});
        let answer = caller
            .call("POST", "/v1.0/$batch", &[], Some(body))
            .await
            .json();
        let mut list = answer["responses"].as_array().unwrap().clone();
        list.sort_by_key(|one| one["id"].as_str().unwrap().parse::<u32>().unwrap());
        list.iter()
            .map(|one| one["status"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let url = format!("/users/{ADELE}/messages");
    let headers = json!({"Content-Type": "application/json"});
    let chain: Value = (1..=20)
        .map(|id| {
            let mut item = json!({"id": id.to_string(), "method": "POST", "url": url, "headers": headers, "body": {}});
            if id > 1 {
                item["dependsOn"] = json!([(id - 1).to_string()]);
            }
            item
        })
        .collect();
    assert_eq!(batch(chain).await, vec![201; 20]);

    let time = json!({"dateTime": "2026-01-05T09:00:00", "timeZone": "UTC"});
    let made = caller
        .done(
            "POST",
            "/events",
            json!({"subject": "a", "start": time, "end": time}),
        )
        .await;
    let url = format!("/users/{ADELE}/events/{}", made["id"].as_str().unwrap());
    let guarded = |tag: &str| {
        json!([
            {"id": "1", "method": "PATCH", "url": url, "headers": {"Content-Type": "application/json", "If-Match": tag}, "body": {"subject": "c"}},
            {"id": "2", "method": "DELETE", "url": url, "dependsOn": ["1"]},
        ])
    };
    let old = made["@odata.etag"].as_str().unwrap();
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let changed = caller.done("PATCH", &path, json!({"subject": "b"})).await;
    assert_eq!(batch(guarded(old)).await, [412, 424]);
    assert_eq!(
        batch(guarded(changed["@odata.etag"].as_str().unwrap())).await,
        [200, 204]
    );
}

#[tokio::test]
async fn m16_a_delta_link_lives_and_can_be_replayed() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let (_, _, last) = caller.all("/contacts/delta", &[]).await;
    let link = last["@odata.deltaLink"].as_str().unwrap();
    caller
        .done("POST", "/contacts", json!({"givenName": "a"}))
        .await;
    let first = caller.get(link).await;
    let newer = first["@odata.deltaLink"].as_str().unwrap();
    assert_eq!(caller.get(newer).await["value"], json!([]));
    local
        .control("POST", "clock", &json!({"advanceSeconds": 55 * 3600}))
        .await;
    let caller = local.app(GRAPH).await;
    // A newer link does not end the older one.
    assert_eq!(caller.get(link).await["value"], first["value"]);
}

#[tokio::test]
async fn m52_a_new_time_needs_a_response() {
    let caller = Local::default().app(GRAPH).await;
    let time =
        |hour: &str| json!({"dateTime": format!("2026-01-05T{hour}:00:00"), "timeZone": "UTC"});
    let attendees = json!([{"emailAddress": {"address": ADELE}, "type": "required"}]);
    let meeting =
        json!({"subject": "m52", "start": time("09"), "end": time("10"), "attendees": attendees});
    caller
        .at(&format!("users/{BEN}"))
        .done("POST", "/events", meeting)
        .await;
    let page = caller.get("/events?$filter=subject eq 'm52'").await;
    let path = format!(
        "/events/{}/decline",
        page["value"][0]["id"].as_str().unwrap()
    );
    let answer =
        json!({"sendResponse": false, "proposedNewTime": {"start": time("11"), "end": time("12")}});
    let refused = caller.call("POST", &path, &[], Some(answer)).await;
    assert_eq!(
        (refused.status, &*refused.code()),
        (400, "ErrorInvalidParameter")
    );
}

#[tokio::test]
async fn m54_an_online_meeting_has_a_place_where_the_calendar_allows_it() {
    let caller = Local::default().app(GRAPH).await;
    let calendar = caller.get("/calendar").await;
    assert_eq!(
        calendar["allowedOnlineMeetingProviders"],
        json!(["teamsForBusiness"])
    );
    let time = json!({"dateTime": "2026-01-05T09:00:00", "timeZone": "UTC"});
    let body = json!({"subject": "a", "start": time, "end": time, "isOnlineMeeting": true});
    let made = caller.done("POST", "/events", body).await;
    let place = made["onlineMeeting"]["joinUrl"].as_str().unwrap();
    assert!(
        place.starts_with("https://teams.contoso.example/"),
        "{place}"
    );
    assert_eq!(made["onlineMeetingProvider"], "teamsForBusiness");
    let plain = json!({"subject": "a", "start": time, "end": time});
    let made = caller.done("POST", "/events", plain).await;
    assert!(made["onlineMeeting"].is_null() && made["isOnlineMeeting"] == false);
}

#[tokio::test]
async fn m66_the_name_of_a_folder_is_taken_once() {
    let caller = Local::default().app(GRAPH).await;
    caller
        .done("POST", "/mailFolders", json!({"displayName": "m66"}))
        .await;
    let again = caller
        .call(
            "POST",
            "/mailFolders",
            &[],
            Some(json!({"displayName": "M66"})),
        )
        .await;
    assert_eq!((again.status, &*again.code()), (409, "ErrorFolderExists"));
}

#[tokio::test]
async fn m75_names_of_attachments_are_kept_as_sent() {
    let caller = Local::default().app(GRAPH).await;
    let made = caller
        .done("POST", "/messages", json!({"subject": "a"}))
        .await;
    let path = format!("/messages/{}/attachments", made["id"].as_str().unwrap());
    for name in ["../../a:b.txt", "\u{202e}a\\b", "*?"] {
        let file = json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": "YQ=="});
        assert_eq!(caller.done("POST", &path, file).await["name"], name);
    }
}
