//! Every operation of Microsoft's description of Graph, called once: whether the tenant has it. `OPERATIONS.md` is made
//! of the outcome; `EXO365_WRITE=1` writes it. The description judges each answer (`support/description.rs`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::{Value, json};
use support::description::{Operation, description, differences};
use support::hook::Hook;
use support::{ADELE, BEN, Caller, GRAPH, Local};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/OPERATIONS.md");
const SCOPES: [&str; 9] = [
    "User.Read",
    "User.ReadBasic.All",
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.ReadWrite",
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
/// What the tenant does in a simpler way than the service: the method (`*`: any), a part of the path, and how.
const SIMPLER: &[(&str, &str, &str)] = &[
    (
        "PUT",
        "/photo/$value",
        "a picture keeps its type; the service makes a JPEG of it",
    ),
    (
        "*",
        "/subscriptions",
        "messages, events and contacts; hooks on this machine; without resource data",
    ),
    ("*", "/photos", "one picture stands for every size"),
    ("*", "/users/delta()", "the directory never changes"),
    (
        "*",
        "/manager",
        "the administrator is the manager of every member",
    ),
    (
        "*",
        "/directReports",
        "the administrator is the manager of every member",
    ),
    (
        "*",
        "/childFolders/delta()",
        "removed folders are named whatever folder they were in",
    ),
    (
        "*",
        "/people",
        "people are the contacts, ordered by how often they appear in mail",
    ),
    (
        "*",
        "/events/{event-id}/extensions",
        "an occurrence has the extensions of its series",
    ),
    (
        "*",
        "/permanentDelete",
        "the item is gone; the service keeps it for the administrator for some days",
    ),
    (
        "*",
        "/translateExchangeIds",
        "`restId` and `restImmutableEntryId` alone",
    ),
    (
        "GET",
        "/mailboxSettings/delegateMeetingMessageDeliveryOptions",
        "kept, without effect",
    ),
    (
        "PATCH",
        "/me/mailboxSettings",
        "language and formats are kept, without effect on texts",
    ),
    (
        "PATCH",
        "/users/{user-id}/mailboxSettings",
        "language and formats are kept, without effect on texts",
    ),
];
const HEAD: &str = "\
# What the tenant has of Graph

Made by the test `operations`; do not edit. It calls each mail, calendar and contacts operation of Microsoft's description
of Graph v1.0 once, with items that it made before.

- **Faithful**: the operation succeeds, and status, content type and every property of the answer are as Microsoft
  describes them. In the other native tests every answer is held to the description too, errors included.
- **Simplified**: the same, but the tenant does less than the service; the last column says what.
- **Missing**: the tenant refuses it; the last column has its answer.

";

/// The URL of the hook for subscriptions.
static HOOK: OnceLock<String> = OnceLock::new();

/// What became of an operation.
#[derive(Debug, PartialEq)]
enum Outcome {
    Faithful,
    /// The status and the code of the refusal.
    Missing(u16, String),
    Simpler(&'static str),
}

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

/// The body that makes an item of a collection.
fn created(collection: &str) -> Option<Value> {
    let name = format!("N{}", rand::random::<u32>());
    let time =
        |hour: u8| json!({"dateTime": format!("2026-01-05T{hour:02}:00:00"), "timeZone": "UTC"});
    Some(match collection {
        "$batch" => json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}]}),
        "attachments" => {
            json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="})
        }
        "calendarGroups" | "calendars" => json!({"name": name}),
        "calendarPermissions" => {
            json!({"emailAddress": {"address": BEN, "name": "Ben"}, "role": "read"})
        }
        "childFolders" | "contactFolders" | "mailFolders" => json!({"displayName": name}),
        "contacts" => {
            json!({"givenName": name, "emailAddresses": [{"address": "x@fabrikam.example", "name": "X"}]})
        }
        "events" => json!({"subject": name, "start": time(9), "end": time(10)}),
        "extensions" => {
            json!({"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": format!("example.contoso.{name}"), "note": "a"})
        }
        "masterCategories" => json!({"displayName": name, "color": "preset1"}),
        "messageRules" => {
            json!({"displayName": name, "sequence": 1, "isEnabled": true, "actions": {"markAsRead": true}, "conditions": {"subjectContains": [name]}})
        }
        "messages" => {
            json!({"subject": name, "toRecipients": [{"emailAddress": {"address": BEN}}], "body": {"contentType": "text", "content": "a"}})
        }
        "overrides" => {
            json!({"classifyAs": "other", "senderEmailAddress": {"address": format!("{name}@fabrikam.example"), "name": name}})
        }
        "subscriptions" => {
            json!({"changeType": "created", "notificationUrl": HOOK.get().unwrap(), "resource": "me/messages", "expirationDateTime": tomorrow(), "clientState": "a"})
        }
        _ => return None,
    })
}

fn tomorrow() -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339()
}

/// The parameters of an action.
fn parameters(action: &str) -> Value {
    let time =
        |hour: u8| json!({"dateTime": format!("2026-01-05T{hour:02}:00:00"), "timeZone": "UTC"});
    let recipients = json!([{"emailAddress": {"address": BEN}}]);
    match action {
        "accept" | "cancel" | "createReply" | "createReplyAll" | "decline" | "reply"
        | "replyAll" | "tentativelyAccept" => json!({"comment": "a"}),
        "copy" | "move" => json!({"destinationId": "archive"}),
        "createForward" | "forward" => json!({"toRecipients": recipients, "comment": "a"}),
        "createUploadSession" => {
            json!({"AttachmentItem": {"attachmentType": "file", "name": "a.bin", "size": 3_500_000}})
        }
        "findMeetingTimes" => {
            json!({"attendees": [{"type": "required", "emailAddress": {"address": BEN}}], "meetingDuration": "PT30M"})
        }
        "getMailTips" => {
            json!({"EmailAddresses": [BEN], "MailTipsOptions": "automaticReplies, mailboxFullStatus"})
        }
        "getSchedule" => json!({"schedules": [BEN], "startTime": time(8), "endTime": time(18)}),
        "sendMail" => json!({"message": {"subject": "a", "toRecipients": recipients}}),
        "snoozeReminder" => json!({"newReminderTime": time(8)}),
        "translateExchangeIds" => {
            json!({"inputIds": ["a"], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"})
        }
        _ => Value::Null,
    }
}

/// The body that changes an item of a collection, or a single item.
fn changed(name: &str) -> Value {
    match name {
        "calendar" => json!({"color": "lightBlue"}),
        "calendarGroups" | "calendars" => {
            json!({"name": format!("D{}", rand::random::<u32>())})
        }
        "calendarPermissions" => json!({"role": "write"}),
        "childFolders" | "contactFolders" | "mailFolders" => {
            json!({"displayName": format!("D{}", rand::random::<u32>())})
        }
        "contacts" => json!({"givenName": "D"}),
        "events" | "messages" => json!({"categories": ["D"]}),
        "extensions" => json!({"note": "b"}),
        "mailboxSettings" => json!({"timeZone": "UTC"}),
        "masterCategories" => json!({"color": "preset3"}),
        "messageRules" => json!({"isEnabled": false}),
        "overrides" => json!({"classifyAs": "focused"}),
        "subscriptions" => json!({"expirationDateTime": tomorrow()}),
        _ => json!({"mobilePhone": "+49 40 1"}),
    }
}

/// The page: a table for each area. What `/me` and `/users/{user-id}` do in the same way is one line.
fn page(outcomes: &[(&Operation, Outcome)]) -> String {
    let of_users = |method: &str, path: &str| {
        let path = path.replacen("/me", "/users/{user-id}", 1);
        let twin = outcomes
            .iter()
            .find(|(one, _)| one.method == method && one.path == path);
        twin.map(|(_, outcome)| outcome)
    };
    let mut areas: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (one, outcome) in outcomes {
        let twin = one
            .path
            .strip_prefix("/users/{user-id}")
            .is_some_and(|rest| {
                let path = format!("/me{rest}");
                let mine = outcomes
                    .iter()
                    .find(|(other, _)| other.method == one.method && other.path == path);
                mine.is_some_and(|(_, mine)| mine == outcome)
            });
        if twin {
            continue;
        }
        let both = one.path.starts_with("/me") && of_users(&one.method, &one.path) == Some(outcome);
        let name = if both { "" } else { " (this path alone)" };
        let alone = if one.path.starts_with("/me") || one.path.starts_with("/users/{user-id}") {
            name
        } else {
            ""
        };
        let (state, how) = match outcome {
            Outcome::Faithful => ("faithful", String::new()),
            Outcome::Missing(status, code) => ("**missing**", format!("{status} `{code}`")),
            Outcome::Simpler(how) => ("simplified", (*how).to_owned()),
        };
        let line = format!(
            "| `{} {}`{alone} | {state} | {how} |",
            one.method.to_uppercase(),
            one.path
        );
        areas.entry(area(&one.path)).or_default().push(line);
    }
    let count = |of: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, one)| of(one)).count();
    let mut out = format!(
        "{HEAD}Of {} operations {} are faithful, {} simplified, {} missing.\n",
        outcomes.len(),
        count(|one| matches!(one, Outcome::Faithful)),
        count(|one| matches!(one, Outcome::Simpler(_))),
        count(|one| matches!(one, Outcome::Missing(..))),
    );
    for (name, lines) in areas {
        let lines = lines.join("\n");
        write!(
            out,
            "\n## {name}\n\n| operation | the tenant is | how |\n|---|---|---|\n{lines}\n"
        )
        .unwrap();
    }
    out.push_str("\n## Where the service differs from its description\n\nThe tenant does as the service.\n\n");
    for known in differences() {
        let text = |name: &str| known[name].as_str().unwrap();
        writeln!(out, "- {} Source: {}.", text("what"), text("source")).unwrap();
    }
    out
}

fn area(path: &str) -> &'static str {
    let below = path
        .split('/')
        .nth(if path.starts_with("/users/{") { 3 } else { 2 });
    match (
        path.split('/').nth(1).unwrap_or_default(),
        below.unwrap_or_default(),
    ) {
        ("$batch", _) => "Batches",
        ("places", _) => "Places",
        ("subscriptions", _) => "Subscriptions",
        (_, name) if name.starts_with("calendar") || name.starts_with("event") => {
            "Calendars and events"
        }
        (_, name) if name.starts_with("contact") => "Contacts",
        (_, "findMeetingTimes") => "Calendars and events",
        (_, name) if name.starts_with("reminder") => "Calendars and events",
        (
            _,
            "mailFolders" | "messages" | "sendMail" | "getMailTips" | "inferenceClassification",
        ) => "Mail",
        (_, "mailboxSettings" | "outlook" | "translateExchangeIds") => "Settings",
        _ => "People and the directory",
    }
}
