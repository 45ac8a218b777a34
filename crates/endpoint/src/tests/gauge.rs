//! How many sessions there are, over a store that several endpoints share.

use super::probes::ask;
use super::shared::{instance, pair};
use super::topology::{Nodes, until};
use super::*;
use std::time::{Duration, Instant};

/// How long the gauge may be away after a change.
const LONGEST: Duration = Duration::from_secs(30);

/// What the gauge says; `None` where it is not there.
async fn gauge(world: &World) -> Option<String> {
    let text = ask(world, "/metrics").await.text;
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("exo365_sessions{store=\"redis\"} "));
    line.map(Into::into)
}

#[tokio::test]
async fn every_endpoint_tells_the_sessions_of_all() {
    let Some((mut server, one, other)) = pair().await else {
        return;
    };
    assert_eq!(gauge(&one).await.as_deref(), Some("0"));
    let first = one.sign_in().await;
    one.sign_in().await;
    one.advance(24 * 3600);
    other.sign_in().await;
    // A renewal changes a record, and makes no new one.
    assert_eq!(one.token(&first).await.status, StatusCode::OK);
    for world in [&one, &other] {
        assert_eq!(gauge(world).await.as_deref(), Some("3"));
    }
    server.kill();
    assert_eq!(
        gauge(&one).await,
        None,
        "no number is better than an old one"
    );
    server.start_again();
    assert_eq!(gauge(&one).await.as_deref(), Some("3"));
    other.post("/logout", &json!({}), &first).await;
    assert_eq!(gauge(&one).await.as_deref(), Some("2"));
    // The second session ended by idle time. It is not counted any more, although nothing was swept.
    one.advance(6 * 24 * 3600 + 60);
    assert_eq!(gauge(&one).await.as_deref(), Some("1"));
    let sweep = async |world: &World| {
        let store = &world.app.sessions.store;
        store.sweep(world.app.clock.now()).await
    };
    assert_eq!(sweep(&one).await.unwrap(), 1);
    assert_eq!(sweep(&other).await.unwrap(), 0, "told once");
    assert_eq!(gauge(&other).await.as_deref(), Some("1"));
}

/// Nobody else asks while a shard changes its primary: the gauge finds the new one by itself, and long before the minute after
/// which the library looks for changes.
#[tokio::test]
async fn the_gauge_is_back_when_a_shard_has_another_primary() {
    let Some(mut nodes) = Nodes::start(3, true).await else {
        return;
    };
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    let world = instance(&fake, &time, &nodes.address());
    for _ in 0..3 {
        world.sign_in().await;
    }
    assert_eq!(gauge(&world).await.as_deref(), Some("3"));
    nodes.servers[1].kill();
    nodes.replaced(1).await;
    let begin = Instant::now();
    until(async || gauge(&world).await.as_deref() == Some("3")).await;
    assert!(begin.elapsed() < LONGEST, "{:?}", begin.elapsed());
}
