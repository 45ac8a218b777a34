//! Two endpoints over one real Redis: one renewal for both, no session lost, and a sign-out at one counts at the other.

use super::fake::Canned;
use super::renewal::LATER;
use super::server::Server;
use super::*;
use crate::operator::Operator;
use crate::store::Holder;
use std::time::Duration;
use tokio::task::JoinSet;

const KEYS: &str = "seal_keys_file = \"keys\"";

/// Another endpoint for the same sign-in service, at this store.
pub(super) fn instance(fake: &Arc<Fake>, time: &Arc<AtomicU64>, store: &str) -> World {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys");
    let key = exo365_core::text::base64url(&[9; 32]);
    std::fs::write(&file, format!("one:{key}")).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let extra = format!("store = \"{store}\"\n{KEYS}");
    let (app, router) = open(config(&fake.origin, dir.path(), &extra), time);
    World {
        fake: Arc::clone(fake),
        time: Arc::clone(time),
        app,
        router,
        dir,
    }
}

/// The store, and two endpoints; `None` where there is no `redis-server`.
pub(super) async fn pair() -> Option<(Server, World, World)> {
    let server = Server::start()?;
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    let one = instance(&fake, &time, &server.address());
    let other = instance(&fake, &time, &server.address());
    Some((server, one, other))
}

/// Waits until the store has run so many scripts. A sign-in is two, an attempt to get a lock is one.
async fn scripts(server: &Server, least: u64) {
    let client = redis::Client::open(server.address()).unwrap();
    let mut link = client.get_multiplexed_async_connection().await.unwrap();
    let ran = async {
        loop {
            let mut command = redis::cmd("INFO");
            let command = command.arg("commandstats");
            let text: String = command.query_async(&mut link).await.unwrap();
            let rest = text.split("cmdstat_eval:calls=").nth(1).unwrap_or("0,");
            if rest.split(',').next().unwrap().parse::<u64>().unwrap() >= least {
                return;
            }
        }
    };
    soon(ran).await;
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    let wait = tokio::time::timeout(Duration::from_secs(20), what);
    wait.await.unwrap()
}

#[tokio::test]
async fn e31_twenty_calls_at_two_endpoints_cause_one_renewal() {
    let Some((server, one, other)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    one.advance(LATER);
    one.fake.shut();
    let mut set = JoinSet::new();
    for _ in 0..10 {
        one.spawn(&mut set, &json!({}), &cookie);
        other.spawn(&mut set, &json!({}), &cookie);
    }
    one.fake.reached(2).await;
    // Two of the sign-in (its group, its record), the lock of one endpoint, and two attempts of the other to get it.
    scripts(&server, 5).await;
    one.fake.reopen();
    let answers = soon(set.join_all()).await;
    assert_eq!(answers.len(), 20);
    for answer in answers {
        assert_eq!(
            answer.json()["accessToken"],
            "marker-access-2",
            "{}",
            answer.text
        );
    }
    assert_eq!(one.fake.calls(), 2, "the code and one renewal");
    // The next renewal, at the other endpoint, uses the refresh token that the first one stored.
    one.advance(LATER);
    assert_eq!(
        other.token(&cookie).await.json()["accessToken"],
        "marker-access-3"
    );
    let spent = one.fake.field("refresh_token");
    assert_eq!(spent.as_deref(), Some("marker-refresh-2"));
}

/// The operator's commands read the store that the endpoints run with.
#[tokio::test]
async fn e41_an_operator_revokes_beside_the_endpoints_that_run() {
    let Some((server, one, other)) = pair().await else {
        return;
    };
    let (first, second) = (one.sign_in().await, other.sign_in().await);
    *one.fake.claims.lock().unwrap() = json!({"oid": "00000000-0000-0000-1111-3332eca7ea81"});
    let third = one.sign_in().await;
    let operator = Operator::open(&one.app.config, &one.app.clock).unwrap();
    let (listed, closed) = operator.sessions().await.unwrap();
    assert_eq!((listed.len(), closed), (3, 0));
    let adele = "00000000-0000-0000-66f3-3332eca7ea81";
    assert_eq!(operator.revoke(adele).await.unwrap(), 2);
    for (world, cookie) in [(&other, &first), (&one, &second)] {
        assert_eq!(world.token(cookie).await.code(), "signed_out");
    }
    assert_eq!(other.token(&third).await.status, StatusCode::OK);
    // With other sealing keys no session can be listed.
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = instance(&one.fake, &one.time, &server.address());
    let mut config = (*elsewhere.app.config).clone();
    config.seal = crate::config::SealSource::KeyFile(folder.path().join("keys"));
    let operator = Operator::open(&config, &one.app.clock).unwrap();
    let (listed, closed) = operator.sessions().await.unwrap();
    assert_eq!((listed.len(), closed), (0, 1));
}

#[tokio::test]
async fn e41_e59_what_is_deleted_at_one_endpoint_is_gone_at_the_other() {
    let Some((_server, one, other)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    assert_eq!(other.token(&cookie).await.status, StatusCode::OK);
    let out = one.post("/logout", &json!({}), &cookie).await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(other.token(&cookie).await.code(), "signed_out");
    // Also in the middle of a renewal.
    let cookie = one.sign_in().await;
    one.advance(7200);
    one.fake.shut();
    let mut set = JoinSet::new();
    one.spawn(&mut set, &json!({}), &cookie);
    one.fake.reached(3).await;
    let out = other.post("/logout", &json!({}), &cookie).await;
    assert_eq!(out.status, StatusCode::OK);
    one.fake.reopen();
    let answer = soon(set.join_next()).await.unwrap().unwrap();
    assert_eq!(answer.code(), "signed_out");
    assert!(other.stored(&cookie).await.is_none());
}

#[tokio::test]
async fn e33_a_store_that_is_away_costs_no_session_and_wants_no_restart() {
    let Some((mut server, one, other)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    server.kill();
    for route in ["/token", "/session", "/logout"] {
        let answer = one.post(route, &json!({}), &cookie).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (503, "service_unavailable"),
            "{route}"
        );
        assert_eq!(answer.headers[header::RETRY_AFTER], "2", "{route}");
        assert_eq!(answer.json()["error"]["retryAfterSeconds"], 2, "{route}");
        assert!(answer.set_cookie().is_none(), "{route}: the cookie stays");
    }
    let answer = one.exchange("marker-code", "").await;
    assert_eq!(answer.code(), "service_unavailable");
    assert!(!answer.text.contains("marker"), "{}", answer.text);
    server.start_again();
    for world in [&one, &other] {
        let answer = world.token(&cookie).await;
        assert_eq!(answer.json()["accessToken"], "marker-access-1");
    }
    let out = one.post("/logout", &json!({}), &cookie).await;
    assert_eq!(out.status, StatusCode::OK);
}

#[tokio::test]
async fn e30_tokens_that_came_while_the_store_was_away_are_kept_when_it_is_back() {
    let Some((mut server, one, other)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    one.advance(7200);
    one.fake.shut();
    let mut set = JoinSet::new();
    one.spawn(&mut set, &json!({}), &cookie);
    one.fake.reached(2).await;
    server.kill();
    one.fake.reopen();
    let answer = soon(set.join_next()).await.unwrap().unwrap();
    assert_eq!(answer.code(), "service_unavailable");
    assert!(
        !answer.text.contains("marker-access"),
        "not kept, not given"
    );
    server.start_again();
    let answer = soon(other.token(&cookie)).await;
    assert_eq!(answer.json()["accessToken"], "marker-access-2");
    assert_eq!(one.fake.calls(), 2, "and nobody renewed a second time");
    let kept = other.stored(&cookie).await.unwrap();
    assert_eq!(kept.refresh_token.as_deref(), Some("marker-refresh-2"));
}

#[tokio::test]
async fn e31_a_holder_that_died_holds_up_nobody_for_long() {
    let Some((_server, one, _)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    one.advance(7200);
    let locks = one.app.sessions.store.locks().unwrap();
    let life = Duration::from_millis(300);
    let taken = locks.claim(World::key(&cookie), Holder([1; 16]), life);
    assert!(taken.await.unwrap());
    let answer = soon(one.token(&cookie)).await;
    assert_eq!(answer.json()["accessToken"], "marker-access-2");
}

/// A renewal that waits for the service, while another endpoint has renewed the session already.
async fn overtaken() -> (World, String, JoinSet<Answer>) {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(7200);
    world.fake.shut();
    let mut set = JoinSet::new();
    world.spawn(&mut set, &json!({}), &cookie);
    world.fake.reached(2).await;
    let (sessions, key) = (&world.app.sessions, World::key(&cookie));
    let held = sessions.get(key, NOW).await.unwrap().unwrap();
    let mut session = held.session.clone();
    session.refresh_token = Some("marker-refresh-other".into());
    assert!(sessions.swap(key, &held.record, &session).await.unwrap());
    (world, cookie, set)
}

/// What happens when two endpoints renew in spite of the lock.
#[tokio::test]
async fn e32_a_token_that_another_endpoint_spent_ends_no_session() {
    let (world, _, mut set) = overtaken().await;
    world.fake.say(Canned::refusal("invalid_grant", 70_000));
    world.fake.reopen();
    let answer = soon(set.join_next()).await.unwrap().unwrap();
    assert_eq!(answer.json()["accessToken"], "marker-access-2");
    let spent = world.fake.field("refresh_token");
    assert_eq!(spent.as_deref(), Some("marker-refresh-other"));
}

#[tokio::test]
async fn e30_the_later_refresh_token_of_another_endpoint_stays() {
    let (world, cookie, mut set) = overtaken().await;
    world.fake.reopen();
    let answer = soon(set.join_next()).await.unwrap().unwrap();
    assert_eq!(answer.json()["accessToken"], "marker-access-2");
    let kept = world.stored(&cookie).await.unwrap();
    assert_eq!(kept.refresh_token.as_deref(), Some("marker-refresh-other"));
}

#[tokio::test]
async fn e59_nothing_that_redis_keeps_can_be_read_and_what_was_changed_does_not_open() {
    let Some((server, one, other)) = pair().await else {
        return;
    };
    let cookie = one.sign_in().await;
    one.advance(LATER);
    one.token(&cookie).await;
    let files = server.files();
    assert!(!files.is_empty());
    let id = cookie.split_once('=').unwrap().1;
    let mut seen = 0;
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let has = |needle: &str| {
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        };
        seen += usize::from(has("exo365:session:"));
        for needle in ["marker-refresh", "marker-access", "adele", "Adele", id] {
            assert!(!has(needle), "{needle} in {}", file.display());
        }
    }
    assert!(seen > 0, "the record is in one of the files");
    let (store, key) = (&one.app.sessions.store, World::key(&cookie));
    let whole = store.get(key).await.unwrap().unwrap();
    for at in [0, 8, 9, 40, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        store.insert(key, changed).await.unwrap();
        assert_eq!(other.token(&cookie).await.code(), "signed_out", "{at}");
    }
    store.insert(key, whole).await.unwrap();
    assert_eq!(other.token(&cookie).await.status, StatusCode::OK);
}

#[test]
fn e59_the_store_is_given_once_and_shares_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let said = |extra: &str, variable: Option<&str>| {
        let environment = |name: &str| match name {
            "EXO365_CLIENT_SECRET" => Some(SECRET.to_owned()),
            "EXO365_STORE_URL" => variable.map(Into::into),
            _ => None,
        };
        let config = Config::parse(&toml("http://localhost:1", extra), dir.path(), environment);
        match config {
            Ok(config) => format!("{config:?}"),
            Err(problem) => problem.to_string(),
        }
    };
    let secret = "redis://:hush@10.0.0.7";
    for (extra, variable, words) in [
        ("store = \"redis://10.0.0.7\"", None, "EXO365_SEAL_KEYS"),
        ("", Some(secret), "EXO365_SEAL_KEYS"),
        ("store = \"redis://10.0.0.7\"", Some(secret), "given twice"),
        (
            "store = \"redis://:hush@10.0.0.7\"",
            None,
            "EXO365_STORE_URL",
        ),
        ("store = \"rediss://10.0.0.7/#insecure\"", None, "fragment"),
        ("store_ca_file = \"keys\"", Some(secret), "rediss://"),
        (
            "store_ca_file = \"none\"",
            Some("rediss://10.0.0.7"),
            "none cannot be read",
        ),
        (
            "store = \"sqlite\"",
            None,
            "`store` is \"file\", or an address",
        ),
        ("", Some("hush"), "EXO365_STORE_URL is an address"),
        ("store_url_file = \"none\"", None, "none cannot be read"),
    ] {
        let sentence = said(extra, variable);
        assert!(sentence.contains(words), "{extra}: {sentence}");
        assert!(!sentence.contains("hush"), "{sentence}");
    }
    let key = exo365_core::text::base64url(&[9; 32]);
    let keys = dir.path().join("keys");
    std::fs::write(&keys, format!("one:{key}")).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let odd = said("store_ca_file = \"keys\"", Some("rediss://10.0.0.7"));
    assert!(odd.contains("no certificate"), "{odd}");
    let taken = said(KEYS, Some(secret));
    assert!(
        taken.contains("Secret(…)") && !taken.contains("hush"),
        "{taken}"
    );
    assert!(said("store = \"file\"", None).contains("store: None"));
}
