//! The API's answers, as they go on to the page.

use crate::config::Config;
use crate::http::answer::{Rejection, Success};
use crate::routes::proxy::relay::{self, RELAYED};
use crate::routes::proxy::rewrite::Rewrite;
use crate::upstream::bounds::Place;
use crate::upstream::preload::ApiAnswer;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::is_json;
use exo365_core::wire::{Mode, PreloadAnswer, PreloadReply};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// An answer whose body is the API's own text.
pub(super) type Answer = PreloadAnswer<Option<Box<RawValue>>>;

/// The answer for the page; `None` where it is none to use: a success without JSON, a redirection.
pub(super) fn of_api(config: &Config, answer: ApiAnswer, is_content: bool) -> Option<Answer> {
    let ApiAnswer {
        status,
        headers,
        body,
    } = answer;
    let kind = headers.get(header::CONTENT_TYPE);
    let json = kind.is_some_and(|kind| kind.to_str().is_ok_and(is_json));
    let body = body.filter(|_| json);
    let body = body.and_then(|body| parse(config, body, is_content));
    // A refusal is told by its status: without it the page would repeat what the service refused.
    let usable = body.is_some() || status.is_client_error() || status.is_server_error();
    let usable = usable && !status.is_redirection() && !status.is_informational();
    usable.then(|| PreloadAnswer {
        status: status.as_u16(),
        headers: relayed(&headers),
        body,
    })
}

/// The body as text that is JSON; in proxy mode its links lead back to the endpoint, as the proxy's do.
fn parse(config: &Config, mut body: Vec<u8>, is_content: bool) -> Option<Box<RawValue>> {
    if config.public.mode == Mode::Proxy && !is_content {
        let mut rewrite = Rewrite::new(&config.public.cloud.api, &relay::page(config));
        let mut links = rewrite.feed(&body);
        links.extend(rewrite.finish());
        body = links;
    }
    RawValue::from_string(String::from_utf8(body).ok()?).ok()
}

/// The headers that the proxy passes on; values of one name in one line.
fn relayed(from: &HeaderMap) -> BTreeMap<String, String> {
    let line = |name| {
        let values = from.get_all(name).into_iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    RELAYED
        .iter()
        .filter_map(|name| Some((name.to_string(), line(name)?)))
        .collect()
}

/// All of them in one answer, which holds its memory until it is sent.
///
/// # Errors
/// If it cannot be serialized.
pub(super) fn whole(
    reply: &PreloadReply<Option<Box<RawValue>>>,
    place: Place,
) -> Result<Success, Rejection> {
    let body = serde_json::to_vec(reply)
        .map_err(|_| Error::new(Code::ServiceUnavailable, "the endpoint has trouble"))?;
    Ok(Success::whole(Bytes::from_owner(Held {
        body,
        _place: place.answered(),
    })))
}

/// A body, and what it takes.
struct Held {
    body: Vec<u8>,
    _place: Place,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}
