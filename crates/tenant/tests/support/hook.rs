//! A hook for notifications, on a port of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A hook that repeats validation tokens, and says what it was told.
pub(crate) struct Hook {
    pub(crate) url: String,
    told: UnboundedReceiver<Value>,
    /// The status of its next answers.
    status: Arc<AtomicU16>,
}

#[derive(Clone)]
struct Answering {
    tell: UnboundedSender<Value>,
    status: Arc<AtomicU16>,
    repeats: bool,
}

impl Hook {
    /// Starts a hook. One that does not repeat answers a validation with another text.
    pub(crate) async fn start(repeats: bool) -> Self {
        let (tell, told) = unbounded_channel();
        let status = Arc::new(AtomicU16::new(202));
        let answering = Answering {
            tell,
            status: status.clone(),
            repeats,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(answering);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, told, status }
    }

    /// The status of its answers from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Waits for the next notification.
    pub(crate) async fn next(&mut self) -> Value {
        self.told.recv().await.unwrap()["value"][0].clone()
    }

    /// Whether nothing was told since.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.told.is_empty()
    }
}

async fn answer(State(hook): State<Answering>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let query = query.unwrap_or_default();
    let token =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "validationToken");
    if let Some((_, token)) = token {
        let text = if hook.repeats {
            token.into_owned()
        } else {
            "something else".to_owned()
        };
        return text.into_response();
    }
    hook.tell
        .send(serde_json::from_slice(&body).unwrap())
        .unwrap();
    let status = hook.status.load(Ordering::SeqCst);
    StatusCode::from_u16(status).unwrap().into_response()
}
