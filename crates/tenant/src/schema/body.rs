//! Checks request bodies with the table of types, and brings them into the canonical form: property names and enum
//! values in the letter case of the table, Booleans as Booleans.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};

use super::table::{Body, Members, Nullable, Type, member, table};
use crate::ids;

/// Why a body is not valid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    /// The type (empty for the parameters of an action) has no such property.
    Unknown {
        property: String,
        kind: &'static str,
    },
    /// The value of the property has another type.
    Value {
        property: String,
        value: String,
        kind: String,
    },
}

/// Checks the body of an operation.
///
/// # Errors
/// The first [`Problem`] of the body.
pub(crate) fn check(body: &Body, value: Value) -> Result<Value, Problem> {
    match body {
        Body::Entity(kind) => complex(kind, value, kind),
        Body::Parameters(members) => parameters(members, value),
    }
}

fn parameters(members: &Members, value: Value) -> Result<Value, Problem> {
    let Value::Object(object) = value else {
        return Err(wrong("", &value, "object"));
    };
    let mut out = Map::new();
    for (name, value) in object {
        if name.contains('@') {
            out.insert(name, value);
            continue;
        }
        let Some((known, kind)) = member(members, &name) else {
            return Err(Problem::Unknown {
                property: name,
                kind: "",
            });
        };
        out.insert((*known).to_owned(), read(kind, value, known)?);
    }
    Ok(Value::Object(out))
}

/// A value of a complex type. `@odata.type` can name a derived type.
fn complex(kind: &'static str, value: Value, property: &str) -> Result<Value, Problem> {
    let Value::Object(object) = value else {
        return Err(wrong(property, &value, kind));
    };
    let named = object.get("@odata.type").and_then(Value::as_str);
    let named = named.and_then(|name| table().complex(name.rsplit('.').next()?));
    // A file is what clients send where they name no type.
    let kind = match (named, kind) {
        (Some(named), _) => named,
        (None, "attachment") => "fileAttachment",
        (None, kind) => kind,
    };
    let mut out = Map::new();
    for (name, value) in object {
        if name.contains('@') {
            out.insert(name, value);
            continue;
        }
        // Open extensions have properties of their own.
        let Some((known, of)) = table().property(kind, &name) else {
            if kind == "openTypeExtension" {
                out.insert(name, value);
                continue;
            }
            return Err(Problem::Unknown {
                property: name,
                kind,
            });
        };
        out.insert((*known).to_owned(), read(of, value, known)?);
    }
    Ok(Value::Object(out))
}

fn read(kind: &Nullable, value: Value, property: &str) -> Result<Value, Problem> {
    if value.is_null() {
        return if kind.null || matches!(kind.of, Type::Any) {
            Ok(value)
        } else {
            Err(wrong(property, &value, &name(&kind.of)))
        };
    }
    match &kind.of {
        Type::Any => Ok(value),
        Type::List(item) => match value {
            Value::Array(list) => list
                .into_iter()
                .map(|one| read(item, one, property))
                .collect(),
            other => Err(wrong(property, &other, &name(&kind.of))),
        },
        Type::Named(of) => match table().values(of) {
            Some(values) => one_of(values, &value, property, of),
            None => complex(of, value, property),
        },
        of => primitive(of, value, property),
    }
}

/// An enum value in any letter case. A comma separates the members of a set.
fn one_of(
    values: &[&'static str],
    value: &Value,
    property: &str,
    kind: &str,
) -> Result<Value, Problem> {
    let canonical = |text: &str| -> Option<String> {
        let known = text.split(',').map(|word| {
            let word = word.trim();
            values.iter().find(|known| known.eq_ignore_ascii_case(word))
        });
        let known: Option<Vec<&str>> = known.map(|one| one.copied()).collect();
        known.map(|words| words.join(","))
    };
    let found = value.as_str().and_then(canonical);
    found
        .map(Value::from)
        .ok_or_else(|| wrong(property, value, kind))
}

fn primitive(kind: &Type, value: Value, property: &str) -> Result<Value, Problem> {
    let text = value.as_str().unwrap_or_default();
    // The service reads a Boolean from its text too: python-o365 sends `"isOnlineMeeting": "false"`.
    if *kind == Type::Boolean
        && let Ok(read) = text.to_ascii_lowercase().parse::<bool>()
    {
        return Ok(read.into());
    }
    let fits = match kind {
        Type::Boolean => value.is_boolean(),
        Type::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        Type::DateTime => is_date_time(text),
        Type::Double => value.is_number(),
        Type::Guid => ids::is_guid(text),
        Type::Int32 => value.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        Type::Int64 => value.is_i64() || value.is_u64(),
        Type::Binary | Type::Duration | Type::String => value.is_string(),
        Type::TimeOfDay => NaiveTime::parse_from_str(text, "%H:%M:%S%.f").is_ok(),
        Type::Any | Type::List(_) | Type::Named(_) => true,
    };
    if fits {
        Ok(value)
    } else {
        Err(wrong(property, &value, &name(kind)))
    }
}

/// `Edm.DateTimeOffset`. The service reads a date, and a time without an offset as UTC, too.
fn is_date_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn name(kind: &Type) -> String {
    match kind {
        Type::Any => "Edm.Untyped".to_owned(),
        Type::Binary => "Edm.Binary".to_owned(),
        Type::Boolean => "Edm.Boolean".to_owned(),
        Type::Date => "Edm.Date".to_owned(),
        Type::DateTime => "Edm.DateTimeOffset".to_owned(),
        Type::Double => "Edm.Double".to_owned(),
        Type::Duration => "Edm.Duration".to_owned(),
        Type::Guid => "Edm.Guid".to_owned(),
        Type::Int32 => "Edm.Int32".to_owned(),
        Type::Int64 => "Edm.Int64".to_owned(),
        Type::List(item) => format!("Collection({})", name(&item.of)),
        Type::Named(name) => format!("microsoft.graph.{name}"),
        Type::String => "Edm.String".to_owned(),
        Type::TimeOfDay => "Edm.TimeOfDay".to_owned(),
    }
}

/// The problem of a value. The value itself is named in short.
fn wrong(property: &str, value: &Value, kind: &str) -> Problem {
    let value: String = value.to_string().chars().take(40).collect();
    Problem::Value {
        property: property.to_owned(),
        value,
        kind: kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn message(value: Value) -> Result<Value, Problem> {
        check(&Body::Entity("message"), value)
    }

    #[test]
    fn bodies_get_the_canonical_form() {
        let read = message(
            json!({"Subject": "x", "importance": "HIGH", "isRead": "False",
            "body": {"ContentType": "HTML", "content": "<p>"}, "@odata.etag": "y"}),
        );
        let canonical = json!({"subject": "x", "importance": "high", "isRead": false,
            "body": {"contentType": "html", "content": "<p>"}, "@odata.etag": "y"});
        assert_eq!(read, Ok(canonical));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let property = |value: Value| match message(value).unwrap_err() {
            Problem::Unknown { property, .. } | Problem::Value { property, .. } => property,
        };
        for (value, wanted) in [
            (json!({"subjekt": 1}), "subjekt"),
            (json!({"subject": 1}), "subject"),
            (json!({"isRead": "maybe"}), "isRead"),
            (json!({"importance": "urgent"}), "importance"),
            (json!({"toRecipients": "a@b"}), "toRecipients"),
            (json!({"toRecipients": ["a@b"]}), "toRecipients"),
            (json!({"toRecipients": [{"address": "a@b"}]}), "address"),
            (json!({"body": "text"}), "body"),
            (json!({"receivedDateTime": "yesterday"}), "receivedDateTime"),
            (
                json!({"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "bytes": ""}]}),
                "bytes",
            ),
        ] {
            assert_eq!(property(value.clone()), wanted, "{value}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let name = prop_oneof![
                Just("body".to_owned()),
                Just("flag".to_owned()),
                Just("toRecipients".to_owned()),
                Just("emailAddress".to_owned()),
                Just("@odata.type".to_owned()),
                "\\PC{0,8}"
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((name, inner), 0..6)
                    .prop_map(|list| Value::Object(list.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_body_panics(value in json()) {
            let _ = message(value);
        }
    }
}
