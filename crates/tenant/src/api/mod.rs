//! The APIs: one dispatcher for three flavours.

mod attachments;
mod auth;
mod batch;
mod calendar;
mod calendar_groups;
mod call;
mod categories;
mod collection;
mod compose;
mod concurrency;
mod contacts;
pub(crate) mod cors;
mod delta;
mod dispatch;
mod drafts;
mod errors;
mod event_body;
mod events;
pub(crate) mod faults;
mod find;
mod focused;
mod folders;
mod holder;
mod listing;
mod mail_tips;
mod meeting_times;
mod messages;
mod path;
mod people;
mod permissions;
mod photos;
mod places;
mod reminders;
mod reply;
mod request_ids;
mod respond;
mod rules;
mod schedule;
mod send;
mod settings;
mod sync_token;
mod translate;
pub(crate) mod uploads;
mod user;

use axum::response::Response;

use call::Raw;
use concurrency::{PLACES, place_name};
use reply::Reply;
use request_ids::Ids;

use crate::failure::Failure;
use crate::http::{Flavour, Incoming};
use crate::state::Tenant;

/// Largest request body, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Answers a call.
pub(crate) async fn handle(tenant: &Tenant, incoming: &Incoming) -> Response {
    let flavour = Flavour::of_path(&incoming.path).unwrap_or(Flavour::Graph);
    let ids = Ids::new(tenant, incoming.header("client-request-id"));
    let raw = Raw {
        flavour,
        method: incoming.method.clone(),
        path: incoming.path[flavour.root().len()..].to_owned(),
        query: incoming.query.clone(),
        headers: incoming.headers.clone(),
        body: incoming.body.to_vec(),
    };
    let reply = if raw.body.len() > MAX_BODY {
        let text = "The maximum request length supported is 4MB.";
        Failure::new(413, "RequestEntityTooLarge", text).reply(flavour, &ids)
    } else if batch::is_batch(&raw) {
        batch::handle(tenant, &raw, &ids).await
    } else {
        timed(tenant, &raw, &ids).await
    };
    reply.into_response(flavour, &ids, incoming)
}

/// One call in its place among the four.
async fn timed(tenant: &Tenant, raw: &Raw, ids: &Ids) -> Reply {
    let access = match auth::token(tenant, raw.flavour, raw.header("authorization")) {
        Ok(access) => access,
        Err(failure) => return failure.reply(raw.flavour, ids),
    };
    let segments = path::segments(&raw.path);
    let Some(_place) = tenant.place(&place_name(&access, &segments), PLACES) else {
        return errors::over_limit(raw.flavour, 1).reply(raw.flavour, ids);
    };
    let latency = tenant.options().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    dispatch::answer(tenant, raw, access, ids)
}
