//! Settings of a mailbox, and the lists that go with them: categories, time zones, languages.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::{ApiResult, Call};
use super::categories;
use super::response::ApiResponse;
use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::http::Flavor;
use crate::schema::case;
use crate::store::Json;
use crate::store::date_time::DateTimeTimeZone;
use crate::views::outlook;

/// The settings that Outlook v2.0 has.
const OUTLOOK: [&str; 4] = [
    "automaticRepliesSetting",
    "timeZone",
    "language",
    "workingHours",
];
/// The writable settings.
const WRITABLE: [&str; 7] = [
    "automaticRepliesSetting",
    "dateFormat",
    "delegateMeetingMessageDeliveryOptions",
    "language",
    "timeFormat",
    "timeZone",
    "workingHours",
];
const LANGUAGES: [(&str, &str); 6] = [
    ("de-DE", "German (Germany)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-US", "English (United States)"),
    ("es-ES", "Spanish (Spain)"),
    ("fr-FR", "French (France)"),
    ("nl-NL", "Dutch (Netherlands)"),
];

/// `mailboxSettings...`, `outlook/...`.
pub(crate) fn handle(call: &Call<'_>) -> ApiResult {
    if call.flavor == Flavor::OutlookV1 {
        return Err(call.missing());
    }
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let get = call.request.method == Method::GET;
    match parts.as_slice() {
        ["mailboxsettings"] if get => show(call),
        ["mailboxsettings"] if call.request.method == Method::PATCH => update(call),
        ["mailboxsettings", name] if get => one(call, name),
        ["outlook", "mastercategories", rest @ ..] if call.flavor.is_graph() => {
            categories::handle(call, rest)
        }
        ["outlook", "supportedlanguages"] if get && call.flavor.is_graph() => {
            let list = LANGUAGES
                .iter()
                .map(|(locale, name)| json!({"locale": locale, "displayName": name}));
            list_of(call, "localeInfo", &list.collect())
        }
        ["outlook", "supportedtimezones", rest @ ..] if get && call.flavor.is_graph() => {
            list_of(call, "timeZoneInformation", &zones(rest))
        }
        ["mailboxsettings"] => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}

/// The time zones by Windows name, or by IANA name.
fn zones(rest: &[&str]) -> Value {
    let iana = rest
        .first()
        .is_some_and(|key| key.to_ascii_lowercase().contains("iana"));
    let zones = timezone::WINDOWS.iter().map(|(windows, zone)| {
        let name = if iana { zone.name() } else { windows };
        json!({"alias": name, "displayName": name})
    });
    zones.collect()
}

fn list_of(call: &Call<'_>, kind: &str, value: &Value) -> ApiResult {
    let context = format!(
        "{}/$metadata#Collection(microsoft.graph.{kind})",
        call.root()
    );
    Ok(ApiResponse::json(
        200,
        json!({"@odata.context": context, "value": value}),
    ))
}

/// The settings that the flavour has.
fn settings(call: &Call<'_>) -> Result<Json, ApiError> {
    call.read(|mailbox| {
        let mut all = mailbox.settings.clone();
        if call.flavor.is_graph() {
            let archive = mailbox.folder("archive").map(|folder| folder.key);
            let id = archive.map(|key| crate::store::mailbox::folder_id(call.mailbox, key));
            all.insert("archiveFolder".into(), id.into());
        } else {
            all.retain(|name, _| OUTLOOK.contains(&name.as_str()));
        }
        Ok(all)
    })
}

fn answer(call: &Call<'_>, settings: Json) -> ApiResult {
    let mut body = Map::new();
    body.insert(
        "@odata.context".into(),
        call.context("mailboxSettings", None).into(),
    );
    for (name, value) in settings {
        if call.flavor.is_graph() {
            body.insert(name, value);
        } else {
            body.insert(case::pascal(&name), outlook::to_outlook(&name, value));
        }
    }
    Ok(ApiResponse::json(200, body.into()))
}

fn show(call: &Call<'_>) -> ApiResult {
    answer(call, settings(call)?)
}

/// One setting: an object as it is, another value as `value`.
fn one(call: &Call<'_>, name: &str) -> ApiResult {
    let all = settings(call)?;
    let Some((name, value)) = all
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
    else {
        return Err(call.missing());
    };
    let context = call.context(&format!("mailboxSettings/{name}"), None);
    let value = match call.flavor {
        Flavor::Graph => value,
        _ => outlook::to_outlook(&name, value),
    };
    let mut body = match value {
        Value::Object(object) => Value::Object(object),
        value => json!({"value": value}),
    };
    body["@odata.context"] = context.into();
    Ok(ApiResponse::json(200, body))
}

/// Changes the settings in the body. The response contains only these.
fn update(call: &Call<'_>) -> ApiResult {
    let body = body(call)?;
    let known = settings(call)?;
    let mut changes = Json::new();
    for (name, value) in body {
        if name.starts_with('@') {
            continue;
        }
        if !WRITABLE.contains(&name.as_str()) || !known.contains_key(&name) {
            let text = format!("The property '{name}' cannot be changed.");
            return Err(ApiError::new(400, "ErrorInvalidRequest", text));
        }
        let merged = merged(&known[&name], value, &name)?;
        check(&name, &merged)?;
        changes.insert(name, merged);
    }
    call.change(|mailbox| {
        if changes.contains_key("automaticRepliesSetting") {
            mailbox.answered.clear();
        }
        mailbox.settings.extend(changes.clone());
        Ok(())
    })?;
    answer(call, changes)
}

fn body(call: &Call<'_>) -> Result<Json, ApiError> {
    let parameters = call.parameters()?;
    if parameters.is_empty() {
        return Err(ApiError::new(400, "BadRequest", "The request has no body."));
    }
    Ok(parameters)
}

/// A setting with the members of the request over the stored ones.
fn merged(held: &Value, given: Value, name: &str) -> Result<Value, ApiError> {
    let wrong = || {
        ApiError::invalid_property(format!(
            "At least one property failed validation: '{name}'."
        ))
    };
    match (held, given) {
        (Value::Object(held), Value::Object(given)) => {
            let mut out = held.clone();
            for (name, value) in given {
                let value = match Value::is_object(&value) && value["dateTime"].is_string() {
                    true => time(&value).ok_or_else(wrong)?,
                    false => value,
                };
                out.insert(name, value);
            }
            Ok(out.into())
        }
        (Value::String(_), Value::String(given)) => Ok(given.into()),
        _ => Err(wrong()),
    }
}

fn time(value: &Value) -> Option<Value> {
    let zone = value["timeZone"].as_str().unwrap_or("UTC");
    Some(DateTimeTimeZone::read(value["dateTime"].as_str()?, zone)?.to_json())
}

/// Fails if a value is not valid.
fn check(name: &str, value: &Value) -> Result<(), ApiError> {
    let zone = |zone: &Value| {
        zone.as_str()
            .is_some_and(|name| timezone::find(name).is_some())
    };
    let one_of = |value: &Value, choices: &[&str]| {
        value.as_str().is_some_and(|text| choices.contains(&text))
    };
    let fits = match name {
        "timeZone" => zone(value),
        "workingHours" => zone(&value["timeZone"]["name"]),
        "language" => LANGUAGES
            .iter()
            .any(|(locale, _)| value["locale"].as_str() == Some(locale)),
        "automaticRepliesSetting" => {
            one_of(
                &value["status"],
                &["disabled", "alwaysEnabled", "scheduled"],
            ) && one_of(&value["externalAudience"], &["none", "contactsOnly", "all"])
        }
        _ => true,
    };
    if fits {
        return Ok(());
    }
    let text = format!("At least one property failed validation: '{name}'.");
    Err(ApiError::invalid_property(text))
}
