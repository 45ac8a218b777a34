//! A response of an API, for HTTP or for a batch.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::request_ids::RequestIds;
use crate::http::Flavor;
use crate::http::{self, HttpRequest};
use crate::ids;

/// The body of a response.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Bytes(String, Vec<u8>),
    Empty,
    Json(Value),
    Text(String),
}

/// A response of an API.
#[derive(Clone, Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) payload: Payload,
}

impl ApiResponse {
    /// A response without headers.
    pub(crate) fn new(status: u16, payload: Payload) -> Self {
        Self {
            status,
            headers: Vec::new(),
            payload,
        }
    }

    /// A JSON response.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::new(status, Payload::Json(body))
    }

    /// A response without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, Payload::Empty)
    }

    /// The same with a header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The response as HTTP.
    pub(crate) fn into_response(
        self,
        flavor: Flavor,
        ids: &RequestIds,
        incoming: &HttpRequest,
    ) -> Response {
        let kind = match &self.payload {
            Payload::Bytes(kind, _) => Some(kind.clone()),
            Payload::Empty => None,
            Payload::Json(_) => Some(json_type(flavor).to_owned()),
            Payload::Text(_) => Some("text/plain".to_owned()),
        };
        let body = match self.payload {
            Payload::Bytes(_, bytes) => Body::from(bytes),
            Payload::Empty => Body::empty(),
            Payload::Json(value) => Body::from(value.to_string()),
            Payload::Text(text) => Body::from(text),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(kind) = kind {
            http::set(&mut response, "content-type", &kind);
        }
        for (name, value) in self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                response.headers_mut().insert(name, value);
            }
        }
        add_service_headers(&mut response, flavor, ids, incoming);
        response
    }

    /// The response as an item of a batch.
    pub(crate) fn into_item(self, id: &str, flavor: Flavor) -> Value {
        let mut headers: Map<String, Value> = self
            .headers
            .into_iter()
            .map(|(name, value)| (title_case(&name), value.into()))
            .collect();
        let mut item = json!({"id": id, "status": self.status});
        match self.payload {
            Payload::Empty => {}
            Payload::Json(body) => {
                headers.insert("Content-Type".into(), json_type(flavor).into());
                item["body"] = body;
            }
            Payload::Text(text) => {
                headers.insert("Content-Type".into(), "text/plain".into());
                item["body"] = ids::base64(text.as_bytes()).into();
            }
            Payload::Bytes(kind, bytes) => {
                headers.insert("Content-Type".into(), kind.into());
                item["body"] = ids::base64(&bytes).into();
            }
        }
        if flavor.is_graph() {
            headers.insert("Cache-Control".into(), "private".into());
            headers.insert("OData-Version".into(), "4.0".into());
        }
        item["headers"] = headers.into();
        item
    }
}

/// `retry-after` becomes `Retry-After`.
fn title_case(name: &str) -> String {
    let parts: Vec<String> = name.split('-').map(crate::schema::case::pascal).collect();
    parts.join("-")
}

fn json_type(flavor: Flavor) -> &'static str {
    if flavor.is_graph() {
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    } else {
        "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8"
    }
}

fn add_service_headers(
    response: &mut Response,
    flavor: Flavor,
    ids: &RequestIds,
    incoming: &HttpRequest,
) {
    http::set(response, "request-id", &ids.request);
    let asked = incoming
        .header("return-client-request-id")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if flavor.is_graph() || asked {
        http::set(response, "client-request-id", &ids.client);
    }
    http::set(response, "odata-version", "4.0");
    http::set(response, "cache-control", "private");
    if flavor.is_graph() {
        let diagnostic = "{\"ServerInfo\":{\"DataCenter\":\"Local\",\"Slice\":\"E\",\"Ring\":\"0\",\
                          \"ScaleUnit\":\"001\",\"RoleInstance\":\"LOCAL00000000\"}}";
        http::set(response, "x-ms-ags-diagnostic", diagnostic);
    } else {
        http::set(response, "x-feserver", "LOCAL00CA0000");
        http::set(response, "x-beserver", "LOCAL00MB0000");
        http::set(
            response,
            "x-calculatedbetarget",
            "LOCAL00MB0000.contoso.example",
        );
        http::set(response, "x-powered-by", "ASP.NET");
    }
}
