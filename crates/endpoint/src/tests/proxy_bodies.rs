//! Bodies on their way through the proxy: how large, how slow, and that they pass while they come.

use super::api::Api;
use super::fake::Canned;
use super::proxy::{call, proxied, with_body};
use super::proxy_bad::{ME, own};
use super::*;
use crate::routes::proxy::{MAX_BUFFERED, MAX_UPLOAD};
use std::time::Duration;

#[tokio::test]
async fn e37_an_answer_passes_while_it_comes() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    api.say_whole(axum::response::Response::new(Body::new(Stream(receiver))));
    let response = world
        .router
        .clone()
        .oneshot(call("GET", "/v1.0/me/photo/$value", &cookie))
        .await
        .unwrap();
    let mut body = response.into_body();
    for part in ["one", "two"] {
        sender.send(part).await.unwrap();
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
        let data = frame.unwrap().unwrap().unwrap().into_data().unwrap();
        assert_eq!(data, part, "it does not wait for the end");
    }
    drop(sender);
    assert!(body.frame().await.is_none());
}

/// A body that is sent piece by piece.
pub(super) struct Stream(pub(super) tokio::sync::mpsc::Receiver<&'static str>);

impl axum::body::HttpBody for Stream {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        self.0
            .poll_recv(context)
            .map(|part| Some(Ok(http_body::Frame::data(part?.into()))))
    }
}

/// So many bytes, in pieces, with or without a length.
struct Long(u64, bool);

const PIECE: usize = 64 * 1024;

impl axum::body::HttpBody for Long {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let size = self.0.min(PIECE as u64);
        self.0 -= size;
        let piece = vec![b'x'; usize::try_from(size).unwrap()];
        let frame = (size > 0).then(|| Ok(http_body::Frame::data(piece.into())));
        std::task::Poll::Ready(frame)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        if self.1 {
            http_body::SizeHint::with_exact(self.0)
        } else {
            http_body::SizeHint::default()
        }
    }
}

#[tokio::test]
async fn e60_a_body_has_its_limit_announced_or_not() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let put = |size, told| {
        let put = call("PUT", "/v1.0/me/x", &cookie);
        world.send(with_body(put, Body::new(Long(size, told))))
    };
    own(&put(MAX_UPLOAD + 1, true).await, 413, "too_large");
    assert_eq!(api.calls(), 0, "it was not even begun");
    own(&put(MAX_UPLOAD + 1, false).await, 413, "too_large");
    // A body that is too large to keep is sent once. The next call has the new token.
    for told in [true, false] {
        let before = world.fake.calls();
        api.asked();
        api.say(Canned::json(401, &json!({"error": {}})));
        let answer = put(MAX_BUFFERED + 1, told).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(!answer.headers.contains_key("x-exo365"), "the API's own");
        assert_eq!(world.fake.calls(), before + 1, "one renewal");
        let asked = api.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].body.len() as u64, MAX_BUFFERED + 1);
        let length = (MAX_BUFFERED + 1).to_string();
        assert_eq!(
            asked[0].header("content-length"),
            told.then_some(length.as_str())
        );
    }
}

/// An endpoint that waits for the API for a short time only.
async fn hasty() -> (World, Arc<Api>) {
    let (mut world, api) = proxied("").await;
    let mut client = crate::upstream::api::Api::new(&world.app.config).unwrap();
    client.patience = Duration::from_millis(150);
    world.app.api = Arc::new(client);
    world.router = router::full_router(&world.app);
    (world, api)
}

#[tokio::test]
async fn e37_an_api_that_is_silent_is_given_up() {
    let (world, api) = hasty().await;
    let cookie = world.sign_in().await;
    let body = |receiver| axum::response::Response::new(Body::new(Stream(receiver)));
    // The API falls silent in the middle of its answer: the connection is cut.
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    api.say_whole(body(receiver));
    sender.send("half").await.unwrap();
    let response = world.router.clone().oneshot(call("GET", ME, &cookie)).await;
    let mut frames = response.unwrap().into_body();
    assert!(frames.frame().await.unwrap().is_ok());
    assert!(frames.frame().await.unwrap().is_err());
    // The time begins after the last octet of the request.
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let put = with_body(
        call("PUT", "/v1.0/me/x", &cookie),
        Body::new(Stream(receiver)),
    );
    let sending = tokio::spawn({
        let router = world.router.clone();
        async move { router.oneshot(put).await.unwrap().status() }
    });
    for _ in 0..6 {
        sender.send("piece").await.unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert!(!sending.is_finished());
    assert_eq!(sending.await.unwrap(), StatusCode::GATEWAY_TIMEOUT);
    drop(sender);
}

/// A request that announces a body and sends none.
struct Never;

impl axum::body::HttpBody for Never {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(10)
    }
}

#[tokio::test]
async fn e60_a_body_that_does_not_come_is_given_up_before_the_api_hears_of_it() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    tokio::time::pause();
    let post = call("POST", "/v1.0/me/events", &cookie);
    let answer = world.send(with_body(post, Body::new(Never))).await;
    own(&answer, 408, "timeout");
    assert_eq!(api.calls(), 0);
}

/// Announced bodies take no memory until their octets arrive.
#[tokio::test]
async fn e69_announced_bodies_that_do_not_come_stop_no_batch() {
    let (world, api) = proxied("").await;
    let (greedy, good) = (world.sign_in().await, world.sign_in().await);
    let path = "/v1.0/$batch";
    let mut waiting = tokio::task::JoinSet::new();
    let mut senders = Vec::new();
    for _ in 0..40 {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        senders.push(sender);
        let asked = with_body(call("POST", path, &greedy), Body::new(Stream(receiver)));
        let router = world.router.clone();
        waiting.spawn(async move { router.oneshot(asked).await.map(drop) });
    }
    tokio::task::yield_now().await;
    api.say(Canned::new(200, "application/json", "{\"responses\": []}"));
    let inside = json!({"requests": [{"id": "1", "method": "GET", "url": "/me/messages"}]});
    let asked = world.send(with_body(call("POST", path, &good), inside.to_string()));
    let answer = tokio::time::timeout(Duration::from_secs(4), asked).await;
    assert_eq!(answer.unwrap().status, StatusCode::OK);
    waiting.shutdown().await;
}

/// One session that holds its calls open is refused more of them, and others are served.
#[tokio::test]
async fn e69_calls_that_a_session_holds_open_stop_nobody_else() {
    use crate::upstream::bounds::CALLS;
    let (world, api) = proxied("limit_per_session = 0").await;
    let (greedy, good) = (world.sign_in().await, world.sign_in().await);
    let mut held = Vec::new();
    for _ in 0..CALLS.session.under_way {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        api.say_whole(axum::response::Response::new(Body::new(Stream(receiver))));
        let asked = world.router.clone().oneshot(call("GET", ME, &greedy)).await;
        // An answer that nobody reads.
        held.push((asked.unwrap(), sender));
    }
    let refused = world.send(call("GET", ME, &greedy)).await;
    own(&refused, 429, "throttled");
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    api.say(Canned::new(200, "application/json", "{}"));
    assert_eq!(
        world.send(call("GET", ME, &good)).await.status,
        StatusCode::OK
    );
    held.pop();
    api.say(Canned::new(200, "application/json", "{}"));
    assert_eq!(
        world.send(call("GET", ME, &greedy)).await.status,
        StatusCode::OK
    );
    // Signing out has a share of its own.
    api.say_whole(axum::response::Response::new(Body::new(Stream(
        tokio::sync::mpsc::channel(1).1,
    ))));
    let last = world.router.clone().oneshot(call("GET", ME, &greedy)).await;
    own(
        &world.send(call("GET", ME, &greedy)).await,
        429,
        "throttled",
    );
    let signed_out = world.post("/logout", &json!({}), &greedy).await;
    assert_eq!(signed_out.status, StatusCode::OK, "{}", signed_out.text);
    assert!(signed_out.clears());
    drop(last);
}
