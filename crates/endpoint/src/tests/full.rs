//! A store that reads and does not write.

use super::renewal::LATER;
use super::*;
use crate::store::{Failed, Group, Key, Store, StoreFuture, Visitor};
use std::time::Duration;

/// A store whose disk is full when a record shall be replaced.
struct Full(Box<dyn Store>);

impl Store for Full {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.0.get(key)
    }
    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        self.0.insert(key, record)
    }
    fn swap(&self, _: Key, _: Vec<u8>, _: Vec<u8>) -> StoreFuture<'_, bool> {
        Box::pin(std::future::ready(Err(Failed)))
    }
    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        self.0.remove(key)
    }
    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize> {
        self.0.remove_group(group)
    }
    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        self.0.each(visit)
    }
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        self.0.sweep(now)
    }
    fn count(&self) -> StoreFuture<'_, u64> {
        self.0.count()
    }
    fn has_group(&self, group: Group) -> StoreFuture<'_, bool> {
        self.0.has_group(group)
    }
    fn try_write(&self) -> StoreFuture<'_, ()> {
        self.0.try_write()
    }
    fn name(&self) -> &'static str {
        self.0.name()
    }
}

#[tokio::test]
async fn e30_no_token_is_given_before_the_refresh_token_is_kept() {
    let mut world = World::new().await;
    let mut config = (*world.app.config).clone();
    config.database = world.dir.path().join("full.db");
    let clock = world.app.clock.clone();
    let store = Full(crate::store::open(&config, &clock).unwrap());
    world.app = State::over(Box::new(store), config, clock).unwrap();
    world.router = router::full_router(&world.app);
    let cookie = world.sign_in().await;
    world.advance(LATER);
    let answer = world.token(&cookie).await;
    assert_eq!(answer.code(), "service_unavailable");
    assert!(!answer.text.contains("marker-access"), "{}", answer.text);
    // Until the token is stored, other requests are told to come back, and no second renewal begins.
    let again = world.token(&cookie);
    let again = tokio::time::timeout(Duration::from_secs(10), again).await;
    assert_eq!(again.unwrap().headers[header::RETRY_AFTER], "2");
    assert_eq!(world.fake.calls(), 2);
}
