//! `/preload`: what it may take, and that nobody else notices.

use super::api::Api;
use super::fake::Canned;
use super::preload::{direct, list};
use super::preload_bad::{echo, seen};
use super::proxy_bodies::Stream;
use super::*;
use crate::upstream::bounds::{PRELOADS, Share};
use axum::extract::ConnectInfo;
use std::time::Duration;

/// An endpoint that waits for the API for a short time only.
async fn hasty(origin: &str, patience: Duration) -> World {
    let mut world = World::with(&format!("api_origin = \"{origin}\"")).await;
    let mut client = crate::upstream::api::Api::new(&world.app.config).unwrap();
    client.preload_patience = patience;
    world.app.api = Arc::new(client);
    world.router = router::full_router(&world.app);
    world
}

#[tokio::test]
async fn e90_what_comes_too_late_is_left_out_and_the_rest_is_not() {
    let api = Api::start().await;
    let world = hasty(&api.origin, Duration::from_millis(1500)).await;
    let cookie = world.sign_in().await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let mut half = axum::response::Response::new(Body::new(Stream(receiver)));
    let json = "application/json".parse().unwrap();
    half.headers_mut().insert(header::CONTENT_TYPE, json);
    api.say_whole(half);
    sender.send("{\"half\":").await.unwrap();
    let answer = world.preload(&[list(), list()], &cookie).await;
    let mut answers = answer.json()["answers"].as_array().unwrap().clone();
    // Which of the two the API heard first is not said.
    answers.sort_by_key(Value::is_null);
    assert_eq!(
        (&answers[0]["status"], &answers[1]),
        (&json!(200), &Value::Null)
    );
    assert_eq!(world.app.api.preloads.taken(), (Share::default(), 0, 0));
    // An API that is not there.
    let world = hasty("http://localhost:1", Duration::from_secs(2)).await;
    let cookie = world.sign_in().await;
    let answer = world.preload(&[list()], &cookie).await;
    assert_eq!(
        (answer.status, &answer.json()["answers"]),
        (StatusCode::OK, &json!([null]))
    );
}

#[tokio::test]
async fn e90_a_renewal_that_takes_too_long_is_left_to_the_session() {
    let api = Api::start().await;
    let world = hasty(&api.origin, Duration::from_millis(200)).await;
    let cookie = world.sign_in().await;
    world.advance(4000);
    world.fake.shut();
    let answer = world.preload(&[list(), list()], &cookie).await;
    assert_eq!(
        (answer.status, &answer.json()["answers"]),
        (StatusCode::OK, &json!([null, null]))
    );
    world.fake.reopen();
    assert_eq!(
        world.session(&cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!((api.calls(), world.fake.calls()), (0, 2));
}

#[tokio::test]
async fn e90_what_is_too_large_is_left_out() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    let text = |octets: usize| format!("\"{}\"", "x".repeat(octets - 2));
    let answers = async |sizes: &[usize]| {
        for size in sizes {
            api.say(Canned::new(200, "application/json", text(*size)));
        }
        let calls = vec![list(); sizes.len()];
        let answer = world.preload(&calls, &cookie).await.json();
        let answers = answer["answers"].as_array().unwrap();
        answers.iter().filter(|answer| !answer.is_null()).count()
    };
    assert_eq!(answers(&[PRELOADS.one]).await, 1);
    assert_eq!(answers(&[PRELOADS.one + 1]).await, 0, "announced");
    assert_eq!(answers(&[PRELOADS.one / 2, PRELOADS.one / 2]).await, 2);
    assert_eq!(
        answers(&[PRELOADS.one / 2 + 1, PRELOADS.one / 2]).await,
        1,
        "together"
    );
    // Without a length before it.
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let mut endless = axum::response::Response::new(Body::new(Stream(receiver)));
    let json = "application/json".parse().unwrap();
    endless.headers_mut().insert(header::CONTENT_TYPE, json);
    api.say_whole(endless);
    let piece: &'static str = Box::leak("x".repeat(64 * 1024).into_boxed_str());
    let sending = tokio::spawn(async move { while sender.send(piece).await.is_ok() {} });
    let answer = world.preload(&[list()], &cookie).await;
    assert_eq!(answer.json()["answers"], json!([null]));
    sending.await.unwrap();
    assert_eq!(world.app.api.preloads.taken(), (Share::default(), 0, 0));
}

#[tokio::test]
async fn e90_a_session_that_asks_too_much_stops_nobody() {
    let (origin, gate) = echo().await;
    let world = World::with(&format!("api_origin = \"{origin}\"\nlimit_per_session = 0")).await;
    let (greedy, other) = (world.sign_in().await, world.sign_in().await);
    let peer = std::net::SocketAddr::from(([192, 0, 2, 1], 1));
    let asking: Vec<_> = (0..PRELOADS.session.under_way)
        .map(|_| {
            let router = world.router.clone();
            let mut request = request("/preload", &json!({"calls": [list(), list()]}), &greedy);
            request.extensions_mut().insert(ConnectInfo(peer));
            tokio::spawn(async move { router.oneshot(request).await.unwrap().status() })
        })
        .collect();
    while world.app.api.preloads.taken().0.under_way < PRELOADS.session.under_way {
        tokio::task::yield_now().await;
    }
    let answer = world.preload(&[list()], &greedy).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (429, "throttled")
    );
    assert_eq!(answer.headers["retry-after"], "1");
    // Its own session and token are there, and so are other people's preloads.
    assert_eq!(
        world.session(&greedy).await.json()["accessToken"],
        "marker-access-1"
    );
    gate.add_permits(1000);
    let answer = world.preload(&[list()], &other).await;
    assert_eq!(
        answer.json()["answers"][0]["body"]["seen"],
        seen("marker-access-2")
    );
    for one in asking {
        assert_eq!(one.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(world.app.api.preloads.taken(), (Share::default(), 0, 0));
}
