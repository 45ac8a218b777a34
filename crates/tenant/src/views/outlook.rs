//! Graph's JSON to Outlook's JSON and back: Pascal case, enum values, property names, type names.

use serde_json::{Map, Value};

use crate::http::Flavor;
use crate::schema::case::{camel, pascal};
use crate::schema::names::{Kind, Names};

/// Properties whose string values are enum members.
const ENUMS: [&str; 22] = [
    "availability",
    "markImportance",
    "organizerAvailability",
    "recipientScope",
    "locationType",
    "uniqueIdType",
    "importance",
    "flagStatus",
    "response",
    "showAs",
    "sensitivity",
    "firstDayOfWeek",
    "index",
    "inferenceClassification",
    "classifyAs",
    "daysOfWeek",
    "type",
    "status",
    "externalAudience",
    "color",
    "delegateMeetingMessageDeliveryOptions",
    "scope",
];

/// An entity with the names of the flavour.
pub(crate) fn render(flavor: Flavor, kind: Kind, entity: Map<String, Value>) -> Value {
    if flavor.is_graph() {
        return Value::Object(entity);
    }
    let names = Names { flavor, kind }.all();
    let mut out = Map::new();
    if kind == Kind::Attachment && flavor == Flavor::OutlookV1 {
        out.insert("IsContactPhoto".to_owned(), false.into());
    }
    for (key, value) in entity {
        if key.starts_with('@') {
            out.insert(key, annotation(value));
            continue;
        }
        if key.contains('@') {
            continue;
        }
        if let Some((canonical, shown)) = names.iter().find(|(canonical, _)| *canonical == key) {
            out.insert(shown.clone(), to_outlook(canonical, value));
        }
    }
    Value::Object(out)
}

/// `#microsoft.graph.fileAttachment` becomes `#Microsoft.OutlookServices.FileAttachment`.
fn annotation(value: Value) -> Value {
    match value
        .as_str()
        .and_then(|text| text.strip_prefix("#microsoft.graph."))
    {
        Some(name) => format!("#Microsoft.OutlookServices.{}", pascal(name)).into(),
        None => value,
    }
}

/// A nested value in Pascal case. `key` is the canonical name of its property.
pub(crate) fn to_outlook(key: &str, value: Value) -> Value {
    match value {
        Value::String(text) if ENUMS.contains(&key) => pascal(&text).into(),
        Value::String(text) if key == "contentType" && text == "html" => "HTML".into(),
        Value::String(text) if key == "contentType" && text == "text" => "Text".into(),
        Value::Array(list) => list.into_iter().map(|one| to_outlook(key, one)).collect(),
        Value::Object(object) => object
            .into_iter()
            .map(|(name, value)| {
                if name.starts_with('@') {
                    (name, annotation(value))
                } else {
                    let value = to_outlook(&name, value);
                    (pascal(&name), value)
                }
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

/// A request body with canonical names.
pub(crate) fn from_outlook(flavor: Flavor, kind: Kind, body: Value) -> Value {
    if flavor.is_graph() {
        return body;
    }
    let names = Names { flavor, kind };
    let Value::Object(object) = body else {
        return body;
    };
    let renamed = object.into_iter().map(|(name, value)| {
        if name.starts_with('@') {
            return (name, annotation_from_outlook(value));
        }
        let canonical = names.canonical(&name).unwrap_or_else(|| camel(&name));
        let value = value_from_outlook(&canonical, value);
        (canonical, value)
    });
    Value::Object(renamed.collect())
}

fn annotation_from_outlook(value: Value) -> Value {
    match value
        .as_str()
        .and_then(|text| text.strip_prefix("#Microsoft.OutlookServices."))
    {
        Some(name) => format!("#microsoft.graph.{}", camel(name)).into(),
        None => value,
    }
}

/// A nested value in camel case.
pub(crate) fn value_from_outlook(key: &str, value: Value) -> Value {
    match value {
        Value::String(text) if ENUMS.contains(&key) => camel(&text).into(),
        Value::String(text)
            if key == "contentType"
                && (text.eq_ignore_ascii_case("html") || text.eq_ignore_ascii_case("text")) =>
        {
            text.to_lowercase().into()
        }
        Value::Array(list) => list
            .into_iter()
            .map(|one| value_from_outlook(key, one))
            .collect(),
        Value::Object(object) => object
            .into_iter()
            .map(|(name, value)| {
                if name.starts_with('@') {
                    (name, annotation_from_outlook(value))
                } else {
                    let name = camel(&name);
                    let value = value_from_outlook(&name, value);
                    (name, value)
                }
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_go_out_in_pascal_case_and_come_back() {
        let graph = json!({"subject": "x", "importance": "high",
            "body": {"contentType": "html", "content": "high"},
            "from": {"emailAddress": {"name": "low", "address": "a@b"}}});
        let out = render(
            Flavor::OutlookV2,
            Kind::Message,
            graph.as_object().cloned().unwrap(),
        );
        assert_eq!(out["Importance"], "High");
        assert_eq!(
            out["Body"],
            json!({"ContentType": "HTML", "Content": "high"})
        );
        assert_eq!(out["From"]["EmailAddress"]["Name"], "low");
        assert_eq!(from_outlook(Flavor::OutlookV2, Kind::Message, out), graph);
    }
}
