//! What the operator sees.

use super::fake::Canned;
use super::*;
use crate::routes::probes;
use std::sync::atomic::Ordering;

pub(super) async fn ask(world: &World, path: &str) -> Answer {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = probes::router(&world.app).oneshot(request).await;
    let (parts, body) = response.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

async fn counts(world: &World, line: &str) -> bool {
    let answer = ask(world, "/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text.lines().any(|known| known == line)
}

#[tokio::test]
async fn it_is_alive_and_ready_until_it_is_asked_to_stop() {
    let world = World::new().await;
    assert_eq!(ask(&world, "/healthz").await.text, "alive\n");
    let ready = ask(&world, "/readyz").await;
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (StatusCode::OK, "ready\n")
    );
    world.app.stopping.store(true, Ordering::SeqCst);
    let ready = ask(&world, "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ask(&world, "/healthz").await.status, StatusCode::OK);
    assert_eq!(ask(&world, "/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_happens_is_counted() {
    let world = Arc::new(World::new().await);
    let cookie = world.sign_in().await;
    world.token(&cookie).await;
    world.token("").await;
    world.advance(3500);
    world.fake.shut();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (world, cookie) = (Arc::clone(&world), cookie.clone());
        asking.spawn(async move { world.token(&cookie).await.status });
    }
    world.fake.reached(2).await;
    world.fake.reopen();
    while let Some(status) = asking.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    world.advance(3500);
    world.fake.say(Canned::refusal("invalid_grant", 50_173));
    world.token(&cookie).await;
    for line in [
        "exo365_requests_total{route=\"/exchange\",outcome=\"ok\"} 1",
        "exo365_requests_total{route=\"/token\",outcome=\"ok\"} 4",
        "exo365_requests_total{route=\"/token\",outcome=\"signed_out\"} 1",
        "exo365_request_seconds_count{route=\"/exchange\"} 1",
        "exo365_upstream_calls_total{outcome=\"ok\"} 2",
        "exo365_upstream_calls_total{outcome=\"interaction_required\"} 1",
        "exo365_renewals_total 2",
        "exo365_renewals_joined_total 2",
        "exo365_sessions_begun_total 1",
        "exo365_sessions{store=\"file\"} 0",
        "exo365_upstream_waiting 0",
        "exo365_sessions_ended_total{outcome=\"grant\"} 1",
    ] {
        let text = ask(&world, "/metrics").await.text;
        assert!(counts(&world, line).await, "{line} in\n{text}");
    }
}

/// E48: no label grows with users or with what they send.
#[tokio::test]
async fn e48_the_metrics_hold_nothing_of_a_user() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for route in ["/token", "/marker-route", "/session"] {
        world
            .post(route, &json!({"marker": "marker"}), &cookie)
            .await;
    }
    let answer = ask(&world, "/metrics").await;
    let id = cookie.split_once('=').unwrap().1;
    for needle in ["marker", "adele", "contoso", id, TENANT, CLIENT] {
        assert!(!answer.text.contains(needle), "{needle}");
    }
    assert!(answer.text.ends_with("# EOF\n"));
    assert!(
        answer.headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
}

#[tokio::test]
async fn the_pages_side_does_not_have_these_routes() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz", "/metrics", "/auth/metrics"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(world.send(request).await.status, StatusCode::NOT_FOUND);
    }
}

/// Whoever asks sees at once that the disk is full, and that it has room again; users whose tokens are good notice neither.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn e65_a_full_disk_is_not_ready_and_is_ready_when_it_has_room() {
    let Some(disk) = super::small_disk::SmallDisk::mount() else {
        return;
    };
    let file = disk.path().join("sessions.db");
    let world = World::with(&format!("database = \"{}\"", file.display())).await;
    let cookie = world.sign_in().await;
    let ready = async || ask(&world, "/readyz").await.status.as_u16();
    for _ in 0..3 {
        let leaving = world.sign_in().await;
        disk.fill();
        // The database has some room of its own, which is used up first.
        let mut asked = 0;
        while ready().await == 200 {
            let answer = world.exchange("marker-code", "").await;
            assert!(
                [200, 503].contains(&answer.status.as_u16()),
                "{}",
                answer.text
            );
            asked += 1;
            assert!(asked < 2000, "the disk is full, and every write is taken");
        }
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
        // What is freed may be room enough for a sign-out. It is acknowledged where it is on the disk.
        let out = world.post("/logout", &json!({}), &leaving).await;
        let ended = out.status == StatusCode::OK;
        assert!(ended || out.set_cookie().is_none(), "the cookie stays");
        disk.empty();
        // It is opened again by the first write that meets no reader.
        let mut asked = 0;
        while ready().await != 200 {
            asked += 1;
            assert!(asked < 1000, "it needs a restart");
            tokio::task::yield_now().await;
        }
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
        let alive = world.token(&leaving).await.status == StatusCode::OK;
        assert_ne!(alive, ended);
    }
    let out = world.post("/logout", &json!({}), &cookie).await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
    drop(world);
}
