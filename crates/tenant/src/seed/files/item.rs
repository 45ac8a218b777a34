//! One item of a seed: checked with the table of types, and put into its mailbox.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use serde_json::{Value, json};

use super::place::Place;
use crate::directory::{Account, Directory};
use crate::http::Flavor;
use crate::schema::body::{self, Problem};
use crate::schema::table::Body;
use crate::store::date_time::{NEVER, date, offset_time};
use crate::store::event::{Exception, OccurrenceChange};
use crate::store::items::PHOTO;
use crate::store::mailbox::{CALENDAR, CONTACTS, DRAFTS, INBOX, ROOT, SENT};
use crate::store::recipient::parse_recipient;
use crate::store::{Event, Json, Mailbox, Message, Store};
use crate::views::event_body::{self, Author};
use crate::views::{attachment, contact, message as view};

/// What an item is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Category,
    Contact,
    Event,
    Message,
    /// Of the account.
    Photo,
}

/// An item with Graph's names, which nobody has checked yet.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) at: Place,
    /// Names of the mail folders, of the calendar or of the contact folder; empty for the usual one.
    pub(super) folder: Vec<String>,
    pub(super) json: Json,
}

impl Item {
    /// Puts the item into the account's mailbox.
    ///
    /// # Errors
    /// A message with file and line.
    pub(super) fn put(
        self,
        store: &mut Store,
        account: &'static Account,
        now: i64,
    ) -> Result<(), String> {
        let number = account.mailbox.unwrap_or_default();
        let directory = store.directory.clone();
        let Some(mailbox) = store.mailbox_mut(number) else {
            return Err(self.at.wrong(format!("{} has no mailbox", account.address)));
        };
        let directory = &directory;
        match self.kind {
            Kind::Category => self.category(mailbox, now),
            Kind::Contact => self.contact(mailbox, now),
            Kind::Event => self.event(directory, mailbox, account, now),
            Kind::Message => self.message(directory, mailbox, account, now),
            Kind::Photo => {
                let photo = self.json.get("photo").and_then(Value::as_str);
                mailbox.photo = photo.map(str::to_owned);
                Ok(())
            }
        }
    }

    /// The place of a property.
    fn property(&self, name: &str) -> Place {
        self.at.find(&format!("\"{name}\""))
    }

    /// Checks properties with the table of types.
    fn checked(&self, kind: &'static str, json: Json) -> Result<Json, String> {
        match body::check(&Body::Entity(kind), json.into()) {
            Ok(Value::Object(json)) => Ok(json),
            Ok(_) => Err(self.at.wrong("this is no JSON object")),
            Err(Problem::Unknown { property, kind }) => {
                let sentence = format!("`{property}` is no property of a {kind}");
                Err(self.property(&property).wrong(sentence))
            }
            Err(Problem::Value {
                property,
                value,
                kind,
            }) => {
                let sentence = format!("the value {value} of `{property}` is no {kind}");
                Err(self.property(&property).wrong(sentence))
            }
        }
    }

    /// A time in Unix seconds.
    fn time(&self, json: &Json, name: &str) -> Result<Option<i64>, String> {
        let Some(text) = json.get(name).and_then(Value::as_str) else {
            return Ok(None);
        };
        let at = offset_time(text)
            .ok_or_else(|| self.property(name).wrong(format!("`{name}` is no time")))?;
        Ok(Some(at.timestamp()))
    }

    fn category(mut self, mailbox: &mut Mailbox, now: i64) -> Result<(), String> {
        let json = std::mem::take(&mut self.json);
        let json = self.checked("outlookCategory", json)?;
        let item = mailbox.new_item(0, json, now);
        mailbox.categories.push(item);
        Ok(())
    }

    fn contact(mut self, mailbox: &mut Mailbox, now: i64) -> Result<(), String> {
        let mut json = std::mem::take(&mut self.json);
        let photo = json.remove("photo");
        let json = self.checked("contact", json)?;
        let mut made = contact::blank();
        contact::apply(&mut made, &json).map_err(|name| {
            self.property(&name)
                .wrong(format!("`{name}` has the wrong type or too many values"))
        })?;
        if let Some(photo) = photo {
            let good = photo
                .as_str()
                .filter(|text| crate::ids::from_base64(text).is_some());
            let good = good.ok_or_else(|| self.property("photo").wrong("`photo` is no base64"))?;
            made.insert(PHOTO.to_owned(), good.into());
        }
        let folder = self.contact_folder(mailbox, now);
        let created = self.time(&json, "createdDateTime")?.unwrap_or(now);
        mailbox.insert_contact(folder, made, created);
        Ok(())
    }

    fn contact_folder(&self, mailbox: &mut Mailbox, now: i64) -> u64 {
        let name = self.folder.join("/");
        if name.is_empty() || name.eq_ignore_ascii_case("contacts") {
            return CONTACTS;
        }
        let known = mailbox
            .contact_folders
            .values()
            .find(|one| one.json["displayName"] == *name);
        known.map(|one| one.key).unwrap_or_else(|| {
            let json = Json::from_iter([("displayName".to_owned(), name.into())]);
            let item = mailbox.new_item(CONTACTS, json, now);
            let key = item.key;
            mailbox.contact_folders.insert(key, item);
            key
        })
    }

    fn calendar(&self, mailbox: &mut Mailbox, now: i64) -> u64 {
        let name = self.folder.join("/");
        if name.is_empty() || name.eq_ignore_ascii_case("calendar") {
            return CALENDAR;
        }
        let known = mailbox
            .calendars
            .values()
            .find(|one| one.json["name"] == *name);
        known.map(|one| one.key).unwrap_or_else(|| {
            let json = json!({"name": name, "color": "auto"});
            let item = mailbox.new_item(0, json.as_object().cloned().unwrap_or_default(), now);
            let key = item.key;
            mailbox.calendars.insert(key, item);
            key
        })
    }

    /// The mail folder: a well-known name or the name of a folder, and the folders below it.
    fn mail_folder(&self, mailbox: &mut Mailbox) -> u64 {
        let mut key = ROOT;
        for (depth, name) in self.folder.iter().enumerate() {
            let known = mailbox
                .folder(name)
                .filter(|one| depth == 0 && one.well_known.is_some())
                .map(|one| one.key);
            let child = mailbox
                .children(key)
                .find(|one| one.name.eq_ignore_ascii_case(name))
                .map(|one| one.key);
            key = known
                .or(child)
                .or_else(|| mailbox.add_folder(key, name))
                .unwrap_or(key);
        }
        if key == ROOT { INBOX } else { key }
    }

    fn message(
        mut self,
        directory: &Directory,
        mailbox: &mut Mailbox,
        account: &Account,
        now: i64,
    ) -> Result<(), String> {
        let mut json = std::mem::take(&mut self.json);
        let conversation = json.remove("conversation");
        let json = self.checked("message", json)?;
        let folder = self.mail_folder(mailbox);
        let received = self
            .time(&json, "receivedDateTime")?
            .or(self.time(&json, "sentDateTime")?)
            .unwrap_or(now);
        let key = mailbox.next_message_key();
        let mut made = Message {
            // Only drafts take all properties.
            draft: true,
            folder,
            received,
            sent: self.time(&json, "sentDateTime")?.unwrap_or(received),
            created: self.time(&json, "createdDateTime")?.unwrap_or(received),
            modified: self
                .time(&json, "lastModifiedDateTime")?
                .unwrap_or(received),
            read: folder == SENT || folder == DRAFTS,
            internet_id: format!("<m{key}.{received}@{}>", crate::directory::TENANT_DOMAIN),
            ..Message::default()
        };
        view::apply(&mut made, &json, directory);
        made.sender = made.sender.or_else(|| made.from.clone());
        made.draft = json
            .get("isDraft")
            .and_then(Value::as_bool)
            .unwrap_or(folder == DRAFTS);
        let thread = conversation
            .as_ref()
            .or_else(|| json.get("conversationId"))
            .and_then(Value::as_str);
        made.conversation = u64::from(mailbox.number) << 32 | thread.map_or(key, thread_number);
        for one in json
            .get("attachments")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let file = attachment::read(one, mailbox.fresh_key(), received);
            let file = file.ok_or_else(|| {
                self.property("contentBytes")
                    .wrong("`contentBytes` is no base64")
            })?;
            made.attachments.push(file);
        }
        if !made.draft && made.from.is_none() {
            return Err(self
                .at
                .wrong(format!("the message of {} has no sender", account.address)));
        }
        mailbox.insert(made);
        Ok(())
    }

    fn event(
        mut self,
        directory: &Directory,
        mailbox: &mut Mailbox,
        account: &'static Account,
        now: i64,
    ) -> Result<(), String> {
        let mut json = std::mem::take(&mut self.json);
        let removed = json.remove("cancelledOccurrences");
        let changed = json.remove("exceptionOccurrences");
        let json = self.checked("event", json)?;
        let calendar = self.calendar(mailbox, now);
        let author = Author {
            flavor: Flavor::Graph,
            owner: account,
            now,
        };
        let mut event = event_body::create(&author, calendar, &json)
            .map_err(|error| self.at.wrong(error.message))?;
        event.created = self.time(&json, "createdDateTime")?.unwrap_or(now);
        event.modified = self
            .time(&json, "lastModifiedDateTime")?
            .unwrap_or(event.created);
        event.cancelled = json.get("isCancelled") == Some(&true.into());
        if let Some(uid) = json.get("iCalUId").and_then(Value::as_str) {
            uid.clone_into(&mut event.uid);
        }
        organize(directory, &mut event, &json, account);
        let list = |value: Option<Value>| {
            value
                .and_then(|one| one.as_array().cloned())
                .unwrap_or_default()
        };
        let mut exceptions = BTreeMap::new();
        for day in list(removed) {
            exceptions.insert(
                self.day(&event, day.as_str().unwrap_or_default())?,
                Exception::Removed,
            );
        }
        for one in list(changed) {
            let (day, change) = self.change(&event, &one, &author, mailbox.fresh_change())?;
            exceptions.insert(day, Exception::Changed(Box::new(change)));
        }
        event.exceptions = exceptions;
        mailbox.insert_event(event);
        Ok(())
    }

    /// The number of a day on which the series takes place.
    fn day(&self, event: &Event, text: &str) -> Result<i32, String> {
        let wrong = || {
            self.at
                .find(text)
                .wrong(format!("the series has no occurrence on `{text}`"))
        };
        let day = text.get(..10).and_then(date).ok_or_else(wrong)?;
        let series = event.series().filter(|series| series.has(day));
        series.map(|_| day.num_days_from_ce()).ok_or_else(wrong)
    }

    fn change(
        &self,
        event: &Event,
        json: &Value,
        author: &Author,
        version: u64,
    ) -> Result<(i32, OccurrenceChange), String> {
        let mut json = json.as_object().cloned().unwrap_or_default();
        let original = json.remove("originalStart").unwrap_or_default();
        let day = self.day(event, original.as_str().unwrap_or_default())?;
        let json = self.checked("event", json)?;
        let mut change = OccurrenceChange {
            change: version,
            modified: author.now,
            start: None,
            end: None,
            json: Json::new(),
        };
        event_body::apply_to_occurrence(&mut change, author, &json)
            .map_err(|error| self.at.wrong(error.message))?;
        Ok((day, change))
    }
}

/// A meeting of somebody else has its organizer, and the owner's answer.
fn organize(directory: &Directory, event: &mut Event, json: &Json, account: &Account) {
    let organizer = json
        .get("organizer")
        .and_then(|one| parse_recipient(one, directory));
    let Some(organizer) =
        organizer.filter(|one| !one.address.eq_ignore_ascii_case(account.address))
    else {
        return;
    };
    event.organizer = organizer;
    event.organized = false;
    let attendees = json
        .get("attendees")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let own = attendees
        .filter(|one| {
            parse_recipient(one, directory)
                .is_some_and(|one| one.address.eq_ignore_ascii_case(account.address))
        })
        .find_map(|one| one["status"]["response"].as_str());
    let response = own.filter(|one| *one != "none").unwrap_or("notResponded");
    event.json.insert(
        "responseStatus".into(),
        json!({"response": response, "time": NEVER}),
    );
}

/// A number for a thread, the same for the same id.
fn thread_number(id: &str) -> u64 {
    let digest = ring::digest::digest(&ring::digest::SHA256, id.as_bytes());
    let head = digest
        .as_ref()
        .iter()
        .take(4)
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    // Larger than the numbers of messages, which are the threads of those without an id.
    head | 1 << 31
}
