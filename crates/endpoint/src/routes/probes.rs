//! Health, readiness and metrics for operators, on a listener of their own that browsers cannot reach.

use crate::state::State;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use std::sync::atomic::Ordering;
use std::time::Duration;

const PLAIN: &str = "text/plain; charset=utf-8";
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long the store may take to say that it is there.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn router(state: &State) -> Router {
    let (ready, counted) = (state.clone(), state.clone());
    let health = || std::future::ready(answer(StatusCode::OK, PLAIN, "alive\n".into()));
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(move || readiness(ready.clone())))
        .route("/metrics", get(move || metrics(counted.clone())))
}

/// Ready where the store takes a write and nobody has asked it to stop. The sign-in service does not count:
/// while it is away, sessions with a good token are served.
async fn readiness(state: State) -> Response {
    if state.stopping.load(Ordering::Relaxed) {
        return answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "stopping\n".into());
    }
    let asked = state.sessions.store.try_write();
    match tokio::time::timeout(TIMEOUT, asked).await {
        Ok(Ok(_)) => answer(StatusCode::OK, PLAIN, "ready\n".into()),
        _ => answer(
            StatusCode::SERVICE_UNAVAILABLE,
            PLAIN,
            "the session store has trouble\n".into(),
        ),
    }
}

async fn metrics(state: State) -> Response {
    let store = &state.sessions.store;
    let count = tokio::time::timeout(TIMEOUT, store.count()).await;
    // If the store does not answer, the gauge is removed: an old number would look current.
    state
        .metrics
        .live(store.name(), count.ok().and_then(Result::ok));
    state.metrics.waiting(state.token_client.waiting());
    match state.metrics.text() {
        Ok(text) => answer(StatusCode::OK, METRICS, text),
        Err(_) => answer(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, String::new()),
    }
}

fn answer(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
