//! The connection to Redis: to one server, to the primary that sentinels name, or to a cluster.

use super::sentinels::{Named, Sentinels};
use crate::config::store_address::{Kind, StoreAddress};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{
    MultipleNodeRoutingInfo, ResponsePolicy, RoutingInfo, SingleNodeRoutingInfo,
};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue as _, Pipeline,
    RedisError, RedisFuture, RedisResult, TlsCertificates, TlsMode, Value,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long connecting may take, the question to the sentinels included.
const CONNECT: Duration = Duration::from_secs(2);
/// How often the library sends a command to a cluster again, whose nodes change.
const RETRIES: u32 = 3;
/// Milliseconds before it does, at least and at most.
const RETRY_WAIT: (u64, u64) = (10, 200);

/// A connection. A clone is the same one.
#[derive(Clone)]
pub(super) enum Connection {
    /// To one server.
    Server(MultiplexedConnection),
    /// To the primary that sentinels name.
    Watched(MultiplexedConnection, Arc<Named>),
    /// To the nodes of a cluster, which it finds and follows.
    Cluster(ClusterConnection),
}

/// Host and port of a node; `None` is the server that is connected.
pub(super) type Node = Option<(String, u16)>;

impl Connection {
    /// The servers that hold records.
    pub(super) async fn primaries(&mut self) -> RedisResult<Vec<Node>> {
        let Self::Cluster(cluster) = self else {
            return Ok(vec![None]);
        };
        let every = RoutingInfo::MultiNode((
            MultipleNodeRoutingInfo::AllMasters,
            Some(ResponsePolicy::Special),
        ));
        let answers = cluster.route_command(redis::cmd("PING"), every).await?;
        let answers = HashMap::<String, Value>::from_redis_value(answers)?;
        let node = |name: String| {
            let (host, port) = name.rsplit_once(':')?;
            Some((host.to_owned(), port.parse().ok()?))
        };
        Ok(answers
            .into_keys()
            .map(node)
            .filter(Option::is_some)
            .collect())
    }

    /// Sends a command to one of these servers.
    pub(super) async fn at(&mut self, node: &Node, command: Cmd) -> RedisResult<Value> {
        match (self, node.clone()) {
            (Self::Cluster(cluster), Some((host, port))) => {
                let route = SingleNodeRoutingInfo::ByAddress { host, port };
                cluster
                    .route_command(command, RoutingInfo::SingleNode(route))
                    .await
            }
            (other, _) => command.query_async(other).await,
        }
    }

    /// Whether an answer counts that came just now to a command that was sent at this moment: sentinels have not replaced the
    /// server before it answered.
    pub(super) async fn counts(&self, sent: Instant) -> bool {
        match self {
            Self::Watched(_, named) => named.was_primary(sent).await,
            // The nodes of a cluster tell each other, and the client.
            Self::Server(_) | Self::Cluster(_) => true,
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(server) | Self::Watched(server, _) => server.req_packed_command(command),
            Self::Cluster(cluster) => cluster.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(server) | Self::Watched(server, _) => {
                server.req_packed_commands(pipeline, offset, count)
            }
            Self::Cluster(cluster) => cluster.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(server) | Self::Watched(server, _) => server.get_db(),
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}

/// What connections are made from.
pub(super) enum Source {
    Server(Box<Client>),
    /// They are asked for each new connection: the primary may be another by now.
    Sentinel(Arc<Sentinels>),
    Cluster(Box<ClusterClient>),
}

impl Source {
    /// Prepares it; with TLS, for the authority to trust in place of the system's (PEM).
    ///
    /// # Errors
    /// What the library refuses about the address.
    pub(super) fn new(address: StoreAddress, authority: Option<&[u8]>) -> RedisResult<Self> {
        let certificates = address.is_tls().then(|| TlsCertificates {
            client_tls: None,
            root_cert: authority.map(<[u8]>::to_vec),
        });
        let StoreAddress { kind, nodes } = address;
        Ok(match kind {
            Kind::Server => {
                let node = nodes.into_iter().next().ok_or(nothing())?;
                Self::Server(Box::new(client(node, certificates.as_ref())?))
            }
            Kind::Sentinel { primary, login } => Self::Sentinel(Arc::new(Sentinels::new(
                primary,
                login,
                nodes,
                certificates,
            )?)),
            Kind::Cluster => {
                let mut builder = ClusterClientBuilder::new(nodes)
                    .connection_timeout(CONNECT / 2)
                    .response_timeout(CONNECT)
                    .overall_response_timeout(None)
                    .retries(RETRIES)
                    .min_retry_wait(RETRY_WAIT.0)
                    .max_retry_wait(RETRY_WAIT.1);
                if let Some(certificates) = certificates {
                    builder = builder.tls(TlsMode::Secure).certs(certificates);
                }
                Self::Cluster(Box::new(builder.build()?))
            }
        })
    }

    async fn connect(&self) -> RedisResult<Connection> {
        // How long an answer may take is up to whoever asks.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(None);
        match self {
            Self::Server(client) => {
                let connection = client.get_multiplexed_async_connection_with_config(&config);
                connection.await.map(Connection::Server)
            }
            Self::Sentinel(sentinels) => {
                let (connection, named) = sentinels.connect(&config).await?;
                Ok(Connection::Watched(connection, Arc::new(named)))
            }
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
        }
    }
}

/// A client of one address.
pub(super) fn client(
    node: ConnectionInfo,
    certificates: Option<&TlsCertificates>,
) -> RedisResult<Client> {
    match certificates {
        Some(certificates) => Client::build_with_tls(node, certificates.clone()),
        None => Client::open(node),
    }
}

fn nothing() -> RedisError {
    RedisError::from((ErrorKind::InvalidClientConfig, "no address"))
}

/// A connection that all requests share. It is made when it is needed, once for all who wait for it.
pub(super) struct Link(Arc<Shared>);

struct Shared {
    source: Arc<Source>,
    slot: Mutex<Slot>,
}

/// The connection, or the attempt to make it, and how many there were before.
#[derive(Default)]
struct Slot {
    number: u64,
    connection: Option<watch::Receiver<Option<RedisResult<Connection>>>>,
}

impl Link {
    /// Does not connect yet.
    pub(super) fn new(source: &Arc<Source>) -> Self {
        Self(Arc::new(Shared {
            source: Arc::clone(source),
            slot: Mutex::default(),
        }))
    }

    /// The connection and its number.
    ///
    /// # Errors
    /// Why it cannot be made. The next call tries again.
    pub(super) async fn connection(&self) -> RedisResult<(u64, Connection)> {
        let (number, mut connection) = self.begin();
        let made = connection.wait_for(Option::is_some).await;
        match made.ok().and_then(|made| made.clone()) {
            Some(made) => Ok((number, made?)),
            None => Err(RedisError::from((
                ErrorKind::Io,
                "the connection was given up",
            ))),
        }
    }

    /// Drops a connection that does not work any more, unless another one is there by now.
    pub(super) fn forget(&self, number: u64) {
        self.0.forget(number);
    }

    /// An attempt goes on when those who wait for it have given up: the next ones profit from it.
    fn begin(&self) -> (u64, watch::Receiver<Option<RedisResult<Connection>>>) {
        let mut slot = self.0.guard();
        if let Some(connection) = &slot.connection {
            return (slot.number, connection.clone());
        }
        slot.number += 1;
        let (sender, receiver) = watch::channel(None);
        slot.connection = Some(receiver.clone());
        let (shared, number) = (Arc::clone(&self.0), slot.number);
        tokio::spawn(async move {
            let made = tokio::time::timeout(CONNECT, shared.source.connect()).await;
            let made = made.unwrap_or_else(|_| {
                Err(RedisError::from((
                    ErrorKind::Io,
                    "connecting takes too long",
                )))
            });
            if made.is_err() {
                shared.forget(number);
            }
            // Nobody waits any more where this fails.
            let _ = sender.send(Some(made));
        });
        (slot.number, receiver)
    }
}

impl Shared {
    fn guard(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, number: u64) {
        let mut slot = self.guard();
        if slot.number == number {
            slot.connection = None;
        }
    }
}
