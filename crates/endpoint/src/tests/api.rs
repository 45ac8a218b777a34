//! An API on a loopback port that says what a test wants, and notes what it was asked.

use super::fake::Canned;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// A request as it came.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The API.
pub(super) struct Api {
    pub(super) origin: String,
    asked: Mutex<Vec<Asked>>,
    next: Mutex<VecDeque<Response>>,
}

impl Api {
    pub(super) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let api = Arc::new(Self {
            origin,
            asked: Mutex::default(),
            next: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&api));
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    /// Prepares an answer.
    pub(super) fn say(&self, canned: Canned) {
        self.say_whole(respond(canned));
    }

    /// The same with any body.
    pub(super) fn say_whole(&self, response: Response) {
        self.next.lock().unwrap().push_back(response);
    }

    pub(super) fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Takes what was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A body that breaks off is what some tests send.
    let Ok(body) = body.collect().await else {
        return Response::default();
    };
    api.asked.lock().unwrap().push(Asked {
        method: parts.method.to_string(),
        uri: parts.uri.to_string(),
        headers: parts.headers,
        body: body.to_bytes(),
    });
    let prepared = api.next.lock().unwrap().pop_front();
    let usual = || respond(Canned::new(200, "application/json", "{\"value\":[]}"));
    prepared.unwrap_or_else(usual)
}

fn respond(canned: Canned) -> Response {
    let mut response = Response::new(Body::from(canned.body));
    *response.status_mut() = StatusCode::from_u16(canned.status).unwrap();
    for (name, value) in canned.headers {
        let name = HeaderName::from_static(name);
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}
