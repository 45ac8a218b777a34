//! One of two endpoints is killed in the middle of a renewal: the session goes on at the other.
//!
//! Real processes, a real Redis, a line to it that stops at the wanted command, and a sign-in service
//! that answers when it is told to. Nothing in the endpoint knows of this test.
#![allow(clippy::unwrap_used, clippy::panic)]

// Shared with the tests inside the crate, which use more of them.
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/fake.rs"]
mod fake;
#[path = "../process/mod.rs"]
mod process;
mod proxy;
#[allow(dead_code)]
#[path = "../../src/tests/server.rs"]
mod server;

use fake::{Canned, Fake};
use process::{Process, settings};
use proxy::{Proxy, Stop};
use serde_json::{Value, json};
use server::Server;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NONCE: &str = "marker-nonce";
const PAGE: &str = "https://app.contoso.example";

/// An endpoint, as a process.
struct Endpoint {
    process: Process,
    _dir: tempfile::TempDir,
}

impl Endpoint {
    async fn start(login: &str, store: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = settings(CLIENT, PAGE, login);
        std::fs::write(dir.path().join("endpoint.toml"), config).unwrap();
        let process = Process::start(dir.path(), |binary| {
            binary.env("EXO365_SEAL_KEYS", format!("one:{}", "A".repeat(43)));
            binary.env("EXO365_STORE_URL", format!("redis://127.0.0.1:{store}"));
        });
        Self {
            process: process.await,
            _dir: dir,
        }
    }

    /// The request, to be sent when it is awaited.
    fn post(&self, route: &str, body: &Value, cookie: &str) -> reqwest::RequestBuilder {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
            .post(format!(
                "http://127.0.0.1:{}/auth{route}",
                self.process.port
            ))
            .header("content-type", "application/json")
            .header("x-exo365", "1")
            .header("origin", PAGE)
            .header("cookie", cookie)
            .body(body.to_string())
    }

    /// Status, body, and the new cookie.
    async fn ask(&self, route: &str, body: &Value, cookie: &str) -> (u16, Value, String) {
        let answer = soon(self.post(route, body, cookie).send()).await.unwrap();
        let status = answer.status().as_u16();
        let cookie = answer.headers().get("set-cookie");
        let cookie = cookie.map_or("", |line| line.to_str().unwrap());
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let body = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body, cookie)
    }
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    let wait = tokio::time::timeout(Duration::from_secs(30), what);
    wait.await.unwrap()
}

/// Where the process dies.
enum Point {
    /// At a command of its line to the store.
    Store(Stop),
    /// While the sign-in service has the request, and has not answered.
    Upstream,
}

const LOCK: &str = "exo365:renewal:";
const RECORD: &str = "exo365:session:";
/// The lock is taken; the record is not read yet, and nobody was asked.
const BEFORE_THE_CALL: Point = Point::Store(Stop {
    after: &[LOCK, RECORD],
    done: false,
});
/// The answer is here, and on its way to the store.
const BEFORE_THE_WRITE: Point = Point::Store(Stop {
    after: &[LOCK, RECORD, RECORD],
    done: false,
});
/// The store has it; the process does not know, and has given nothing to the page.
const AFTER_THE_WRITE: Point = Point::Store(Stop {
    after: &[LOCK, RECORD, RECORD],
    done: true,
});

/// What a process left behind that was killed in a renewal.
struct Left {
    fake: Arc<Fake>,
    other: Endpoint,
    cookie: String,
    renewal: Value,
    _server: Server,
}

/// Signs in, begins a renewal at one endpoint, kills it at `point`. `None` where there is no `redis-server`.
async fn killed(point: Point) -> Option<Left> {
    let server = Server::start()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let fake = Fake::start(Arc::new(AtomicU64::new(now.as_secs()))).await;
    let store = server
        .address()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let proxy = Proxy::start(store).await;
    let mut one = Endpoint::start(&fake.origin, proxy.port).await;
    let other = Endpoint::start(&fake.origin, store).await;
    let code = json!({"code": "marker-code", "codeVerifier": "v".repeat(43), "nonce": NONCE, "redirectUri": format!("{PAGE}/")});
    let (status, body, cookie) = one.ask("/exchange", &code, "").await;
    assert_eq!(
        (status, &body["accessToken"]),
        (200, &json!("marker-access-1"))
    );
    let token = ring::digest::digest(&ring::digest::SHA256, b"marker-access-1");
    let renewal = json!({"rejected": exo365_core::text::base64url(token.as_ref())});
    match &point {
        Point::Store(stop) => proxy.stop_at(stop.clone()),
        Point::Upstream => fake.shut(),
    }
    let begun = tokio::spawn(one.post("/token", &renewal, &cookie).send());
    match point {
        Point::Store(_) => soon(proxy.stopped()).await,
        Point::Upstream => soon(fake.reached(2)).await,
    }
    one.process.child.kill().unwrap();
    one.process.child.wait().unwrap();
    assert!(soon(begun).await.unwrap().is_err(), "the page got nothing");
    if matches!(point, Point::Upstream) {
        fake.reopen();
    }
    Some(Left {
        fake,
        other,
        cookie,
        renewal,
        _server: server,
    })
}

impl Left {
    /// The session renews at the other endpoint, with this refresh token, and signs out.
    async fn goes_on(&self, token: &str, spent: &str, calls: usize) {
        let (status, body, _) = self.other.ask("/token", &self.renewal, &self.cookie).await;
        assert_eq!(
            (status, &body["accessToken"]),
            (200, &json!(token)),
            "{body}"
        );
        assert_eq!(self.fake.calls(), calls);
        assert_eq!(self.fake.field("refresh_token").as_deref(), Some(spent));
        self.signs_out().await;
    }

    async fn signs_out(&self) {
        let (status, body, cookie) = self.other.ask("/logout", &json!({}), &self.cookie).await;
        assert_eq!((status, body), (200, json!({})));
        assert!(cookie.ends_with('='), "{cookie}");
        let (status, body, _) = self.other.ask("/token", &json!({}), &self.cookie).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (401, &json!("signed_out"))
        );
    }
}

#[tokio::test]
async fn e30_killed_before_the_sign_in_service_was_asked() {
    if let Some(left) = killed(BEFORE_THE_CALL).await {
        left.goes_on("marker-access-2", "marker-refresh-1", 2).await;
    }
}

#[tokio::test]
async fn e30_killed_while_the_sign_in_service_was_asked() {
    if let Some(left) = killed(Point::Upstream).await {
        left.goes_on("marker-access-2", "marker-refresh-1", 3).await;
    }
}

/// Microsoft's tokens may be traded in again, so that the one in the record still works.
#[tokio::test]
async fn e30_killed_before_the_new_refresh_token_was_kept() {
    if let Some(left) = killed(BEFORE_THE_WRITE).await {
        left.goes_on("marker-access-3", "marker-refresh-1", 3).await;
    }
}

/// A service that accepts each token once refuses it: the session ends with `interaction_required`, and a sign-in helps.
#[tokio::test]
async fn e30_e33_killed_before_the_only_refresh_token_was_kept() {
    let Some(left) = killed(BEFORE_THE_WRITE).await else {
        return;
    };
    left.fake.say(Canned::refusal("invalid_grant", 70_000));
    let (status, body, cookie) = left.other.ask("/token", &left.renewal, &left.cookie).await;
    let code = &body["error"]["code"];
    assert_eq!(
        (status, code),
        (401, &json!("interaction_required")),
        "{body}"
    );
    assert!(cookie.ends_with('='), "the cookie is taken away: {cookie}");
    left.signs_out().await;
}

#[tokio::test]
async fn e30_killed_after_the_new_refresh_token_was_kept() {
    if let Some(left) = killed(AFTER_THE_WRITE).await {
        left.goes_on("marker-access-2", "marker-refresh-1", 2).await;
    }
}

/// Signing out needs no lock.
#[tokio::test]
async fn e41_a_session_signs_out_while_a_dead_process_has_its_lock() {
    if let Some(left) = killed(BEFORE_THE_WRITE).await {
        left.signs_out().await;
    }
}
