//! Subscriptions: hooks on this machine are told what changed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use support::hook::Hook;
use support::{ADELE, BEN, Caller, GRAPH, Local};

const ROOT: &str = "/v1.0/subscriptions";

fn body(hook: &Hook, resource: &str, minutes: i64) -> Value {
    json!({
        "changeType": "created,updated,deleted",
        "notificationUrl": hook.url,
        "lifecycleNotificationUrl": hook.url,
        "resource": resource,
        "expirationDateTime": (Utc::now() + TimeDelta::minutes(minutes)).to_rfc3339(),
        "clientState": "a secret of the client",
    })
}

async fn subscribe(caller: &Caller, hook: &Hook, resource: &str) -> Value {
    caller.done("POST", ROOT, body(hook, resource, 60)).await
}

#[tokio::test]
async fn changes_are_told_with_the_state_of_the_client() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let made = subscribe(&caller, &hook, &format!("users/{ADELE}/contacts")).await;
    assert_eq!(made["changeType"], "created,updated,deleted");

    let contact = caller
        .done("POST", "/contacts", json!({"givenName": "a"}))
        .await;
    let id = contact["id"].as_str().unwrap();
    let told = hook.next().await;
    assert_eq!(told["changeType"], "created");
    assert_eq!(told["clientState"], "a secret of the client");
    assert_eq!(told["subscriptionId"], made["id"]);
    assert_eq!(told["resourceData"]["id"], id);
    assert_eq!(
        told["resourceData"]["@odata.type"],
        "#Microsoft.Graph.Contact"
    );
    assert_eq!(told["resourceData"]["@odata.etag"], contact["@odata.etag"]);
    assert!(
        told["resource"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/Contacts/{id}"))
    );

    let path = format!("/contacts/{id}");
    caller.done("PATCH", &path, json!({"givenName": "b"})).await;
    assert_eq!(hook.next().await["changeType"], "updated");
    caller.call("DELETE", &path, &[], None).await;
    let gone = hook.next().await;
    assert_eq!(
        (&gone["changeType"], &gone["resourceData"]["id"]),
        (&json!("deleted"), &json!(id))
    );

    // What happens elsewhere is not told: the next notification is that of the next contact.
    caller
        .done("POST", "/messages", json!({"subject": "a"}))
        .await;
    caller
        .at(&format!("users/{BEN}"))
        .done("POST", "/contacts", json!({"givenName": "c"}))
        .await;
    let next = caller
        .done("POST", "/contacts", json!({"givenName": "d"}))
        .await;
    assert_eq!(hook.next().await["resourceData"]["id"], next["id"]);

    let id = made["id"].as_str().unwrap();
    assert_eq!(
        caller
            .call("DELETE", &format!("{ROOT}/{id}"), &[], None)
            .await
            .status,
        204
    );
    caller
        .done("POST", "/contacts", json!({"givenName": "e"}))
        .await;
    assert!(hook.is_quiet());
}

#[tokio::test]
async fn the_inbox_tells_what_arrives_in_it() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let scopes = ["Mail.ReadWrite", "Mail.Send"];
    let caller = local.user(GRAPH, ADELE, &scopes).await.at("me");
    subscribe(&caller, &hook, "me/mailFolders('Inbox')/messages").await;
    let mail = json!({"message": {"subject": "told", "toRecipients": [{"emailAddress": {"address": ADELE}}]}});
    assert_eq!(
        caller
            .call("POST", "/sendMail", &[], Some(mail))
            .await
            .status,
        202
    );
    let told = hook.next().await;
    let path = format!("/messages/{}", told["resourceData"]["id"].as_str().unwrap());
    assert_eq!(told["changeType"], "created");
    assert_eq!(caller.get(&path).await["subject"], "told");
    caller
        .done(
            "POST",
            &format!("{path}/move"),
            json!({"destinationId": "archive"}),
        )
        .await;
    assert_eq!(hook.next().await["changeType"], "deleted");
}

#[tokio::test]
async fn a_hook_that_does_not_repeat_the_token_gets_nothing() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let resource = format!("users/{ADELE}/events");
    let other = Hook::start(false).await;
    let refused = caller
        .call("POST", ROOT, &[], Some(body(&other, &resource, 60)))
        .await;
    assert_eq!((refused.status, &*refused.code()), (400, "ValidationError"));
    let log = local.control("GET", "notifications", &Value::Null).await;
    assert_eq!(log["attempts"][0]["kind"], "validation");
    assert_eq!(log["attempts"][0]["answer"], "something else");
    assert_eq!(caller.get(ROOT).await["value"], json!([]));

    let mut elsewhere = body(&other, &resource, 60);
    elsewhere["notificationUrl"] = "https://contoso.example/hook".into();
    let refused = caller.call("POST", ROOT, &[], Some(elsewhere)).await;
    assert_eq!((refused.status, &*refused.code()), (400, "InvalidRequest"));
}

#[tokio::test]
async fn a_hook_that_fails_is_tried_again_and_its_answers_are_logged() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    subscribe(&caller, &hook, &format!("users/{ADELE}/contacts")).await;
    hook.answers(503);
    caller
        .done("POST", "/contacts", json!({"givenName": "a"}))
        .await;
    let first = hook.next().await;
    hook.answers(202);
    // The notification is put back when the tenant has read the answer.
    while local.control("GET", "notifications", &Value::Null).await["attempts"][1].is_null() {
        tokio::task::yield_now().await;
    }
    local
        .control("POST", "clock", &json!({"advanceSeconds": 10}))
        .await;
    assert_eq!(hook.next().await, first);
    loop {
        let log = local.control("GET", "notifications", &Value::Null).await;
        if !log["attempts"][2].is_null() {
            let statuses: Vec<&Value> = log["attempts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| &one["status"])
                .collect();
            assert_eq!(statuses, [200, 503, 202]);
            assert_eq!(log["waiting"], 0);
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn m76_a_subscription_ends_after_10070_minutes_at_most() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let resource = format!("users/{ADELE}/contacts");
    let refused = caller
        .call("POST", ROOT, &[], Some(body(&hook, &resource, 10_080)))
        .await;
    assert_eq!((refused.status, &*refused.code()), (400, "ExtensionError"));
    let refused = caller
        .call("POST", ROOT, &[], Some(body(&hook, &resource, -1)))
        .await;
    assert_eq!(refused.status, 400);
    let made = caller
        .done("POST", ROOT, body(&hook, &resource, 10_060))
        .await;
    let path = format!("{ROOT}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        caller
            .call("POST", &format!("{path}/reauthorize"), &[], None)
            .await
            .status,
        204
    );
    let sooner = json!({"expirationDateTime": (Utc::now() + TimeDelta::minutes(5)).to_rfc3339()});
    caller.done("PATCH", &path, sooner).await;
    local
        .control("POST", "clock", &json!({"advanceSeconds": 301}))
        .await;
    caller
        .done("POST", "/contacts", json!({"givenName": "a"}))
        .await;
    let gone = caller.call("GET", &path, &[], None).await;
    assert_eq!((gone.status, &*gone.code()), (404, "ResourceNotFound"));
    assert!(hook.is_quiet());
}

#[tokio::test]
async fn the_hook_of_the_lifecycle_hears_what_the_control_interface_says() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let made = subscribe(&caller, &hook, &format!("users/{ADELE}/events")).await;
    for event in ["reauthorizationRequired", "missed", "subscriptionRemoved"] {
        local
            .control("POST", "lifecycle", &json!({"event": event}))
            .await;
        let told = hook.next().await;
        assert_eq!(
            (&told["lifecycleEvent"], &told["subscriptionId"]),
            (&json!(event), &made["id"])
        );
    }
    assert_eq!(caller.get(ROOT).await["value"], json!([]));
}

#[tokio::test]
async fn a_subscription_needs_the_permission_and_belongs_to_its_creator() {
    let hook = Hook::start(true).await;
    let local = Local::default();
    let adele = local.user(GRAPH, ADELE, &["Contacts.Read"]).await.at("me");
    let mail = adele
        .call("POST", ROOT, &[], Some(body(&hook, "me/messages", 60)))
        .await;
    assert_eq!((mail.status, &*mail.code()), (403, "ErrorAccessDenied"));
    let made = subscribe(&adele, &hook, "/me/contacts").await;
    let path = format!("{ROOT}/{}", made["id"].as_str().unwrap());
    let application = local.app(GRAPH).await;
    assert_eq!(
        application.call("DELETE", &path, &[], None).await.status,
        404
    );
    assert_eq!(adele.get(&path).await["resource"], "/me/contacts");
    for resource in [
        "me/calendarView",
        "me",
        "",
        "users/nobody@contoso.example/contacts",
    ] {
        let refused = adele
            .call("POST", ROOT, &[], Some(body(&hook, resource, 60)))
            .await;
        assert!(refused.status >= 400, "{resource}");
    }
}

#[tokio::test]
async fn resource_data_needs_a_certificate_a_selection_and_a_short_life() {
    let mut hook = Hook::start(true).await;
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let selected = format!("users/{ADELE}/contacts?$select=givenName");
    let whole = |resource: &str, minutes: i64| {
        let mut sent = body(&hook, resource, minutes);
        sent["includeResourceData"] = true.into();
        sent["encryptionCertificate"] = CERTIFICATE.replace('\n', "").into();
        sent["encryptionCertificateId"] = "mine".into();
        sent
    };
    let without = |name: &str| {
        let mut sent = whole(&selected, 60);
        sent.as_object_mut().unwrap().remove(name);
        sent
    };
    let mut wrong = whole(&selected, 60);
    wrong["encryptionCertificate"] = "AAAA".into();
    for (sent, code) in [
        (without("encryptionCertificate"), "InvalidRequest"),
        (without("encryptionCertificateId"), "InvalidRequest"),
        (wrong, "InvalidRequest"),
        (
            whole(&format!("users/{ADELE}/contacts"), 60),
            "InvalidRequest",
        ),
        (
            whole(&format!("users/{ADELE}/contacts?$select=nothing"), 60),
            "RequestBroker--ParseUri",
        ),
        (whole(&selected, 1_500), "ExtensionError"),
    ] {
        let refused = caller.call("POST", ROOT, &[], Some(sent)).await;
        assert_eq!((refused.status, &*refused.code()), (400, code));
    }
    let made = caller.done("POST", ROOT, whole(&selected, 1_430)).await;
    assert_eq!(
        (
            &made["includeResourceData"],
            &made["encryptionCertificateId"]
        ),
        (&json!(true), &json!("mine"))
    );
    let path = format!("{ROOT}/{}", made["id"].as_str().unwrap());
    let later =
        json!({"expirationDateTime": (Utc::now() + TimeDelta::minutes(1_500)).to_rfc3339()});
    assert_eq!(
        caller.call("PATCH", &path, &[], Some(later)).await.code(),
        "ExtensionError"
    );

    let contact = caller
        .done("POST", "/contacts", json!({"givenName": "Ada"}))
        .await;
    let told = hook.next().await;
    let content = &told["encryptedContent"];
    assert_eq!(content["encryptionCertificateId"], "mine");
    assert_eq!(
        content["encryptionCertificateThumbprint"]
            .as_str()
            .unwrap()
            .len(),
        40
    );
    assert!(!told.to_string().contains("Ada"));
    let path = format!("/contacts/{}", contact["id"].as_str().unwrap());
    caller.call("DELETE", &path, &[], None).await;
    let gone = hook.next().await;
    assert_eq!(
        (&gone["changeType"], &gone["encryptedContent"]),
        (&json!("deleted"), &Value::Null)
    );
}

/// A certificate of nobody with an RSA key, in base64. The journey `rich-notifications` decrypts with a key of its own.
const CERTIFICATE: &str = "\
MIIDFzCCAf+gAwIBAgIUYUIDJtU06qAQC0xBLuS9zmN8LYYwDQYJKoZIhvcNAQEL\
BQAwGjEYMBYGA1UEAwwPY29udG9zby5leGFtcGxlMCAXDTI2MTIwMTA2NTYxOFoY\
DzIwNTEwNzIzMDY1NjE4WjAaMRgwFgYDVQQDDA9jb250b3NvLmV4YW1wbGUwggEi\
MA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQC8IqZrgLuwYGhX7rJX3FOxF/lt\
p36Y4ApmCYDiOFOegF6GR6KL8XZX+vJLuzfxOV0imlyxjwyJixEhMChAhbK9JfvV\
nfFSUde/sN29inUfCHshxBI8bffPAw3Vt6fc+IduELzU1HGrnMGcuPrqZni6e2Nw\
y59P6vktZ1DdF9GOyvmY3xhISeuOO11CXmuDZpPIxd7bP21EfNjdfmb+2aLdXXWI\
Y8ruGsk7Ql5NIeuedWNYBLzDa4SaJlfg4RMoT0hMVdLRarezBSpMaYfmSUVemNw2\
imPk2F/wZEPttNfSmkuh90f7zOKXclhAeD/706bJAbHG3jLmKOukmtmrfI+dAgMB\
AAGjUzBRMB0GA1UdDgQWBBRzenoq9G0gbBtQUYVbCX1X2c/52DAfBgNVHSMEGDAW\
gBRzenoq9G0gbBtQUYVbCX1X2c/52DAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3\
DQEBCwUAA4IBAQA6r7/ev8vMNC2qOTLbfv1eChEJt7em5BnHs31SzDkfInY8iA5x\
95gZ4g6BlznzXO7R6cEf7MwSSR0gAaL/s3fD3CJScGW/Ock6lEAs2cG2Q0rPlzPC\
bbLEB5d4FHki7UfSkOnauoWIvhb33q5gwF083oK5HoevQTBQDILCM8k+ANYuK8JY\
ht5xdIRWMxoXqbESHU++OdUccUD9/rkNMiTpHMw8Kt8aNTLRfZ3houU3+du8uskw\
TM/inC/OZObXjeI4P6qqr7wNUWj/yyGX6EMWoRVC8/IUvzrjuA/3TRej0QtfRiLw\
RWOw4jh5GYTrm9yKXfrn0v/lcAG02KPTMvjW";
