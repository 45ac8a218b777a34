//! A store that fails once, at each call of each route in turn: nothing that was acknowledged is lost, nobody is signed in who
//! should not be, and the answer says to come back.

use super::api::Api;
use super::fake::Canned;
use super::proxy::{PROXY, call};
use super::renewal::LATER;
use super::*;
use crate::store::{Failed, Group, Key, Store, StoreFuture, Visitor};
use std::sync::atomic::{AtomicBool, AtomicUsize};

/// When a call of the store fails.
#[derive(Default)]
struct Fault {
    /// This many calls from now; 0 is never.
    at: AtomicUsize,
    /// The store did it all the same, and only the answer is lost.
    is_done: AtomicBool,
}

/// A store that fails as told.
struct Failing {
    store: Box<dyn Store>,
    fault: Arc<Fault>,
}

impl Failing {
    async fn or_fail<T>(&self, asked: StoreFuture<'_, T>) -> Result<T, Failed> {
        let counts = |left: usize| left.checked_sub(1);
        let before = self
            .fault
            .at
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, counts);
        if before != Ok(1) {
            return asked.await;
        }
        if self.fault.is_done.load(Ordering::SeqCst) {
            asked.await?;
        }
        Err(Failed)
    }
}

impl Store for Failing {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(self.or_fail(self.store.get(key)))
    }
    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        Box::pin(self.or_fail(self.store.insert(key, record)))
    }
    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool> {
        Box::pin(self.or_fail(self.store.swap(key, old, new)))
    }
    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        Box::pin(self.or_fail(self.store.remove(key)))
    }
    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize> {
        Box::pin(self.or_fail(self.store.remove_group(group)))
    }
    fn has_group(&self, group: Group) -> StoreFuture<'_, bool> {
        Box::pin(self.or_fail(self.store.has_group(group)))
    }
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        self.store.sweep(now)
    }
    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        self.store.each(visit)
    }
    fn count(&self) -> StoreFuture<'_, u64> {
        self.store.count()
    }
    fn try_write(&self) -> StoreFuture<'_, ()> {
        self.store.try_write()
    }
    fn name(&self) -> &'static str {
        self.store.name()
    }
}

/// What a browser does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Done {
    SignsInAgain,
    Renews,
    SignsOut,
    SignsOutAtTheService,
    Preloads,
    Calls,
}

/// An endpoint in proxy mode over a store that fails as told.
async fn endpoint(api: &Api) -> (World, Arc<Fault>) {
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    let dir = tempfile::tempdir().unwrap();
    let extra = format!("{PROXY}\napi_origin = \"{}\"", api.origin);
    let config = config(&fake.origin, dir.path(), &extra);
    let told = Arc::clone(&time);
    let clock = Clock::from_fn(move || told.load(Ordering::SeqCst));
    let fault = Arc::new(Fault::default());
    let store = Box::new(Failing {
        store: crate::store::open(&config, &clock).unwrap(),
        fault: Arc::clone(&fault),
    });
    let app = State::over(store, config, clock).unwrap();
    let router = router::full_router(&app);
    let world = World {
        fake,
        time,
        app,
        router,
        dir,
    };
    (world, fault)
}

impl World {
    async fn acts(&self, done: Done, cookie: &str) -> Answer {
        match done {
            Done::SignsInAgain => self.exchange("another-code", cookie).await,
            Done::Renews => {
                self.advance(LATER + 1000);
                self.session(cookie).await
            }
            Done::SignsOut => {
                let body = json!({"microsoft": true});
                self.post("/logout", &body, cookie).await
            }
            Done::SignsOutAtTheService => {
                let frame = Request::get("/auth/frontchannel-logout?sid=s1");
                self.send(frame.body(Body::empty()).unwrap()).await
            }
            Done::Preloads => {
                let nobody = Value::Null;
                let list = json!(["GET", nobody, "/me/messages", nobody, {}, [], true, true]);
                self.preload(&[list], cookie).await
            }
            Done::Calls => {
                self.advance(LATER + 1000);
                self.send(call("GET", "/v1.0/me/messages", cookie)).await
            }
        }
    }
}

/// Fails the call of this number; false where there are not so many.
async fn fails_once(
    (world, fault, api): (&World, &Fault, &Api),
    done: Done,
    (number, is_done): (usize, bool),
) -> bool {
    let what = format!("{done:?}, call {number}, done all the same: {is_done}");
    let cookie = world.sign_in().await;
    api.say(Canned::new(200, "application/json", "{\"value\":[]}"));
    fault.is_done.store(is_done, Ordering::SeqCst);
    fault.at.store(number, Ordering::SeqCst);
    let answer = world.acts(done, &cookie).await;
    let failed = fault.at.swap(0, Ordering::SeqCst) == 0;
    if answer.status != StatusCode::OK {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        assert_eq!(answer.code(), "service_unavailable", "{what}");
        assert_eq!(answer.headers[header::RETRY_AFTER], "2", "{what}");
        assert!(answer.set_cookie().is_none(), "{what}");
        assert!(failed, "{what}");
    }
    world.app.renewals.settled().await;
    match done {
        Done::SignsInAgain => {
            // A page that was told to come back signs in again, by a new code.
            let next = match answer.status {
                StatusCode::OK => answer,
                _ => world.acts(done, &cookie).await,
            };
            assert_eq!(next.status, StatusCode::OK, "{what}");
            assert_ne!(
                world.session(&next.cookie()).await.json()["account"],
                Value::Null,
                "{what}"
            );
            assert_eq!(
                world.session(&cookie).await.json()["account"],
                Value::Null,
                "{what}"
            );
        }
        Done::SignsOut => {
            if answer.status != StatusCode::OK {
                let again = world.acts(done, &cookie).await;
                assert_eq!(again.status, StatusCode::OK, "{what}");
            }
            assert!(world.stored(&cookie).await.is_none(), "{what}");
        }
        Done::SignsOutAtTheService => {
            assert_eq!(answer.status, StatusCode::OK, "{what}");
            topology::until(async || world.stored(&cookie).await.is_none()).await;
            // The next session has the same `sid` here: a sign-out that still waits would end it.
            topology::until(async || !world.app.sign_outs.any_waits()).await;
        }
        Done::Renews | Done::Preloads | Done::Calls => {
            let again = world.session(&cookie).await;
            assert_ne!(
                again.json()["account"],
                Value::Null,
                "{what}: {}",
                again.text
            );
            // What the service gave last is kept: the one before may be spent.
            let given = format!("marker-refresh-{}", world.fake.calls());
            let kept = world.stored(&cookie).await.unwrap();
            assert_eq!(kept.refresh_token, Some(given), "{what}");
        }
    }
    failed
}

#[tokio::test]
async fn e30_e41_e43_a_store_that_fails_at_any_call_loses_nothing() {
    let api = Api::start().await;
    let (world, fault) = endpoint(&api).await;
    let mut failures = 0;
    for done in [
        Done::SignsInAgain,
        Done::Renews,
        Done::SignsOut,
        Done::SignsOutAtTheService,
        Done::Preloads,
        Done::Calls,
    ] {
        for is_done in [false, true] {
            let mut number = 1;
            while fails_once((&world, &fault, &api), done, (number, is_done)).await {
                number += 1;
            }
            assert!(number > 1, "{done:?} asks the store");
            failures += number - 1;
        }
    }
    assert!(failures >= 24, "{failures}");
}
