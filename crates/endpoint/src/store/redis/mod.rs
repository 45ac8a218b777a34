//! The store in Redis or Valkey, shared by several endpoints: one server, a primary that sentinels watch, or a cluster.
//!
//! A write counts when so many replicas have it as the configuration says (`WAIT`); before that nothing is acknowledged. A
//! replica that takes over has then all that was acknowledged. Reads go to the primary.

mod link;
mod names;
mod scripts;

use super::contract::{Failed, Locks, Store, StoreFuture, Visitor};
use super::key::{Group, Holder, Key};
use super::seal;
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::base::tls;
use crate::config::store_address::{Kind, StoreAddress};
use link::{Connection, Link, Source};
use names::Names;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long an answer may take, with the connections that it needs.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection may be silent. Then the command is sent on another one.
const SILENCE: Duration = Duration::from_secs(1);
/// How often a command is sent where one connection after another breaks.
const ATTEMPTS: usize = 4;
/// How long replicas may take to confirm a write, in milliseconds; less than [`SILENCE`].
const CONFIRM: u64 = 700;
/// Records that are looked at in one go.
const PAGE: usize = 500;
/// How often a walk over all records begins again where servers change meanwhile.
const WALKS: usize = 3;

/// Sessions in Redis or Valkey. It need not be there at the start, and may go and come back.
pub(crate) struct RedisStore {
    names: Names,
    reads: Link,
    /// `WAIT` holds up its connection, so writes have one of their own.
    writes: Link,
    /// How many replicas have to confirm a write.
    replicas: u32,
    /// A failed write makes the endpoint ask for the primary again.
    watched: bool,
    clock: Clock,
    /// The part of the cluster that the next probe is written to.
    probe: AtomicU8,
    /// The last thing logged was a failure.
    down: AtomicBool,
}

/// What is sent: one command, or several in one go.
enum Message<'a> {
    One(&'a Cmd),
    Several(&'a Pipeline),
}

impl Message<'_> {
    async fn send<T: FromRedisValue>(&self, connection: &mut Connection) -> RedisResult<T> {
        match self {
            Self::One(command) => command.query_async(connection).await,
            Self::Several(pipeline) => pipeline.query_async(connection).await,
        }
    }
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
        let address = StoreAddress::parse(address)
            .map_err(|sentence| Problem::config(format!("the address of the store {sentence}")))?;
        let names = match address.kind {
            Kind::Server | Kind::Sentinel { .. } => Names::Server,
            Kind::Cluster => Names::Cluster,
        };
        let watched = matches!(address.kind, Kind::Sentinel { .. });
        let replicas = address.replicas();
        // The library's words may repeat the address, and that may hold a password.
        let source = Source::new(address, authority).map_err(|_| {
            Problem::config("the address of the store, or `store_ca_file`, is not usable")
        })?;
        let source = Arc::new(source);
        Ok(Self {
            names,
            reads: Link::new(&source),
            writes: Link::new(&source),
            replicas,
            watched,
            clock,
            probe: AtomicU8::new(0),
            down: AtomicBool::new(false),
        })
    }

    /// The same with another number of replicas that have to confirm a write.
    pub(crate) fn with_replicas(mut self, replicas: Option<u32>) -> Self {
        self.replicas = replicas.unwrap_or(self.replicas);
        self
    }

    /// One command; again where the connection broke or fell silent. Each of ours may be repeated.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        self.send(&self.reads, &Message::One(command)).await
    }

    /// Commands that write; done when enough replicas have what they wrote.
    async fn write(&self, commands: Vec<Cmd>) -> Result<Vec<Value>, Failed> {
        // In a cluster each may be for another server.
        let parts: Vec<Vec<Cmd>> = match self.names {
            Names::Server => vec![commands],
            Names::Cluster => commands.into_iter().map(|one| vec![one]).collect(),
        };
        let mut answers = Vec::new();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let mut pipeline = redis::pipe();
            for command in part {
                pipeline.add_command(command.clone());
            }
            if self.replicas == 0 {
                let more: Vec<Value> = self.send(&self.reads, &Message::Several(&pipeline)).await?;
                answers.extend(more);
                continue;
            }
            pipeline.cmd("WAIT").arg(self.replicas).arg(CONFIRM);
            let mut more: Vec<Value> = self
                .send(&self.writes, &Message::Several(&pipeline))
                .await?;
            let confirmed = more.pop().map(u32::from_redis_value);
            if !confirmed.is_some_and(|count| count.is_ok_and(|count| count >= self.replicas)) {
                return Err(self.unconfirmed().await);
            }
            answers.extend(more);
        }
        Ok(answers)
    }

    /// The primary has a write, and its replicas have not. It may have been replaced, and not know it yet.
    async fn unconfirmed(&self) -> Failed {
        if self.watched {
            for link in [&self.reads, &self.writes] {
                if let Ok((number, _)) = link.connection().await {
                    link.forget(number);
                }
            }
        }
        self.failed(&format_args!(
            "a write was not confirmed by {} of its replicas (`store_replicas`)",
            self.replicas
        ))
    }

    async fn send<T: FromRedisValue>(
        &self,
        link: &Link,
        message: &Message<'_>,
    ) -> Result<T, Failed> {
        let end = Instant::now() + TIMEOUT;
        for attempt in 1..=ATTEMPTS {
            let Ok(made) = tokio::time::timeout_at(end, link.connection()).await else {
                break;
            };
            let (number, mut connection) = made.map_err(|error| self.failed(&error))?;
            let silent = end.min(Instant::now() + SILENCE);
            let answer = tokio::time::timeout_at(silent, message.send(&mut connection)).await;
            match answer {
                Ok(Ok(value)) => {
                    if self.down.swap(false, Ordering::Relaxed) {
                        tracing::info!("the session store is back");
                    }
                    return Ok(value);
                }
                Ok(Err(error)) => {
                    let again = is_elsewhere(&error);
                    if again {
                        link.forget(number);
                    }
                    if !again || attempt == ATTEMPTS {
                        return Err(self.failed(&error));
                    }
                }
                Err(_) => {
                    link.forget(number);
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

    /// The commands that put a record in. Its group comes first: a name too many in a group does no harm, and a session
    /// that is missing there would outlive its sign-out at the service.
    fn put(&self, key: Key, old: Option<&[u8]>, new: &[u8]) -> Vec<Cmd> {
        let life = self.life(new);
        let ends = seal::ends_at(new).unwrap_or_default();
        let record = scripts::Record {
            bytes: new,
            life,
            ends,
        };
        let group = seal::group(new).map(|group| scripts::join(self.names, group, key, life));
        let put = scripts::put(self.names, key, &record, old);
        group.into_iter().chain([put]).collect()
    }

    /// Takes a name out of a group. One that stays would do no harm.
    async fn leave(&self, group: Group, names: &[String]) -> Result<(), Failed> {
        if names.is_empty() {
            return Ok(());
        }
        let mut command = redis::cmd("SREM");
        let _: usize = self
            .ask(command.arg(self.names.group(group)).arg(names))
            .await?;
        Ok(())
    }

    /// One command for each list of names, by when their records end; the sum of the answers.
    async fn over_ends(&self, command: impl Fn(&str) -> Cmd) -> Result<u64, Failed> {
        let lists = self.names.all_ends();
        if let [only] = lists.as_slice() {
            return self.ask(&command(only)).await;
        }
        let made = tokio::time::timeout(TIMEOUT, self.reads.connection()).await;
        let made = made.map_err(|_| self.failed(&"no connection in time"))?;
        let (_, connection) = made.map_err(|error| self.failed(&error))?;
        let mut asked = JoinSet::new();
        for list in lists {
            let (command, mut connection) = (command(&list), connection.clone());
            asked.spawn(async move { command.query_async::<u64>(&mut connection).await });
        }
        let answered = tokio::time::timeout(TIMEOUT, asked.join_all()).await;
        let answers = answered.map_err(|_| self.failed(&"no answer in time"))?;
        let sum: RedisResult<u64> = answers.into_iter().sum();
        sum.map_err(|error| self.failed(&error))
    }

    /// Visits the records of all servers, by one connection: a place in the walk means nothing on another server.
    async fn walk(&self, visit: &mut (dyn FnMut(Key, Vec<u8>) + Send)) -> RedisResult<()> {
        let (_, mut connection) = self.reads.connection().await?;
        for node in connection.primaries().await? {
            let mut cursor: u64 = 0;
            loop {
                let mut scan = redis::cmd("SCAN");
                scan.arg(cursor).arg("MATCH").arg(names::all_sessions());
                scan.arg("COUNT").arg(PAGE);
                let page = connection.at(&node, scan).await?;
                let names: Vec<String>;
                (cursor, names) = FromRedisValue::from_redis_value(page)?;
                if !names.is_empty() {
                    let mut read = redis::cmd("MGET");
                    let records: Vec<Option<Vec<u8>>> =
                        read.arg(&names).query_async(&mut connection).await?;
                    for (name, record) in names.iter().zip(records) {
                        if let (Some(key), Some(record)) = (names::key(name), record) {
                            visit(key, record);
                        }
                    }
                }
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Whether another connection may help: this one broke, or its server is no primary any more.
fn is_elsewhere(error: &RedisError) -> bool {
    error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || ["READONLY", "MASTERDOWN"].contains(&error.code().unwrap_or_default())
}

/// The last answer, as a value of this type.
fn last<T: FromRedisValue>(answers: Vec<Value>) -> Result<T, Failed> {
    let answer = answers.into_iter().next_back().ok_or(Failed)?;
    T::from_redis_value(answer).map_err(|_| Failed)
}

impl Store for RedisStore {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let mut command = redis::cmd("GET");
            self.ask(command.arg(self.names.session(key))).await
        })
    }

    fn insert(&self, key: Key, record: Vec<u8>) -> StoreFuture<'_, ()> {
        Box::pin(async move { last(self.write(self.put(key, None, &record)).await?) })
    }

    fn swap(&self, key: Key, old: Vec<u8>, new: Vec<u8>) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let swapped = last(self.write(self.put(key, Some(&old), &new)).await?)?;
            let (before, after) = (seal::group(&old), seal::group(&new));
            if let Some(group) = before.filter(|_| swapped && before != after) {
                self.leave(group, &[self.names.session(key)]).await?;
            }
            Ok(swapped)
        })
    }

    fn remove(&self, key: Key) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let taken = self.write(vec![scripts::take(self.names, key)]).await?;
            let record: Option<Vec<u8>> = last(taken)?;
            match record.as_deref().and_then(seal::group) {
                Some(group) => self.leave(group, &[self.names.session(key)]).await,
                None => Ok(()),
            }
        })
    }

    fn remove_group(&self, group: Group) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let mut members = redis::cmd("SMEMBERS");
            let members: Vec<String> = self.ask(members.arg(self.names.group(group))).await?;
            let keys: Vec<Key> = members.iter().filter_map(|name| names::key(name)).collect();
            let take = keys.iter().map(|key| scripts::take(self.names, *key));
            let taken = self.write(take.collect()).await?;
            // A record that was not there may be on its way: its name stays, and ends with the group.
            let ended = keys.iter().zip(taken);
            let ended = ended.filter(|(_, record)| *record != Value::Nil);
            let ended: Vec<String> = ended.map(|(key, _)| self.names.session(*key)).collect();
            self.leave(group, &ended).await?;
            Ok(ended.len())
        })
    }

    fn each<'a>(&'a self, visit: Visitor<'a>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut walked = self.walk(visit).await;
            for _ in 1..WALKS {
                if walked.is_ok() {
                    break;
                }
                walked = self.walk(visit).await;
            }
            walked.map_err(|error| self.failed(&error))
        })
    }

    /// The store drops records by itself; their names go here, at the endpoint that comes first.
    fn sweep(&self, now: u64) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            for warning in self.warnings().await.unwrap_or_default() {
                tracing::warn!("the session store {warning}");
            }
            let forget = |list: &str| {
                let mut forget = redis::cmd("ZREMRANGEBYSCORE");
                forget.arg(list).arg("-inf").arg(now);
                forget
            };
            let gone = self.over_ends(forget).await?;
            Ok(usize::try_from(gone).unwrap_or(usize::MAX))
        })
    }

    /// Those that have not ended; a record that was put in by a version without the list, from its next change on.
    fn count(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let after = format!("({}", self.clock.now());
            let count = |list: &str| {
                let mut count = redis::cmd("ZCOUNT");
                count.arg(list).arg(&after).arg("+inf");
                count
            };
            self.over_ends(count).await
        })
    }

    fn has_group(&self, group: Group) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let mut command = redis::cmd("EXISTS");
            self.ask(command.arg(self.names.group(group))).await
        })
    }

    /// In a cluster each call tries another part.
    fn try_write(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let part = self.probe.fetch_add(1, Ordering::Relaxed);
            let mut write = redis::cmd("SET");
            write.arg(self.names.probe(Key([part; 32])));
            write.arg(1).arg("EX").arg(60);
            self.write(vec![write]).await.map(drop)
        })
    }

    fn warnings(&self) -> StoreFuture<'_, Vec<String>> {
        Box::pin(async move {
            let mut command = redis::cmd("INFO");
            let about: Value = self.ask(command.arg("everything")).await?;
            // A cluster gives one text for each server.
            let texts = HashMap::<String, String>::from_redis_value(about.clone())
                .map(|texts| texts.into_values().collect())
                .or_else(|_| String::from_redis_value(about).map(|text| vec![text]));
            let found = texts.unwrap_or_default();
            let mut found: Vec<String> = found
                .iter()
                .flat_map(|text| warnings(text, self.replicas))
                .collect();
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
    }

    fn name(&self) -> &'static str {
        "redis"
    }

    fn locks(&self) -> Option<&dyn Locks> {
        Some(self)
    }
}

/// What a server says of itself that would lose sessions.
fn warnings(about: &str, replicas: u32) -> Vec<String> {
    let value = |name: &str| {
        let mut lines = about.lines().filter_map(|line| line.trim().split_once(':'));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let mut found = Vec::new();
    if value("aof_enabled") == Some("0") {
        found.push(
            "keeps no append-only file: its restart loses sessions (appendonly yes)".to_owned(),
        );
    }
    if value("maxmemory_policy").is_some_and(|policy| policy != "noeviction") {
        found
            .push("drops records when its memory is full (maxmemory-policy noeviction)".to_owned());
    }
    let connected = value("connected_slaves").and_then(|count| count.parse().ok());
    let primary = value("role") == Some("master");
    if let Some(connected) = connected.filter(|count: &u32| primary && *count < replicas) {
        found.push(format!(
            "has a primary with {connected} replicas, and `store_replicas` is {replicas}: it takes no write until \
             there are as many"
        ));
    }
    found
}

impl Locks for RedisStore {
    fn claim(&self, key: Key, holder: Holder, life: Duration) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let life = u64::try_from(life.as_millis()).map_err(|_| Failed)?;
            self.ask(&scripts::claim(self.names, key, holder, life))
                .await
        })
    }

    fn release(&self, key: Key, holder: Holder) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let release = scripts::release(self.names, key, holder);
            let _: usize = self.ask(&release).await?;
            Ok(())
        })
    }
}
