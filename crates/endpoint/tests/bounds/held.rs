//! Streams that nobody reads, and a flood beside a good user: nobody else waits.

use super::fake::Fake;
use super::process::{Process, settings};
use super::{CLIENT, NONCE, PAGE};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::Version;
use axum::routing::any;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// More than all buffers and windows on the way hold, in octets.
const LARGE: usize = 16 * 1024 * 1024;
/// Streams that nobody reads.
const HELD: usize = 12;

/// An API over TLS that speaks HTTP/2 with whoever wants to.
struct Api {
    origin: String,
    /// Downloads that were begun.
    begun: Arc<AtomicUsize>,
    /// In which version small calls came.
    versions: Arc<Mutex<Vec<Version>>>,
}

impl Api {
    /// Starts it; its authority (PEM) is written to this file.
    async fn start(authority: &Path) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(authority, params.self_signed(&key).unwrap().pem()).unwrap();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&own, &issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let mut tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let api = Self {
            origin,
            begun: Arc::default(),
            versions: Arc::default(),
        };
        let (begun, versions) = (Arc::clone(&api.begun), Arc::clone(&api.versions));
        let large = Bytes::from(vec![b'x'; LARGE]);
        let router = Router::new()
            .route(
                "/v1.0/me/large",
                any(move || async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    large
                }),
            )
            .fallback(any(move |request: Request| async move {
                versions.lock().unwrap().push(request.version());
                "small"
            }));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, router) = (acceptor.clone(), router.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let service = TowerToHyperService::new(router);
                        let _ = Builder::new(TokioExecutor::new())
                            .serve_connection(TokioIo::new(stream), service)
                            .await;
                    }
                });
            }
        });
        api
    }
}

/// The binary; it ends with the test.
struct Endpoint {
    process: Process,
    client: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Endpoint {
    async fn start(dir: tempfile::TempDir, login: &str, more: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = settings(CLIENT, PAGE, login) + "proxies = [\"127.0.0.1\"]\n" + more;
        std::fs::write(dir.path().join("endpoint.toml"), config).unwrap();
        let process = Process::start(dir.path(), |binary| {
            binary.env("SSL_CERT_FILE", dir.path().join("authority.pem"));
        });
        Self {
            process: process.await,
            client: reqwest::Client::new(),
            _dir: dir,
        }
    }

    fn request(&self, route: &str, address: &str, cookie: &str) -> reqwest::RequestBuilder {
        let url = format!("http://127.0.0.1:{}/auth{route}", self.process.port);
        let request = if route.starts_with("/proxy") {
            self.client.get(url).header("sec-fetch-site", "same-origin")
        } else {
            self.client
                .post(url)
                .header("content-type", "application/json")
        };
        request
            .header("x-exo365", "1")
            .header("origin", PAGE)
            .header("cookie", cookie)
            .header("x-forwarded-for", address)
            .timeout(Duration::from_secs(60))
    }

    /// Trades a code in; status, body, and the cookie.
    async fn exchange(&self, code: &str, address: &str) -> (u16, Value, String) {
        let body = json!({
            "code": code, "codeVerifier": "v".repeat(43), "nonce": NONCE, "redirectUri": format!("{PAGE}/")
        });
        let request = self.request("/exchange", address, "");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status().as_u16();
        let cookie = answer.headers().get("set-cookie");
        let cookie = cookie.map_or("", |line| line.to_str().unwrap());
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let body = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body, cookie)
    }

    /// Begins a download and reads no more than its head.
    async fn hold(&self, cookie: &str) -> TcpStream {
        let head = format!(
            "GET /auth/proxy/v1.0/me/large HTTP/1.1\r\nHost: x\r\nX-Exo365: 1\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {cookie}\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.process.port))
            .await
            .unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
        stream
    }
}

async fn service() -> Arc<Fake> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Fake::start(Arc::new(AtomicU64::new(now.as_secs()))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e69_streams_of_an_http2_api_that_nobody_reads_hold_up_no_other_call() {
    let fake = service().await;
    let dir = tempfile::tempdir().unwrap();
    let api = Api::start(&dir.path().join("authority.pem")).await;
    let more = format!("mode = \"proxy\"\napi_origin = \"{}\"\n", api.origin);
    let endpoint = Endpoint::start(dir, &fake.origin, &more).await;
    let (_, _, greedy) = endpoint.exchange("one", "10.0.0.1").await;
    let (_, _, good) = endpoint.exchange("two", "10.0.0.2").await;
    let mut held = Vec::new();
    for _ in 0..HELD {
        held.push(endpoint.hold(&greedy).await);
    }
    assert_eq!(api.begun.load(Ordering::SeqCst), HELD);
    for _ in 0..20 {
        let call = endpoint.request("/proxy/v1.0/me/messages", "10.0.0.2", &good);
        let answer = tokio::time::timeout(Duration::from_secs(10), call.send());
        let answer = answer.await.unwrap().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.text().await.unwrap(), "small");
    }
    assert_eq!(api.versions.lock().unwrap().len(), 20);
    // A stream that is read again gets all of its octets.
    let mut last = held.pop().unwrap();
    let mut left = vec![0; LARGE];
    last.read_exact(&mut left).await.unwrap();
}

/// A flood has its own places at the service: the good user's time grows by little. Measured in one run, as a ratio.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e66_a_flood_of_codes_beside_a_good_user() {
    const ROUNDS: usize = 5;
    let fake = service().await;
    *fake.delay.lock().unwrap() = Duration::from_millis(800);
    let dir = tempfile::tempdir().unwrap();
    let more = "limit_per_address = 0\nlimit_per_session = 0\n";
    let endpoint = Arc::new(Endpoint::start(dir, &fake.origin, more).await);
    // The first one fetches keys and documents.
    endpoint.exchange("first", "10.0.0.1").await;
    let median = async || {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            let begin = Instant::now();
            let (status, body, _) = endpoint
                .exchange(&format!("good-{round}"), "10.0.0.1")
                .await;
            assert_eq!(status, 200, "{body}");
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        times[ROUNDS / 2]
    };
    let alone = median().await;
    let mut flood = JoinSet::new();
    for number in 0..200 {
        let endpoint = Arc::clone(&endpoint);
        flood.spawn(async move {
            loop {
                let code = format!("made-up-{number}");
                let status = endpoint.exchange(&code, "192.0.2.1").await.0;
                // Who is told to come back comes back at once: it is a flood.
                tokio::time::sleep(Duration::from_millis(u64::from(status / 25))).await;
            }
        });
    }
    fake.reached(ROUNDS + 1 + 16).await;
    let beside = median().await;
    flood.shutdown().await;
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    println!("{alone:?} alone, {beside:?} beside a flood of 200 at a time: {ratio:.2}");
    // In one queue for all, seven others would be before the good user at each place.
    assert!(
        ratio < 4.0,
        "{ratio:.2}: {alone:?} alone, {beside:?} beside the flood"
    );
}
