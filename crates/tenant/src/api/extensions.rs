//! Open extensions of messages, events and contacts.

use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::collection::{CollectionRequest, collection_request};
use super::find;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::store::{Json, Mailbox};
use crate::views::extended_properties::{EXTENSIONS, extension_id, merge};

/// The item that has extensions, by its id.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extended<'a> {
    Contact(&'a str),
    /// An occurrence has the extensions of its series.
    Event(&'a str),
    Message(&'a str),
}

/// `{item}/extensions...`.
pub(crate) fn handle(call: &Call<'_>, item: Extended<'_>, rest: &[&str]) -> ApiResult {
    if !call.flavor.is_graph() {
        return Err(call.missing());
    }
    let tail = item.tail();
    match collection_request(call, rest)? {
        CollectionRequest::List => {
            let value = call.read(|mailbox| Ok(list(item.held(call, mailbox)?)))?;
            let context = call.context(&tail, None);
            Ok(ApiResponse::json(
                200,
                json!({"@odata.context": context, "value": value}),
            ))
        }
        CollectionRequest::Create => {
            let body = sent(call)?;
            let name = body.get("extensionName").and_then(Value::as_str);
            let name = name.filter(|name| !name.is_empty()).ok_or_else(|| {
                ApiError::bad("The property 'extensionName' of the extension is missing.")
            })?;
            let id = extension_id(name);
            // An extension of the same name is replaced.
            item.change(call, |held| merge(held, EXTENSIONS, &json!([body])))?;
            shown(call, item, 201, &id)
        }
        CollectionRequest::Get(id) => shown(call, item, 200, &extension_id(id)),
        CollectionRequest::Update(id) => {
            let body = sent(call)?;
            let id = extension_id(id);
            call.read(|mailbox| one(item.held(call, mailbox)?, &id).map(|_| ()))?;
            item.change(call, |held| update(held, &id, &body))?;
            shown(call, item, 200, &id)
        }
        CollectionRequest::Delete(id) => {
            let id = extension_id(id);
            call.read(|mailbox| one(item.held(call, mailbox)?, &id).map(|_| ()))?;
            item.change(call, |held| {
                if let Some(list) = held.get_mut(EXTENSIONS).and_then(Value::as_array_mut) {
                    list.retain(|other| !is(other, &id));
                }
            })?;
            Ok(ApiResponse::empty(204))
        }
    }
}

impl Extended<'_> {
    fn tail(self) -> String {
        let (set, id) = match self {
            Self::Contact(id) => ("contacts", id),
            Self::Event(id) => ("events", id),
            Self::Message(id) => ("messages", id),
        };
        format!("{set}('{id}')/{EXTENSIONS}")
    }

    fn held<'m>(self, call: &Call<'_>, mailbox: &'m Mailbox) -> Result<&'m Json, ApiError> {
        Ok(match self {
            Self::Contact(id) => &find::contact(call, mailbox, id)?.json,
            Self::Event(id) => &find::event(call, mailbox, id)?.event.json,
            Self::Message(id) => &find::message(call, mailbox, id)?.extended,
        })
    }

    fn change(self, call: &Call<'_>, act: impl FnOnce(&mut Json)) -> Result<(), ApiError> {
        let now = call.now();
        call.change(|mailbox| {
            match self {
                Self::Message(id) => {
                    let key = find::message_key(call, mailbox, id)?;
                    mailbox.change_message(key, now, |message| act(&mut message.extended));
                }
                Self::Event(id) => {
                    let key = find::event(call, mailbox, id)?.event.key;
                    let version = mailbox.fresh_change();
                    if let Some(event) = mailbox.events.get_mut(&key) {
                        act(&mut event.json);
                        (event.change, event.modified) = (version, now);
                    }
                }
                Self::Contact(id) => {
                    let key = find::contact(call, mailbox, id)?.key;
                    let version = mailbox.fresh_change();
                    if let Some(item) = mailbox.contacts.get_mut(&key) {
                        act(&mut item.json);
                        (item.change, item.modified) = (version, now);
                    }
                }
            }
            Ok(())
        })
    }
}

/// The body. A list says its type; an object is no value of an extension.
fn sent(call: &Call<'_>) -> Result<Map<String, Value>, ApiError> {
    let body = call.object()?;
    for (name, value) in &body {
        let typed = body
            .get(&format!("{name}@odata.type"))
            .is_some_and(Value::is_string);
        let fits = match value {
            Value::Array(list) => {
                typed && !list.iter().any(|one| one.is_object() || one.is_array())
            }
            Value::Object(_) => false,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        };
        if !fits {
            let text = format!(
                "The value of the property '{name}' of the extension is not supported: a value is a text, a number or a \
                 Boolean, and a list needs '{name}@odata.type'."
            );
            return Err(ApiError::new(400, "RequestBodyRead", text));
        }
    }
    Ok(body)
}

fn list(held: &Json) -> Vec<Value> {
    let list = held.get(EXTENSIONS).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

fn is(extension: &Value, id: &str) -> bool {
    let known = extension["id"].as_str();
    known.is_some_and(|known| known.eq_ignore_ascii_case(id))
}

fn one(held: &Json, id: &str) -> Result<Value, ApiError> {
    let found = list(held).into_iter().find(|one| is(one, id));
    found.ok_or_else(ApiError::not_found)
}

/// Writes the properties that a client sent; null removes one.
fn update(held: &mut Json, id: &str, body: &Map<String, Value>) {
    let list = held.get_mut(EXTENSIONS).and_then(Value::as_array_mut);
    let found = list.into_iter().flatten().find(|one| is(one, id));
    let Some(extension) = found.and_then(Value::as_object_mut) else {
        return;
    };
    for (name, value) in body {
        match name.as_str() {
            "id" | "extensionName" | "@odata.type" => {}
            _ if value.is_null() => drop(extension.remove(name)),
            _ => drop(extension.insert(name.clone(), value.clone())),
        }
    }
}

fn shown(call: &Call<'_>, item: Extended<'_>, status: u16, id: &str) -> ApiResult {
    let mut value = call.read(|mailbox| one(item.held(call, mailbox)?, id))?;
    let context = call.context(&format!("{}/$entity", item.tail()), None);
    value["@odata.context"] = context.into();
    Ok(ApiResponse::json(status, value))
}
