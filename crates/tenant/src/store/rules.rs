//! Applies message rules at delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::id::{Id, Kind};
use super::item::Json;
use super::mailbox::Mailbox;
use super::mailbox::{DELETED, INBOX};
use super::message::{Importance, Message};
use super::message::{Person, plain_text};

/// The id of a rule.
pub(crate) fn id(key: u64) -> String {
    let mut bytes = vec![1, 0, 0, 0];
    bytes.extend(&key.to_be_bytes()[4..]);
    STANDARD.encode(bytes)
}

/// The default values of a rule.
pub(crate) fn defaults(sequence: usize) -> Json {
    let json = json!({
        "displayName": "",
        "sequence": sequence,
        "isEnabled": true,
        "hasError": false,
        "isReadOnly": false,
        "conditions": {},
        "actions": {},
    });
    json.as_object().cloned().unwrap_or_default()
}

/// Applies the rules of a mailbox to a new message.
pub(crate) fn apply(mailbox: &Mailbox, message: &mut Message) {
    let mut rules: Vec<&Json> = mailbox.rules.iter().map(|item| &item.json).collect();
    rules.sort_by_key(|rule| rule.get("sequence").and_then(Value::as_i64));
    for rule in rules {
        let part = |name: &str| rule.get(name).cloned().unwrap_or_default();
        let excepted = |exceptions: &Value| {
            let some = exceptions.as_object().is_some_and(|all| !all.is_empty());
            some && meets(exceptions, message)
        };
        let enabled = part("isEnabled") == Value::Bool(true);
        if !enabled || !meets(&part("conditions"), message) || excepted(&part("exceptions")) {
            continue;
        }
        let actions = part("actions");
        act(&actions, mailbox, message);
        if actions["stopProcessingRules"] == Value::Bool(true) {
            return;
        }
    }
}

/// Applies the inference classification overrides to a new message.
pub(crate) fn classify(mailbox: &Mailbox, message: &mut Message) {
    let from = message.from.as_ref().map_or("", |from| &from.address);
    let found = mailbox.overrides.iter().find(|item| {
        let sender = &item.json["senderEmailAddress"]["address"];
        sender
            .as_str()
            .is_some_and(|sender| sender.eq_ignore_ascii_case(from))
    });
    if let Some(found) = found {
        message.other = found.json["classifyAs"] == "other";
    }
}

/// Whether a message meets all conditions. An unknown condition is not met.
fn meets(conditions: &Value, message: &Message) -> bool {
    let all = conditions.as_object().into_iter().flatten();
    let mut set = all.filter(|(name, value)| !value.is_null() && !name.contains('@'));
    set.all(|(name, value)| meets_one(name, value, message))
}

fn meets_one(name: &str, value: &Value, message: &Message) -> bool {
    let words = || -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(Value::as_str)
            .map(str::to_lowercase)
            .collect()
    };
    let any_in = |text: &str| {
        let text = text.to_lowercase();
        words().iter().any(|word| text.contains(word))
    };
    let people = |list: &[Person]| {
        let texts = list
            .iter()
            .map(|one| format!("{} {}", one.name, one.address));
        texts.collect::<Vec<_>>().join(" ")
    };
    let body = || match message.html {
        true => plain_text(&message.body),
        false => message.body.clone(),
    };
    match name {
        "subjectContains" => any_in(&message.subject),
        "bodyContains" => any_in(&body()),
        "bodyOrSubjectContains" => any_in(&message.subject) || any_in(&body()),
        "senderContains" => any_in(&people(message.from.as_slice())),
        "recipientContains" => any_in(&people(&message.to)) || any_in(&people(&message.cc)),
        "fromAddresses" => {
            let list = value.as_array().into_iter().flatten();
            let addresses = list.filter_map(|one| one["emailAddress"]["address"].as_str());
            let from = message.from.as_ref().map_or("", |from| &from.address);
            addresses
                .into_iter()
                .any(|one| one.eq_ignore_ascii_case(from))
        }
        "hasAttachments" => value.as_bool() == Some(!message.attachments.is_empty()),
        "importance" => value.as_str() == Some(message.importance.as_str()),
        _ => false,
    }
}

fn act(actions: &Value, mailbox: &Mailbox, message: &mut Message) {
    let folder = actions["moveToFolder"].as_str();
    let folder = folder.and_then(|id| target(mailbox, id));
    if let Some(folder) = folder.filter(|_| message.folder == INBOX) {
        message.folder = folder;
    }
    if actions["delete"] == Value::Bool(true) {
        message.folder = DELETED;
    }
    if actions["markAsRead"] == Value::Bool(true) {
        message.read = true;
    }
    if let Some(importance) = actions["markImportance"]
        .as_str()
        .and_then(Importance::parse)
    {
        message.importance = importance;
    }
    let names = actions["assignCategories"].as_array().into_iter().flatten();
    for name in names.filter_map(Value::as_str) {
        if !message.categories.iter().any(|held| held == name) {
            message.categories.push(name.to_owned());
        }
    }
}

fn target(mailbox: &Mailbox, text: &str) -> Option<u64> {
    let id = Id::decode(text).filter(|id| id.kind == Kind::Folder)?;
    (id.mailbox == mailbox.number && mailbox.folders.contains_key(&id.key)).then_some(id.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Person;

    #[test]
    fn rules_meet_and_act_in_their_sequence() {
        let mut mailbox = Mailbox::new(1);
        let folder = mailbox.add_folder(INBOX, "Fabrikam").unwrap();
        let id = crate::store::mailbox::folder_id(1, folder);
        for (sequence, rule) in [
            (
                2,
                json!({"conditions": {"subjectContains": ["offer"]}, "actions": {"markAsRead": true}}),
            ),
            (
                1,
                json!({"conditions": {"senderContains": ["fabrikam"]}, "exceptions": {"importance": "high"},
                "actions": {"moveToFolder": id, "assignCategories": ["Suppliers"], "stopProcessingRules": true}}),
            ),
        ] {
            let mut json = defaults(sequence);
            json.extend(rule.as_object().cloned().unwrap());
            let item = mailbox.new_item(INBOX, json, 0);
            mailbox.rules.push(item);
        }
        let arrive = |address: &str, importance| {
            let mut message = Message {
                folder: INBOX,
                subject: "An offer".into(),
                from: Some(Person::new("X", address)),
                importance,
                ..Message::default()
            };
            apply(&mailbox, &mut message);
            (
                message.folder == folder,
                message.read,
                message.categories.len(),
            )
        };
        assert_eq!(
            arrive("nadia@fabrikam.example", Importance::Normal),
            (true, false, 1)
        );
        assert_eq!(
            arrive("nadia@fabrikam.example", Importance::High),
            (false, true, 0)
        );
        assert_eq!(
            arrive("ben@contoso.example", Importance::Normal),
            (false, true, 0)
        );
    }
}
