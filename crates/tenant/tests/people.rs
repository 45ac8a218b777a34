//! Contacts, settings and categories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use serde_json::{Value, json};
use support::{ADELE, BEN, GRAPH, Local, V1, V2, texts};

#[tokio::test]
async fn contacts_keep_what_they_are_told() {
    let local = Local::default();
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        let name = |text: &str| api.name(text);
        let mobile = if api == GRAPH {
            "mobilePhone"
        } else {
            "MobilePhone1"
        };
        let sent = json!({name("givenName"): "Pavel", name("surname"): "Bansky", mobile: "+31 6 0000 0000",
            name("emailAddresses"): [{name("name"): "Pavel", name("address"): "pavel@fabrikam.example"}]});
        let made = caller.done("POST", "/contacts", sent).await;
        assert_eq!(
            (&made[name("displayName")], &made[name("fileAs")]),
            (&json!("Pavel Bansky"), &json!("Bansky, Pavel"))
        );
        assert_eq!(made[mobile], "+31 6 0000 0000");
        let path = format!("/contacts/{}", made[name("id")].as_str().unwrap());
        let filter = format!(
            "/contacts?$filter={}/any(a:a/{} eq 'pavel@fabrikam.example')",
            name("emailAddresses"),
            name("address")
        );
        assert_eq!(
            caller.get(&filter).await["value"].as_array().unwrap().len(),
            1
        );
        let old = made["@odata.etag"].as_str().unwrap();
        let change = json!({name("companyName"): "Fabrikam"});
        assert_eq!(
            caller
                .call("PATCH", &path, &[("if-match", old)], Some(change.clone()))
                .await
                .status,
            200
        );
        assert_eq!(
            caller
                .call("PATCH", &path, &[("if-match", old)], Some(change))
                .await
                .status,
            412
        );
        let wrong = caller
            .call(
                "PATCH",
                &path,
                &[],
                Some(json!({name("businessPhones"): "one"})),
            )
            .await;
        let code = match api {
            GRAPH => "RequestBodyRead",
            _ => "ErrorPropertyValidationFailure",
        };
        assert_eq!((wrong.status, wrong.code().as_str()), (400, code));
        assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
        assert_eq!(caller.call("GET", &path, &[], None).await.status, 404);
    }
}

#[tokio::test]
async fn settings_and_categories_are_changed_piece_by_piece() {
    let caller = Local::default().app(GRAPH).await;
    let reply = json!({"automaticRepliesSetting": {"status": "alwaysEnabled", "internalReplyMessage": "Away"}});
    let answer = caller.done("PATCH", "/mailboxSettings", reply).await;
    assert_eq!(
        answer["automaticRepliesSetting"]["externalAudience"], "all",
        "what was not named stays"
    );
    assert!(answer.get("timeZone").is_none(), "only what was changed");
    let tips = caller
        .at(&format!("users/{BEN}"))
        .done(
            "POST",
            "/getMailTips",
            json!({"EmailAddresses": [ADELE], "MailTipsOptions": "automaticReplies"}),
        )
        .await;
    assert_eq!(tips["value"][0]["automaticReplies"]["message"], "Away");
    for broken in [
        json!({"timeZone": "Mars"}),
        json!({"language": {"locale": "xx-XX"}}),
        json!({"colour": "red"}),
        json!({"timeZone": 1}),
    ] {
        assert_eq!(
            caller
                .call("PATCH", "/mailboxSettings", &[], Some(broken.clone()))
                .await
                .status,
            400,
            "{broken}"
        );
    }
    let made = caller
        .done(
            "POST",
            "/outlook/masterCategories",
            json!({"displayName": "New", "color": "preset3"}),
        )
        .await;
    let path = format!("/outlook/masterCategories/{}", made["id"].as_str().unwrap());
    assert_eq!(
        caller
            .done("PATCH", &path, json!({"color": "preset4"}))
            .await["color"],
        "preset4"
    );
    for (method, path, body, status) in [
        (
            "POST",
            "/outlook/masterCategories",
            json!({"displayName": "new"}),
            409,
        ),
        (
            "POST",
            "/outlook/masterCategories",
            json!({"displayName": "X", "color": "preset25"}),
            400,
        ),
        ("PATCH", &path, json!({"displayName": "Other"}), 200),
        ("DELETE", &path, Value::Null, 204),
        ("DELETE", &path, Value::Null, 404),
    ] {
        assert_eq!(
            caller
                .call(method, path, &[], Some(body.clone()))
                .await
                .status,
            status,
            "{method} {body}"
        );
    }
}

#[tokio::test]
async fn people_come_from_the_contacts_the_best_known_first() {
    let local = Local::default();
    let other = local.user(GRAPH, ADELE, &["Contacts.Read"]).await.at("me");
    let denied = other.call("GET", "/people", &[], None).await;
    assert_eq!(
        denied.status, 403,
        "Contacts.Read is no permission for people"
    );
    let registration = local.app(GRAPH).await;
    let path = format!("/v1.0/users/{BEN}/people");
    let allowed = registration.call("GET", &path, &[], None).await;
    assert_eq!(allowed.status, 200, "the registration has People.Read.All");
    let adele = local.user(GRAPH, ADELE, &["People.Read"]).await.at("me");
    let (people, ..) = adele.all("/people?$top=50", &[]).await;
    let scores: Vec<f64> = people
        .iter()
        .map(|one| {
            one["scoredEmailAddresses"][0]["relevanceScore"]
                .as_f64()
                .unwrap()
        })
        .collect();
    assert!(scores.len() > 20 && scores.is_sorted_by(|a, b| a >= b));
    let found = adele.get("/people?$search=\"nadia\"").await;
    assert_eq!(found["value"][0]["displayName"], "Nadia Nazari");
    let path = format!("/people/{}", found["value"][0]["id"].as_str().unwrap());
    assert_eq!(adele.get(&path).await["companyName"], "Fabrikam");
}

#[tokio::test]
async fn the_focused_inbox_obeys_its_overrides() {
    let caller = Local::default().app(GRAPH).await;
    let ben = caller.at(&format!("users/{BEN}"));
    let path = "/inferenceClassification/overrides";
    let sent = |class: &str| json!({"classifyAs": class, "senderEmailAddress": {"name": "Adele", "address": ADELE}});
    let first = ben.done("POST", path, sent("focused")).await;
    let again = ben.done("POST", path, sent("other")).await;
    assert_eq!(first["id"], again["id"], "one override for an address");
    let mail = json!({"message": {"subject": "Which half", "toRecipients": [{"emailAddress": {"address": BEN}}]}});
    caller.call("POST", "/sendMail", &[], Some(mail)).await;
    let newest = ben.get("/mailFolders/inbox/messages?$top=1").await;
    assert_eq!(newest["value"][0]["inferenceClassification"], "other");
    let one = format!("{path}/{}", first["id"].as_str().unwrap());
    assert_eq!(
        ben.done("PATCH", &one, json!({"classifyAs": "focused"}))
            .await["classifyAs"],
        "focused"
    );
    assert_eq!(
        ben.call("PATCH", &one, &[], Some(json!({"classifyAs": "spam"})))
            .await
            .status,
        400
    );
    assert_eq!(ben.call("DELETE", &one, &[], None).await.status, 204);
    assert_eq!(ben.get(path).await["value"], json!([]));
}

#[tokio::test]
async fn the_directory_has_rules_of_its_own() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let (users, pages, _) = caller.all("/v1.0/users?$top=2", &[]).await;
    assert_eq!((users.len(), pages), (6, 3));
    let found = caller
        .get("/v1.0/users?$filter=startswith(displayName,'Ade')&$select=mail")
        .await;
    assert_eq!(found["value"][0]["mail"], ADELE);
    let eventual = [("consistencylevel", "eventual")];
    for (query, headers, status) in [
        ("$skip=1", &eventual[..], 400),
        ("$count=true", &[][..], 400),
        ("$count=true", &eventual[..], 200),
        ("$search=\"displayName:ben\"", &[][..], 400),
        ("$search=\"displayName:ben\"", &eventual[..], 200),
    ] {
        let answer = caller
            .call("GET", &format!("/v1.0/users?{query}"), headers, None)
            .await;
        assert_eq!(answer.status, status, "{query}");
    }
    let reader = local.user(GRAPH, ADELE, &["User.Read"]).await;
    let denied = reader.call("GET", "/v1.0/users", &[], None).await;
    assert_eq!(
        (denied.status, denied.code().as_str()),
        (403, "Authorization_RequestDenied")
    );
    assert_eq!(
        reader.call("GET", "/v1.0/me", &[], None).await.json()["mail"],
        ADELE
    );
}

#[tokio::test]
async fn ids_are_translated_both_ways() {
    let caller = Local::default().app(GRAPH).await;
    let id = caller.get("/messages?$top=1").await["value"][0]["id"].clone();
    let ask = |id: &Value, from: &str, to: &str| json!({"inputIds": [id], "sourceIdType": from, "targetIdType": to});
    let there = caller
        .done(
            "POST",
            "/translateExchangeIds",
            ask(&id, "restId", "restImmutableEntryId"),
        )
        .await;
    let fixed = there["value"][0]["targetId"].clone();
    assert_ne!(fixed, id);
    let back = caller
        .done(
            "POST",
            "/translateExchangeIds",
            ask(&fixed, "restImmutableEntryId", "restId"),
        )
        .await;
    assert_eq!(back["value"][0]["targetId"], id);
}

#[tokio::test]
async fn rooms_and_their_lists_are_the_organisations() {
    let local = Local::default();
    let caller = local.user(GRAPH, ADELE, &["Place.Read.All"]).await;
    let rooms = caller.get("/v1.0/places/microsoft.graph.room").await;
    let named = texts(rooms["value"].as_array().unwrap(), "displayName");
    assert_eq!(named, ["Anchor", "Beacon", "Cabin", "Orangery", "Pergola"]);
    let (all, pages, _) = caller
        .all("/v1.0/places/graph.room?$top=2&$select=displayName", &[])
        .await;
    assert_eq!((texts(&all, "displayName"), pages), (named, 3));
    assert!(all[0].get("capacity").is_none() && all[0]["id"].is_string());
    let large = caller
        .get("/v1.0/places/microsoft.graph.room?$filter=capacity gt 20&$count=true")
        .await;
    assert_eq!(large["@odata.count"], 2);
    let lists = caller.get("/v1.0/places/microsoft.graph.roomlist").await;
    let lists = lists["value"].as_array().unwrap();
    for (list, count) in lists.iter().zip([3, 2]) {
        for key in ["id", "emailAddress"] {
            let key = list[key].as_str().unwrap();
            let path = format!("/v1.0/places/{key}/graph.roomList/rooms");
            let rooms = caller.get(&path).await;
            assert_eq!(rooms["value"].as_array().unwrap().len(), count, "{key}");
        }
        let path = format!("/v1.0/places/{}", list["emailAddress"].as_str().unwrap());
        let one = caller.get(&path).await;
        assert_eq!(one["@odata.type"], "#microsoft.graph.roomList");
    }
}

#[tokio::test]
async fn places_are_refused_without_the_permission_and_where_there_are_none() {
    let local = Local::default();
    let reader = local.user(GRAPH, ADELE, &["Mail.Read"]).await;
    let path = "/v1.0/places/microsoft.graph.room";
    assert_eq!(reader.call("GET", path, &[], None).await.status, 403);
    let caller = local.user(GRAPH, ADELE, &["Place.Read.All"]).await;
    for (method, path, status) in [
        ("GET", "/v1.0/places/nowhere@contoso.example", 404),
        ("GET", "/v1.0/places/nowhere/graph.roomList/rooms", 404),
        ("GET", "/v1.0/places", 400),
        ("GET", "/v1.0/places/graph.room?$orderby=capacity", 400),
        ("GET", "/v1.0/places/graph.room?$filter=nope eq 1", 400),
        ("POST", "/v1.0/places/graph.room", 405),
    ] {
        let body = (method == "POST").then(|| serde_json::json!({"displayName": "x"}));
        let answer = caller.call(method, path, &[], body).await;
        assert_eq!(
            answer.status,
            status,
            "{method} {path}: {:?}",
            answer.json()
        );
    }
    let app = local.app(GRAPH).await;
    assert_eq!(app.call("GET", path, &[], None).await.status, 200);
    let outlook = local.user(V2, ADELE, &["Mail.Read"]).await;
    let answer = outlook
        .call("GET", "/api/v2.0/places/microsoft.graph.room", &[], None)
        .await;
    assert_eq!(answer.status, 404, "Outlook had rooms in its beta only");
}
