//! Microsoft's OpenAPI description of Graph as the judge of the tenant's answers: status, content type, and each
//! property. `EXO365_OPENAPI` names its file; without one nothing is judged.
//!
//! The description is read strictly. OpenAPI lets any object stand in the place of an enum value, and any property in a
//! type; here a type is closed, and null is null. What the service is known to do in another way is in
//! `differences.json`, with its source.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];
const PREFIX: &str = "#/components/schemas/";

/// An operation of the description.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    /// The path with its parameters in braces.
    pub(crate) path: String,
    segments: Vec<String>,
    responses: Value,
}

/// The description.
pub(crate) struct Description {
    pub(crate) operations: Vec<Operation>,
    responses: Value,
    schemas: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| {
    let named = std::env::var_os("EXO365_OPENAPI").map(PathBuf::from);
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/api/graph-subset.openapi.json"
    );
    let text = std::fs::read(named.unwrap_or_else(|| PathBuf::from(beside))).ok()?;
    Some(Description::read(&serde_json::from_slice(&text).unwrap()))
});

/// The description, if its file is on this machine.
pub(crate) fn description() -> Option<&'static Description> {
    DESCRIPTION.as_ref()
}

/// What the service is known to do in another way than the description says.
pub(crate) fn differences() -> Vec<Value> {
    serde_json::from_str(include_str!("../differences.json")).unwrap()
}

/// Judges an answer. `path` starts below the root of Graph.
///
/// # Panics
/// The description has no such answer for the operation.
pub(crate) fn judge(method: &str, path: &str, status: u16, kind: &str, body: &[u8]) {
    let Some(description) = description() else {
        return;
    };
    let Some(operation) = description.operation(method, path) else {
        return;
    };
    if let Err(problem) = description.problem(operation, status, kind, body) {
        panic!(
            "{method} {path}: {status} is not as Microsoft describes {}: {problem}",
            operation.path
        );
    }
}

impl Description {
    fn read(document: &Value) -> Self {
        let differences = differences();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(Operation {
                        method: method.to_owned(),
                        path: path.clone(),
                        segments: segments(path),
                        responses: operation["responses"].clone(),
                    });
                }
            }
        }
        Self {
            operations,
            responses: document["components"]["responses"].clone(),
            schemas: closed(&document["components"]["schemas"], &differences),
            validators: Mutex::default(),
        }
    }

    /// The operation of a call; the one with the most names where several fit.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let called = segments(path.split('?').next().unwrap_or_default());
        let fits = |one: &&Operation| {
            one.method.eq_ignore_ascii_case(method)
                && one.segments.len() == called.len()
                && one.segments.iter().zip(&called).all(|(known, segment)| {
                    known.starts_with('{') || known.eq_ignore_ascii_case(segment)
                })
        };
        let names = |one: &&Operation| {
            let named = one.segments.iter().filter(|name| !name.starts_with('{'));
            named.count()
        };
        self.operations.iter().filter(fits).max_by_key(names)
    }

    /// What is wrong with an answer.
    pub(crate) fn problem(
        &self,
        operation: &Operation,
        status: u16,
        kind: &str,
        body: &[u8],
    ) -> Result<(), String> {
        let exact = operation.responses.get(status.to_string());
        let class = operation.responses.get(format!("{}XX", status / 100));
        let Some(response) = exact.or(class) else {
            return Err("no such status".to_owned());
        };
        let response = match response["$ref"].as_str() {
            Some(name) => &self.responses[name.rsplit('/').next().unwrap_or_default()],
            None => response,
        };
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return (body.is_empty() || status == 200)
                .then_some(())
                .ok_or_else(|| "a body where there is none".to_owned());
        };
        let plain = kind.split(';').next().unwrap_or_default();
        // A picture and a file have the type that they were stored with.
        let bytes = content
            .values()
            .any(|one| one["schema"]["format"] == "binary");
        if bytes || plain == "text/plain" && content.contains_key(plain) {
            return Ok(());
        }
        let Some(schema) = content.get(plain).map(|one| &one["schema"]) else {
            return Err(format!("the content type {plain:?}"));
        };
        let value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let validator = self.validator(schema);
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .take(3)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        errors
            .is_empty()
            .then_some(())
            .ok_or_else(|| errors.join("; "))
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let key = schema.to_string();
        if let Some(known) = self.validators.lock().unwrap().get(&key) {
            return known.clone();
        }
        let mut root = strict(schema, &[]);
        root["components"] = json!({"schemas": self.schemas});
        let made = jsonschema::options()
            .should_validate_formats(true)
            .build(&root);
        let made = Arc::new(made.unwrap());
        self.validators.lock().unwrap().insert(key, made.clone());
        made
    }
}

/// The segments of a path. `messages('id')` is two segments; the parameters of a function are none.
fn segments(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = part
            .trim_start_matches("microsoft.")
            .trim_start_matches("graph.");
        let split = part.strip_suffix(')').and_then(|head| head.split_once('('));
        match split {
            Some((name, key)) if key.starts_with('\'') => {
                out.push(name.to_owned());
                out.push(key.to_owned());
            }
            Some((name, _)) => out.push(name.to_owned()),
            None => out.push(part.to_owned()),
        }
    }
    out
}

/// All schemas, closed.
fn closed(schemas: &Value, differences: &[Value]) -> Value {
    let mut out = Map::new();
    for (name, schema) in schemas.as_object().unwrap() {
        let mut properties = Map::new();
        let mut required = Vec::new();
        // The metadata declares items as open, but only open extensions have properties of their own.
        let kind = name.to_ascii_lowercase();
        let open = kind.ends_with("extension") || kind.ends_with("innererror");
        for part in parts(schemas, schema) {
            for (property, of) in part["properties"].as_object().into_iter().flatten() {
                let known = differences
                    .iter()
                    .find(|one| one["type"] == **name && one["property"] == **property);
                let of = known.map_or(of, |known| &known["schema"]);
                properties.insert(property.clone(), strict(of, differences));
            }
            required.extend(part["required"].as_array().into_iter().flatten().cloned());
        }
        if properties.is_empty() {
            out.insert(name.clone(), strict(schema, differences));
            continue;
        }
        let own = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "patternProperties": {"@": {}},
            "additionalProperties": open,
        });
        let derived = parts(schemas, schema)
            .into_iter()
            .filter(|part| part["title"].as_str() == name.rsplit('.').next())
            .find_map(|part| part["x-derived-types"].as_array());
        out.insert(
            name.clone(),
            one_of_derived(name, own, derived.into_iter().flatten()),
        );
    }
    out.into()
}

/// A value that names a derived type is of that type.
fn one_of_derived<'a>(name: &str, own: Value, derived: impl Iterator<Item = &'a Value>) -> Value {
    let names = derived
        .filter_map(Value::as_str)
        .map(|one| one.trim_start_matches('#'));
    names
        .filter(|derived| *derived != name)
        .fold(own, |otherwise, derived| {
            json!({
                "if": {"properties": {"@odata.type": {"const": format!("#{derived}")}}, "required": ["@odata.type"]},
                "then": {"$ref": format!("{PREFIX}{derived}")},
                "else": otherwise,
            })
        })
}

/// The schemas that a schema is made of; its own part is first.
fn parts<'a>(schemas: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let mut out = vec![schema];
    for part in schema["allOf"].as_array().into_iter().flatten().rev() {
        match part["$ref"].as_str() {
            Some(name) => out.extend(parts(schemas, &schemas[&name[PREFIX.len()..]])),
            None => out.push(part),
        }
    }
    out
}

/// A schema of OpenAPI 3.0 as one of JSON Schema.
fn strict(schema: &Value, differences: &[Value]) -> Value {
    let object = match schema {
        Value::Array(list) => return list.iter().map(|one| strict(one, differences)).collect(),
        Value::Object(object) => object,
        other => return other.clone(),
    };
    let known = differences
        .iter()
        .find(|one| one["format"].is_string() && one["format"] == schema["format"]);
    let mut out: Map<String, Value> = match known {
        Some(known) => known["schema"].as_object().unwrap().clone(),
        None => object
            .iter()
            .map(|(name, value)| (name.clone(), strict(value, differences)))
            .collect(),
    };
    out.remove("nullable");
    if let Some([of, rest]) = schema["anyOf"].as_array().map(Vec::as_slice)
        && *rest == json!({"type": "object", "nullable": true})
    {
        return json!({"anyOf": [strict(of, differences), {"type": "null"}]});
    }
    if schema["nullable"] == true && out.get("type").is_some_and(Value::is_string) {
        out["type"] = json!([out["type"], "null"]);
    }
    out.into()
}
