//! `OPERATIONS.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::support::description::{Operation, differences};

/// What the tenant does in a simpler way than the service: the method (`*`: any), a part of the path, and how.
pub(crate) const SIMPLER: &[(&str, &str, &str)] = &[
    (
        "PUT",
        "/photo/$value",
        "a picture keeps its type; the service makes a JPEG of it",
    ),
    (
        "*",
        "/subscriptions",
        "messages, events and contacts; hooks on this machine",
    ),
    (
        "POST",
        "/attachments",
        "files; items and references are refused",
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

/// What became of an operation.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Faithful,
    /// The status and the code of the refusal.
    Missing(u16, String),
    Simpler(&'static str),
}

/// The page: a table for each area. What `/me` and `/users/{user-id}` do in the same way is one line.
pub(crate) fn page(outcomes: &[(&Operation, Outcome)]) -> String {
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
