//! How long sessions live, and what is left of them on the disk.

use super::renewal::LATER;
use super::*;
use std::time::Duration;

#[tokio::test]
async fn without_a_refresh_token_there_is_a_session_until_the_token_ends() {
    let world = World::new().await;
    *world.fake.reply.lock().unwrap() = json!({"refresh_token": null});
    let cookie = world.sign_in().await;
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
    world.advance(7200);
    assert_eq!(world.token(&cookie).await.code(), "interaction_required");
    assert_eq!(
        world.session(&cookie).await.json()["account"]["name"],
        "Adele"
    );
}

#[tokio::test]
async fn e34_sessions_end_by_age_and_by_idleness_whatever_the_cookie_says() {
    let world = World::with("session_idle_hours = 2\nsession_lifetime_days = 1").await;
    let idle = world.sign_in().await;
    world.advance(2 * 3600);
    assert_eq!(world.token(&idle).await.code(), "signed_out");
    let old = world.sign_in().await;
    for _ in 0..23 {
        world.advance(3600);
        assert_eq!(world.token(&old).await.status, StatusCode::OK);
    }
    world.advance(3600);
    let answer = world.token(&old).await;
    assert_eq!(answer.code(), "signed_out");
}

#[tokio::test]
async fn e34_use_keeps_a_session_alive_without_a_renewal() {
    let world = World::with("session_idle_hours = 1\nsession_lifetime_days = 1").await;
    *world.fake.reply.lock().unwrap() = json!({"expires_in": 86_000});
    let cookie = world.sign_in().await;
    for _ in 0..5 {
        world.advance(1800);
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
        let noted = async {
            // While one note of the session's use is being written, no second one begins: ask again.
            while world.stored(&cookie).await.unwrap().touched != world.app.clock.now() {
                world.token(&cookie).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), noted)
            .await
            .unwrap();
    }
    assert_eq!(world.fake.calls(), 1);
}

#[tokio::test]
async fn e59_sessions_outlive_a_new_sealing_key_and_not_a_lost_one() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let file = world.dir.path().join("exo365-sessions.db.keys");
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("new:{}\n{old}", exo365_core::text::base64url(&[9; 32])),
    )
    .unwrap();
    let world = world.restart("").await;
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
    std::fs::write(
        &file,
        format!("other:{}", exo365_core::text::base64url(&[8; 32])),
    )
    .unwrap();
    let world = world.restart("").await;
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}

#[tokio::test]
async fn e59_nothing_on_the_disk_can_be_read() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.token(&cookie).await;
    let bytes = std::fs::read(world.dir.path().join("exo365-sessions.db")).unwrap();
    let id = cookie.split_once('=').unwrap().1;
    for needle in ["marker-refresh", "marker-access", "adele", id] {
        let found = bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes());
        assert!(!found, "{needle}");
    }
}

/// What was opened or read before is no reason to serve a session that the store has changed or lost.
#[tokio::test]
async fn e92_a_session_in_use_is_what_the_store_says() {
    let world = World::new().await;
    let (cookie, other) = (world.sign_in().await, world.sign_in().await);
    let token = async |cookie: &str| world.token(cookie).await.json()["accessToken"].clone();
    for _ in 0..3 {
        assert_eq!(token(&cookie).await, "marker-access-1");
        assert_eq!(token(&other).await, "marker-access-2");
    }
    let renewal = json!({"rejected": digest("marker-access-1")});
    let renewed = world.post("/token", &renewal, &cookie).await;
    assert_eq!(renewed.json()["accessToken"], "marker-access-3");
    assert_eq!(token(&cookie).await, "marker-access-3");
    world.post("/logout", &json!({}), &cookie).await;
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
    // By the store alone, as the operator's command and other endpoints do it.
    let store = &world.app.sessions.store;
    store.remove(World::key(&other)).await.unwrap();
    assert_eq!(world.token(&other).await.code(), "signed_out");
}
