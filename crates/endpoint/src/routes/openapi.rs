//! `GET /openapi.json`: the contract as an OpenAPI 3.1 description, for people and for programs that test.
//!
//! Of this endpoint it holds only the path and the name of the cookie, so it may be cached.

use crate::config::Config;
use crate::http::answer::{Rejection, respond, set_security_headers};
use crate::http::caller::{Caller, peer};
use crate::http::limits::Limits;
use crate::state::State;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use exo365_core::error::Code;
use serde_json::Value;
use std::sync::Arc;

/// Below the base.
pub(crate) const PATH: &str = "/openapi.json";
/// The description of every endpoint. Tests compare it with the routes, the wire types and the responses.
pub(crate) const TEXT: &str = include_str!("openapi.json");

/// The routes with this one.
pub(crate) fn mount(router: Router, state: &State) -> Router {
    let path = format!("{}{PATH}", state.config.base);
    let text = Bytes::from(text(&state.config));
    let (config, limits) = (Arc::clone(&state.config), Arc::clone(&state.limits));
    let handler =
        move |request: Request| std::future::ready(serve((&config, &limits), &text, request));
    router.route(&path, any(handler))
}

/// With this endpoint's path and cookie.
fn text(config: &Config) -> String {
    let Ok(mut description) = serde_json::from_str::<Value>(TEXT) else {
        return TEXT.into();
    };
    for (place, value) in [
        ("/servers/0/url", config.public_base.as_str()),
        ("/components/securitySchemes/session/name", &config.cookie),
        ("/info/version", env!("CARGO_PKG_VERSION")),
    ] {
        if let Some(known) = description.pointer_mut(place) {
            *known = value.into();
        }
    }
    description.to_string()
}

fn serve((config, limits): (&Config, &Limits), text: &Bytes, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Err(refused) = limits.check(&Caller::of(config, peer(&parts.extensions), &parts.headers))
    {
        return respond(config, Err(refused));
    }
    if ![Method::GET, Method::HEAD].contains(&parts.method) {
        let refused = Rejection::at(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::BadRequest,
            "this route takes GET",
        );
        let mut response = respond(config, Err(refused));
        let allow = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    let mut response = Response::new(Body::from(text.clone()));
    let headers = response.headers_mut();
    set_security_headers(headers, config);
    headers.remove(header::PRAGMA);
    let hour = HeaderValue::from_static("public, max-age=3600");
    headers.insert(header::CACHE_CONTROL, hour);
    response
}
