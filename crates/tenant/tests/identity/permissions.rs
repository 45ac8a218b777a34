//! The permissions of Microsoft's table (`tests/operations.json`): each of them lets a call in, and another one does not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Caller, GRAPH, Local};

/// An administrator may grant every permission.
const WHO: &str = "admin@contoso.example";

struct Operation {
    name: String,
    method: String,
    path: String,
    scopes: Vec<String>,
}

/// Operations of the user's own mailbox.
fn operations() -> Vec<Operation> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/operations.json");
    let all: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let all = all.as_array().unwrap().iter().map(|one| Operation {
        name: text(one, "name"),
        method: text(one, "method"),
        path: text(one, "path_graph"),
        scopes: one["scopes_delegated"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|scope| Some(scope.as_str()?.to_owned()))
            .collect(),
    });
    // The profile itself is open to everybody who signed in, and subscriptions have the permissions of what they watch.
    all.filter(|one| one.path.starts_with("/me/") && !one.path.starts_with("/me/photo"))
        .filter(|one| {
            !one.scopes.is_empty()
                && one.name != "users.manager"
                && one.name != "users.directReports"
        })
        .collect()
}

/// A path with ids in place of the names of parameters. They need not exist: the permission counts first.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        out += "AAMkAGI-no-such-id=";
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}

async fn callers(scopes: impl IntoIterator<Item = String>) -> BTreeMap<String, Caller> {
    let local = Local::default();
    let mut all = BTreeMap::new();
    for scope in scopes {
        // Each has a user's token with this permission alone.
        let caller = local.user(GRAPH, WHO, &[&scope]).await;
        all.insert(scope, caller.at("me"));
    }
    all
}

async fn denied(caller: &Caller, one: &Operation) -> bool {
    let path = filled(one.path.strip_prefix("/me").unwrap());
    let body = (one.method != "GET" && one.method != "DELETE").then(|| serde_json::json!({}));
    let answer = caller.call(&one.method, &path, &[], body).await;
    answer.status == 403
}

#[tokio::test]
async fn every_permission_of_the_table_lets_its_calls_in() {
    let all = operations();
    assert!(all.len() > 150, "{}", all.len());
    let names: BTreeSet<String> = all.iter().flat_map(|one| one.scopes.clone()).collect();
    let callers = callers(names).await;
    let mut wrong = Vec::new();
    for one in &all {
        for scope in &one.scopes {
            if denied(&callers[scope], one).await {
                wrong.push(format!("{} {} with {scope}", one.method, one.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_permission_that_the_table_does_not_name_lets_no_call_in() {
    let others = [
        "Calendars.Read",
        "Calendars.ReadBasic",
        "Calendars.ReadWrite",
        "Contacts.Read",
        "Contacts.ReadWrite",
        "Mail.Read",
        "Mail.ReadBasic",
        "Mail.ReadWrite",
        "Mail.Send",
        "MailboxSettings.Read",
        "MailboxSettings.ReadWrite",
        "People.Read",
        "User.Read",
        "Tasks.ReadWrite",
    ];
    let callers = callers(others.map(str::to_owned)).await;
    let mut open = Vec::new();
    for one in &operations() {
        for (scope, caller) in &callers {
            if !one.scopes.contains(scope) && !denied(caller, one).await {
                open.push(format!("{} {} with {scope}", one.method, one.path));
            }
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn a_basic_permission_shows_no_bodies_and_no_attachments() {
    let local = Local::default();
    for (basic, whole, path) in [
        ("Mail.ReadBasic", "Mail.Read", "/messages?$top=3"),
        ("Calendars.ReadBasic", "Calendars.Read", "/events?$top=3"),
    ] {
        for (scope, seen) in [(basic, false), (whole, true)] {
            let caller = local.user(GRAPH, WHO, &[scope]).await.at("me");
            let list = caller.get(path).await;
            let items = list["value"].as_array().unwrap();
            assert!(!items.is_empty());
            for item in items {
                assert!(item["subject"].is_string(), "{scope}");
                assert_eq!(item.get("body").is_some(), seen, "{scope}");
                assert_eq!(item.get("bodyPreview").is_some(), seen, "{scope}");
            }
        }
    }
}
