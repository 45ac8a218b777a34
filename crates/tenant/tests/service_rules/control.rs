//! The control page and what is behind it: the log with answers, snapshots, faults by name.

use serde_json::{Value, json};

use crate::support::{ADELE, GRAPH, Local};

const CONTROL: [(&str, &str); 1] = [("x-tenant-control", "1")];

#[tokio::test]
async fn the_page_needs_no_header_and_its_calls_do() {
    let local = Local::default();
    for (path, kind) in [
        ("/_control/", "text/html; charset=utf-8"),
        ("/_control/page.js", "text/javascript; charset=utf-8"),
        ("/_control/page.css", "text/css; charset=utf-8"),
    ] {
        let answer = local.send("GET", path, &[], Vec::new()).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, kind),
            "{path}"
        );
    }
    let page = local.send("GET", "/_control/", &[], Vec::new()).await;
    assert!(
        page.header("content-security-policy")
            .contains("script-src 'self'")
    );
    assert!(
        !String::from_utf8(page.bytes)
            .unwrap()
            .contains("local-tenant-secret")
    );
    for path in [
        "/_control/requests",
        "/_control/snapshot",
        "/_control/state",
        "/_control/page.js/",
    ] {
        assert_eq!(
            local.send("GET", path, &[], Vec::new()).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_log_is_followed_with_answers_and_without_secrets() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let news = local.control("GET", "requests?after=0", &Value::Null).await;
    let token = &news["entries"][0];
    assert_eq!(
        (&token["status"], &token["response"]["token_type"]),
        (&json!(200), &json!("Bearer"))
    );
    assert!(!news.to_string().contains(&caller.token));
    let next = news["next"].as_u64().unwrap();
    // Who follows waits until something happens.
    let waiting = {
        let local = local.clone();
        tokio::spawn(async move {
            local
                .control("GET", &format!("requests?after={next}"), &Value::Null)
                .await
        })
    };
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    caller.call("GET", "/messages/nothing", &[], None).await;
    let seen = waiting.await.unwrap();
    assert_eq!(
        seen["entries"][0]["path"],
        format!("/v1.0/users/{ADELE}/messages/nothing")
    );
    let seen = local
        .control("GET", &format!("requests?after={next}"), &Value::Null)
        .await;
    let entry = &seen["entries"][0];
    assert_eq!(
        (&entry["status"], &entry["response"]["error"]["code"]),
        (&json!(400), &json!("ErrorInvalidIdMalformed"))
    );
    assert!(
        entry["headers"]["authorization"]
            .as_str()
            .unwrap()
            .starts_with("Bearer sha256:")
    );
    let wrong = local
        .send("GET", "/_control/requests?after=x", &CONTROL, Vec::new())
        .await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test(start_paused = true)]
async fn who_follows_a_quiet_log_gets_an_empty_answer_in_the_end() {
    let news = Local::default()
        .control("GET", "requests?after=0", &Value::Null)
        .await;
    assert_eq!(news, json!({"entries": [], "next": 0}));
}

#[tokio::test]
async fn snapshots_bring_mailboxes_and_time_back() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let first = caller.get("/messages?$top=1").await["value"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/messages/{first}");
    local
        .control("POST", "snapshots", &json!({"name": "before"}))
        .await;
    let file = local
        .send("GET", "/_control/snapshot", &CONTROL, Vec::new())
        .await
        .bytes;
    for restore in ["memory", "file"] {
        assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
        local
            .control("POST", "clock", &json!({"advanceSeconds": 60}))
            .await;
        if restore == "memory" {
            local
                .control("POST", "restore", &json!({"name": "before"}))
                .await;
            assert_eq!(
                local.control("GET", "state", &Value::Null).await["offsetSeconds"],
                0
            );
        } else {
            let answer = local
                .send("POST", "/_control/snapshot", &CONTROL, file.clone())
                .await;
            assert_eq!(answer.status, 200);
        }
        assert_eq!(
            caller.call("GET", &path, &[], None).await.status,
            200,
            "{restore}"
        );
    }
    local
        .control("DELETE", "snapshots", &json!({"name": "before"}))
        .await;
    assert_eq!(
        local.control("GET", "snapshots", &Value::Null).await,
        json!({"snapshots": []})
    );
    for (method, name, body) in [
        ("POST", "restore", json!({"name": "before"})),
        ("DELETE", "snapshots", json!({"name": "before"})),
        ("POST", "snapshots", json!({"name": " "})),
        ("POST", "snapshot", json!({"version": 9})),
    ] {
        let body = body.to_string().into_bytes();
        let refused = local
            .send(method, &format!("/_control/{name}"), &CONTROL, body)
            .await;
        assert_eq!(refused.status, 400, "{method} {name}");
    }
}

#[tokio::test]
async fn a_delta_token_of_before_a_restore_has_expired() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let round = caller
        .get("/mailFolders/inbox/messages/delta?$top=999")
        .await;
    let link = round["@odata.deltaLink"]
        .as_str()
        .or(round["@odata.nextLink"].as_str())
        .unwrap()
        .to_owned();
    local
        .control("POST", "snapshots", &json!({"name": "a"}))
        .await;
    local
        .control("POST", "restore", &json!({"name": "a"}))
        .await;
    let bearer = format!("Bearer {}", caller.token);
    let path = link.split_once("localhost").unwrap().1;
    let answer = local
        .send("GET", path, &[("authorization", &bearer)], Vec::new())
        .await;
    assert_eq!(answer.status, 410);
}

#[tokio::test]
async fn faults_are_listed_as_they_were_added() {
    let local = Local::default();
    local
        .control(
            "POST",
            "faults",
            &json!({"kind": "throttle", "times": 2, "match": {"path": "/messages"}}),
        )
        .await;
    let all = local.control("GET", "faults", &Value::Null).await;
    assert_eq!(all["faults"], 1);
    assert_eq!(
        (&all["list"][0]["kind"], &all["list"][0]["times"]),
        (&json!("throttle"), &json!(2))
    );
    assert_eq!(all["list"][0]["match"]["path"], "/messages");
}
