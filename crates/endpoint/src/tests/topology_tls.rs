//! Real servers that speak TLS, to clients and among themselves: a primary that a sentinel names, and a cluster. Each has a
//! port without TLS as well, for the commands of the test.

use super::server::{Identity, Server, certificates_for, free_port, write};
use super::topology::{Sentinel, ask, sentinel_in, until};
use redis::Value;

/// Slots of the first of two nodes.
const HALF: u16 = 8192;

/// The servers; they end with the test.
pub(crate) struct Secure {
    _servers: Vec<Server>,
    _sentinel: Option<Sentinel>,
    /// The address, as the configuration takes it.
    pub(crate) address: String,
    /// The authority to trust (PEM).
    pub(crate) authority: String,
}

/// A certificate for the address by which the servers name each other.
fn identity() -> Identity {
    certificates_for("127.0.0.1")
}

/// A primary and a sentinel that watches it over TLS; `None` where there is no `redis-server` with TLS.
pub(crate) async fn watched() -> Option<Secure> {
    let identity = identity();
    let server = Server::start_tls_with(&identity, &["--tls-replication", "yes"])?;
    let dir = tempfile::tempdir().unwrap();
    write(&identity, dir.path());
    let port = free_port();
    let more = format!(
        "tls-port {port}\ntls-cert-file cert\ntls-key-file key\ntls-ca-cert-file ca\ntls-auth-clients no\n\
         tls-replication yes\n"
    );
    let sentinel = sentinel_in(dir, (server.port(), 1), &more);
    until(async || {
        let about: Vec<String> = ask(sentinel.port, &["SENTINEL", "MASTER", "main"]).await;
        let says = |name: &str, fits: fn(&str) -> bool| {
            let mut pairs = about.chunks(2);
            pairs.any(|pair| pair[0] == name && fits(&pair[1]))
        };
        // It has the primary's answer, over TLS.
        says("flags", |flags| flags == "master") && says("runid", |id| !id.is_empty())
    })
    .await;
    Some(Secure {
        _servers: vec![server],
        _sentinel: Some(sentinel),
        address: format!("rediss+sentinel://127.0.0.1:{port}/main"),
        authority: identity.1,
    })
}

/// Two nodes with half of the slots each; `None` as above.
pub(crate) async fn cluster() -> Option<Secure> {
    let identity = identity();
    let mut servers = Vec::new();
    let mut ports = Vec::new();
    for _ in 0..2 {
        let (plain, bus) = (free_port(), free_port());
        let (port, bus_port) = (plain.to_string(), bus.to_string());
        let options = [
            "--port",
            &port,
            "--cluster-enabled",
            "yes",
            "--tls-cluster",
            "yes",
            "--cluster-port",
            &bus_port,
        ];
        servers.push(Server::start_tls_with(&identity, &options)?);
        ports.push((plain, bus));
    }
    let [(first, _), (second, bus)] = ports[..] else {
        return None;
    };
    for (port, begin, end) in [(first, 0, HALF - 1), (second, HALF, 16383)] {
        let range = [begin.to_string(), end.to_string()];
        let own = ["CLUSTER", "ADDSLOTSRANGE", &range[0], &range[1]];
        let _: Value = ask(port, &own).await;
    }
    let meet = [servers[1].port().to_string(), bus.to_string()];
    let _: Value = ask(first, &["CLUSTER", "MEET", "127.0.0.1", &meet[0], &meet[1]]).await;
    for port in [first, second] {
        until(async || {
            let about: String = ask(port, &["CLUSTER", "INFO"]).await;
            about.contains("cluster_state:ok") && about.contains("cluster_size:2")
        })
        .await;
    }
    Some(Secure {
        address: format!("rediss+cluster://127.0.0.1:{}", servers[0].port()),
        _servers: servers,
        _sentinel: None,
        authority: identity.1,
    })
}
