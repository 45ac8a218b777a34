//! Bodies of requests: types, booleans, limits, extended properties.

use serde_json::{Value, json};

use crate::{event, graph, no, outcome};

#[tokio::test]
async fn t01_m34_bodies_are_typed() {
    let caller = graph().await;
    let mail = no(400, "UnableToDeserializePostBody");
    for body in [
        json!({"sensitivity": "normal"}),
        json!({"subject": 1}),
        json!({"importance": "urgent"}),
        json!({"toRecipients": "ben@contoso.example"}),
        json!({"toRecipients": ["ben@contoso.example"]}),
        json!({"toRecipients": [{"address": "ben@contoso.example"}]}),
        json!({"body": "text"}),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/messages", body.clone()).await,
            mail,
            "{body}"
        );
        let sent = json!({"message": body});
        assert_eq!(
            outcome(&caller, "POST", "/sendMail", sent.clone()).await,
            mail,
            "{sent}"
        );
    }
    let id = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await["id"]
        .clone();
    let path = format!("/messages/{}", id.as_str().unwrap());
    assert_eq!(
        outcome(&caller, "PATCH", &path, json!({"isRead": 1})).await,
        mail
    );
    let other = no(400, "RequestBodyRead");
    for body in [
        json!({"birthday": "AAA"}),
        json!({"categories": [{}]}),
        json!({"businessPhones": [{}]}),
        json!({"emailAddresses": [{"mail": "a@b"}]}),
        json!({"nickname2": "x"}),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/contacts", body.clone()).await,
            other,
            "{body}"
        );
    }
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    body["attendees"] = json!(["ben@contoso.example"]);
    assert_eq!(outcome(&caller, "POST", "/events", body).await, other);
    let body = json!({"schedules": "adele@contoso.example"});
    assert_eq!(
        outcome(&caller, "POST", "/calendar/getSchedule", body).await,
        other
    );
    let text = caller
        .call("POST", "/contacts", &[], Some(json!({"size": 1})))
        .await;
    let text = text.json()["error"]["message"].to_string();
    assert!(
        text.contains("The property 'size' does not exist on type 'microsoft.graph.contact'"),
        "{text}"
    );
}

#[tokio::test]
async fn t02_the_text_of_a_boolean_is_read() {
    let caller = graph().await;
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    body["isOnlineMeeting"] = "false".into();
    body["isReminderOn"] = "True".into();
    let made = caller.done("POST", "/events", body).await;
    assert_eq!(
        (&made["isOnlineMeeting"], &made["isReminderOn"]),
        (&json!(false), &json!(true))
    );
    let made = caller
        .done(
            "POST",
            "/messages",
            json!({"isReadReceiptRequested": "TRUE"}),
        )
        .await;
    assert_eq!(made["isReadReceiptRequested"], true);
    assert_eq!(
        outcome(&caller, "POST", "/messages", json!({"isRead": "yes"}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn t05_contacts_have_three_addresses_and_two_phones() {
    let caller = graph().await;
    let addresses = |count: usize| -> Value {
        (0..count)
            .map(|at| json!({"name": "N", "address": format!("n{at}@fabrikam.example")}))
            .collect()
    };
    for (body, status) in [
        (json!({"emailAddresses": addresses(3)}), 201),
        (json!({"emailAddresses": addresses(4)}), 400),
        (json!({"businessPhones": ["1", "2"]}), 201),
        (json!({"businessPhones": ["1", "2", "3"]}), 400),
        (json!({"homePhones": ["1", "2", "3"]}), 400),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/contacts", body.clone()).await.0,
            status,
            "{body}"
        );
    }
}

#[tokio::test]
async fn t10_m60_extended_properties_are_kept_expanded_and_filtered_by() {
    let caller = graph().await;
    let name = "String {00020329-0000-0000-C000-000000000046} Name Color";
    let body = |subject: &str| {
        json!({"subject": subject, "singleValueExtendedProperties": [
        {"id": name, "value": "Green"}, {"id": "Integer 0x0036", "value": "2"}]})
    };
    let named = |property: &str| json!({property: "X", "singleValueExtendedProperties": body("")["singleValueExtendedProperties"]});
    for (set, new) in [
        ("messages", body("x")),
        (
            "contacts",
            json!({"givenName": "X", "singleValueExtendedProperties": body("")["singleValueExtendedProperties"]}),
        ),
        ("events", {
            let mut new = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
            new["singleValueExtendedProperties"] =
                body("")["singleValueExtendedProperties"].clone();
            new
        }),
        ("mailFolders", named("displayName")),
        ("contactFolders", named("displayName")),
        ("calendars", named("name")),
    ] {
        let made = caller.done("POST", &format!("/{set}"), new).await;
        let path = format!("/{set}/{}", made["id"].as_str().unwrap());
        assert_eq!(
            caller.get(&path).await.get("singleValueExtendedProperties"),
            None,
            "{set}"
        );
        let expand = "$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x36')";
        let read = caller.get(&format!("{path}?{expand}")).await;
        let wanted = json!([{"id": "Integer 0x36", "value": "2"}]);
        assert_eq!(read["singleValueExtendedProperties"], wanted, "{set}");
        caller
            .done(
                "PATCH",
                &path,
                json!({"singleValueExtendedProperties": [{"id": name, "value": "Red"}]}),
            )
            .await;
        let read = caller
            .get(&format!("{path}?$expand=singleValueExtendedProperties"))
            .await;
        assert_eq!(
            read["singleValueExtendedProperties"]
                .as_array()
                .unwrap()
                .len(),
            2,
            "{set}"
        );
        let met = |value: &str| {
            format!(
                "$filter=singleValueExtendedProperties/any(ep:ep/id eq '{name}' and ep/value eq '{value}')"
            )
        };
        let page = caller.get(&format!("/{set}?{}&{expand}", met("Red"))).await;
        let found = page["value"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{set}");
        assert_eq!(found[0]["singleValueExtendedProperties"], wanted, "{set}");
        let page = caller.get(&format!("/{set}?{}", met("Green"))).await;
        assert_eq!(page["value"].as_array().unwrap().len(), 0, "{set}");
        let page = caller.get(&format!("/{set}?$top=100")).await;
        let all = page["value"].as_array().unwrap();
        assert!(all.iter().any(|one| one["id"] == made["id"]), "{set}");
        let shows = |one: &Value| one.get("singleValueExtendedProperties").is_some();
        assert!(!all.iter().any(shows), "{set}");
    }
}

/// Sisters of t01 and t10: attachments of no type, and ids of no extended property.
#[tokio::test]
async fn t01_t10_attachments_of_no_type_and_ids_of_no_extended_property_are_refused() {
    let caller = graph().await;
    let attached = |kind: &str| json!({"attachments": [{"@odata.type": kind, "name": "x"}]});
    for kind in [
        "#microsoft.graph.nope",
        "#microsoft.graph.referenceAttachment",
    ] {
        let found = outcome(&caller, "POST", "/messages", attached(kind)).await;
        assert_eq!(found.0, 400, "{kind}: {found:?}");
    }
    let file = attached("#microsoft.graph.fileAttachment");
    assert_eq!(outcome(&caller, "POST", "/messages", file).await.0, 201);
    let guid = "{66f5a359-4659-4830-9070-00047ec6ac6e}";
    for (id, fine) in [
        (format!("String {guid} Name Color"), true),
        (format!("Integer {guid} Id 0x8012"), true),
        ("String 0x0E06".to_owned(), true),
        ("Nope".to_owned(), false),
        (format!("Text {guid} Name Color"), false),
        ("String {66f5a359} Name Color".to_owned(), false),
        (format!("String {guid} Color"), false),
        (format!("StringArray {guid} Name Color"), false),
    ] {
        let body = json!({"singleValueExtendedProperties": [{"id": id, "value": "1"}]});
        let found = outcome(&caller, "POST", "/messages", body).await;
        let wanted = if fine {
            no(201, "")
        } else {
            no(400, "ErrorInvalidExtendedProperty")
        };
        assert_eq!(found, wanted, "{id}");
    }
}
