//! Open extensions of messages, events and contacts, and what the directory has beside users.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use serde_json::json;
use support::{ADELE, GRAPH, Local};

const NAME: &str = "example.contoso.referral";

#[tokio::test]
async fn m36_open_extensions_are_kept_expanded_and_filtered_by() {
    let caller = Local::default().app(GRAPH).await;
    let time = json!({"dateTime": "2026-01-05T09:00:00", "timeZone": "UTC"});
    for (set, body) in [
        ("messages", json!({"subject": "a"})),
        ("contacts", json!({"givenName": "a"})),
        (
            "events",
            json!({"subject": "a", "start": time, "end": time}),
        ),
    ] {
        let made = caller.done("POST", &format!("/{set}"), body).await;
        let item = format!("/{set}/{}", made["id"].as_str().unwrap());
        let path = format!("{item}/extensions");
        let extension = json!({
            "@odata.type": "microsoft.graph.openTypeExtension",
            "extensionName": NAME,
            "companyName": "Wingtip Toys",
            "value": 1500,
            "tags@odata.type": "#Collection(String)",
            "tags": ["a"],
        });
        let answer = caller
            .call("POST", &path, &[], Some(extension.clone()))
            .await;
        assert_eq!(answer.status, 201, "{:?}", answer.json());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert!(id.ends_with(NAME) && id != NAME, "{id}");
        // By id and by name.
        for key in [id.as_str(), NAME] {
            let one = caller.get(&format!("{path}/{key}")).await;
            assert_eq!(
                (&one["companyName"], &one["value"]),
                (&json!("Wingtip Toys"), &json!(1500))
            );
        }
        // An item shows them where the query expands them, and a filter takes both forms.
        assert!(caller.get(&item).await.get("extensions").is_none());
        for key in [id.as_str(), NAME] {
            let expanded = caller
                .get(&format!("{item}?$expand=extensions($filter=id eq '{key}')"))
                .await;
            assert_eq!(expanded["extensions"][0]["extensionName"], NAME, "{set}");
        }
        let other = caller
            .get(&format!("{item}?$expand=extensions($filter=id eq 'x.y')"))
            .await;
        assert!(other.get("extensions").is_none(), "{set}");
        // A change merges, null removes.
        let change = json!({"@odata.type": "microsoft.graph.openTypeExtension", "value": null, "companyName": "Fabrikam"});
        let changed = caller
            .done("PATCH", &format!("{path}/{NAME}"), change)
            .await;
        assert_eq!(
            (&changed["companyName"], changed.get("value")),
            (&json!("Fabrikam"), None)
        );
        assert_eq!(changed["tags"], json!(["a"]));
        // The same name again overwrites.
        let again = json!({"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": NAME, "note": "b"});
        caller.done("POST", &path, again).await;
        let all = caller.get(&path).await;
        assert_eq!(all["value"].as_array().unwrap().len(), 1);
        assert!(all["value"][0].get("companyName").is_none());
        // A list says its type.
        let untyped = json!({"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "x", "tags": ["a"]});
        assert_eq!(
            caller.call("POST", &path, &[], Some(untyped)).await.status,
            400
        );
        assert_eq!(
            caller
                .call("DELETE", &format!("{path}/{NAME}"), &[], None)
                .await
                .status,
            204
        );
        let gone = caller
            .call("DELETE", &format!("{path}/{NAME}"), &[], None)
            .await;
        assert_eq!((gone.status, &*gone.code()), (404, "ErrorItemNotFound"));
    }
}

#[tokio::test]
async fn messages_are_found_by_their_extensions() {
    let caller = Local::default().app(GRAPH).await;
    let extension = json!({"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": NAME, "note": "b"});
    let body = json!({"subject": "with extension", "extensions": [extension]});
    caller.done("POST", "/messages", body).await;
    let path = format!(
        "/messages?$filter=extensions/any(f:f/id eq '{NAME}')&$expand=extensions($filter=id eq '{NAME}')"
    );
    let page = caller.get(&path).await;
    assert_eq!(page["value"].as_array().unwrap().len(), 1);
    assert_eq!(page["value"][0]["extensions"][0]["note"], "b");
}

#[tokio::test]
async fn the_directory_has_managers_counts_and_changes() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    assert_eq!(
        caller.get("/manager").await["userPrincipalName"],
        "admin@contoso.example"
    );
    let admin = caller.at("users/admin@contoso.example");
    assert_eq!(
        admin.get("/directReports").await["value"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(admin.call("GET", "/manager", &[], None).await.status, 404);

    let root = caller.at("users");
    let plain = root.call("GET", "/$count", &[], None).await;
    assert_eq!(
        (plain.status, &*plain.code()),
        (400, "Request_UnsupportedQuery")
    );
    let count = root
        .call("GET", "/$count", &[("consistencylevel", "eventual")], None)
        .await;
    assert_eq!((count.status, count.bytes.as_slice()), (200, &b"6"[..]));

    let first = root.get("/delta?$select=mail").await;
    let mails = support::texts(first["value"].as_array().unwrap(), "mail");
    assert!(mails.contains(&ADELE.to_owned()));
    let link = first["@odata.deltaLink"].as_str().unwrap();
    assert_eq!(root.get(link).await["value"], json!([]));
    assert_eq!(
        root.call("GET", "/delta?$deltatoken=x", &[], None)
            .await
            .status,
        400
    );

    let user = local.user(GRAPH, ADELE, &["User.Read"]).await.at("users");
    assert_eq!(user.call("GET", "/delta", &[], None).await.status, 403);
}
