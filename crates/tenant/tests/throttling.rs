//! Four at a time for an application and a mailbox. Time is paused: nobody waits for the latencies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use std::time::Duration;

use exo365_tenant::Options;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::{ADELE, BEN, Caller, GRAPH, Local, V1, V2};

const ITEM: Duration = Duration::from_millis(5);

fn slow() -> Local {
    Local::with(Options {
        latency: Duration::from_millis(20),
        item_latency: ITEM,
        ..Options::default()
    })
}

#[tokio::test(start_paused = true)]
async fn m01_m06_the_fifth_request_at_one_mailbox_is_sent_away() {
    let local = slow();
    for (api, code) in [
        (GRAPH, "ApplicationThrottled"),
        (V2, "ApplicationThrottled"),
        (V1, "ErrorExceededConnectionCount"),
    ] {
        let caller = local.app(api).await;
        let answers =
            join_all((0..5).map(|_| caller.call("GET", "/messages?$top=1", &[], None))).await;
        let refused: Vec<_> = answers.iter().filter(|one| one.status == 429).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].code(), code);
        assert!(!refused[0].header("retry-after").is_empty());
        // Another mailbox has places of its own, and a place is given back.
        let ben = caller.at(&format!("users/{BEN}"));
        let both = join_all((0..8).map(|number| {
            let one = if number % 2 == 0 { &caller } else { &ben };
            one.call("GET", "/messages?$top=1", &[], None)
        }));
        assert!(both.await.iter().all(|one| one.status == 200));
    }
}

async fn batch(caller: &Caller, items: usize) -> Vec<u64> {
    let url = format!("/users/{ADELE}/messages?$top=1");
    let requests: Vec<Value> = (0..items)
        .map(|id| json!({"id": id.to_string(), "method": "GET", "url": url}))
        .collect();
    let path = format!("{}/$batch", caller.api.0);
    let answer = caller
        .call("POST", &path, &[], Some(json!({"requests": requests})))
        .await
        .json();
    let list = answer["responses"].as_array().unwrap().iter();
    list.map(|one| one["status"].as_u64().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_batch_runs_in_waves_of_four_and_two_of_them_get_into_each_others_way() {
    let local = slow();
    for api in [GRAPH, V2] {
        let caller = local.app(api).await;
        let start = tokio::time::Instant::now();
        assert_eq!(batch(&caller, 20).await, vec![200; 20]);
        // The round trip, and five waves.
        assert_eq!(start.elapsed(), Duration::from_millis(20) + 5 * ITEM);
        let (one, two) = tokio::join!(batch(&caller, 20), batch(&caller, 20));
        let refused = one
            .iter()
            .chain(&two)
            .filter(|status| **status == 429)
            .count();
        assert!(refused >= 4, "{one:?} {two:?}");
        assert!(
            one.contains(&200) || two.contains(&200),
            "one of them gets through"
        );
    }
}
