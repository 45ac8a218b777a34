//! Messages to JSON, and from the JSON that clients send.

use std::borrow::Cow;

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::attachment;
use super::extended_properties;
use crate::clock::iso;
use crate::directory::Directory;
use crate::ids;
use crate::odata::lexer::time;
use crate::odata::search::{Searchable, Term, has_word};
use crate::odata::{Query, Scalar, Source};
use crate::store::id::{Id, Kind, change_key, etag};
use crate::store::mailbox::folder_id;
use crate::store::message::plain_text;
use crate::store::recipient::{parse_recipient, parse_recipients, recipient_json};
use crate::store::{Flag, Importance, Json, Message, Person};

/// The format of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Format {
    pub(crate) mailbox: u32,
    pub(crate) immutable: bool,
    /// `outlook.body-content-type="text"`.
    pub(crate) text_body: bool,
    /// Graph, where notifications of meetings have a type of their own.
    pub(crate) graph: bool,
}

/// Unix seconds in the format of the APIs.
pub(crate) fn timestamp(seconds: i64) -> Value {
    DateTime::from_timestamp(seconds, 0).map_or(Value::Null, |at| iso(at).into())
}

fn recipients(people: &[Person]) -> Value {
    people.iter().map(recipient_json).collect()
}

/// The selected properties of a message, with canonical names.
pub(crate) fn to_json(message: &Message, format: Format, query: &Query) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("@odata.etag".into(), etag(message.change).into());
    out.insert(
        "id".into(),
        message.id(format.mailbox, format.immutable).into(),
    );
    if let Some(meeting) = message.meeting.filter(|_| format.graph) {
        out.insert("@odata.type".into(), meeting.kind().into());
        if query.select.is_none() {
            out.insert("meetingMessageType".into(), meeting.name().into());
        }
    }
    match &query.select {
        Some(select) => {
            let expanded =
                |name: &str| name == "attachments" || name.ends_with("ExtendedProperties");
            for name in select.iter().filter(|name| !expanded(name)) {
                out.insert(name.clone(), property(message, format, name));
            }
        }
        None => {
            for name in SHOWN {
                out.insert((*name).to_owned(), property(message, format, name));
            }
        }
    }
    extended_properties::expand(&mut out, &message.extended, query);
    if query.expands("attachments") {
        let list = message.attachments.iter();
        let list: Vec<Value> = list
            .map(|one| attachment::to_json(one, format.mailbox, true).into())
            .collect();
        out.insert("attachments".into(), list.into());
    }
    out
}

/// Dates of a flag.
const FLAG_DATES: [&str; 3] = ["startDateTime", "dueDateTime", "completedDateTime"];
const SHOWN: &[&str] = &[
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "internetMessageId",
    "subject",
    "bodyPreview",
    "importance",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "isRead",
    "isDraft",
    "webLink",
    "inferenceClassification",
    "body",
    "sender",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "flag",
];

fn property(message: &Message, format: Format, name: &str) -> Value {
    let person = |person: &Option<Person>| person.as_ref().map_or(Value::Null, recipient_json);
    match name {
        "id" => message.id(format.mailbox, format.immutable).into(),
        "createdDateTime" => timestamp(message.created),
        "lastModifiedDateTime" => timestamp(message.modified),
        "changeKey" => change_key(message.change).into(),
        "categories" => message.categories.clone().into(),
        "receivedDateTime" => timestamp(message.received),
        "sentDateTime" => timestamp(message.sent),
        "hasAttachments" => has_attachments(message).into(),
        "internetMessageId" => message.internet_id.as_str().into(),
        "subject" => message.subject.as_str().into(),
        "bodyPreview" => message.preview.as_str().into(),
        "importance" => message.importance.as_str().into(),
        "parentFolderId" => folder_id(format.mailbox, message.folder).into(),
        "conversationId" => {
            let key = message.conversation;
            Id {
                kind: Kind::Conversation,
                mailbox: format.mailbox,
                key,
                part: 0,
            }
            .encode()
            .into()
        }
        "conversationIndex" => conversation_index(message).into(),
        "isDeliveryReceiptRequested" => message.delivery_receipt.into(),
        "isReadReceiptRequested" => message.receipt.into(),
        "isRead" => message.read.into(),
        "isDraft" => message.draft.into(),
        "webLink" => format!(
            "https://outlook.office365.com/owa/?ItemID={}&exvsurl=1&viewmodel=ReadMessageItem",
            message.id(format.mailbox, false)
        )
        .into(),
        "inferenceClassification" => if message.other { "other" } else { "focused" }.into(),
        "body" | "uniqueBody" => body(message, format),
        "sender" => person(&message.sender),
        "from" => person(&message.from),
        "toRecipients" => recipients(&message.to),
        "ccRecipients" => recipients(&message.cc),
        "bccRecipients" => recipients(&message.bcc),
        "replyTo" => recipients(&message.reply_to),
        "flag" => {
            let mut flag = message.flag_dates.clone();
            flag.insert("flagStatus".into(), message.flag.as_str().into());
            flag.into()
        }
        "internetMessageHeaders" => {
            let own = message.headers.iter();
            let own = own.map(|(name, value)| json!({"name": name, "value": value}));
            let id = json!({"name": "Message-ID", "value": message.internet_id});
            [id].into_iter().chain(own).collect()
        }
        _ => Value::Null,
    }
}

fn has_attachments(message: &Message) -> bool {
    message.attachments.iter().any(|one| !one.inline)
}

fn conversation_index(message: &Message) -> String {
    let mut bytes = vec![1, 0xdc, 0x80];
    bytes.extend([0; 11]);
    bytes.extend(message.conversation.to_be_bytes());
    ids::base64(&bytes)
}

fn body(message: &Message, format: Format) -> Value {
    if message.html && format.text_body {
        json!({"contentType": "text", "content": plain_text(&message.body)})
    } else {
        let kind = if message.html { "html" } else { "text" };
        json!({"contentType": kind, "content": message.body})
    }
}

/// The name or the address of a person.
fn leaf<'a>(person: &'a Option<Person>, name: &str) -> Scalar<'a> {
    let text = match (person, name) {
        (Some(one), "address") => &one.address,
        (Some(one), "name") => &one.name,
        _ => return Scalar::Null,
    };
    Scalar::Text(Cow::Borrowed(text))
}

impl Source for Message {
    fn val(&self, path: &[String]) -> Scalar<'_> {
        let time = |seconds: i64| Scalar::Time(seconds.saturating_mul(1_000_000));
        let text = |text: &'static str| Scalar::Text(Cow::Borrowed(text));
        let part = |at: usize| path.get(at).map_or("", String::as_str);
        match (part(0), part(1), path.len()) {
            ("isRead", _, 1) => Scalar::Bool(self.read),
            ("isDraft", _, 1) => Scalar::Bool(self.draft),
            ("hasAttachments", _, 1) => Scalar::Bool(has_attachments(self)),
            ("isReadReceiptRequested", _, 1) => Scalar::Bool(self.receipt),
            ("isDeliveryReceiptRequested", _, 1) => Scalar::Bool(self.delivery_receipt),
            ("receivedDateTime", _, 1) => time(self.received),
            ("sentDateTime", _, 1) => time(self.sent),
            ("createdDateTime", _, 1) => time(self.created),
            ("lastModifiedDateTime", _, 1) => time(self.modified),
            ("subject", _, 1) => Scalar::Text(Cow::Borrowed(&self.subject)),
            ("bodyPreview", _, 1) => Scalar::Text(Cow::Borrowed(&self.preview)),
            ("body", "content", 2) => Scalar::Text(Cow::Borrowed(&self.body)),
            ("importance", _, 1) => text(self.importance.as_str()),
            ("internetMessageId", _, 1) => Scalar::Text(Cow::Borrowed(&self.internet_id)),
            ("inferenceClassification", _, 1) => text(if self.other { "other" } else { "focused" }),
            ("flag", "flagStatus", 2) => text(self.flag.as_str()),
            ("from", "emailAddress", 3) => leaf(&self.from, part(2)),
            ("sender", "emailAddress", 3) => leaf(&self.sender, part(2)),
            _ => Scalar::Null,
        }
    }

    fn list(&self, path: &[String]) -> Vec<Value> {
        match path.first().map(String::as_str) {
            Some(name) if extended_properties::NAMES.contains(&name) => {
                extended_properties::listed(&self.extended, name)
            }
            Some("categories") => self
                .categories
                .iter()
                .map(|one| one.as_str().into())
                .collect(),
            Some("toRecipients") => self.to.iter().map(recipient_json).collect(),
            Some("ccRecipients") => self.cc.iter().map(recipient_json).collect(),
            Some("bccRecipients") => self.bcc.iter().map(recipient_json).collect(),
            Some("replyTo") => self.reply_to.iter().map(recipient_json).collect(),
            _ => Vec::new(),
        }
    }
}

impl Searchable for Message {
    fn meets(&self, term: &Term) -> bool {
        let text = term.text.as_str();
        let person = |one: &Person| has_word(&one.name, text) || has_word(&one.address, text);
        let received = || match (time(text), term.operator) {
            (Some(at), ">=") => self.received * 1_000_000 >= at,
            (Some(at), "<=") => self.received * 1_000_000 <= at,
            (Some(at), _) => self.received / 86_400 == at / 86_400_000_000,
            (None, _) => false,
        };
        match term.property.as_str() {
            "" => {
                has_word(&self.subject, text)
                    || has_word(&self.body, text)
                    || self.from.as_ref().is_some_and(person)
            }
            "from" => self.from.as_ref().is_some_and(person),
            "to" => self.to.iter().any(person),
            "cc" => self.cc.iter().any(person),
            "bcc" => self.bcc.iter().any(person),
            "participants" | "recipients" => {
                let from = self.from.iter().filter(|_| term.property == "participants");
                let all = from.chain(&self.to).chain(&self.cc).chain(&self.bcc);
                all.into_iter().any(person)
            }
            "subject" => has_word(&self.subject, text),
            "body" => has_word(&self.body, text),
            "attachment" => self.attachments.iter().any(|one| has_word(&one.name, text)),
            "importance" => self.importance.as_str() == text,
            "received" => received(),
            "hasattachments" | "hasattachment" => has_attachments(self) == (text == "true"),
            _ => false,
        }
    }
}

/// Writes the properties that a client sent. Read-only properties are ignored.
pub(crate) fn apply(message: &mut Message, json: &Json, directory: &Directory) {
    for (name, value) in json {
        let text = value.as_str();
        let truth = value.as_bool();
        match name.as_str() {
            "subject" => text.unwrap_or_default().clone_into(&mut message.subject),
            "body" => {
                let html = value["contentType"]
                    .as_str()
                    .is_some_and(|one| one.eq_ignore_ascii_case("html"));
                message.set_body(
                    html,
                    value["content"].as_str().unwrap_or_default().to_owned(),
                );
            }
            "importance" => {
                message.importance = text.and_then(Importance::parse).unwrap_or_default();
            }
            "categories" => message.categories = strings(value),
            "toRecipients" => message.to = parse_recipients(value, directory),
            "ccRecipients" => message.cc = parse_recipients(value, directory),
            "bccRecipients" => message.bcc = parse_recipients(value, directory),
            "replyTo" => message.reply_to = parse_recipients(value, directory),
            "from" => message.from = parse_recipient(value, directory),
            "sender" => message.sender = parse_recipient(value, directory),
            "isRead" => message.read = truth.unwrap_or(message.read),
            "isReadReceiptRequested" => message.receipt = truth.unwrap_or_default(),
            "isDeliveryReceiptRequested" => message.delivery_receipt = truth.unwrap_or_default(),
            "inferenceClassification" => message.other = text == Some("other"),
            "internetMessageId" if message.draft => {
                text.unwrap_or(&message.internet_id.clone())
                    .clone_into(&mut message.internet_id);
            }
            "internetMessageHeaders" if message.draft => {
                let list = value.as_array().into_iter().flatten();
                let text =
                    |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
                message.headers = list
                    .map(|one| (text(one, "name"), text(one, "value")))
                    .collect();
            }
            name if extended_properties::NAMES.contains(&name) => {
                extended_properties::merge(&mut message.extended, name, value);
            }
            "flag" => {
                message.flag = Flag::parse(value["flagStatus"].as_str().unwrap_or_default());
                message.flag_dates = FLAG_DATES
                    .iter()
                    .filter(|name| value[**name].is_object())
                    .map(|name| ((*name).to_owned(), value[*name].clone()))
                    .collect();
            }
            _ => {}
        }
    }
}

/// The strings in a JSON array.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
