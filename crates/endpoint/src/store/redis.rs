//! The store in Redis or Valkey, shared by several endpoints.
//!
//! ```text
//! exo365:session:<key>   a sealed record; gone when it ends
//! exo365:group:<group>   the names of the records of a group; gone after the last of them
//! exo365:renewal:<key>   who renews this session just now, for some seconds
//! exo365:ends            the names of all records, by when they end
//! ```
//!
//! The last one is there to be counted: exact, at a price that grows with the logarithm. `SCAN` would go over all
//! records, from every endpoint and at every interval; a counter would never learn of a record that ended by itself.

use super::contract::{Failed, Locks, Store, StoreFuture, Visitor};
use super::key::{Group, Holder, Key};
use super::seal;
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::base::tls;
use crate::config::store::is_tls;
use exo365_core::text::{base64_decode, base64url};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisResult, TlsCertificates};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer may take, with the connections that it needs.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection may be silent: a command gets its answer on another one, where there is one to be had.
const SILENCE: Duration = Duration::from_secs(1);
/// How often a command is sent where one connection after another breaks.
const ATTEMPTS: usize = 4;

/// Before the name of a record.
const SESSION: &str = "exo365:session:";
/// Records that are looked at in one go.
const PAGE: usize = 500;

/// What is written to see whether it can be.
const PROBE: &str = "exo365:probe";

/// All records, by when they end.
const ENDS: &str = "exo365:ends";

/// Puts a record in (its name, its group, the group before, [`ENDS`]; the record, milliseconds, when it ends).
const PUT: &str = "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[3], KEYS[1])
if KEYS[3] ~= '' and KEYS[3] ~= KEYS[2] then redis.call('SREM', KEYS[3], KEYS[1]) end
if KEYS[2] ~= '' then
  redis.call('SADD', KEYS[2], KEYS[1])
  if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
end
return 1";

/// Stands before [`PUT`] (and the old record): only where that is still there. A repeated swap that was
/// done the first time is done.
const ONLY: &str = "local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then return 1 end
if held ~= ARGV[4] then return 0 end
";

/// Takes a record out (its name, [`ENDS`]), and gives it.
const TAKE: &str = "redis.call('ZREM', KEYS[2], KEYS[1])
return redis.call('GETDEL', KEYS[1])";

/// Becomes the holder, or stays it for as long again (name; holder, milliseconds).
const CLAIM: &str = "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1";

const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// Sessions in Redis or Valkey. It need not be there at the start, and may go and come back.
pub(crate) struct RedisStore {
    client: Client,
    clock: Clock,
    link: Mutex<Link>,
    /// The last thing logged was a failure.
    down: AtomicBool,
}

/// The connection, which all requests share, and how many there were before it.
#[derive(Default)]
struct Link {
    number: u64,
    manager: Option<ConnectionManager>,
}

impl RedisStore {
    /// Takes the address, and for TLS the authority to trust in place of the system's (PEM); the first request
    /// connects.
    ///
    /// # Errors
    /// [`Problem::Config`].
    pub(crate) fn open(
        address: &str,
        authority: Option<&[u8]>,
        clock: Clock,
    ) -> Result<Self, Problem> {
        tls::install_provider();
        let certificates = TlsCertificates {
            client_tls: None,
            root_cert: authority.map(<[u8]>::to_vec),
        };
        let client = if is_tls(address) {
            Client::build_with_tls(address, certificates)
        } else {
            Client::open(address)
        };
        // The parser's words may repeat the address, and that may hold a password.
        let client = client
            .map_err(|_| Problem::Config("the address of the store is no redis:// one".into()))?;
        Ok(Self {
            client,
            clock,
            link: Mutex::default(),
            down: AtomicBool::new(false),
        })
    }

    fn guard(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> RedisResult<(u64, ConnectionManager)> {
        let mut link = self.guard();
        if let Some(manager) = &link.manager {
            return Ok((link.number, manager.clone()));
        }
        // One attempt: whoever comes next makes the next one. The time is kept in `ask`.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(None);
        let manager = ConnectionManager::new_lazy_with_config(self.client.clone(), config)?;
        link.number += 1;
        link.manager = Some(manager.clone());
        Ok((link.number, manager))
    }

    /// Drops a connection that does not work any more.
    fn forget(&self, number: u64) {
        let mut link = self.guard();
        if link.number == number {
            link.manager = None;
        }
    }

    /// One command; again where the connection broke or fell silent. Each of ours may be repeated.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        let end = Instant::now() + TIMEOUT;
        for attempt in 1..=ATTEMPTS {
            let (number, mut manager) = self.link().map_err(|error| self.failed(&error))?;
            let silent = end.min(Instant::now() + SILENCE);
            let answer = tokio::time::timeout_at(silent, command.query_async(&mut manager)).await;
            match answer {
                Ok(Ok(value)) => {
                    if self.down.swap(false, Ordering::Relaxed) {
                        tracing::info!("the session store is back");
                    }
                    return Ok(value);
                }
                Ok(Err(error)) if error.is_connection_dropped() && attempt < ATTEMPTS => {}
                Ok(Err(error)) => {
                    // A primary that became a replica keeps its connections.
                    if error.code() == Some("READONLY") {
                        self.forget(number);
                    }
                    return Err(self.failed(&error));
                }
                Err(_) => {
                    self.forget(number);
                    if Instant::now() >= end {
                        break;
                    }
                }
            }
        }
        Err(self.failed(&"no answer in time"))
    }

    /// Logs the first failure only, until the store works again.
    fn failed(&self, error: &dyn std::fmt::Display) -> Failed {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the session store does not answer as it should");
        }
        Failed
    }

    /// Milliseconds until the record ends; it is refused by what it says itself, too.
    fn life(&self, record: &[u8]) -> u64 {
        let end = seal::ends_at(record).unwrap_or_default();
        end.saturating_sub(self.clock.now()).max(1) * 1000
    }

    fn put(&self, script: &str, key: Key, old: Option<&[u8]>, new: &[u8]) -> Cmd {
        let named = |record: &[u8]| seal::group(record).map(group).unwrap_or_default();
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(4).arg(session(key));
        command
            .arg(named(new))
            .arg(old.map(named).unwrap_or_default())
            .arg(ENDS);
        let ends = seal::ends_at(new).unwrap_or_default();
        command.arg(new).arg(self.life(new)).arg(ends).arg(old);
        command
    }

    /// Warns of settings of the store that would lose sessions.
    async fn look(&self) -> Result<(), Failed> {
        let mut command = redis::cmd("INFO");
        command.arg("everything");
        let Ok(about) = self.ask::<String>(&command).await else {
            return Ok(());
        };
        let says = |line: &str| about.lines().any(|other| other.trim() == line);
        if says("aof_enabled:0") {
            tracing::warn!(
                "the session store keeps no append-only file: its restart loses sessions (appendonly yes)"
            );
        }
        if !says("maxmemory_policy:noeviction") && about.contains("maxmemory_policy:") {
            tracing::warn!(
                "the session store drops records when its memory is full (maxmemory-policy noeviction)"
            );
        }
        Ok(())
    }
}

fn session(key: Key) -> String {
    format!("{SESSION}{}", base64url(&key.0))
}

/// What is stored under this name.
fn key(name: &str) -> Option<Key> {
    let bytes = base64_decode(name.strip_prefix(SESSION)?)?;
    bytes.try_into().ok().map(Key)
}

fn group(group: Group) -> String {
    format!("exo365:group:{}", base64url(&group.0))
}

fn lock(script: &str, key: Key, holder: Holder) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(script).arg(1);
    command.arg(format!("exo365:renewal:{}", base64url(&key.0)));
    command.arg(holder.0.as_slice());
    command
}

impl Store for RedisStore {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move { self.ask(redis::cmd("GET").arg(session(key))).await })
    }

    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        Box::pin(async move { self.ask(&self.put(PUT, key, None, &record)).await })
    }

    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let script = [ONLY, PUT].concat();
            self.ask(&self.put(&script, key, Some(&old), &new)).await
        })
    }

    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut take = redis::cmd("EVAL");
            take.arg(TAKE).arg(2).arg(session(key)).arg(ENDS);
            let record: Option<Vec<u8>> = self.ask(&take).await?;
            // A name that stayed in its group would do no harm.
            match record.as_deref().and_then(seal::group) {
                Some(of) => {
                    let mut command = redis::cmd("SREM");
                    self.ask(command.arg(group(of)).arg(session(key))).await
                }
                None => Ok(()),
            }
        })
    }

    fn remove_group(&self, of: Group) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let names: Vec<String> = self.ask(redis::cmd("SMEMBERS").arg(group(of))).await?;
            if names.is_empty() {
                return Ok(0);
            }
            let ended = self.ask(redis::cmd("DEL").arg(&names)).await?;
            let mut forget = redis::cmd("SREM");
            let _: usize = self.ask(forget.arg(group(of)).arg(&names)).await?;
            let mut forget = redis::cmd("ZREM");
            let _: usize = self.ask(forget.arg(ENDS).arg(&names)).await?;
            Ok(ended)
        })
    }

    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut cursor: u64 = 0;
            loop {
                let mut scan = redis::cmd("SCAN");
                scan.arg(cursor).arg("MATCH").arg(format!("{SESSION}*"));
                let names: Vec<String>;
                (cursor, names) = self.ask(scan.arg("COUNT").arg(PAGE)).await?;
                if !names.is_empty() {
                    let records: Vec<Option<Vec<u8>>> =
                        self.ask(redis::cmd("MGET").arg(&names)).await?;
                    for (name, record) in names.iter().zip(records) {
                        if let (Some(key), Some(record)) = (key(name), record) {
                            visit(key, record);
                        }
                    }
                }
                if cursor == 0 {
                    return Ok(());
                }
            }
        })
    }

    /// The store drops records by itself; their names go here, at the endpoint that comes first.
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            self.look().await?;
            let mut forget = redis::cmd("ZREMRANGEBYSCORE");
            self.ask(forget.arg(ENDS).arg("-inf").arg(now)).await
        })
    }

    /// Those that have not ended; a record that was put in by a version without the list, from its next change on.
    fn count(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let after = format!("({}", self.clock.now());
            self.ask(redis::cmd("ZCOUNT").arg(ENDS).arg(after).arg("+inf"))
                .await
        })
    }

    fn has_group(&self, of: Group) -> StoreFuture<'_, bool> {
        Box::pin(async move { self.ask(redis::cmd("EXISTS").arg(group(of))).await })
    }

    fn try_write(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut write = redis::cmd("SET");
            self.ask(write.arg(PROBE).arg(1).arg("EX").arg(60)).await
        })
    }

    fn name(&self) -> &'static str {
        "redis"
    }

    fn locks(&self) -> Option<&dyn Locks> {
        Some(self)
    }
}

impl Locks for RedisStore {
    fn claim(&self, key: Key, holder: Holder, life: Duration) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let life = u64::try_from(life.as_millis()).map_err(|_| Failed)?;
            self.ask(lock(CLAIM, key, holder).arg(life)).await
        })
    }

    fn release(&self, key: Key, holder: Holder) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let _: usize = self.ask(&lock(RELEASE, key, holder)).await?;
            Ok(())
        })
    }
}
