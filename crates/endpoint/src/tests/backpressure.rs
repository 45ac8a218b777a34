//! How many requests the sign-in service gets at a time, and that it gets none while it asked for a pause.

use super::fake::Canned;
use super::renewal::LATER;
use super::*;
use crate::session::cooldown::LOOP as REST;
use crate::upstream::pause::STREAK;
use crate::upstream::queue::MAX_CONCURRENT;
use tokio::task::JoinSet;

const MORE: usize = MAX_CONCURRENT + 8;

/// Begins [`MORE`] sign-ins at the same time.
fn crowd(world: &World) -> JoinSet<String> {
    let mut set = JoinSet::new();
    for number in 0..MORE {
        let router = world.router.clone();
        let request = request("/exchange", &exchange(&format!("code-{number}")), "");
        set.spawn(async move {
            let body = router.oneshot(request).await.unwrap().into_body();
            let bytes = body.collect().await.unwrap().to_bytes();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            body["error"]["code"].as_str().unwrap_or("ok").to_owned()
        });
    }
    set
}

fn count(codes: &[String], code: &str) -> usize {
    codes.iter().filter(|known| *known == code).count()
}

#[tokio::test]
async fn e50_so_many_ask_at_a_time_and_the_others_after_them() {
    let world = World::new().await;
    world.fake.shut();
    let set = crowd(&world);
    world.fake.reached(MAX_CONCURRENT).await;
    while world.app.token_client.waiting() < MORE - MAX_CONCURRENT {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        world.fake.calls(),
        MAX_CONCURRENT,
        "the others wait their turn"
    );
    world.fake.reopen();
    let codes = set.join_all().await;
    assert_eq!(count(&codes, "ok"), MORE);
    assert_eq!(
        (world.fake.calls(), world.app.token_client.waiting()),
        (MORE, 0)
    );
}

#[tokio::test]
async fn e50_who_waits_when_a_pause_begins_is_not_sent() {
    let world = World::new().await;
    world.fake.shut();
    // A pause is each code's own until so many in a row were throttled: the place of each of the first is still given on.
    let given_on = STREAK - 1;
    for _ in 0..MAX_CONCURRENT + given_on {
        let canned = Canned::new(429, "text/plain", "slow");
        world.fake.say(canned.header("retry-after", "60"));
    }
    let set = crowd(&world);
    world.fake.reached(MAX_CONCURRENT).await;
    while world.app.token_client.waiting() < MORE - MAX_CONCURRENT {
        tokio::task::yield_now().await;
    }
    for answered in 1..=given_on {
        world.fake.answer_one();
        world.fake.reached(MAX_CONCURRENT + answered).await;
    }
    world.fake.reopen();
    let codes = set.join_all().await;
    assert_eq!(count(&codes, "throttled"), MORE, "{codes:?}");
    assert_eq!(
        world.fake.calls(),
        MAX_CONCURRENT + given_on,
        "nobody else was asked"
    );
}

#[tokio::test]
async fn e50_a_429_that_names_no_time_is_a_pause_as_well() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER + 1000);
    world.fake.say(Canned::new(429, "text/plain", "slow"));
    for _ in 0..2 {
        assert_eq!(world.token(&cookie).await.code(), "throttled");
    }
    assert_eq!(world.fake.calls(), 2, "the code, and one renewal");
    world.advance(10);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e50_a_loop_stops_the_session_and_no_other() {
    let world = World::new().await;
    let (cookie, other) = (world.sign_in().await, world.sign_in().await);
    world.advance(LATER + 1000);
    world.fake.say(Canned::refusal("invalid_grant", 50_196));
    let calls = world.fake.calls();
    for seconds in [0, REST - 1] {
        world
            .time
            .store(NOW + LATER + 1000 + seconds, Ordering::SeqCst);
        let answer = world.token(&cookie).await;
        assert_eq!(answer.code(), "interaction_required");
        assert_eq!(answer.json()["error"]["aadsts"], json!([50_196]));
        assert!(answer.set_cookie().is_none(), "the session stays");
    }
    assert_eq!(world.fake.calls(), calls + 1, "it was asked once");
    assert_eq!(world.token(&other).await.status, StatusCode::OK);
    world.advance(1);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}
