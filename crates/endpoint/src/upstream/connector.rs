//! Connections to the API: HTTP/1.1, straight or through the company's proxy, with a limit on the time that one takes to open.

use super::transport;
use crate::base::problem::Problem;
use crate::base::tls;
use axum::BoxError;
use axum::http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

/// How long a connection may take to open, its TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// When a connection without a request is probed first, how often then, and after how many probes without an answer it is
/// closed: one whose other side is gone is not used.
const PROBE: (Duration, Duration, u32) = (Duration::from_secs(20), Duration::from_secs(5), 3);

type Opening<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;
type Outer = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Opens connections.
#[derive(Clone)]
pub(super) struct Connector(HttpsConnector<Way>);

impl Connector {
    /// To the API at `origin`.
    ///
    /// # Errors
    /// [`Problem::Machine`] where TLS has no certificates to trust; [`Problem::Config`] for a proxy that is none.
    pub(super) fn new(origin: &Uri) -> Result<Self, Problem> {
        tls::install_provider();
        let mut config = ClientConfig::with_platform_verifier().map_err(transport::no_tls)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_keepalive(Some(PROBE.0));
        tcp.set_keepalive_interval(Some(PROBE.1));
        tcp.set_keepalive_retries(Some(PROBE.2));
        let way = match proxy()?.and_then(|matcher| matcher.intercept(origin)) {
            None => Way::Straight(tcp),
            Some(proxy) => {
                let inner = HttpsConnector::from((tcp, Arc::clone(&config)));
                let tunnel = Tunnel::new(proxy.uri().clone(), inner);
                Way::Through(Box::new(match proxy.basic_auth() {
                    Some(password) => tunnel.with_auth(password.clone()),
                    None => tunnel,
                }))
            }
        };
        Ok(Self(HttpsConnector::from((way, config))))
    }
}

/// The company's proxy for https, as [`transport::proxy_address`] names it.
fn proxy() -> Result<Option<Matcher>, Problem> {
    let Some(address) = transport::proxy_address()? else {
        return Ok(None);
    };
    let except = ["NO_PROXY", "no_proxy"].map(std::env::var);
    let except = except.into_iter().flatten().next().unwrap_or_default();
    Ok(Some(Matcher::builder().https(address).no(except).build()))
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Outer>;
    type Error = BoxError;
    type Future = Opening<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let opening = self.0.call(to);
        Box::pin(async move { tokio::time::timeout(CONNECT, opening).await? })
    }
}

/// The way to the API's host.
#[derive(Clone)]
enum Way {
    Straight(HttpConnector),
    /// Through the company's proxy, which is reached with or without TLS.
    Through(Box<Tunnel<HttpsConnector<HttpConnector>>>),
}

impl Service<Uri> for Way {
    type Response = Outer;
    type Error = BoxError;
    type Future = Opening<Outer>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Straight(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Self::Through(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Self::Straight(tcp) => {
                let opening = tcp.call(to);
                Box::pin(async move { Ok(MaybeHttpsStream::Http(opening.await?)) })
            }
            Self::Through(tunnel) => {
                let opening = tunnel.call(to);
                Box::pin(async move { Ok(opening.await?) })
            }
        }
    }
}
