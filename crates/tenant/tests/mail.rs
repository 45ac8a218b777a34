//! Mail over the router: queries, ids, drafts, delivery, rules, attachments, uploads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use serde_json::json;
use support::{ADELE, BEN, Caller, GRAPH, Local, texts};

#[tokio::test]
async fn order_and_filter_go_together_or_not_at_all() {
    let caller = Local::default().app(GRAPH).await;
    for (query, code) in [
        (
            "$filter=isRead eq false&$orderby=receivedDateTime desc",
            "InefficientFilter",
        ),
        (
            "$filter=receivedDateTime ge 2020-01-01T00:00:00Z and isRead eq false&$orderby=receivedDateTime desc",
            "",
        ),
        ("$filter=contains(subject,'a')", ""),
        ("$filter=eq", "RequestBroker--ParseUri"),
        ("$filter=nothing eq 1", "RequestBroker--ParseUri"),
        ("$select=nothing", "RequestBroker--ParseUri"),
        ("$orderby=subject sideways", "RequestBroker--ParseUri"),
        ("$top=-1", "RequestBroker--ParseUri"),
        ("$search=\"budget\"", ""),
        ("$search=\"budget\"&$orderby=subject", "SearchWithOrderBy"),
    ] {
        let answer = caller
            .call("GET", &format!("/messages?{query}"), &[], None)
            .await;
        assert_eq!(answer.code(), code, "{query}");
    }
    let sorted = caller
        .get("/messages?$orderby=subject&$top=100&$select=subject")
        .await;
    let subjects: Vec<String> = texts(sorted["value"].as_array().unwrap(), "subject")
        .iter()
        .map(|one| one.to_lowercase())
        .collect();
    assert!(subjects.is_sorted());
}

#[tokio::test]
async fn ids_change_with_a_move_and_immutable_ones_do_not() {
    let caller = Local::default().app(GRAPH).await;
    let immutable = [("prefer", "IdType=\"ImmutableId\"")];
    let made = caller
        .done("POST", "/messages", json!({"subject": "Here"}))
        .await;
    let id = made["id"].as_str().unwrap();
    let fixed = caller
        .call("GET", &format!("/messages/{id}"), &immutable, None)
        .await;
    assert_eq!(fixed.header("preference-applied"), "IdType=ImmutableId");
    let fixed = fixed.json()["id"].as_str().unwrap().to_owned();
    let moved = caller
        .done(
            "POST",
            &format!("/messages/{id}/move"),
            json!({"destinationId": "archive"}),
        )
        .await;
    assert_ne!(moved["id"], made["id"]);
    assert_eq!(
        caller
            .call("GET", &format!("/messages/{id}"), &[], None)
            .await
            .code(),
        "ErrorItemNotFound"
    );
    let again = caller
        .call("GET", &format!("/messages/{fixed}"), &immutable, None)
        .await
        .json();
    assert_eq!(
        (&again["id"], &again["parentFolderId"]),
        (&json!(fixed), &moved["parentFolderId"])
    );
    let upper = id.to_uppercase();
    assert_eq!(
        caller
            .call("GET", &format!("/messages/{upper}"), &[], None)
            .await
            .status,
        400,
        "ids keep their case"
    );
}

async fn subjects(caller: &Caller, folder: &str) -> Vec<String> {
    let page = caller
        .get(&format!(
            "/mailFolders/{folder}/messages?$top=5&$select=subject"
        ))
        .await;
    texts(page["value"].as_array().unwrap(), "subject")
}

#[tokio::test]
async fn what_is_sent_arrives_and_rules_put_it_away() {
    let local = Local::default();
    let adele = local.app(GRAPH).await;
    let ben = adele.at(&format!("users/{BEN}"));
    let folder = ben
        .done("POST", "/mailFolders", json!({"displayName": "From Adele"}))
        .await;
    let folder = folder["id"].as_str().unwrap();
    let rule = json!({"displayName": "Adele", "conditions": {"senderContains": ["adele@"]}, "actions": {"moveToFolder": folder, "markAsRead": true}});
    let rule = ben
        .done("POST", "/mailFolders/inbox/messageRules", rule)
        .await;
    let mail = json!({"message": {"subject": "Put away", "toRecipients": [{"emailAddress": {"address": BEN}}]}});
    assert_eq!(
        adele
            .call("POST", "/sendMail", &[], Some(mail.clone()))
            .await
            .status,
        202
    );
    assert_eq!(subjects(&ben, folder).await, ["Put away"]);
    assert_eq!(subjects(&adele, "sentitems").await[0], "Put away");
    let path = format!(
        "/mailFolders/inbox/messageRules/{}",
        rule["id"].as_str().unwrap()
    );
    ben.done("PATCH", &path, json!({"isEnabled": false})).await;
    adele.call("POST", "/sendMail", &[], Some(mail)).await;
    assert_eq!(subjects(&ben, "inbox").await[0], "Put away");
    assert_eq!(ben.call("DELETE", &path, &[], None).await.status, 204);
    let elsewhere = ben
        .call("GET", "/mailFolders/drafts/messageRules", &[], None)
        .await;
    assert_eq!(elsewhere.status, 400, "rules belong to the inbox");
}

#[tokio::test]
async fn nobody_sends_as_somebody_else() {
    let local = Local::default();
    let adele = local.user(GRAPH, ADELE, &["Mail.Send"]).await.at("me");
    let mail = |from: &str| {
        json!({"message": {"subject": "x", "from": {"emailAddress": {"address": from}},
        "toRecipients": [{"emailAddress": {"address": BEN}}]}})
    };
    for (from, status) in [(ADELE, 202), ("sales@contoso.example", 202), (BEN, 403)] {
        let answer = adele.call("POST", "/sendMail", &[], Some(mail(from))).await;
        assert_eq!(answer.status, status, "{from}: {}", answer.code());
    }
}

#[tokio::test]
async fn deletion_goes_by_the_deleted_items_unless_it_is_for_good() {
    let caller = Local::default().app(GRAPH).await;
    let immutable = [("prefer", "IdType=\"ImmutableId\"")];
    let make = async || {
        let body = Some(json!({"subject": "Away"}));
        let made = caller
            .call("POST", "/messages", &immutable, body)
            .await
            .json();
        format!("/messages/{}", made["id"].as_str().unwrap())
    };
    let soft = make().await;
    assert_eq!(caller.call("DELETE", &soft, &[], None).await.status, 204);
    let deleted = caller.get("/mailFolders/deleteditems").await["id"].clone();
    let held = caller.call("GET", &soft, &immutable, None).await;
    assert_eq!(
        (held.status, &held.json()["parentFolderId"]),
        (200, &deleted)
    );
    assert_eq!(caller.call("DELETE", &soft, &[], None).await.status, 204);
    assert_eq!(
        caller.call("GET", &soft, &immutable, None).await.status,
        404,
        "gone from there too"
    );
    let hard = make().await;
    assert_eq!(
        caller
            .call("POST", &format!("{hard}/permanentDelete"), &[], None)
            .await
            .status,
        204
    );
    assert_eq!(
        caller.call("GET", &hard, &immutable, None).await.status,
        404
    );
}

#[tokio::test]
async fn folders_are_copied_with_what_is_in_them() {
    let caller = Local::default().app(GRAPH).await;
    let made = caller
        .done("POST", "/mailFolders", json!({"displayName": "Once"}))
        .await;
    let path = format!("/mailFolders/{}", made["id"].as_str().unwrap());
    caller
        .done(
            "POST",
            &format!("{path}/messages"),
            json!({"subject": "In it"}),
        )
        .await;
    caller
        .done(
            "POST",
            &format!("{path}/childFolders"),
            json!({"displayName": "Below"}),
        )
        .await;
    let copy = caller
        .done(
            "POST",
            &format!("{path}/copy"),
            json!({"destinationId": "archive"}),
        )
        .await;
    assert_eq!(
        (&copy["totalItemCount"], &copy["childFolderCount"]),
        (&json!(1), &json!(1))
    );
    let again = caller
        .call(
            "POST",
            &format!("{path}/copy"),
            &[],
            Some(json!({"destinationId": "archive"})),
        )
        .await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (409, "ErrorFolderExists")
    );
    assert_eq!(
        caller
            .call("POST", &format!("{path}/permanentDelete"), &[], None)
            .await
            .status,
        204
    );
    assert_eq!(caller.call("GET", &path, &[], None).await.status, 404);
}

#[tokio::test]
async fn a_draft_can_come_as_mime() {
    let caller = Local::default().app(GRAPH).await;
    let mime = "VG86IGJlbkBjb250b3NvLmV4YW1wbGUNClN1YmplY3Q6IE1pbWUNCg0KSGVsbG8NCg==";
    let bearer = format!("Bearer {}", caller.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let path = format!("{}/messages", caller.base);
    let made = caller
        .local
        .send("POST", &path, &headers, mime.as_bytes().to_vec())
        .await;
    assert_eq!(made.status, 201);
    assert_eq!(
        (&made.json()["subject"], &made.json()["isDraft"]),
        (&json!("Mime"), &json!(true))
    );
    let broken = caller
        .local
        .send("POST", &path, &headers, b"no base64!".to_vec())
        .await;
    assert_eq!(broken.code(), "ErrorMimeContentInvalidBase64String");
}

#[tokio::test]
async fn a_draft_in_mime_has_parts_and_comes_back_as_mime() {
    use base64::Engine as _;
    let caller = Local::default().app(GRAPH).await;
    let mime = "From: x@fabrikam.example\r\nTo: \"Walker, Ben\" <ben@contoso.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
        <p>Hi</p>\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n\
        a,b\r\n--b--\r\n";
    let body = base64::engine::general_purpose::STANDARD.encode(mime);
    let bearer = format!("Bearer {}", caller.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let path = format!("{}/messages", caller.base);
    let made = caller
        .local
        .send("POST", &path, &headers, body.into_bytes())
        .await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let draft = caller
        .get(&format!("/messages/{id}?$expand=attachments"))
        .await;
    assert_eq!(draft["subject"], "Grüße");
    // The owner of the mailbox sends it, whoever the text names.
    assert_eq!(draft["from"]["emailAddress"]["address"], ADELE);
    assert_eq!(
        draft["toRecipients"][0]["emailAddress"]["name"],
        "Walker, Ben"
    );
    assert_eq!(
        (&draft["body"]["contentType"], &draft["hasAttachments"]),
        (&json!("html"), &json!(true))
    );
    assert_eq!(draft["attachments"][0]["name"], "a.csv");
    let written = caller
        .call("GET", &format!("/messages/{id}/$value"), &[], None)
        .await;
    let text = String::from_utf8(written.bytes).unwrap();
    assert!(
        text.contains("multipart/mixed") && text.contains("a.csv") && text.contains("<p>Hi</p>"),
        "{text}"
    );
    assert!(text.contains("=?utf-8?"), "{text}");
    let empty = caller
        .local
        .send("POST", &path, &headers, b"".to_vec())
        .await;
    assert_eq!(empty.code(), "ErrorMimeContentInvalid");
}
