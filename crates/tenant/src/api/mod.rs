//! The handlers of the three APIs.

mod attachments;
mod auth;
mod batch;
mod body;
mod calendar;
mod calendar_groups;
mod call;
mod categories;
pub(crate) mod changes;
mod collection;
mod compose;
mod concurrency;
mod contacts;
pub(crate) mod cors;
mod delta;
mod dispatch;
mod drafts;
mod errors;
mod events;
mod extensions;
pub(crate) mod faults;
mod find;
mod focused;
mod folders;
mod holder;
pub(crate) mod hooks;
mod listing;
mod mail_tips;
mod meeting_times;
mod messages;
mod page;
mod path;
mod people;
mod permissions;
mod photos;
mod places;
mod prefer;
mod reminders;
mod request;
mod request_ids;
mod respond;
mod response;
mod rich;
mod rules;
mod schedule;
mod send;
mod settings;
mod subscriptions;
mod sync_token;
mod translate;
pub(crate) mod uploads;
mod user;

use axum::response::Response;

use concurrency::{MAX_CONCURRENT, limit_key};
use request::ApiRequest;
use request_ids::RequestIds;
use response::ApiResponse;

use crate::api_error::ApiError;
use crate::http::{Flavor, HttpRequest};
use crate::state::Tenant;

/// Largest request body, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Handles a request to an API.
pub(crate) async fn handle(tenant: &Tenant, incoming: &HttpRequest) -> Response {
    let flavor = Flavor::of_path(&incoming.path).unwrap_or(Flavor::Graph);
    let ids = RequestIds::new(tenant, incoming.header("client-request-id"));
    let request = ApiRequest {
        flavor,
        method: incoming.method.clone(),
        path: incoming.path[flavor.root().len()..].to_owned(),
        query: incoming.query.clone(),
        headers: incoming.headers.clone(),
        body: incoming.body.to_vec(),
    };
    let reply = if request.body.len() > MAX_BODY {
        let text = "The maximum request length supported is 4MB.";
        ApiError::new(413, "RequestEntityTooLarge", text).reply(flavor, &ids)
    } else if batch::is_batch(&request) {
        batch::handle(tenant, &request, &ids).await
    } else {
        handle_one(tenant, &request, &ids).await
    };
    reply.into_response(flavor, &ids, incoming)
}

/// Handles one request within the concurrency limit.
async fn handle_one(tenant: &Tenant, request: &ApiRequest, ids: &RequestIds) -> ApiResponse {
    let access = match auth::token(tenant, request.flavor, request.header("authorization")) {
        Ok(access) => access,
        Err(error) => return error.reply(request.flavor, ids),
    };
    let segments = path::segments(&request.path);
    let Some(_place) = tenant.acquire_permit(
        &limit_key(&tenant.directory(), &access, &segments),
        MAX_CONCURRENT,
    ) else {
        return errors::too_many_requests(request.flavor, 1).reply(request.flavor, ids);
    };
    let latency = tenant.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if subscriptions::concerns(request) {
        let outcome = subscriptions::handle(tenant, request, &access).await;
        return outcome.unwrap_or_else(|error| error.reply(request.flavor, ids));
    }
    dispatch::respond(tenant, request, access, ids)
}
