//! `$batch`: up to twenty requests in one, four of them at a time.

use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::concurrency::{MAX_CONCURRENT, limit_key};
use super::dispatch::respond;
use super::path::segments;
use super::request::ApiRequest;
use super::request_ids::RequestIds;
use super::response::ApiResponse;
use super::{auth, errors, faults};
use crate::api_error::ApiError;
use crate::http::Flavor;
use crate::http::HttpRequest;
use crate::ids;
use crate::oauth::flow::AccessToken;
use crate::state::Tenant;

/// Most items of a batch.
const MAX_REQUESTS: usize = 20;
/// The `Retry-After` of refused items where all items start at once, in seconds, as people measured it.
const BATCH_RETRY_AFTER: u64 = 7;
/// Largest body of a fault that is copied into an item, in bytes.
const MAX_FAULT_BODY: usize = 1024 * 1024;

/// One request of a batch.
struct Item {
    id: String,
    request: ApiRequest,
    depends_on: Vec<String>,
}

/// Whether a request is a batch. Outlook v1.0 has no batches.
pub(crate) fn is_batch(request: &ApiRequest) -> bool {
    let path = segments(&request.path);
    let named = matches!(
        path.iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice(),
        ["$batch"] | ["me", "$batch"] | ["users", _, "$batch"]
    );
    named && request.method == Method::POST && request.flavor != Flavor::OutlookV1
}

/// Handles a batch.
pub(crate) async fn handle(tenant: &Tenant, request: &ApiRequest, ids: &RequestIds) -> ApiResponse {
    let access = match auth::token(tenant, request.flavor, request.header("authorization")) {
        Ok(access) => access,
        Err(error) => return error.reply(request.flavor, ids),
    };
    let items = match read(request, tenant.options().mixed_batches) {
        Ok(items) => items,
        Err(sentence) => {
            return ApiError::new(400, "BadRequest", sentence).reply(request.flavor, ids);
        }
    };
    let latency = tenant.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let responses = run(tenant, &access, items).await;
    ApiResponse::json(200, json!({"responses": responses}))
}

/// Reads the items. A mistake in one of them fails the whole batch.
fn read(request: &ApiRequest, mixed: bool) -> Result<Vec<Item>, String> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| "Invalid batch payload format.".to_owned())?;
    let Some(list) = body["requests"].as_array().filter(|list| !list.is_empty()) else {
        return Err("Invalid batch payload format.".to_owned());
    };
    if list.len() > MAX_REQUESTS {
        return Err("Number of requests inside batch exceed the limit.".to_owned());
    }
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    for one in list {
        let item = item(one, request)?;
        if !seen.insert(item.id.to_lowercase()) {
            return Err(format!(
                "The request id '{}' is used more than once.",
                item.id
            ));
        }
        items.push(item);
    }
    ordered(&items)?;
    if !mixed {
        uniform(&items)?;
    }
    Ok(items)
}

/// Fails where a dependency does not exist or is circular.
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

/// Fails unless all items are independent, or each depends on the one before it.
fn uniform(items: &[Item]) -> Result<(), String> {
    let parallel = items.iter().all(|item| item.depends_on.is_empty());
    let first = items.first().is_none_or(|item| item.depends_on.is_empty());
    let mut pairs = items.iter().zip(items.iter().skip(1));
    let sequential = pairs.all(|(before, item)| {
        let [needed] = item.depends_on.as_slice() else {
            return false;
        };
        needed.eq_ignore_ascii_case(&before.id)
    });
    if parallel || (first && sequential) {
        return Ok(());
    }
    Err("Batch should be either fully sequential or fully parallel".to_owned())
}

fn item(one: &Value, request: &ApiRequest) -> Result<Item, String> {
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
    let root = request.flavor.root();
    let below = match path.get(..root.len()) {
        Some(head) if head.eq_ignore_ascii_case(root) => &path[root.len()..],
        _ => &path,
    };
    let needed = one["dependsOn"].as_array();
    let needed = needed.into_iter().flatten().filter_map(Value::as_str);
    Ok(Item {
        id: id.to_owned(),
        depends_on: needed.map(str::to_owned).collect(),
        request: ApiRequest {
            flavor: request.flavor,
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

/// The bytes of a body: JSON as it is, anything else decoded from base64.
fn body(given: &Value, headers: &HeaderMap) -> Option<Vec<u8>> {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    let json = kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("json"));
    match given {
        Value::Null => Some(Vec::new()),
        Value::String(text) if !json => {
            // MIME content is base64 in single requests too.
            let mime = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/plain"));
            match mime {
                true => Some(text.clone().into_bytes()),
                false => ids::from_base64(text),
            }
        }
        other => Some(other.to_string().into_bytes()),
    }
}

/// Runs the items whose dependencies are done, four at a time. The responses have no fixed order.
async fn run(tenant: &Tenant, access: &AccessToken, items: Vec<Item>) -> Vec<Value> {
    let mut waiting = items;
    let mut status: HashMap<String, u16> = HashMap::new();
    let mut responses = Vec::new();
    while !waiting.is_empty() {
        let ready = |item: &Item| {
            let mut needed = item.depends_on.iter();
            needed.all(|id| status.contains_key(&id.to_lowercase()))
        };
        let (mut wave, mut rest): (Vec<Item>, Vec<Item>) = waiting.into_iter().partition(ready);
        if wave.len() > MAX_CONCURRENT && !tenant.options().batch_all_at_once {
            let late = wave.split_off(MAX_CONCURRENT);
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

/// Runs items at the same time. An item over the concurrency limit gets 429 for itself.
async fn together(
    tenant: &Tenant,
    access: &AccessToken,
    wave: Vec<Item>,
    status: &HashMap<String, u16>,
) -> Vec<(String, Value, u16)> {
    let mut places = Vec::new();
    let mut done = Vec::new();
    let mut running = Vec::new();
    for item in wave {
        let flavor = item.request.flavor;
        let failed = |id: &String| {
            status
                .get(&id.to_lowercase())
                .is_some_and(|code| *code >= 400)
        };
        let place = tenant.acquire_permit(
            &limit_key(&tenant.directory(), access, &segments(&item.request.path)),
            MAX_CONCURRENT,
        );
        let ids = RequestIds::new(tenant, item.request.header("client-request-id"));
        if item.depends_on.iter().any(failed) {
            let text = "Request failed as dependent request failed";
            let error = ApiError::new(424, "FailedDependency", text);
            done.push((item.id, error.reply(flavor, &ids), flavor));
        } else if let Some(place) = place {
            places.push(place);
            running.push((item, ids));
        } else {
            let seconds = match tenant.options().batch_all_at_once {
                true => BATCH_RETRY_AFTER,
                false => 1,
            };
            let reply = errors::too_many_requests(flavor, seconds).reply(flavor, &ids);
            done.push((item.id, reply, flavor));
        }
    }
    let latency = tenant.options().item_latency;
    if !latency.is_zero() && !running.is_empty() {
        tokio::time::sleep(latency).await;
    }
    // The reverse order keeps clients from relying on the order.
    for (item, ids) in running.into_iter().rev() {
        let reply = match fault(tenant, &item.request).await {
            Some(reply) => reply,
            None => respond(tenant, &item.request, access.clone(), &ids),
        };
        done.push((item.id, reply, item.request.flavor));
    }
    drop(places);
    let rendered = done.into_iter().map(|(id, reply, flavor)| {
        let code = reply.status;
        (id.clone(), reply.into_item(&id, flavor), code)
    });
    rendered.collect()
}

/// The response of a fault that matches the item.
async fn fault(tenant: &Tenant, request: &ApiRequest) -> Option<ApiResponse> {
    let incoming = HttpRequest {
        method: request.method.clone(),
        path: format!("{}{}", request.flavor.root(), request.path),
        query: request.query.clone(),
        headers: request.headers.clone(),
        body: Bytes::from(request.body.clone()),
    };
    let fault = tenant.faults().take(&incoming)?;
    let response = faults::respond(&fault, tenant, &incoming).await?;
    let (parts, body) = response.into_parts();
    let mut reply = match axum::body::to_bytes(body, MAX_FAULT_BODY).await {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(json) => ApiResponse::json(parts.status.as_u16(), json),
            Err(_) => ApiResponse::empty(parts.status.as_u16()),
        },
        Err(_) => ApiResponse::empty(504),
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
