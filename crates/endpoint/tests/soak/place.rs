//! The endpoints, and the API behind one of them.

use super::process::{self, Process};
use super::{CLIENT, PAGE};
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use exo365_endpoint::{Clock, Config};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

/// An answer that fills every buffer on its way, in octets.
const LARGE: usize = 8 * 1024 * 1024;

/// Where an endpoint keeps its sessions.
pub(crate) enum Store {
    File(PathBuf),
    Redis(String),
}

/// An endpoint, as a process.
pub(crate) struct Endpoint {
    process: Process,
    _dir: tempfile::TempDir,
}

fn settings(login: &str) -> String {
    process::settings(CLIENT, PAGE, login) + "proxies = [\"127.0.0.1\"]\n"
}

impl Endpoint {
    /// Starts it; with an API in proxy mode.
    pub(crate) async fn start(login: &str, store: Store, api: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = settings(login);
        match store {
            Store::File(folder) => {
                let file = folder.join("sessions.db");
                config += &format!("database = \"{}\"\n", file.display());
            }
            Store::Redis(address) => config += &format!("store = \"{address}\"\n"),
        }
        if let Some(api) = api {
            config += &format!("mode = \"proxy\"\napi_origin = \"{api}\"\n");
        }
        std::fs::write(dir.path().join("endpoint.toml"), config).unwrap();
        let process = Process::start(dir.path(), |binary| {
            binary.env("EXO365_SEAL_KEYS", format!("one:{}", "A".repeat(43)));
        });
        Self {
            process: process.await,
            _dir: dir,
        }
    }

    /// Resident memory in kB.
    pub(crate) fn memory(&self) -> u64 {
        let file = format!("/proc/{}/status", self.process.child.id());
        let status = std::fs::read_to_string(file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or_default()
    }

    /// Whether the process still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.process.child.try_wait().unwrap().is_none()
    }
}

/// Endpoints that share their sessions, as users reach them.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) ports: Vec<u16>,
    pub(crate) is_process: bool,
    /// In proxy mode.
    pub(crate) is_proxy: bool,
}

impl Site {
    pub(crate) fn of(endpoints: &[Endpoint], is_proxy: bool) -> Self {
        Self {
            ports: endpoints
                .iter()
                .map(|endpoint| endpoint.process.port)
                .collect(),
            is_process: true,
            is_proxy,
        }
    }
}

/// An endpoint in this process, with this clock.
pub(crate) async fn here(login: &str, time: &Arc<AtomicU64>) -> Site {
    let dir = tempfile::tempdir().unwrap();
    let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| String::from("hush"));
    let config = Config::parse(&settings(login), dir.path(), environment).unwrap();
    let time = Arc::clone(time);
    let clock = Clock::from_fn(move || time.load(Ordering::SeqCst));
    let app = exo365_endpoint::router_at(config, clock).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move {
        let _dir = dir;
        axum::serve(listener, app).await
    });
    Site {
        ports: vec![port],
        is_process: false,
        is_proxy: false,
    }
}

/// An API with a small list and a large file.
pub(crate) async fn api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let large = Bytes::from(vec![b'x'; LARGE]);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let router = Router::new()
        .route("/v1.0/me/large", get(move || async move { large.clone() }))
        .route(
            "/v1.0/me/messages",
            get(move || async move { (json, "{\"value\":[]}") }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}
