//! `$batch`: up to twenty calls in one, four of them at a time.

use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::call::Raw;
use super::concurrency::{PLACES, place_name};
use super::dispatch::answer;
use super::path::segments;
use super::reply::Reply;
use super::request_ids::Ids;
use super::{auth, errors, faults};
use crate::failure::Failure;
use crate::http::Flavour;
use crate::http::Incoming;
use crate::ids;
use crate::oauth::flow::Access;
use crate::state::Tenant;

/// Most items of a batch.
const MOST: usize = 20;
/// Largest answer of a fault that is taken into an item, in bytes.
const LARGEST_FAULT: usize = 1024 * 1024;

/// One item.
struct Item {
    id: String,
    raw: Raw,
    depends_on: Vec<String>,
}

/// Whether a request is a batch. The oldest flavour has none.
pub(crate) fn is_batch(raw: &Raw) -> bool {
    let path = segments(&raw.path);
    let named = matches!(
        path.iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice(),
        ["$batch"] | ["me", "$batch"] | ["users", _, "$batch"]
    );
    named && raw.method == Method::POST && raw.flavour != Flavour::OutlookV1
}

/// Answers a batch.
pub(crate) async fn handle(tenant: &Tenant, raw: &Raw, ids: &Ids) -> Reply {
    let access = match auth::token(tenant, raw.flavour, raw.header("authorization")) {
        Ok(access) => access,
        Err(failure) => return failure.reply(raw.flavour, ids),
    };
    let items = match read(raw) {
        Ok(items) => items,
        Err(sentence) => {
            return Failure::new(400, "BadRequest", sentence).reply(raw.flavour, ids);
        }
    };
    let latency = tenant.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let responses = run(tenant, &access, items).await;
    Reply::json(200, json!({"responses": responses}))
}

/// Reads the items; a fault in one refuses the whole batch.
fn read(raw: &Raw) -> Result<Vec<Item>, String> {
    let body: Value = serde_json::from_slice(&raw.body)
        .map_err(|_| "Invalid batch payload format.".to_owned())?;
    let Some(list) = body["requests"].as_array().filter(|list| !list.is_empty()) else {
        return Err("Invalid batch payload format.".to_owned());
    };
    if list.len() > MOST {
        return Err(format!(
            "Number of batch request steps exceeds the maximum value of {MOST}."
        ));
    }
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    for one in list {
        let item = item(one, raw)?;
        if !seen.insert(item.id.to_lowercase()) {
            return Err(format!(
                "The request id '{}' is used more than once.",
                item.id
            ));
        }
        items.push(item);
    }
    ordered(&items)?;
    Ok(items)
}

/// Refuses dependencies that lead nowhere or in a circle.
fn ordered(items: &[Item]) -> Result<(), String> {
    let mut done: HashSet<String> = HashSet::new();
    for _ in items {
        let ready = items.iter().filter(|item| {
            let mut needed = item.depends_on.iter();
            needed.all(|id| done.contains(&id.to_lowercase()))
        });
        let ready: Vec<String> = ready.map(|item| item.id.to_lowercase()).collect();
        done.extend(ready);
    }
    match items
        .iter()
        .find(|item| !done.contains(&item.id.to_lowercase()))
    {
        None => Ok(()),
        Some(item) => Err(format!(
            "Request '{}' depends on itself or on a request that does not exist.",
            item.id
        )),
    }
}

fn item(one: &Value, raw: &Raw) -> Result<Item, String> {
    let text = |name: &str| one[name].as_str().filter(|text| !text.is_empty());
    let id = text("id").ok_or("Each request of a batch needs an id.")?;
    let url = text("url").ok_or_else(|| format!("Request '{id}' has no url."))?;
    let method = text("method").ok_or_else(|| format!("Request '{id}' has no method."))?;
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
        .map_err(|_| format!("Request '{id}' has an unknown method."))?;
    if url.contains("://") || url.to_ascii_lowercase().contains("$batch") {
        return Err(format!(
            "Request '{id}' needs a relative url that is no batch."
        ));
    }
    let headers = headers(&one["headers"]);
    let writes = matches!(method, Method::POST | Method::PATCH | Method::PUT);
    if writes && (one["body"].is_null() || !headers.contains_key("content-type")) {
        return Err(format!(
            "Write request id : {id} does not contain Content-Type header or body."
        ));
    }
    let body = body(&one["body"], &headers)
        .ok_or_else(|| format!("The body of request '{id}' is no base64."))?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = format!("/{}", path.trim_start_matches('/'));
    let root = raw.flavour.root();
    let below = match path.get(..root.len()) {
        Some(head) if head.eq_ignore_ascii_case(root) => &path[root.len()..],
        _ => &path,
    };
    let needed = one["dependsOn"].as_array();
    let needed = needed.into_iter().flatten().filter_map(Value::as_str);
    Ok(Item {
        id: id.to_owned(),
        depends_on: needed.map(str::to_owned).collect(),
        raw: Raw {
            flavour: raw.flavour,
            method,
            path: below.to_owned(),
            query: query.to_owned(),
            headers,
            body,
        },
    })
}

fn headers(given: &Value) -> HeaderMap {
    let mut out = HeaderMap::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            out.append(name, value);
        }
    }
    out
}

/// The bytes of a body: JSON as it stands, anything else from base64.
fn body(given: &Value, headers: &HeaderMap) -> Option<Vec<u8>> {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    let json = kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("json"));
    match given {
        Value::Null => Some(Vec::new()),
        Value::Object(object) if object.is_empty() => Some(Vec::new()),
        Value::String(text) if !json => {
            // A message in MIME is base64 already, and stays so.
            let mime = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/plain"));
            match mime {
                true => Some(text.clone().into_bytes()),
                false => ids::from_base64(text),
            }
        }
        other => Some(other.to_string().into_bytes()),
    }
}

/// Runs the items in waves of those that may start; the order of the answers is that of no list.
async fn run(tenant: &Tenant, access: &Access, items: Vec<Item>) -> Vec<Value> {
    let mut waiting = items;
    let mut status: HashMap<String, u16> = HashMap::new();
    let mut responses = Vec::new();
    while !waiting.is_empty() {
        let ready = |item: &Item| {
            let mut needed = item.depends_on.iter();
            needed.all(|id| status.contains_key(&id.to_lowercase()))
        };
        let (mut wave, mut rest): (Vec<Item>, Vec<Item>) = waiting.into_iter().partition(ready);
        if wave.len() > PLACES {
            let late = wave.split_off(PLACES);
            rest.splice(0..0, late);
        }
        for (id, one, code) in together(tenant, access, wave, &status).await {
            status.insert(id.to_lowercase(), code);
            responses.push(one);
        }
        waiting = rest;
    }
    responses
}

/// One wave. Those that find no place at their mailbox are sent away, each for itself.
async fn together(
    tenant: &Tenant,
    access: &Access,
    wave: Vec<Item>,
    status: &HashMap<String, u16>,
) -> Vec<(String, Value, u16)> {
    let mut places = Vec::new();
    let mut done = Vec::new();
    let mut running = Vec::new();
    for item in wave {
        let flavour = item.raw.flavour;
        let failed = |id: &String| {
            status
                .get(&id.to_lowercase())
                .is_some_and(|code| *code >= 400)
        };
        let place = tenant.place(&place_name(access, &segments(&item.raw.path)), PLACES);
        let ids = Ids::new(tenant, item.raw.header("client-request-id"));
        if item.depends_on.iter().any(failed) {
            let text = "The request depends on another one that failed.";
            let failure = Failure::new(424, "FailedDependency", text);
            done.push((item.id, failure.reply(flavour, &ids), flavour));
        } else if let Some(place) = place {
            places.push(place);
            running.push((item, ids));
        } else {
            let reply = errors::over_limit(flavour, 1).reply(flavour, &ids);
            done.push((item.id, reply, flavour));
        }
    }
    let latency = tenant.options().item_latency;
    if !latency.is_zero() && !running.is_empty() {
        tokio::time::sleep(latency).await;
    }
    // Backwards, so that nobody relies on the order.
    for (item, ids) in running.into_iter().rev() {
        let reply = match fault(tenant, &item.raw).await {
            Some(reply) => reply,
            None => answer(tenant, &item.raw, access.clone(), &ids),
        };
        done.push((item.id, reply, item.raw.flavour));
    }
    drop(places);
    let rendered = done.into_iter().map(|(id, reply, flavour)| {
        let code = reply.status;
        (id.clone(), reply.into_item(&id, flavour), code)
    });
    rendered.collect()
}

/// The answer of a fault that is on order for such a call.
async fn fault(tenant: &Tenant, raw: &Raw) -> Option<Reply> {
    let incoming = Incoming {
        method: raw.method.clone(),
        path: format!("{}{}", raw.flavour.root(), raw.path),
        query: raw.query.clone(),
        headers: raw.headers.clone(),
        body: Bytes::from(raw.body.clone()),
    };
    let fault = tenant.faults().take(&incoming)?;
    let response = faults::act(&fault, tenant, &incoming).await?;
    let (parts, body) = response.into_parts();
    let mut reply = match axum::body::to_bytes(body, LARGEST_FAULT).await {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(json) => Reply::json(parts.status.as_u16(), json),
            Err(_) => Reply::empty(parts.status.as_u16()),
        },
        Err(_) => Reply::empty(504),
    };
    let told = ["retry-after", "www-authenticate"];
    for name in told {
        if let Some(value) = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
        {
            reply = reply.header(name, value);
        }
    }
    Some(reply)
}
