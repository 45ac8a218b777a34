//! Requests for fewer permissions get narrower tokens.

use super::fake::Canned;
use super::renewal::LATER;
use super::*;
use std::time::Duration;
use tokio::task::JoinSet;

fn ask(scopes: &[&str]) -> Value {
    json!({"scopes": scopes})
}

impl World {
    async fn narrow(&self, scopes: &[&str], cookie: &str) -> Value {
        let answer = self.post("/token", &ask(scopes), cookie).await;
        answer.json()["accessToken"].clone()
    }
}

#[tokio::test]
async fn e35_a_narrower_token_is_asked_for_once_and_kept_beside_the_other() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    *world.fake.reply.lock().unwrap() =
        json!({"scope": "openid https://graph.microsoft.com/mail.read"});
    for _ in 0..2 {
        assert_eq!(
            world.narrow(&["Mail.Read"], &cookie).await,
            "marker-access-2"
        );
    }
    let scope = world.fake.field("scope");
    assert_eq!(
        scope.as_deref(),
        Some("openid profile offline_access Mail.Read")
    );
    assert_eq!(
        world.fake.field("refresh_token").as_deref(),
        Some("marker-refresh-1")
    );
    let all = ["Mail.Send", "Mail.Read", "Mail.Send"];
    assert_eq!(
        world.narrow(&all, &cookie).await,
        "marker-access-1",
        "no broader than what is asked for"
    );
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-1",
        "without names as ever"
    );
    assert_eq!(world.fake.calls(), 2);
    let world = world.restart("").await;
    assert_eq!(
        world.narrow(&["Mail.Read"], &cookie).await,
        "marker-access-2"
    );
    world.advance(LATER);
    *world.fake.reply.lock().unwrap() = json!({});
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-3"
    );
    assert_eq!(
        world.fake.field("scope"),
        None,
        "the narrow request narrowed nothing for good"
    );
}

#[tokio::test]
async fn e35_a_service_that_always_gives_everything_is_asked_once() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for _ in 0..3 {
        let answer = world.post("/token", &ask(&["Mail.Read"]), &cookie).await;
        assert_eq!(answer.json()["accessToken"], "marker-access-2");
        assert_eq!(answer.json()["scopes"], json!(["Mail.Read", "Mail.Send"]));
    }
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn e31_e35_many_that_ask_for_the_same_less_cause_one_request() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.fake.shut();
    let mut set = JoinSet::new();
    for _ in 0..10 {
        world.spawn(&mut set, &ask(&["Mail.Read"]), &cookie);
        world.spawn(&mut set, &ask(&["Mail.Send"]), &cookie);
    }
    let reached = tokio::time::timeout(Duration::from_secs(20), world.fake.reached(2));
    reached.await.unwrap();
    world.fake.reopen();
    let mut given: Vec<String> = Vec::new();
    while let Some(answer) = set.join_next().await {
        let token = answer.unwrap().json()["accessToken"].clone();
        given.push(token.as_str().unwrap().into());
    }
    given.sort_unstable();
    given.dedup();
    assert_eq!(given, ["marker-access-2", "marker-access-3"]);
    assert_eq!(world.fake.calls(), 3, "one for each set of permissions");
}

#[tokio::test]
async fn e35_so_many_are_kept_and_the_oldest_go() {
    let names: Vec<String> = (0..10).map(|number| format!("Scope.{number}")).collect();
    let world = World::with(&format!("scopes = {names:?}")).await;
    *world.fake.reply.lock().unwrap() = json!({"scope": names.join(" ")});
    let cookie = world.sign_in().await;
    for name in &names {
        world.narrow(&[name], &cookie).await;
    }
    let stored = world.stored(&cookie).await.unwrap();
    assert_eq!(stored.tokens.len(), 1 + 8, "one for all, and eight by name");
    assert_eq!(world.fake.calls(), 11);
    assert_eq!(
        world.narrow(&["Scope.9"], &cookie).await,
        "marker-access-11"
    );
    assert_eq!(world.narrow(&["Scope.2"], &cookie).await, "marker-access-4");
    assert_eq!(world.fake.calls(), 11, "these were kept");
    assert_eq!(
        world.narrow(&["Scope.0"], &cookie).await,
        "marker-access-12"
    );
    world.advance(4000);
    world.token(&cookie).await;
    let stored = world.stored(&cookie).await.unwrap();
    assert_eq!(stored.tokens.len(), 1, "what has ended takes no room");
}

#[tokio::test]
async fn e35_where_nothing_narrower_can_be_had_the_one_at_hand_is_given() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let consent = Canned::refusal("consent_required", 65_001);
    for canned in [
        Canned::new(503, "text/html", "<h1>busy</h1>"),
        Canned::refusal("invalid_scope", 70_011),
        consent,
    ] {
        world.fake.say(canned);
        assert_eq!(
            world.narrow(&["Mail.Read"], &cookie).await,
            "marker-access-1"
        );
    }
    let refused = json!({"scopes": ["Mail.Read"], "rejected": digest("marker-access-1")});
    world.fake.say(Canned::new(503, "text/html", ""));
    let answer = world.post("/token", &refused, &cookie).await;
    assert_eq!(answer.code(), "service_unavailable", "not the refused one");
    world.fake.say(Canned::refusal("invalid_grant", 50_173));
    let answer = world.post("/token", &ask(&["Mail.Read"]), &cookie).await;
    assert!(answer.clears(), "E33 a dead grant ends the session");
    *world.fake.reply.lock().unwrap() = json!({"refresh_token": null});
    let cookie = world.sign_in().await;
    let calls = world.fake.calls();
    let token = world.narrow(&["Mail.Read"], &cookie).await;
    assert!(token.as_str().unwrap().starts_with("marker-access-"));
    assert_eq!(world.fake.calls(), calls, "there is nothing to ask with");
}

#[tokio::test]
async fn e35_records_of_before_open_and_their_named_tokens_are_not_for_everything() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    // A record of the time when there was one token for each service, whatever the permissions.
    let record = json!({
        "account": {"tenantId": TENANT, "objectId": "00000000-0000-0000-66f3-3332eca7ea81", "username": "u", "name": "n", "isGuest": false},
        "sid": null, "refresh_token": "marker-old", "created": NOW, "touched": NOW,
        "tokens": [{
            "audience": "", "token": "marker-named", "expires_at": NOW + 3600, "renew_at": NOW + 3300,
            "asked": ["Mail.Send"], "granted": ["Mail.Send"], "claims": null
        }]
    });
    let key = World::key(&cookie);
    let sealed =
        world
            .app
            .sessions
            .seal
            .seal(&key, (NOW + 1000, None), record.to_string().as_bytes());
    world.app.sessions.store.remove(key).await.unwrap();
    let store = &world.app.sessions.store;
    store.insert(key, sealed.unwrap()).await.unwrap();
    assert_eq!(world.narrow(&["Mail.Send"], &cookie).await, "marker-named");
    assert_eq!(world.fake.calls(), 1);
    world.fake.say(Canned::new(503, "text/html", ""));
    let answer = world.token(&cookie).await;
    assert_eq!(answer.code(), "service_unavailable", "not even then");
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!(
        world.fake.field("refresh_token").as_deref(),
        Some("marker-old")
    );
    assert_eq!(world.narrow(&["Mail.Send"], &cookie).await, "marker-named");
}
