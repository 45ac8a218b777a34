//! `cargo xtask schema`: the table of Graph's types that the tenant checks request bodies with.
//!
//! It is made from Microsoft's OpenAPI description of Graph and has names, types, enum values, limits and required
//! properties, but no sentences. The description itself is not part of the project: `EXO365_OPENAPI` names the file.
//!
//! ```text
//! enum importance low normal high
//! type message : outlookItem
//!   isRead boolean?                  `?`: null is a value
//!   toRecipients [recipient?]        a list
//!   *contentBytes base64             `*`: required
//! body POST /me/messages message     the body of an operation
//! body POST /me/sendMail             its parameters follow
//!   message message
//! ```

use crate::project;
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

const TABLE: &str = "crates/tenant/src/schema/graph.txt";
const HEAD: &str =
    "# Types and request bodies of Graph. Made by `cargo xtask schema`; do not edit.\n";

/// Writes the table.
///
/// # Errors
/// There is no description, or it has a form that this file does not know.
pub(crate) fn run() -> Result<()> {
    let Some(file) = description() else {
        bail!("no OpenAPI description of Graph: set EXO365_OPENAPI to the file");
    };
    let table = table(&read(&file)?)?;
    std::fs::write(project::root().join(TABLE), table).with_context(|| format!("writing {TABLE}"))
}

/// The file of the description, if there is one.
fn description() -> Option<PathBuf> {
    let named = std::env::var_os("EXO365_OPENAPI").map(PathBuf::from);
    let file =
        named.unwrap_or_else(|| project::root().join("../shared/api/graph-subset.openapi.json"));
    file.is_file().then_some(file)
}

fn read(file: &PathBuf) -> Result<Value> {
    let text = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("parsing {}", file.display()))
}

fn table(description: &Value) -> Result<String> {
    let mut out = HEAD.to_owned();
    let schemas = object(&description["components"]["schemas"]);
    for (name, schema) in &schemas {
        let wanted = name.starts_with("microsoft.graph.")
            && !name.contains("ODataErrors")
            && !name.ends_with("Response");
        if wanted {
            define(&mut out, short(name), schema).with_context(|| format!("the type {name}"))?;
        }
    }
    for (path, operations) in object(&description["paths"]) {
        if !path.starts_with("/me") {
            continue;
        }
        for method in ["post", "patch", "put"] {
            let content = &operations[method]["requestBody"]["content"]["application/json"];
            if !content.is_null() {
                let method = method.to_uppercase();
                body(&mut out, &method, &template(&path), &content["schema"])
                    .with_context(|| format!("the body of {method} {path}"))?;
            }
        }
    }
    Ok(out)
}

fn define(out: &mut String, name: &str, schema: &Value) -> Result<()> {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        writeln!(out, "enum {name} {}", values.join(" "))?;
        return Ok(());
    }
    let (base, own) = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([base, own]) => (base["$ref"].as_str(), own),
        None => (None, schema),
        Some(_) => bail!("`allOf` has not two parts"),
    };
    match base {
        Some(base) => writeln!(out, "type {name} : {}", short(base))?,
        None => writeln!(out, "type {name}")?,
    }
    members(out, own)
}

fn body(out: &mut String, method: &str, path: &str, schema: &Value) -> Result<()> {
    if schema["$ref"].is_string() {
        writeln!(out, "body {method} {path} {}", kind(schema)?)?;
        return Ok(());
    }
    writeln!(out, "body {method} {path}")?;
    members(out, schema)
}

/// The properties of an object, each on a line.
fn members(out: &mut String, schema: &Value) -> Result<()> {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    for (name, member) in object(&schema["properties"]) {
        // Annotations have rules of their own. Deprecated names are the same in another letter case.
        if name.contains('@') || member["deprecated"] == true {
            continue;
        }
        let star = if required.contains(&&*name) { "*" } else { "" };
        let kind = kind(&member).with_context(|| format!("the property {name}"))?;
        writeln!(out, "  {star}{name} {kind}")?;
    }
    Ok(())
}

/// The type of a value in the table's words.
fn kind(schema: &Value) -> Result<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return Ok(short(name).to_owned());
    }
    let null = if schema["nullable"] == true { "?" } else { "" };
    let parts = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(parts) = parts {
        let null = parts.iter().any(|part| part["nullable"] == true) || !null.is_empty();
        // Numbers may also be the texts INF, -INF and NaN in this description.
        let known = parts
            .iter()
            .find(|part| part["$ref"].is_string() || part["type"] == "number");
        let known = known.context("`anyOf` without a type")?;
        let base = kind(known)?;
        let null = if null { "?" } else { "" };
        return Ok(format!("{}{null}", base.trim_end_matches('?')));
    }
    let base = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("array"), _) => return Ok(format!("[{}]{null}", kind(&schema["items"])?)),
        (Some("string"), Some(format)) => format.to_owned(),
        (Some("string"), None) => "string".to_owned(),
        (Some("boolean"), _) => "boolean".to_owned(),
        (Some("integer"), format) => format.unwrap_or("int32").to_owned(),
        (Some("number"), _) => "double".to_owned(),
        (Some("object") | None, _) => "any".to_owned(),
        (Some(other), _) => bail!("the type {other} is not known"),
    };
    Ok(format!("{base}{null}"))
}

/// `/me/messages/{message-id}` as `/me/messages/{}`: names in lower case, without namespace and parentheses.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment.to_lowercase();
        let name = name
            .trim_start_matches("microsoft.graph.")
            .trim_start_matches("graph.");
        match name.split_once('(') {
            Some((name, _)) => name.to_owned(),
            None if name.starts_with('{') => "{}".to_owned(),
            None => name.to_owned(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The last part of a type's name.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn object(value: &Value) -> BTreeMap<String, Value> {
    let members: Option<&Map<String, Value>> = value.as_object();
    members
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_is_that_of_the_description() {
        let Some(file) = description() else {
            println!("skipped: no OpenAPI description of Graph (EXO365_OPENAPI)");
            return;
        };
        let held = std::fs::read_to_string(project::root().join(TABLE)).unwrap();
        let made = table(&read(&file).unwrap()).unwrap();
        assert!(held == made, "{TABLE} differs: run `cargo xtask schema`");
    }

    #[test]
    fn types_enums_and_bodies_become_lines() {
        let description = json!({
            "components": {"schemas": {
                "microsoft.graph.item": {"type": "object", "properties": {"id": {"type": "string"}}},
                "microsoft.graph.importance": {"type": "string", "enum": ["low", "high"]},
                "microsoft.graph.itemCollectionResponse": {"type": "object"},
                "microsoft.graph.message": {"allOf": [
                    {"$ref": "#/components/schemas/microsoft.graph.item"},
                    {"type": "object", "required": ["subject"], "properties": {
                        "@odata.type": {"type": "string"},
                        "subject": {"type": "string", "nullable": true},
                        "importance": {"anyOf": [{"$ref": "#/components/schemas/microsoft.graph.importance"}, {"type": "object", "nullable": true}]},
                        "sizes": {"type": "array", "items": {"type": "integer", "format": "int32"}},
                    }},
                ]},
            }},
            "paths": {
                "/users/{user-id}/messages": {"post": {}},
                "/me/messages/{message-id}/microsoft.graph.move": {"post": {"requestBody": {"content": {"application/json": {
                    "schema": {"type": "object", "properties": {"destinationId": {"type": "string"}, "DestinationId": {"type": "string", "deprecated": true}}}}}}}},
                "/me/messages": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/microsoft.graph.message"}}}}}},
            },
        });
        let lines = "enum importance low high\ntype item\n  id string\ntype message : item\n  importance importance?\n  \
                     sizes [int32]\n  *subject string?\nbody POST /me/messages message\nbody POST /me/messages/{}/move\n  \
                     destinationId string\n";
        assert_eq!(table(&description).unwrap(), format!("{HEAD}{lines}"));
        let odd = json!({"components": {"schemas": {"microsoft.graph.odd": {"properties": {"x": {"type": "tuple"}}}}}});
        assert!(table(&odd).is_err());
    }
}
