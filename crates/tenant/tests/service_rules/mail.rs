//! Messages, folders and categories.

use serde_json::{Value, json};

use crate::{event, graph, no, outcome};

#[tokio::test]
async fn t12_upload_sessions_begin_at_two_mebibytes() {
    let caller = graph().await;
    let id = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await["id"]
        .clone();
    let path = format!(
        "/messages/{}/attachments/createUploadSession",
        id.as_str().unwrap()
    );
    for (size, status) in [(2_097_151, 400), (2_097_152, 201), (3 * 1024 * 1024, 201)] {
        let item = json!({"AttachmentItem": {"attachmentType": "file", "name": "f", "size": size}});
        assert_eq!(
            outcome(&caller, "POST", &path, item).await.0,
            status,
            "{size}"
        );
    }
}

#[tokio::test]
async fn t13_m58_bodies_in_html_are_documents() {
    let caller = graph().await;
    let document = |content: &Value| {
        let text = content["content"].as_str().unwrap();
        let parts = ["<html><head>", "</head><body>", "</body></html>"];
        parts.iter().all(|part| text.contains(part))
    };
    let body = json!({"subject": "x", "body": {"contentType": "html", "content": "<p>Hi</p>"}});
    let made = caller.done("POST", "/messages", body).await;
    assert!(document(&made["body"]), "{}", made["body"]);
    let inbox = caller.get("/mailFolders/inbox/messages?$top=5").await;
    for message in inbox["value"].as_array().unwrap() {
        let path = format!("/messages/{}/createReply", message["id"].as_str().unwrap());
        let draft = caller
            .done("POST", &path, json!({"comment": "Thanks <all>"}))
            .await;
        assert!(document(&draft["body"]), "{}", draft["body"]);
        assert!(
            draft["body"]["content"]
                .as_str()
                .unwrap()
                .contains("Thanks &lt;all&gt;")
        );
    }
    let mut new = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    new["body"] = json!({"contentType": "text", "content": "Plain & simple"});
    let made = caller.done("POST", "/events", new).await;
    assert_eq!(made["body"]["contentType"], "html");
    assert!(
        document(&made["body"]) && made["bodyPreview"] == "Plain & simple",
        "{made}"
    );
}

#[tokio::test]
async fn m59_m62_headers_and_references_of_drafts() {
    let caller = graph().await;
    let with = |names: &[&str]| {
        let list = names.iter().map(|name| json!({"name": name, "value": "v"}));
        json!({"subject": "x", "internetMessageHeaders": list.collect::<Value>()})
    };
    let made = caller
        .done("POST", "/messages", with(&["x-a", "X-b"]))
        .await;
    let id = made["id"].as_str().unwrap();
    let read = caller
        .get(&format!("/messages/{id}?$select=internetMessageHeaders"))
        .await;
    assert_eq!(read["internetMessageHeaders"].as_array().unwrap().len(), 3);
    let found = outcome(&caller, "POST", "/messages", with(&["Subject"])).await;
    assert_eq!(found, no(400, "InvalidInternetMessageHeader"));
    let six = with(&["x-1", "x-2", "x-3", "x-4", "x-5", "x-6"]);
    let found = outcome(&caller, "POST", "/messages", six).await;
    assert_eq!(found, no(400, "InvalidInternetMessageHeaderCollection"));
    let found = outcome(
        &caller,
        "POST",
        &format!("/messages/{id}/createReply"),
        json!({}),
    )
    .await;
    assert_eq!(found, no(400, "ErrorInvalidReferenceItem"));
    let own = json!({"internetMessageId": "<own@contoso.example>"});
    let made = caller.done("POST", "/messages", own).await;
    assert_eq!(made["internetMessageId"], "<own@contoso.example>", "m60");
}

#[tokio::test]
async fn m65_m69_m70_folders_and_categories() {
    let caller = graph().await;
    let folder = caller
        .done("POST", "/mailFolders", json!({"displayName": "F"}))
        .await;
    let path = format!("/mailFolders/{}/copy", folder["id"].as_str().unwrap());
    let found = outcome(
        &caller,
        "POST",
        &path,
        json!({"destinationId": "msgfolderroot"}),
    )
    .await;
    assert_eq!(found, no(400, "ErrorMoveCopyFailed"));
    let made = caller
        .done(
            "POST",
            "/outlook/masterCategories",
            json!({"displayName": "New", "color": "preset1"}),
        )
        .await;
    let again = json!({"displayName": "NEW", "color": "preset2"});
    let found = outcome(&caller, "POST", "/outlook/masterCategories", again).await;
    assert_eq!(found, no(409, "CategoryNameExists"));
    let path = format!("/outlook/masterCategories/{}", made["id"].as_str().unwrap());
    let changed = caller
        .done("PATCH", &path, json!({"displayName": "Other"}))
        .await;
    assert_eq!(changed["displayName"], "New");
}

#[tokio::test]
async fn an_attachment_comes_in_one_request_of_3145611_bytes_at_most() {
    let caller = graph().await;
    let id = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await["id"]
        .clone();
    let path = format!("/messages/{}/attachments", id.as_str().unwrap());
    let body = |content: usize| {
        let content = "A".repeat(content);
        json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": "f", "contentBytes": content})
    };
    let around = body(0).to_string().len();
    let whole = (3_145_611 - around) / 4 * 4;
    for (content, status) in [(whole, 201), (whole + 4, 413)] {
        let answer = outcome(&caller, "POST", &path, body(content)).await;
        assert_eq!(answer.0, status, "{content}");
    }
}
