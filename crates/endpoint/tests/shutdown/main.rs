//! The signal to stop: what is in flight is finished, and nothing holds the process up for ever.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

// Shared with the tests inside the crate, which use more of it.
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/fake.rs"]
mod fake;
#[path = "../process/mod.rs"]
mod process;

use axum::Router;
use axum::body::{Body, Bytes};
use fake::Fake;
use http_body::Frame;
use process::{Process, settings};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NONCE: &str = "marker-nonce";
const PAGE: &str = "https://app.contoso.example";
const PART: &str = "a part of the file\n";

async fn soon<T>(what: impl Future<Output = T>) -> T {
    let wait = tokio::time::timeout(Duration::from_secs(30), what);
    wait.await.unwrap()
}

/// A body of what comes along a channel.
struct Parts(mpsc::Receiver<Bytes>);

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = self.0.poll_recv(context);
        part.map(|part| part.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// An API whose one file comes in two parts: the second when there is a permit.
async fn api(permits: Arc<Semaphore>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let answer = move || {
        let permits = Arc::clone(&permits);
        async move {
            let (parts, body) = mpsc::channel(1);
            tokio::spawn(async move {
                let part = || parts.send(Bytes::from_static(PART.as_bytes()));
                let _ = part().await;
                permits.acquire().await.unwrap().forget();
                let _ = part().await;
            });
            Body::new(Parts(body))
        }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// The endpoint, as a process.
struct Endpoint(Process);

impl Endpoint {
    async fn start(folder: &Path, login: &str, extra: &str) -> Self {
        let config = settings(CLIENT, PAGE, login) + extra + "\n";
        std::fs::write(folder.join("endpoint.toml"), config).unwrap();
        let process = Process::start(folder, |binary| {
            binary.env_remove("EXO365_SEAL_KEYS");
        });
        Self(process.await)
    }

    fn ask(&self, route: &str, cookie: &str) -> reqwest::RequestBuilder {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("http://127.0.0.1:{}/auth{route}", self.0.port);
        let client = reqwest::Client::new();
        let request = if route.starts_with("/proxy") {
            client.get(url)
        } else {
            client.post(url).header("content-type", "application/json")
        };
        request
            .header("x-exo365", "1")
            .header("origin", PAGE)
            .header("cookie", cookie)
    }

    async fn sign_in(&self) -> String {
        let code = json!({"code": "c", "codeVerifier": "v".repeat(43), "nonce": NONCE, "redirectUri": format!("{PAGE}/")});
        let answer = self.ask("/exchange", "").body(code.to_string()).send();
        let answer = soon(answer).await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().into()
    }

    /// Sends the signal, and waits until nobody new gets in.
    async fn stop(&self) {
        let pid = self.0.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let refused = async {
            while TcpStream::connect(("127.0.0.1", self.0.port)).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        soon(refused).await;
    }

    async fn ended(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.0.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        soon(ended).await
    }
}

async fn service() -> Arc<Fake> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Fake::start(Arc::new(AtomicU64::new(now.as_secs()))).await
}

struct World {
    endpoint: Endpoint,
    download: reqwest::Response,
    permits: Arc<Semaphore>,
    _fake: Arc<Fake>,
    _dir: tempfile::TempDir,
}

/// In proxy mode, with a download of which the first part has come.
async fn downloading(grace: u32) -> World {
    let dir = tempfile::tempdir().unwrap();
    let permits = Arc::new(Semaphore::new(0));
    let (fake, api) = (service().await, api(Arc::clone(&permits)).await);
    let extra =
        format!("mode = \"proxy\"\napi_origin = \"{api}\"\nshutdown_grace_seconds = {grace}");
    let endpoint = Endpoint::start(dir.path(), &fake.origin, &extra).await;
    let cookie = endpoint.sign_in().await;
    let download = endpoint.ask("/proxy/v1.0/me/messages/x/$value", &cookie);
    let mut download = soon(download.send()).await.unwrap();
    assert_eq!(download.status(), 200);
    assert_eq!(soon(download.chunk()).await.unwrap().unwrap(), PART);
    World {
        endpoint,
        download,
        permits,
        _fake: fake,
        _dir: dir,
    }
}

#[tokio::test]
async fn a_slow_download_outlives_the_signal() {
    let mut world = downloading(600).await;
    // One that asks nothing, and is closed.
    let idle = TcpStream::connect(("127.0.0.1", world.endpoint.0.port)).await;
    world.endpoint.stop().await;
    let running = world.endpoint.0.child.try_wait().unwrap();
    assert!(running.is_none(), "it waits for the download");
    world.permits.add_permits(1);
    assert_eq!(soon(world.download.chunk()).await.unwrap().unwrap(), PART);
    assert_eq!(soon(world.download.chunk()).await.unwrap(), None);
    // Long before the grace is over: nothing is left to do.
    assert!(world.endpoint.ended().await.success());
    drop(idle);
}

#[tokio::test]
async fn an_endless_download_is_cut_when_the_grace_is_over() {
    let mut world = downloading(1).await;
    let begin = Instant::now();
    world.endpoint.stop().await;
    let cut = soon(world.download.chunk()).await;
    assert!(cut.is_err(), "{cut:?}");
    assert!(begin.elapsed() >= Duration::from_millis(900), "not before");
    assert!(world.endpoint.ended().await.success());
}

#[tokio::test]
async fn a_second_signal_waits_for_nobody() {
    let mut world = downloading(600).await;
    world.endpoint.stop().await;
    let pid = world.endpoint.0.child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert!(world.endpoint.ended().await.success());
}

/// The page has gone, and the refresh token is being traded in: what comes is kept.
#[tokio::test]
async fn e30_a_renewal_is_finished_after_the_signal() {
    let dir = tempfile::tempdir().unwrap();
    let fake = service().await;
    let grace = "shutdown_grace_seconds = 600";
    let mut endpoint = Endpoint::start(dir.path(), &fake.origin, grace).await;
    let cookie = endpoint.sign_in().await;
    let token = ring::digest::digest(&ring::digest::SHA256, b"marker-access-1");
    let rejected = exo365_core::text::base64url(token.as_ref());
    let body = json!({"rejected": rejected}).to_string();
    fake.shut();
    let asked = tokio::spawn(endpoint.ask("/token", &cookie).body(body).send());
    soon(fake.reached(2)).await;
    asked.abort();
    assert!(asked.await.is_err());
    endpoint.stop().await;
    fake.reopen();
    assert!(endpoint.ended().await.success());
    let other = Endpoint::start(dir.path(), &fake.origin, grace).await;
    let answer = soon(other.ask("/token", &cookie).body("{}").send()).await;
    let text = soon(answer.unwrap().text()).await.unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["accessToken"], "marker-access-2", "{answer}");
    assert_eq!(fake.calls(), 2);
}
