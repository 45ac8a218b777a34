//! Batches: their order and size.

use exo365_tenant::Options;
use serde_json::{Value, json};

use crate::support::{ADELE, GRAPH, Local};

#[tokio::test]
async fn t04_m04_mixed_batches_are_refused_unless_the_option_says_so() {
    let item = |id: &str, needs: &[&str]| {
        let mut item = json!({"id": id, "method": "GET", "url": "/me/messages?$top=1"});
        if !needs.is_empty() {
            item["dependsOn"] = json!(needs);
        }
        item
    };
    let parallel = vec![item("1", &[]), item("2", &[])];
    let sequence = vec![item("1", &[]), item("2", &["1"]), item("3", &["2"])];
    let mixed = vec![item("1", &[]), item("2", &["1"]), item("3", &[])];
    let chains = vec![
        item("1", &[]),
        item("2", &["1"]),
        item("3", &[]),
        item("4", &["3"]),
    ];
    let fan = vec![item("1", &[]), item("2", &["1"]), item("3", &["1"])];
    let backwards = vec![item("2", &["1"]), item("1", &[])];
    for (mixed_batches, requests, status) in [
        (false, &parallel, 200),
        (false, &sequence, 200),
        (false, &mixed, 400),
        (false, &chains, 400),
        (false, &fan, 400),
        (false, &backwards, 400),
        (true, &mixed, 200),
        (true, &backwards, 200),
    ] {
        let options = Options {
            mixed_batches,
            ..Options::default()
        };
        let caller = Local::with(options)
            .user(GRAPH, ADELE, &["Mail.Read"])
            .await;
        let body = json!({"requests": requests});
        let answer = caller.call("POST", "/v1.0/$batch", &[], Some(body)).await;
        assert_eq!(answer.status, status, "{mixed_batches} {requests:?}");
    }
}

#[tokio::test]
async fn m02_m05_a_batch_may_start_all_at_once_and_has_20_items() {
    let requests = |count: usize| {
        let list = (0..count)
            .map(|at| json!({"id": at.to_string(), "method": "GET", "url": "/me/messages?$top=1"}));
        json!({"requests": list.collect::<Value>()})
    };
    for (at_once, refused) in [(false, 0), (true, 6)] {
        let options = Options {
            batch_all_at_once: at_once,
            ..Options::default()
        };
        let caller = Local::with(options)
            .user(GRAPH, ADELE, &["Mail.Read"])
            .await;
        let done = caller.done("POST", "/v1.0/$batch", requests(10)).await;
        let late = done["responses"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["status"] == 429)
            .count();
        assert_eq!(late, refused);
        let answer = caller
            .call("POST", "/v1.0/$batch", &[], Some(requests(21)))
            .await;
        let text = answer.json()["error"]["message"].clone();
        assert_eq!(
            (answer.status, text),
            (
                400,
                json!("Number of requests inside batch exceed the limit.")
            )
        );
    }
}
