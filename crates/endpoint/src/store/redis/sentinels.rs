//! Sentinels: which server is the primary, as those of them know it that can be asked.
//!
//! A primary that stood still while it was replaced (a paused machine, a network that came back) goes on as a primary until a
//! sentinel tells it, and has the records of before. So an answer counts only while its server is known to be the primary:
//!
//! - A server that answers twice within a second was not replaced in between: sentinels wait longer before they call it down.
//! - After a longer silence, and on a new connection, they are asked after the answer came. Who is the primary then was it when
//!   it answered.
//!
//! One sentinel may have stood still along with its server. So all are asked, and the last election that any of them knows counts.

use super::link::client;
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind,
    IntoConnectionInfo as _, RedisConnectionInfo, RedisError, RedisResult, Role, TlsCertificates,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer of a sentinel may take, connecting included. Others know the same.
const ANSWER: Duration = Duration::from_millis(500);
/// How far apart two answers of a server may be without a question to the sentinels; `down-after-milliseconds` is longer.
const ALIVE: Duration = Duration::from_secs(1);

/// Host and port of a server, as sentinels spell it.
type Address = (String, u16);

/// The sentinels of one primary.
pub(super) struct Sentinels {
    /// The name under which they watch it.
    primary: String,
    all: Vec<Sentinel>,
    /// Credentials and database number at the primary.
    login: RedisConnectionInfo,
    certificates: Option<TlsCertificates>,
}

impl Sentinels {
    /// Prepares their clients; with certificates, all connections are TLS.
    ///
    /// # Errors
    /// What the library refuses about an address.
    pub(super) fn new(
        primary: String,
        login: RedisConnectionInfo,
        nodes: Vec<ConnectionInfo>,
        certificates: Option<TlsCertificates>,
    ) -> RedisResult<Self> {
        let all = nodes.into_iter().map(|node| {
            Ok(Sentinel {
                client: client(node, certificates.as_ref())?,
                kept: Mutex::default(),
            })
        });
        Ok(Self {
            primary,
            all: all.collect::<RedisResult<_>>()?,
            login,
            certificates,
        })
    }

    /// Connects to the primary.
    ///
    /// # Errors
    /// No sentinel names one, or it does not answer, or does not know yet that it is the primary.
    pub(super) async fn connect(
        self: &Arc<Self>,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<(MultiplexedConnection, Named)> {
        let address = self.named().await?.swap_remove(0);
        let (host, port) = address.clone();
        let place = match &self.certificates {
            None => ConnectionAddr::Tcp(host, port),
            Some(_) => ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                tls_params: None,
            },
        };
        let info = place.into_connection_info()?;
        let info = info.set_redis_settings(self.login.clone());
        let client = client(info, self.certificates.as_ref())?;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(config)
            .await?;
        let role = redis::cmd("ROLE").query_async(&mut connection).await?;
        if !matches!(role, Role::Primary { .. }) {
            return Err(RedisError::from((
                ErrorKind::Io,
                "the server that the sentinels name is no primary yet",
            )));
        }
        let named = Named {
            sentinels: Arc::clone(self),
            address,
            alive: Mutex::default(),
        };
        Ok((connection, named))
    }

    /// The primary by the last election that is known; never empty. It is several spellings where sentinels differ in that.
    async fn named(&self) -> RedisResult<Vec<Address>> {
        let told = join_all(self.all.iter().map(|one| one.ask(&self.primary))).await;
        let mut last = Err(RedisError::from((ErrorKind::Io, "no sentinel answers")));
        let mut known = Vec::new();
        for told in told {
            match told {
                Ok(told) => known.push(told),
                Err(error) => last = Err(error),
            }
        }
        let Some(newest) = known.iter().map(|told| told.election).max() else {
            return last;
        };
        known.retain(|told| told.election == newest);
        Ok(known.into_iter().map(|told| told.address).collect())
    }
}

/// One sentinel, and the connection to it from the last question.
struct Sentinel {
    client: Client,
    kept: Mutex<Option<MultiplexedConnection>>,
}

/// What a sentinel says.
struct Told {
    /// The number of the election that made it the primary (`config-epoch`).
    election: u64,
    address: Address,
}

impl Sentinel {
    async fn ask(&self, primary: &str) -> RedisResult<Told> {
        let asking = tokio::time::timeout(ANSWER, async {
            let mut kept = self.kept.lock().await;
            // Taken: a connection on which no answer comes is given up with the question.
            if let Some(mut connection) = kept.take()
                && let Ok(told) = question(&mut connection, primary).await
            {
                *kept = Some(connection);
                return Ok(told);
            }
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let mut connection = self
                .client
                .get_multiplexed_async_connection_with_config(&config)
                .await?;
            let told = question(&mut connection, primary).await?;
            *kept = Some(connection);
            Ok(told)
        });
        let silent = RedisError::from((ErrorKind::Io, "a sentinel does not answer"));
        asking.await.unwrap_or(Err(silent))
    }
}

/// Asks both: the address is the new one as soon as the servers are told of it, and only the description has the election.
async fn question(connection: &mut MultiplexedConnection, primary: &str) -> RedisResult<Told> {
    let mut both = redis::pipe();
    for name in ["GET-MASTER-ADDR-BY-NAME", "MASTER"] {
        both.cmd("SENTINEL").arg(name).arg(primary);
    }
    let (address, about): (Option<Address>, HashMap<String, String>) =
        both.query_async(connection).await?;
    let election = about.get("config-epoch").and_then(|text| text.parse().ok());
    match (address, election) {
        (Some(address), Some(election)) => Ok(Told { election, address }),
        _ => Err(RedisError::from((
            ErrorKind::UnexpectedReturnType,
            "a sentinel does not say which server is the primary",
        ))),
    }
}

/// A primary that sentinels named, behind one connection.
pub(super) struct Named {
    sentinels: Arc<Sentinels>,
    address: Address,
    /// A moment at which it is known to have been the primary.
    alive: Mutex<Option<Instant>>,
}

impl Named {
    /// Whether it was the primary when it answered a command that was sent at this moment; call it as soon as the answer is
    /// there. Where no sentinel can be asked, it counts as the primary still.
    pub(super) async fn was_primary(&self, sent: Instant) -> bool {
        let received = Instant::now();
        // While one asks, the others wait: what it hears counts for them as well.
        let mut alive = self.alive.lock().await;
        let recent = alive.is_some_and(|alive| received.saturating_duration_since(alive) <= ALIVE);
        if !recent {
            let named = self.sentinels.named().await;
            if named.is_ok_and(|named| !named.contains(&self.address)) {
                return false;
            }
        }
        *alive = (*alive).max(Some(sent));
        true
    }
}
