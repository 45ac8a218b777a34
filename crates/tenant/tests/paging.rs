//! Pages and delta rounds: whatever the size of a page, nothing is lost and nothing comes twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{Api, Caller, GRAPH, Local, V1, V2, texts};

/// The window of the calendar views: two months on both sides of today.
fn window() -> String {
    let day = |days: i64| {
        (chrono::Utc::now() + chrono::TimeDelta::days(days)).format("%Y-%m-%dT00:00:00Z")
    };
    format!("startDateTime={}&endDateTime={}", day(-60), day(60))
}

fn ids(api: Api, items: &[Value]) -> Vec<String> {
    texts(items, &api.name("id"))
}

#[tokio::test]
async fn every_list_is_the_same_in_pages_of_any_size() {
    let local = Local::default();
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        let folders = if api == V1 {
            "/folders"
        } else {
            "/mailFolders"
        };
        let start = match api {
            V1 => "Start".to_owned(),
            _ => format!("{}/{}", api.name("start"), api.name("dateTime")),
        };
        let lists = [
            "/messages?".to_owned(),
            format!("{folders}/inbox/messages?"),
            format!("/messages?$orderby={}&", api.name("subject")),
            format!("{folders}?"),
            "/events?".to_owned(),
            format!("/events?$orderby={start} desc&"),
            format!("/calendarView?{}&", window()),
            "/contacts?".to_owned(),
            format!("/contacts?$orderby={} desc&", api.name("surname")),
        ];
        for list in lists {
            let (whole, ..) = caller.all(&format!("{list}$top=50"), &[]).await;
            let whole = ids(api, &whole);
            assert!(!whole.is_empty(), "{list}");
            for top in [1, 7, 25] {
                // One by one is slow for long lists and finds the same faults in short ones.
                if top == 1 && whole.len() > 60 {
                    continue;
                }
                let path = format!("{list}$top={top}&$count=true");
                let (items, pages, _) = caller.all(&path, &[]).await;
                assert_eq!(ids(api, &items), whole, "{list} by {top}");
                assert_eq!(pages, whole.len().div_ceil(top), "{list} by {top}");
            }
            let counted = caller.get(&format!("{list}$top=1&$count=true")).await;
            assert_eq!(counted["@odata.count"], whole.len(), "{list}");
        }
    }
}

#[tokio::test]
async fn a_count_is_a_number_as_text() {
    let caller = Local::default().app(GRAPH).await;
    for path in [
        "/messages/$count",
        "/events/$count",
        "/contacts/$count",
        "/calendars/$count",
        "/contactFolders/$count",
    ] {
        let answer = caller.call("GET", path, &[], None).await;
        assert_eq!(answer.header("content-type"), "text/plain");
        let number: usize = String::from_utf8(answer.bytes).unwrap().parse().unwrap();
        assert!(number > 0, "{path}");
    }
}

#[tokio::test]
async fn the_bounds_of_top() {
    let local = Local::default();
    for (api, most) in [(GRAPH, 1000), (V2, 50), (V1, 50)] {
        let caller = local.app(api).await;
        for (top, fine) in [(most, true), (most + 1, false)] {
            let answer = caller
                .call("GET", &format!("/messages?$top={top}"), &[], None)
                .await;
            assert_eq!(answer.status == 200, fine, "{api:?} {top}");
        }
        let page = caller.get("/messages").await;
        assert_eq!(page["value"].as_array().unwrap().len(), 10);
    }
}

/// Walks a delta round; gives its entries and the link for the next one.
async fn round(caller: &Caller, path: &str, size: usize) -> (Vec<Value>, String) {
    let track = if caller.api == GRAPH {
        ""
    } else {
        "odata.track-changes, "
    };
    let prefer = format!("{track}odata.maxpagesize={size}");
    let (items, _, last) = caller.all(path, &[("prefer", &prefer)]).await;
    (items, last["@odata.deltaLink"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_first_round_tells_everything_once_and_the_next_one_nothing() {
    let local = Local::default();
    let graph = local.app(GRAPH).await;
    let view = format!("/calendarView/delta?{}", window());
    for (list, delta) in [
        (
            "/mailFolders/inbox/messages",
            "/mailFolders/inbox/messages/delta",
        ),
        ("/messages", "/messages/delta()"),
        ("/contacts", "/contacts/delta"),
        ("/contactFolders", "/contactFolders/delta"),
        ("/events", "/events/microsoft.graph.delta()"),
        (&format!("/calendarView?{}", window()), &view),
    ] {
        let join = if list.contains('?') { '&' } else { '?' };
        let (whole, ..) = graph.all(&format!("{list}{join}$top=100"), &[]).await;
        let whole: BTreeSet<String> = ids(GRAPH, &whole).into_iter().collect();
        for size in [3, 1000] {
            let (mut items, link) = round(&graph, delta, size).await;
            // Changes of a view have the masters of its series too.
            items.retain(|one| !list.contains("View") || one["type"] != "seriesMaster");
            assert_eq!(items.len(), whole.len(), "{delta}");
            assert_eq!(
                ids(GRAPH, &items).into_iter().collect::<BTreeSet<_>>(),
                whole,
                "{delta}"
            );
            assert!(round(&graph, &link, size).await.0.is_empty(), "{delta}");
        }
    }
}

#[tokio::test]
async fn later_rounds_tell_what_is_new_changed_and_gone() {
    let local = Local::default();
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        let inbox = if api == V1 {
            "/folders/inbox/messages"
        } else {
            "/mailFolders/inbox/messages"
        };
        let path = if api == GRAPH {
            format!("{inbox}/delta")
        } else {
            inbox.to_owned()
        };
        let (items, link) = round(&caller, &path, 50).await;
        let known = ids(api, &items);
        let isread = api.name("isRead");
        let flip = !items[0][&isread].as_bool().unwrap();
        caller
            .done(
                "PATCH",
                &format!("/messages/{}", known[0]),
                json!({&isread: flip}),
            )
            .await;
        assert_eq!(
            caller
                .call("DELETE", &format!("/messages/{}", known[1]), &[], None)
                .await
                .status,
            204
        );
        let (told, next) = round(&caller, &link, 50).await;
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0][&isread], flip);
        let gone = match api {
            GRAPH => told[1]["@removed"]["reason"] == "deleted" && told[1]["id"] == *known[1],
            _ => {
                told[1]["reason"] == "deleted"
                    && told[1]["id"] == format!("Messages('{}')", known[1])
            }
        };
        assert!(gone, "{:?}", told[1]);
        // The old token still tells the same, the new one nothing.
        assert_eq!(round(&caller, &link, 1).await.0.len(), 2);
        assert!(round(&caller, &next, 50).await.0.is_empty());
    }
}

#[tokio::test]
async fn changes_between_the_pages_of_a_round_are_not_lost() {
    let caller = Local::default().app(GRAPH).await;
    let first = caller
        .call(
            "GET",
            "/contacts/delta",
            &[("prefer", "odata.maxpagesize=5")],
            None,
        )
        .await
        .json();
    let mut held: BTreeSet<String> = ids(GRAPH, first["value"].as_array().unwrap())
        .into_iter()
        .collect();
    let gone = held.first().unwrap().clone();
    assert_eq!(
        caller
            .call("DELETE", &format!("/contacts/{gone}"), &[], None)
            .await
            .status,
        204
    );
    let made = caller
        .done("POST", "/contacts", json!({"givenName": "New"}))
        .await;
    let (rest, link) = round(&caller, first["@odata.nextLink"].as_str().unwrap(), 5).await;
    let (later, _) = round(&caller, &link, 5).await;
    for one in rest.iter().chain(&later) {
        let id = one["id"].as_str().unwrap().to_owned();
        match one.get("@removed") {
            Some(_) => held.remove(&id),
            None => held.insert(id),
        };
    }
    let (whole, ..) = caller.all("/contacts", &[]).await;
    assert_eq!(held, ids(GRAPH, &whole).into_iter().collect());
    assert!(held.contains(made["id"].as_str().unwrap()) && !held.contains(&gone));
}

#[tokio::test]
async fn m15_forgotten_and_forged_tokens_are_refused() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let (_, link) = round(&caller, "/contacts/delta", 100).await;
    let elsewhere = link.replace("/contacts/", "/mailFolders/inbox/messages/");
    let answer = caller.call("GET", &elsewhere, &[], None).await;
    assert_eq!(answer.status, 410, "a token of another collection");
    let answer = caller
        .call("GET", "/contacts/delta?$deltatoken=nonsense", &[], None)
        .await;
    assert_eq!(answer.status, 400);
    local.control("DELETE", "deltas", &Value::Null).await;
    let answer = caller.call("GET", &link, &[], None).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (410, "SyncStateNotFound")
    );
    let filter = "/mailFolders/inbox/messages/delta?$filter=isRead eq true";
    assert_eq!(
        caller.call("GET", filter, &[], None).await.code(),
        "ErrorInvalidUrlQuery"
    );
    let select = format!("/calendarView/delta?{}&$select=subject", window());
    assert_eq!(
        caller.call("GET", &select, &[], None).await.code(),
        "ErrorInvalidUrlQuery"
    );
}
