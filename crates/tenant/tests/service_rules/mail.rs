//! Messages, folders and categories.

use serde_json::{Value, json};

use crate::support::Caller;
use crate::{event, graph, no, outcome, refused};

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

#[tokio::test]
async fn an_automatic_reply_comes_back_once_to_each_sender_and_only_while_it_is_on() {
    let caller = graph().await;
    let ben = caller.at("users/ben@contoso.example");
    let replies = async || {
        let path = "/messages?$filter=subject eq 'Automatic reply: Lunch'";
        let found = caller.get(path).await;
        found["value"].as_array().unwrap().clone()
    };
    let send = async || {
        let to = json!([{"emailAddress": {"address": "ben@contoso.example"}}]);
        let body = json!({"message": {"subject": "Lunch", "toRecipients": to}});
        assert_eq!(outcome(&caller, "POST", "/sendMail", body).await.0, 202);
    };
    let set = async |status: &str| {
        let setting = json!({"automaticRepliesSetting": {"status": status, "externalAudience": "all",
            "internalReplyMessage": "<p>Back on Monday.</p>", "externalReplyMessage": "Away."}});
        ben.done("PATCH", "/mailboxSettings", setting).await;
    };
    send().await;
    assert_eq!(replies().await.len(), 0);
    set("alwaysEnabled").await;
    send().await;
    send().await;
    let found = replies().await;
    assert_eq!(found.len(), 1);
    assert!(
        found[0]["body"]["content"]
            .as_str()
            .unwrap()
            .contains("Back on Monday.")
    );
    assert_eq!(
        found[0]["from"]["emailAddress"]["address"],
        "ben@contoso.example"
    );
    // Set anew, it answers anew; two replies do not answer each other.
    set("alwaysEnabled").await;
    let own = json!({"automaticRepliesSetting": {"status": "alwaysEnabled", "externalAudience": "all",
        "internalReplyMessage": "Also away.", "externalReplyMessage": ""}});
    caller.done("PATCH", "/mailboxSettings", own).await;
    send().await;
    assert_eq!(replies().await.len(), 2);
    set("disabled").await;
    send().await;
    assert_eq!(replies().await.len(), 2);
}

#[tokio::test]
async fn notifications_of_meetings_are_event_messages() {
    let caller = graph().await;
    let ben = caller.at("users/ben@contoso.example");
    let newest =
        async |at: &Caller| at.get("/mailFolders/inbox/messages?$top=1").await["value"][0].clone();
    let mut body = event("2026-12-10T09:00:00", "2026-12-10T10:00:00", "UTC");
    body["subject"] = "Planning of the year".into();
    body["attendees"] =
        json!([{"type": "required", "emailAddress": {"address": "ben@contoso.example"}}]);
    let made = caller.done("POST", "/events", body).await;
    let invitation = newest(&ben).await;
    assert_eq!(
        invitation["@odata.type"],
        "#microsoft.graph.eventMessageRequest"
    );
    assert_eq!(invitation["meetingMessageType"], "meetingRequest");
    let found = ben
        .get("/events?$filter=subject eq 'Planning of the year'")
        .await;
    let path = format!(
        "/events/{}/accept",
        found["value"][0]["id"].as_str().unwrap()
    );
    let accept = json!({"comment": "Yes", "sendResponse": true});
    assert_eq!(outcome(&ben, "POST", &path, accept).await.0, 202);
    let answer = newest(&caller).await;
    assert_eq!(
        answer["@odata.type"],
        "#microsoft.graph.eventMessageResponse"
    );
    assert_eq!(answer["meetingMessageType"], "meetingAccepted");
    let path = format!("/events/{}/cancel", made["id"].as_str().unwrap());
    assert_eq!(outcome(&caller, "POST", &path, json!({})).await.0, 202);
    // Both of Ben's messages may have come within one second.
    let of_both = ben.get("/mailFolders/inbox/messages?$top=2").await;
    let kinds = of_both["value"].as_array().unwrap().iter();
    let mut kinds: Vec<_> = kinds.map(|one| one["meetingMessageType"].clone()).collect();
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, ["meetingCancelled", "meetingRequest"]);
    // An ordinary message has no such type.
    let draft = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await;
    assert!(draft.get("@odata.type").is_none() && draft.get("meetingMessageType").is_none());
}

#[tokio::test]
async fn changes_of_messages_have_one_order() {
    let caller = graph().await;
    let path = "/mailFolders/inbox/messages/delta?$orderby=receivedDateTime";
    assert_eq!(refused(&caller, &format!("{path} desc")).await.0, 200);
    assert_eq!(
        refused(&caller, path).await,
        no(400, "ErrorInvalidUrlQuery")
    );
}
