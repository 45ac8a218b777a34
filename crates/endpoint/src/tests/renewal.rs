//! Access tokens from sessions: one renewal however many ask, and no refresh token lost.

use super::fake::Canned;
use super::*;
use crate::session::record::Session;
use crate::store::Key;
use std::time::Duration;
use tokio::task::JoinSet;

/// Past the point where a token of an hour is renewed.
pub(super) const LATER: u64 = 3400;

impl World {
    pub(super) fn spawn(&self, set: &mut JoinSet<Answer>, body: &Value, cookie: &str) {
        let router = self.router.clone();
        let request = request("/token", body, cookie);
        set.spawn(async move {
            let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Answer {
                status: parts.status,
                headers: parts.headers,
                text,
            }
        });
    }

    pub(super) fn key(cookie: &str) -> Key {
        Key(crate::base::random::sha256(
            cookie.split_once('=').unwrap().1.as_bytes(),
        ))
    }

    pub(super) async fn stored(&self, cookie: &str) -> Option<Session> {
        let held = self
            .app
            .sessions
            .get(Self::key(cookie), self.app.clock.now())
            .await
            .unwrap();
        held.map(|held| held.session.clone())
    }
}

#[tokio::test]
async fn e57_a_token_at_hand_costs_no_request() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for seconds in [0, 1000, 2299] {
        world.time.store(NOW + seconds, Ordering::SeqCst);
        let body = world.token(&cookie).await.json();
        assert_eq!(body["accessToken"], "marker-access-1");
        assert_eq!(
            body["expiresIn"],
            3600 - seconds,
            "E57 counted from the moment of sending"
        );
    }
    assert_eq!(world.fake.calls(), 1, "the code, and nothing else");
    world.time.store(NOW + 3300, Ordering::SeqCst);
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!(
        world.fake.field("refresh_token").unwrap(),
        "marker-refresh-1"
    );
    assert_eq!(
        world.fake.field("scope"),
        None,
        "what was granted is granted again"
    );
}

#[tokio::test]
async fn e31_many_that_ask_at_once_cause_one_renewal() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.fake.shut();
    let mut set = JoinSet::new();
    for _ in 0..20 {
        world.spawn(&mut set, &json!({}), &cookie);
    }
    // A request that names a refused token is for another renewal, which begins after the first one.
    world.spawn(
        &mut set,
        &json!({"rejected": digest("marker-access-1")}),
        &cookie,
    );
    world.fake.reached(2).await;
    world.fake.reopen();
    let answers = set.join_all().await;
    assert_eq!(answers.len(), 21);
    for answer in answers {
        assert_eq!(
            answer.json()["accessToken"],
            "marker-access-2",
            "{}",
            answer.text
        );
    }
    assert_eq!(world.fake.calls(), 2, "the code and one renewal");
}

#[tokio::test]
async fn e31_whoever_waits_shares_the_failure_too() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    world.fake.shut();
    world.fake.say(Canned::new(503, "text/plain", ""));
    let mut set = JoinSet::new();
    for _ in 0..10 {
        world.spawn(&mut set, &json!({}), &cookie);
    }
    world.fake.reached(2).await;
    world.fake.reopen();
    for answer in set.join_all().await {
        assert_eq!(answer.code(), "service_unavailable");
    }
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn a_rejected_token_is_not_given_again_and_renewed_once() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let rejected = json!({"rejected": digest("marker-access-1")});
    for _ in 0..2 {
        let answer = world.post("/token", &rejected, &cookie).await;
        assert_eq!(answer.json()["accessToken"], "marker-access-2");
    }
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn e30_the_rotated_refresh_token_outlives_a_restart() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.token(&cookie).await;
    let world = world.restart("").await;
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-2",
        "no request for what is kept"
    );
    world.advance(LATER);
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-3"
    );
    assert_eq!(
        world.fake.field("refresh_token").unwrap(),
        "marker-refresh-2"
    );
}

#[tokio::test]
async fn e30_a_reply_without_refresh_token_keeps_the_old_one() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    *world.fake.reply.lock().unwrap() = json!({"refresh_token": null});
    for _ in 0..2 {
        world.advance(LATER);
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
        assert_eq!(
            world.fake.field("refresh_token").unwrap(),
            "marker-refresh-1"
        );
    }
}

#[tokio::test]
async fn e32_e33_a_dead_grant_ends_the_session() {
    for suberror in ["", "bad_token"] {
        let world = World::new().await;
        let cookie = world.sign_in().await;
        world.advance(LATER);
        world.fake.say(Canned::json(
            400,
            &json!({"error": "invalid_grant", "suberror": suberror, "error_codes": [50_173]}),
        ));
        let answer = world.token(&cookie).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "interaction_required")
        );
        assert!(answer.clears());
        assert!(world.stored(&cookie).await.is_none());
        assert_eq!(world.token(&cookie).await.code(), "signed_out");
        assert_eq!(
            world.fake.calls(),
            2,
            "a dead refresh token is not tried again"
        );
    }
}

#[tokio::test]
async fn e33_session_with_a_dead_grant_is_nobody() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.fake.say(Canned::refusal("invalid_grant", 700_082));
    let answer = world.session(&cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["account"], Value::Null);
    assert!(answer.clears());
}

#[tokio::test]
async fn e33_trouble_keeps_the_session() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    for (name, canned, status, code) in [
        (
            "503",
            Canned::new(503, "text/html", "<html>"),
            503,
            "service_unavailable",
        ),
        (
            "429",
            Canned::new(429, "text/plain", "slow"),
            429,
            "throttled",
        ),
        (
            "unavailable",
            Canned::refusal("temporarily_unavailable", 90_033),
            503,
            "service_unavailable",
        ),
        (
            "html",
            Canned::new(200, "text/html", "<html>"),
            502,
            "invalid_response",
        ),
        (
            "loop",
            Canned::refusal("invalid_grant", 50_196),
            401,
            "interaction_required",
        ),
        (
            "second factor",
            Canned::refusal("interaction_required", 50_076),
            401,
            "interaction_required",
        ),
        (
            "consent",
            Canned::refusal("invalid_grant", 65_001),
            403,
            "consent_required",
        ),
        (
            "wrong secret",
            Canned::refusal("invalid_client", 7_000_222),
            500,
            "misconfigured",
        ),
    ] {
        world.fake.say(canned);
        let answer = world.token(&cookie).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{name}"
        );
        assert!(answer.set_cookie().is_none(), "{name}");
        // Longer than any pause that these answers cause.
        world.advance(300);
    }
    world.fake.say(Canned::new(503, "text/html", ""));
    let session = world.session(&cookie).await.json();
    assert_eq!(session["account"]["username"], "adele@contoso.example");
    assert_eq!(
        session.get("accessToken"),
        None,
        "the account without a token"
    );
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-2"
    );
}

#[tokio::test]
async fn a_token_that_still_works_bridges_trouble() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.fake.say(Canned::new(503, "text/html", ""));
    let body = world.token(&cookie).await.json();
    assert_eq!(
        (&body["accessToken"], &body["expiresIn"]),
        (&json!("marker-access-1"), &json!(200))
    );
}

#[tokio::test]
async fn e50_a_pause_is_kept_here() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    world
        .fake
        .say(Canned::new(429, "text/plain", "slow").header("retry-after", "60"));
    assert_eq!(
        world.token(&cookie).await.json()["error"]["retryAfterSeconds"],
        60
    );
    world.advance(20);
    let answer = world.token(&cookie).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (429, "throttled")
    );
    assert_eq!(answer.json()["error"]["retryAfterSeconds"], 40);
    assert_eq!(answer.headers[header::RETRY_AFTER], "40");
    assert_eq!(world.fake.calls(), 2, "and nobody was asked");
    let other = world.exchange("c", "").await;
    assert_eq!(other.status, StatusCode::OK, "it is for nobody else");
    world.advance(40);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e41_s32_a_sign_out_during_a_renewal_stays_a_sign_out() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    world.fake.shut();
    let mut set = JoinSet::new();
    world.spawn(&mut set, &json!({}), &cookie);
    world.fake.reached(2).await;
    assert_eq!(
        world.post("/logout", &json!({}), &cookie).await.status,
        StatusCode::OK
    );
    world.fake.reopen();
    let answer = set.join_next().await.unwrap().unwrap();
    assert_eq!(answer.code(), "signed_out");
    assert!(answer.clears());
    assert!(world.stored(&cookie).await.is_none());
}

#[tokio::test]
async fn e30_a_renewal_goes_on_when_the_page_has_gone() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    world.fake.shut();
    let mut set = JoinSet::new();
    world.spawn(&mut set, &json!({}), &cookie);
    world.fake.reached(2).await;
    set.shutdown().await;
    world.fake.reopen();
    let kept = async {
        while world
            .stored(&cookie)
            .await
            .unwrap()
            .refresh_token
            .as_deref()
            != Some("marker-refresh-2")
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), kept)
        .await
        .unwrap();
}
