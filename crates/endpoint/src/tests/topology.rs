//! Real servers that watch each other: a primary with replicas and sentinels, and a cluster. They end with the test.

use super::server::{Server, free_port};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, FromRedisValue, Value};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a server may be silent before it counts as down, in milliseconds.
const DOWN: u64 = 1500;
/// How long servers may take until they agree.
pub(crate) const LONGEST: Duration = Duration::from_secs(120);
/// How long a server may take for an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// A primary, its replicas, and sentinels that watch it under the name `main`.
pub(crate) struct Watched {
    /// The first one is the primary at the start.
    pub(crate) servers: Vec<Server>,
    sentinels: Vec<Sentinel>,
}

pub(super) struct Sentinel {
    child: Child,
    pub(super) port: u16,
    _dir: tempfile::TempDir,
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watched {
    /// Starts them; `None` where the machine has no `redis-server`.
    pub(crate) async fn start(replicas: usize, sentinels: usize) -> Option<Self> {
        let primary = Server::start()?;
        let port = primary.port();
        let mut servers = vec![primary];
        for _ in 0..replicas {
            let of = format!("127.0.0.1 {port}");
            servers.push(Server::start_with(&["--replicaof", &of])?);
        }
        until(async || replicas_of(port).await == replicas).await;
        let quorum = sentinels / 2 + 1;
        let sentinels: Vec<Sentinel> = (0..sentinels).map(|_| sentinel(port, quorum)).collect();
        let others = (sentinels.len() - 1).to_string();
        let known = replicas.to_string();
        for sentinel in &sentinels {
            until(async || {
                let about: Vec<String> = ask(sentinel.port, &["SENTINEL", "MASTER", "main"]).await;
                let says =
                    |name: &str, value: &str| about.chunks(2).any(|pair| pair == [name, value]);
                says("num-other-sentinels", &others) && says("num-slaves", &known)
            })
            .await;
        }
        Some(Self { servers, sentinels })
    }

    /// The address, as the configuration takes it.
    pub(crate) fn address(&self) -> String {
        let hosts: Vec<String> = self
            .sentinels
            .iter()
            .map(|sentinel| format!("127.0.0.1:{}", sentinel.port))
            .collect();
        format!("redis+sentinel://{}/main", hosts.join(","))
    }

    /// Which of the servers is the primary, as the first sentinel has it.
    pub(crate) async fn primary(&self) -> usize {
        let port = self.sentinels.first().unwrap().port;
        let told: Vec<String> = ask(port, &["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]).await;
        let port: u16 = told.last().unwrap().parse().unwrap();
        self.servers
            .iter()
            .position(|server| server.port() == port)
            .unwrap()
    }

    /// Waits until another server than this one is the primary, and has a replica.
    pub(crate) async fn replaced(&self, before: usize) {
        until(async || self.primary().await != before).await;
        let port = self.servers.get(self.primary().await).unwrap().port();
        until(async || replicas_of(port).await > 0).await;
    }
}

fn sentinel(primary: u16, quorum: usize) -> Sentinel {
    sentinel_in(tempfile::tempdir().unwrap(), (primary, quorum), "")
}

/// A sentinel in this folder, with more lines for its configuration.
pub(super) fn sentinel_in(
    dir: tempfile::TempDir,
    (primary, quorum): (u16, usize),
    more: &str,
) -> Sentinel {
    let port = free_port();
    let config = format!(
        "port {port}\n{more}bind 127.0.0.1\ndir {}\nsentinel monitor main 127.0.0.1 {primary} {quorum}\n\
         sentinel down-after-milliseconds main {DOWN}\nsentinel failover-timeout main 4000\n",
        dir.path().display()
    );
    let file = dir.path().join("sentinel.conf");
    std::fs::write(&file, config).unwrap();
    let program = std::env::var_os("EXO365_REDIS_SERVER");
    let mut child = Command::new(program.as_deref().unwrap_or("redis-server".as_ref()))
        .arg(&file)
        .arg("--sentinel")
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("Sentinel ID is")));
    // It goes on talking: without a reader it would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Sentinel {
        child,
        port,
        _dir: dir,
    }
}

/// Nodes of a cluster.
pub(crate) struct Nodes {
    /// First the primaries, then a replica of each, or none.
    pub(crate) servers: Vec<Server>,
}

impl Nodes {
    /// Starts so many primaries, with a replica each or with none; `None` where the machine has no `redis-server`.
    pub(crate) async fn start(primaries: u16, replicas: bool) -> Option<Self> {
        let count = if replicas { 2 * primaries } else { primaries };
        let mut servers = Vec::new();
        let mut buses = Vec::new();
        for _ in 0..count {
            let bus = free_port().to_string();
            servers.push(Server::start_with(&[
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                &bus,
                "--cluster-node-timeout",
                &DOWN.to_string(),
            ])?);
            buses.push(bus);
        }
        let first = servers.first().unwrap().port();
        for (at, (server, bus)) in servers.iter().zip(&buses).enumerate() {
            let port = server.port().to_string();
            let meet = ["CLUSTER", "MEET", "127.0.0.1", &port, bus];
            let _: Value = ask(first, &meet).await;
            if let Ok(at) = u16::try_from(at)
                && at < primaries
            {
                let part = 16384 / primaries;
                let end = if at + 1 == primaries {
                    16383
                } else {
                    part * (at + 1) - 1
                };
                let (begin, end) = ((part * at).to_string(), end.to_string());
                let own = ["CLUSTER", "ADDSLOTSRANGE", &begin, &end];
                let _: Value = ask(server.port(), &own).await;
            }
        }
        for server in &servers {
            until(async || nodes(server.port()).await == usize::from(count)).await;
        }
        let (some, rest) = servers.split_at(usize::from(primaries));
        for (primary, replica) in some.iter().zip(rest) {
            let id: String = ask(primary.port(), &["CLUSTER", "MYID"]).await;
            until(async || {
                let taken: Result<Value, _> =
                    try_ask(replica.port(), &["CLUSTER", "REPLICATE", &id]).await;
                taken.is_ok()
            })
            .await;
        }
        let cluster = Self { servers };
        cluster.agreed().await;
        for primary in cluster.servers.iter().take(usize::from(primaries)) {
            until(async || replicas_of(primary.port()).await == usize::from(replicas)).await;
        }
        Some(cluster)
    }

    /// The address, as the configuration takes it.
    pub(crate) fn address(&self) -> String {
        let hosts: Vec<String> = self
            .servers
            .iter()
            .map(|server| format!("127.0.0.1:{}", server.port()))
            .collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// Waits until every node that answers says that all is served.
    pub(crate) async fn agreed(&self) {
        for server in &self.servers {
            until(async || {
                let about = try_ask::<String>(server.port(), &["CLUSTER", "INFO"]).await;
                about.map_or(true, |about| about.contains("cluster_state:ok"))
            })
            .await;
        }
    }

    /// Waits until the replica of this primary has taken its place.
    pub(crate) async fn replaced(&self, primary: usize) {
        let replica = self.servers.get(primary + self.servers.len() / 2).unwrap();
        until(async || {
            let about = try_ask::<String>(replica.port(), &["INFO", "replication"]).await;
            about.is_ok_and(|about| about.contains("role:master"))
        })
        .await;
        self.agreed().await;
    }
}

/// How many nodes this one knows, without those that it only heard of.
async fn nodes(port: u16) -> usize {
    let about: String = ask(port, &["CLUSTER", "NODES"]).await;
    let known = about.lines().filter(|line| !line.contains("handshake"));
    known.count()
}

/// Replicas that have all that this primary had when they came.
pub(crate) async fn replicas_of(port: u16) -> usize {
    let Ok(about) = try_ask::<String>(port, &["INFO", "replication"]).await else {
        return 0;
    };
    about.matches("state=online").count()
}

async fn connect(port: u16) -> redis::RedisResult<MultiplexedConnection> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}"))?;
    // On a machine that is busy an answer takes its time.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(ANSWER))
        .set_response_timeout(Some(ANSWER));
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

async fn try_ask<T: FromRedisValue>(port: u16, words: &[&str]) -> redis::RedisResult<T> {
    let (name, rest) = words.split_first().unwrap();
    let mut connection = connect(port).await?;
    redis::cmd(name)
        .arg(rest)
        .query_async(&mut connection)
        .await
}

/// Sends one command to the server at this port.
pub(crate) async fn ask<T: FromRedisValue>(port: u16, words: &[&str]) -> T {
    try_ask(port, words).await.unwrap()
}

/// Asks until it is so. Other processes tell nobody when they are ready.
pub(crate) async fn until(so: impl AsyncFn() -> bool) {
    let asking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONGEST, asking).await.unwrap();
}
