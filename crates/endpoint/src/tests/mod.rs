//! The router against a fake sign-in service, with a clock that tests move.

mod api;
mod app_only;
mod backpressure;
mod check;
mod check_api;
mod cookie;
#[cfg(unix)]
mod credential;
mod date;
mod expected_account;
mod failing;
#[cfg(unix)]
mod failover;
mod fake;
mod fixed;
mod frontchannel;
mod full;
mod gate;
mod gauge;
mod identity;
mod issuer;
mod lifetime;
mod limits;
mod logs;
mod narrow;
mod openapi;
mod operator;
mod page;
mod preload;
mod preload_bad;
mod preload_bounds;
mod probes;
mod proxy;
mod proxy_bad;
mod proxy_bodies;
mod reconfigured;
mod reissue;
mod renewal;
mod scopes;
pub(crate) mod server;
mod settings;
mod shared;
mod signin;
#[cfg(target_os = "linux")]
pub(crate) mod small_disk;
mod tenants;
pub(crate) mod topology;
pub(crate) mod topology_tls;
mod trouble;

use crate::base::clock::Clock;
use crate::config::Config;
use crate::router;
use crate::state::State;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use fake::Fake;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt as _;

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const PAGE: &str = "https://app.contoso.example";
const BACK: &str = "https://app.contoso.example/";
/// The cookie's name for this client and base.
const COOKIE: &str = "__Host-Http-exo365-_Dzt4nN-ohSa";
const SECRET: &str = "marker-secret";
const NONCE: &str = "marker-nonce";
const VERIFIER: &str = "marker-verifier-marker-verifier-marker-verifier";
const NOW: u64 = 1_790_000_000;

/// An endpoint with its fake sign-in service and its clock.
struct World {
    fake: Arc<Fake>,
    time: Arc<AtomicU64>,
    app: State,
    router: Router,
    dir: tempfile::TempDir,
}

/// An answer, read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .into()
    }

    /// `Set-Cookie`, where there is one.
    fn set_cookie(&self) -> Option<&str> {
        self.headers.get(header::SET_COOKIE)?.to_str().ok()
    }

    /// What the browser would send from now on.
    fn cookie(&self) -> String {
        self.set_cookie().unwrap().split(';').next().unwrap().into()
    }

    fn clears(&self) -> bool {
        let gone = format!("{COOKIE}=; Max-Age=0;");
        self.set_cookie()
            .is_some_and(|line| line.starts_with(&gone))
    }
}

fn toml(login: &str, extra: &str) -> String {
    let base = format!(
        "client_id = \"{CLIENT}\"\nlogin = \"{login}\"\nscopes = [\"Mail.Read\", \"Mail.Send\"]\n\
         redirect_uris = [\"{BACK}\", \"{BACK}back\"]\norigins = [\"{PAGE}\"]\ninsecure_loopback = true\n"
    );
    // A key in `extra` replaces the one here.
    let named = |line: &&str| {
        let name = line.split('=').next().unwrap_or_default();
        !extra
            .lines()
            .any(|other| other.split('=').next() == Some(name))
    };
    let kept: Vec<&str> = base.lines().filter(named).collect();
    format!("{}\n{extra}", kept.join("\n"))
}

fn config(login: &str, folder: &Path, extra: &str) -> Config {
    let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| SECRET.to_owned());
    Config::parse(&toml(login, extra), folder, environment).unwrap()
}

impl World {
    async fn new() -> Self {
        Self::with("").await
    }

    async fn with(extra: &str) -> Self {
        let time = Arc::new(AtomicU64::new(NOW));
        let fake = Fake::start(Arc::clone(&time)).await;
        let dir = tempfile::tempdir().unwrap();
        let config = config(&fake.origin, dir.path(), extra);
        let (app, router) = open(config, &time);
        Self {
            fake,
            time,
            app,
            router,
            dir,
        }
    }

    /// Ends the endpoint and starts it again on the same files.
    async fn restart(mut self, extra: &str) -> Self {
        let config = config(&self.fake.origin, self.dir.path(), extra);
        drop(self.router);
        // The sweeper holds on to the database for a moment.
        let sessions = Arc::downgrade(&self.app.sessions);
        drop(self.app);
        gone(&sessions).await;
        (self.app, self.router) = open(config, &self.time);
        self
    }

    fn advance(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let asked = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        };
        openapi::hold(&asked, &answer);
        answer
    }

    async fn post(&self, route: &str, body: &Value, cookie: &str) -> Answer {
        self.send(request(route, body, cookie)).await
    }

    async fn exchange(&self, code: &str, cookie: &str) -> Answer {
        self.post("/exchange", &exchange(code), cookie).await
    }

    /// Signs in and gives the cookie.
    async fn sign_in(&self) -> String {
        let answer = self.exchange("marker-code", "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.cookie()
    }

    async fn token(&self, cookie: &str) -> Answer {
        self.post("/token", &json!({}), cookie).await
    }

    async fn session(&self, cookie: &str) -> Answer {
        self.post("/session", &json!({}), cookie).await
    }
}

/// Waits until nothing holds this part of an endpoint any more.
async fn gone<T>(part: &std::sync::Weak<T>) {
    while part.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
}

fn open(config: Config, time: &Arc<AtomicU64>) -> (State, Router) {
    let time = Arc::clone(time);
    let clock = Clock::from_fn(move || time.load(Ordering::SeqCst));
    let app = State::open(config, clock).unwrap();
    let router = router::full_router(&app);
    (app, router)
}

/// A request as the SDK sends it.
fn request(route: &str, body: &Value, cookie: &str) -> Request<Body> {
    let request = Request::post(format!("/auth{route}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-exo365", "1")
        .header(header::ORIGIN, PAGE)
        .header(header::COOKIE, cookie);
    request.body(Body::from(body.to_string())).unwrap()
}

fn exchange(code: &str) -> Value {
    json!({"code": code, "codeVerifier": VERIFIER, "nonce": NONCE, "redirectUri": BACK})
}

fn digest(token: &str) -> String {
    exo365_core::text::base64url(&crate::base::random::sha256(token.as_bytes()))
}
