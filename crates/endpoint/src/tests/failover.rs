//! Two endpoints under load while their store loses its primary: what they acknowledged is so afterwards.

use super::shared::instance;
use super::topology::{LONGEST, Nodes, Watched, until};
use super::*;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::task::JoinSet;

/// Users who sign in, renew and sign out, each as quickly as it goes.
const USERS: usize = 6;

/// What the users were told.
#[derive(Default)]
struct Told {
    /// Sign-ins, renewals and sign-outs that were acknowledged.
    done: usize,
    /// Requests that were answered with 503.
    later: usize,
    /// Those of them that were sign-ins. The store may have the session all the same, whose cookie nobody has.
    sign_ins: usize,
}

/// Two endpoints at this store.
async fn endpoints(store: &str) -> [Arc<World>; 2] {
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    // Each session is its own: none ends with the sign-out of another.
    *fake.claims.lock().unwrap() = json!({"sid": null});
    [(); 2].map(|()| Arc::new(instance(&fake, &time, store)))
}

/// The number in `marker-access-7` or `marker-refresh-7`.
fn number(token: &str) -> usize {
    token.rsplit('-').next().unwrap().parse().unwrap()
}

/// Sends a request, to the one endpoint and the other in turn, until it is not answered with 503.
async fn insist(
    worlds: &[Arc<World>; 2],
    told: &mut Told,
    route: &str,
    body: &Value,
    cookie: &str,
) -> Answer {
    loop {
        let world = &worlds[(told.done + told.later) % 2];
        let answer = world.post(route, body, cookie).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            told.done += 1;
            return answer;
        }
        assert_eq!(answer.code(), "service_unavailable", "{}", answer.text);
        told.later += 1;
        told.sign_ins += usize::from(route == "/exchange");
        // As the answer asks; the store is only a moment away here.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until `world` sees a record that is not older than `least`, or none.
async fn arrived(world: &World, cookie: &str, least: usize) {
    let arriving = async {
        while let Ok(Some(held)) = world.app.sessions.get(World::key(cookie), NOW).await {
            let kept = held.session.refresh_token.clone().unwrap();
            if number(&kept) >= least {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONGEST, arriving).await.unwrap();
}

/// One user, until the others are told to stop.
async fn user(worlds: [Arc<World>; 2], stop: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    while !stop.load(Ordering::SeqCst) {
        let answer = insist(
            &worlds,
            &mut told,
            "/exchange",
            &exchange("marker-code"),
            "",
        )
        .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let cookie = answer.cookie();
        let mut token = answer.json()["accessToken"].as_str().unwrap().to_owned();
        for _ in 0..4 {
            let renewal = json!({"rejected": digest(&token)});
            let answer = insist(&worlds, &mut told, "/token", &renewal, &cookie).await;
            assert_eq!(answer.status, StatusCode::OK, "lost: {}", answer.text);
            let next = answer.json()["accessToken"].as_str().unwrap().to_owned();
            assert!(number(&next) > number(&token), "{next} after {token}");
            token = next;
            // A write that was not acknowledged may have come later; none is gone that was. A primary that does not know
            // yet that it was replaced may show an older record for a moment.
            arrived(&worlds[0], &cookie, number(&token)).await;
        }
        let answer = insist(&worlds, &mut told, "/logout", &json!({}), &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let answer = insist(&worlds, &mut told, "/token", &json!({}), &cookie).await;
        assert_eq!(answer.code(), "signed_out", "alive: {}", answer.text);
    }
    told
}

/// Runs the users until `trouble` is over, and looks what is left.
async fn under_load(store: &str, trouble: impl Future<Output = ()>) {
    let worlds = endpoints(store).await;
    let shared = &worlds[0].app.sessions.store;
    until(async || shared.try_write().await.is_ok()).await;
    let kept = worlds[0].sign_in().await;
    let out = worlds[0].sign_in().await;
    let answer = worlds[1].post("/logout", &json!({}), &out).await;
    assert_eq!(answer.status, StatusCode::OK);
    let stop = Arc::new(AtomicBool::new(false));
    let mut users = JoinSet::new();
    for _ in 0..USERS {
        users.spawn(user(worlds.clone(), Arc::clone(&stop)));
    }
    trouble.await;
    for world in &worlds {
        let store = &world.app.sessions.store;
        until(async || store.try_write().await.is_ok()).await;
    }
    stop.store(true, Ordering::SeqCst);
    let told = users.join_all().await;
    let done: usize = told.iter().map(|told| told.done).sum();
    let later: usize = told.iter().map(|told| told.later).sum();
    println!("{done} requests were acknowledged, {later} were told to come back");
    assert!(done > 100, "{done}");
    // Each endpoint by itself.
    for world in &worlds {
        let alone = [Arc::clone(world), Arc::clone(world)];
        let (nothing, mut last) = (json!({}), Told::default());
        let answer = insist(&alone, &mut last, "/token", &nothing, &kept).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let answer = insist(&alone, &mut last, "/token", &nothing, &out).await;
        assert_eq!(answer.code(), "signed_out", "{}", answer.text);
    }
    let sign_ins: u64 = told.iter().map(|told| told.sign_ins as u64).sum();
    until(async || shared.try_write().await.is_ok()).await;
    let left = shared.count().await.unwrap();
    assert!((1..=1 + sign_ins).contains(&left), "{left} of {sign_ins}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e83_two_endpoints_lose_nothing_while_sentinels_replace_the_primary() {
    let Some(mut watched) = Watched::start(2, 3).await else {
        return;
    };
    let address = watched.address();
    under_load(&address, async {
        let before = watched.primary().await;
        watched.servers[before].kill();
        watched.replaced(before).await;
        watched.servers[before].start_again();
        // And once more: the other way round is no different.
        let now = watched.primary().await;
        let port = watched.servers[now].port();
        until(async || super::topology::replicas_of(port).await == 2).await;
        watched.servers[now].signal("STOP");
        watched.replaced(now).await;
        watched.servers[now].signal("CONT");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e83_two_endpoints_lose_nothing_while_a_shard_changes_its_primary() {
    let Some(mut nodes) = Nodes::start(3, true).await else {
        return;
    };
    let address = nodes.address();
    under_load(&address, async {
        nodes.servers[1].kill();
        nodes.replaced(1).await;
        nodes.servers[1].start_again();
        nodes.agreed().await;
    })
    .await;
}
