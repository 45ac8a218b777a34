//! Every operation of Microsoft's description of Graph, called once: whether the tenant has it. `OPERATIONS.md` is made
//! of the outcome; `EXO365_WRITE=1` writes it. The description judges each answer (`support/description.rs`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod bodies;
mod page;
#[path = "../support/mod.rs"]
mod support;

use bodies::{HOOK, changed, created, parameters};
use page::{Outcome, SIMPLER, page};
use serde_json::{Value, json};
use support::description::{Operation, description};
use support::hook::Hook;
use support::{ADELE, BEN, Caller, GRAPH, Local};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/OPERATIONS.md");
const SCOPES: [&str; 10] = [
    "User.Read",
    "User.ReadBasic.All",
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.ReadWrite",
    "Calendars.Read.Shared",
    "Contacts.ReadWrite",
    "MailboxSettings.ReadWrite",
    "People.Read",
    "Place.Read.All",
];
const REPLIES: [&str; 6] = [
    "createForward",
    "createReply",
    "createReplyAll",
    "forward",
    "reply",
    "replyAll",
];
const WINDOW: &str = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-03-01T00:00:00Z";

#[tokio::test]
async fn every_operation_is_listed_as_it_is() {
    let Some(description) = description() else {
        println!("skipped: no OpenAPI description of Graph (EXO365_OPENAPI)");
        return;
    };
    let hook = Hook::start(true).await;
    HOOK.set(hook.url.clone()).unwrap();
    let local = Local::default();
    let user = local.user(GRAPH, ADELE, &SCOPES).await.at("");
    let application = local.app(GRAPH).await.at("");
    let mut outcomes = Vec::new();
    for operation in &description.operations {
        let caller = if operation.path.starts_with("/users") {
            &application
        } else {
            &user
        };
        outcomes.push((operation, outcome(caller, operation).await));
    }
    let page = page(&outcomes);
    if std::env::var_os("EXO365_WRITE").is_some() {
        std::fs::write(PAGE, page).unwrap();
        return;
    }
    let held = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        held == page,
        "OPERATIONS.md differs: run EXO365_WRITE=1 cargo test -p exo365-tenant --test operations"
    );
}

#[tokio::test]
async fn an_answer_that_is_not_described_is_found() {
    let Some(description) = description() else {
        println!("skipped: no OpenAPI description of Graph (EXO365_OPENAPI)");
        return;
    };
    let operation = description.operation("GET", "/me/messages/AAMk=").unwrap();
    let problem = |status, kind, body: Value| {
        description.problem(operation, status, kind, body.to_string().as_bytes())
    };
    let json = "application/json; charset=utf-8";
    assert_eq!(
        problem(
            200,
            json,
            json!({"id": "a", "importance": "low", "flag": null})
        ),
        Ok(())
    );
    for (status, kind, body) in [
        (201, json, json!({"id": "a"})),
        (200, "text/html", json!({"id": "a"})),
        (200, json, json!({"id": 1})),
        (200, json, json!({"subjekt": "a"})),
        (200, json, json!({"importance": "urgent"})),
        (200, json, json!({"importance": {}})),
        (200, json, json!({"receivedDateTime": "yesterday"})),
        (
            200,
            json,
            json!({"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "size": "1"}]}),
        ),
        (404, json, json!({"message": "none"})),
    ] {
        assert!(
            problem(status, kind, body.clone()).is_err(),
            "{status} {kind} {body}"
        );
    }
}

/// Calls an operation with items that are made for it.
async fn outcome(caller: &Caller, operation: &Operation) -> Outcome {
    let method = operation.method.to_uppercase();
    let path = place(caller, operation).await;
    let last = path.rsplit('/').next().unwrap_or_default();
    let (kind, body) = if method == "PUT" {
        ("image/jpeg", vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9])
    } else {
        let named = operation
            .path
            .split('/')
            .rfind(|part| !part.starts_with('{'));
        let body = match method.as_str() {
            "POST" => created(last).unwrap_or_else(|| parameters(last)),
            "PATCH" => changed(named.unwrap_or_default()),
            _ => Value::Null,
        };
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        ("application/json", bytes)
    };
    let query = match last {
        "calendarView" | "instances" | "delta()"
            if path.to_lowercase().contains("view") || last == "instances" =>
        {
            format!("?{WINDOW}")
        }
        _ => String::new(),
    };
    let bearer = format!("Bearer {}", caller.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", kind),
        ("consistencylevel", "eventual"),
    ];
    let path = format!("{}{path}{query}", GRAPH.0);
    let answer = caller.local.send(&method, &path, &headers, body).await;
    if answer.status >= 300 {
        println!(
            "{method} {}: {} {} {}",
            operation.path,
            answer.status,
            answer.code(),
            answer.json()["error"]["message"]
        );
        return Outcome::Missing(answer.status, answer.code());
    }
    let simpler = SIMPLER
        .iter()
        .find(|(of, part, _)| (*of == "*" || *of == method) && operation.path.contains(part));
    simpler.map_or(Outcome::Faithful, |(_, _, how)| Outcome::Simpler(how))
}

/// The path of an operation, where each parameter is an item that was just made.
async fn place(caller: &Caller, operation: &Operation) -> String {
    let last = operation.path.rsplit('/').next().unwrap_or_default();
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        let value = match part {
            "{user-id}" => ADELE.to_owned(),
            "{profilePhoto-id}" => "48x48".to_owned(),
            "{place-id}" => "harbour@contoso.example".to_owned(),
            "{person-id}" => first(caller, &path).await,
            "{mailFolder-id}" if operation.path.contains("messageRules") => "inbox".to_owned(),
            "{message-id}" if REPLIES.contains(&last) => {
                let inbox = path.replace("/messages", "/mailFolders/inbox/messages");
                first(caller, &inbox).await
            }
            "{event-id}" if ["accept", "decline", "tentativelyAccept"].contains(&last) => {
                invitation(caller).await
            }
            _ if part.starts_with('{') => item(caller, &path, last).await,
            _ => part
                .replace("{User}", BEN)
                .replace("{TimeZoneStandard}", "Iana")
                .replace("{StartDateTime}", "2026-01-01T00:00:00Z")
                .replace("{EndDateTime}", "2026-03-01T00:00:00Z"),
        };
        path = format!("{path}/{value}");
        if part.starts_with("photo") {
            let owner = path.trim_end_matches(part);
            put_photo(caller, &format!("{}{owner}photo/$value", GRAPH.0)).await;
        }
    }
    path
}

async fn put_photo(caller: &Caller, path: &str) {
    let bearer = format!("Bearer {}", caller.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "image/jpeg"),
    ];
    let photo = vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9];
    caller.local.send("PUT", path, &headers, photo).await;
}

/// The id of the first item of a collection.
async fn first(caller: &Caller, collection: &str) -> String {
    let page = caller.get(&format!("{}{collection}?$top=1", GRAPH.0)).await;
    page["value"][0]["id"].as_str().unwrap().to_owned()
}

/// The id of a new item of a collection; of no item where the tenant does not make any.
async fn item(caller: &Caller, collection: &str, action: &str) -> String {
    let name = collection.rsplit('/').next().unwrap_or_default();
    let mut body = created(name).unwrap();
    if action == "instances" {
        body["recurrence"] = json!({
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": "2026-01-05", "numberOfOccurrences": 3},
        });
    }
    if action == "cancel" {
        body["attendees"] = json!([{"emailAddress": {"address": BEN}, "type": "required"}]);
    }
    let path = format!("{}{collection}", GRAPH.0);
    let made = caller.call("POST", &path, &[], Some(body)).await;
    let id = made.json()["id"].as_str().map(str::to_owned);
    if id.is_none() {
        println!("POST {collection}: {} {}", made.status, made.json());
    }
    id.unwrap_or_else(|| "none".to_owned())
}

/// The id of a meeting to which somebody else invited the owner of the mailbox.
async fn invitation(caller: &Caller) -> String {
    let other = caller.local.app(GRAPH).await;
    let mut body = created("events").unwrap();
    body["attendees"] = json!([{"emailAddress": {"address": ADELE}, "type": "required"}]);
    let made = other
        .at(&format!("users/{BEN}"))
        .done("POST", "/events", body)
        .await;
    let uid = made["iCalUId"].as_str().unwrap();
    let page = other
        .get(&format!("/events?$filter=iCalUId eq '{uid}'&$select=id"))
        .await;
    page["value"][0]["id"].as_str().unwrap().to_owned()
}
