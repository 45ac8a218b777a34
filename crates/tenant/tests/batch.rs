//! `$batch` in both flavours that have it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use exo365_tenant::Options;
use serde_json::{Value, json};
use support::{ADELE, Caller, GRAPH, Local, V1, V2};

async fn batch(caller: &Caller, requests: Value) -> (u16, Value) {
    let path = format!("{}/$batch", caller.api.0);
    let answer = caller
        .call("POST", &path, &[], Some(json!({"requests": requests})))
        .await;
    (answer.status, answer.json())
}

fn one<'a>(body: &'a Value, id: &str) -> &'a Value {
    let list = body["responses"].as_array().unwrap();
    list.iter().find(|one| one["id"] == id).unwrap()
}

fn get(id: &str, path: &str) -> Value {
    json!({"id": id, "method": "GET", "url": format!("/users/{ADELE}{path}")})
}

#[tokio::test]
async fn each_item_has_its_own_answer() {
    let local = Local::with(Options {
        mixed_batches: true,
        ..Options::default()
    });
    let caller = local.app(GRAPH).await;
    let mut after = get("d", "/contacts?$top=1");
    after["dependsOn"] = json!(["B"]);
    let mut zoned = get("z", "/events?$top=1&$select=start");
    zoned["headers"] = json!({"Prefer": "outlook.timezone=\"Tokyo Standard Time\""});
    let write = json!({"id": "w", "method": "POST", "url": format!("/users/{ADELE}/contacts"),
        "headers": {"Content-Type": "application/json"}, "body": {"givenName": "Batch"}});
    let (status, body) = batch(
        &caller,
        json!([
            get("a", "/messages?$top=1"),
            get("b", "/messages/xyz"),
            after,
            get("p", "/photo/$value"),
            zoned,
            write
        ]),
    )
    .await;
    assert_eq!(status, 200);
    let status = |id: &str| one(&body, id)["status"].as_u64().unwrap();
    assert_eq!(
        ["a", "b", "d", "p", "z", "w"].map(status),
        [200, 400, 424, 200, 200, 201]
    );
    assert_eq!(one(&body, "d")["body"]["error"]["code"], "FailedDependency");
    assert!(
        one(&body, "p")["body"]
            .as_str()
            .unwrap()
            .starts_with("iVBORw0KGgo"),
        "base64"
    );
    assert_eq!(one(&body, "p")["headers"]["Content-Type"], "image/png");
    assert_eq!(
        one(&body, "z")["body"]["value"][0]["start"]["timeZone"],
        "Tokyo Standard Time"
    );
    assert_eq!(
        one(&body, "z")["headers"]["Preference-Applied"],
        "outlook.timezone=\"Tokyo Standard Time\""
    );
    let order: Vec<&str> = body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_ne!(
        order,
        ["a", "b", "d", "p", "z", "w"],
        "nobody may rely on the order"
    );
}

#[tokio::test]
async fn outlook_has_batches_too_and_the_oldest_flavour_none() {
    let local = Local::default();
    let v2 = local.app(V2).await;
    let (status, body) = batch(&v2, json!([get("1", "/contacts?$top=1&$select=Surname")])).await;
    assert_eq!(status, 200);
    assert!(one(&body, "1")["body"]["value"][0]["Surname"].is_string());
    let mut with_root = get("1", "");
    with_root["url"] = format!("/api/v2.0/users/{ADELE}/contacts?$top=1").into();
    assert_eq!(
        one(&batch(&v2, json!([with_root])).await.1, "1")["status"],
        200
    );
    assert_eq!(
        batch(&local.app(V1).await, json!([get("1", "/contacts")]))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_malformed_batch_is_refused_as_a_whole() {
    let caller = Local::default().app(GRAPH).await;
    let many: Vec<Value> = (0..21)
        .map(|id| get(&id.to_string(), "/messages?$top=1"))
        .collect();
    let depending = |id: &str, on: &str| {
        let mut item = get(id, "/messages?$top=1");
        item["dependsOn"] = json!([on]);
        item
    };
    let write = json!({"id": "1", "method": "POST", "url": "/me/contacts", "body": {}});
    for (requests, word) in [
        (json!(many), "exceed the limit"),
        (json!([]), "payload"),
        (json!([get("a", "/x"), get("A", "/x")]), "more than once"),
        (json!([depending("a", "nobody")]), "depends"),
        (json!([depending("a", "b"), depending("b", "a")]), "depends"),
        (json!([write]), "Content-Type"),
        (
            json!([{"id": "1", "method": "GET", "url": "https://elsewhere.example/"}]),
            "relative",
        ),
        (
            json!([{"id": "1", "method": "POST", "url": "/$batch"}]),
            "relative",
        ),
        (json!([{"method": "GET", "url": "/me"}]), "id"),
    ] {
        let (status, body) = batch(&caller, requests).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (400, &json!("BadRequest"))
        );
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
    }
    let whole: Vec<Value> = (0..20)
        .map(|id| get(&id.to_string(), "/messages?$top=1"))
        .collect();
    let (_, body) = batch(&caller, json!(whole)).await;
    assert!(
        body["responses"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["status"] == 200)
    );
}

#[tokio::test]
async fn a_fault_meets_single_items() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let fault = json!({"kind": "throttle", "match": {"path": "/contacts"}, "times": 1, "retryAfterSeconds": 3});
    local.control("POST", "faults", &fault).await;
    let (_, body) = batch(
        &caller,
        json!([get("1", "/messages?$top=1"), get("2", "/contacts?$top=1")]),
    )
    .await;
    assert_eq!(
        (&one(&body, "1")["status"], &one(&body, "2")["status"]),
        (&json!(200), &json!(429))
    );
    assert_eq!(one(&body, "2")["headers"]["Retry-After"], "3");
    assert_eq!(
        one(&body, "2")["body"]["error"]["code"],
        "ApplicationThrottled"
    );
}
