//! Attachments of messages and events: in one request, and in ranges.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use serde_json::json;
use support::{Caller, GRAPH, Local, V1, V2};

#[tokio::test]
async fn small_files_go_in_one_request() {
    let local = Local::default();
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        let name = |text: &str| api.name(text);
        let draft = caller
            .done("POST", "/messages", json!({name("subject"): "Files"}))
            .await;
        let path = format!(
            "/messages/{}/attachments",
            draft[name("id")].as_str().unwrap()
        );
        let kind = if api == GRAPH {
            "#microsoft.graph.fileAttachment"
        } else {
            "#Microsoft.OutlookServices.FileAttachment"
        };
        let file = json!({"@odata.type": kind, name("name"): "a.txt", name("contentType"): "text/plain", name("contentBytes"): "aGVsbG8="});
        let made = caller.done("POST", &path, file).await;
        assert_eq!(made["@odata.type"], kind);
        let id = made[name("id")].as_str().unwrap();
        let content = caller
            .call("GET", &format!("{path}/{id}/$value"), &[], None)
            .await;
        assert_eq!(content.bytes, b"hello");
        let untyped = caller
            .call("POST", &path, &[], Some(json!({name("name"): "b"})))
            .await;
        assert_eq!(untyped.code(), "ErrorInvalidParameter");
        assert_eq!(
            caller
                .call("DELETE", &format!("{path}/{id}"), &[], None)
                .await
                .status,
            204
        );
        assert_eq!(
            caller
                .call("GET", &format!("{path}/{id}"), &[], None)
                .await
                .code(),
            "ErrorInvalidAttachmentId"
        );
    }
}

async fn begin(caller: &Caller, holder: &str, size: u64) -> support::Answer {
    let item =
        json!({"AttachmentItem": {"attachmentType": "file", "name": "large.bin", "size": size}});
    caller
        .call(
            "POST",
            &format!("{holder}/attachments/createUploadSession"),
            &[],
            Some(item),
        )
        .await
}

#[tokio::test]
async fn large_files_go_in_ranges_to_messages_and_events() {
    const SIZE: usize = 4_000_000;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let draft = caller
        .done("POST", "/messages", json!({"subject": "Large"}))
        .await;
    let event = caller.get("/events?$top=1").await["value"][0].clone();
    for holder in [
        format!("/messages/{}", draft["id"].as_str().unwrap()),
        format!("/events/{}", event["id"].as_str().unwrap()),
    ] {
        let session = begin(&caller, &holder, SIZE as u64).await;
        assert_eq!(session.status, 201, "{:?}", session.json());
        assert_eq!(session.json()["nextExpectedRanges"], json!(["0-"]));
        let url = session.json()["uploadUrl"].as_str().unwrap().to_owned();
        let put = async |from: usize, to: usize, extra: &[(&str, &str)]| {
            let range = format!("bytes {from}-{}/{SIZE}", to - 1);
            let mut headers = vec![("content-range", range.as_str())];
            headers.extend(extra);
            local.send("PUT", &url, &headers, vec![7; to - from]).await
        };
        assert_eq!(
            put(0, 10, &[("authorization", "Bearer x")]).await.status,
            401,
            "the URL carries its own key"
        );
        let first = put(0, 3_000_000, &[]).await;
        assert_eq!(
            (first.status, &first.json()["NextExpectedRanges"]),
            (200, &json!(["3000000"]))
        );
        assert_eq!(put(0, 10, &[]).await.status, 416, "in order");
        assert_eq!(
            local.send("GET", &url, &[], vec![]).await.json()["NextExpectedRanges"],
            json!(["3000000"])
        );
        let last = put(3_000_000, SIZE, &[]).await;
        assert_eq!(last.status, 201);
        assert!(last.bytes.is_empty() && last.header("location").contains("/attachments('"));
        assert_eq!(put(0, 10, &[]).await.status, 404, "over");
        let list = caller
            .get(&format!("{holder}/attachments?$select=name,size"))
            .await;
        let found = list["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "large.bin");
        assert!(found, "{list}");
        assert_eq!(
            caller
                .get(&format!("{holder}?$select=hasAttachments"))
                .await["hasAttachments"],
            true
        );
    }
}

#[tokio::test]
async fn uploads_have_bounds_and_end_in_time() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let draft = caller
        .done("POST", "/messages", json!({"subject": "Bounds"}))
        .await;
    let holder = format!("/messages/{}", draft["id"].as_str().unwrap());
    assert_eq!(
        begin(&caller, &holder, 10).await.code(),
        "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
    );
    assert_eq!(begin(&caller, &holder, 200 * 1024 * 1024).await.status, 413);
    let url = begin(&caller, &holder, 4_000_000).await.json()["uploadUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(local.send("DELETE", &url, &[], vec![]).await.status, 204);
    let url = begin(&caller, &holder, 4_000_000).await.json()["uploadUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    local
        .control("POST", "clock", &json!({"advanceSeconds": 4 * 3600}))
        .await;
    assert_eq!(local.send("GET", &url, &[], vec![]).await.status, 404);
}
