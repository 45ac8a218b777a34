//! The store in Redis or Valkey, shared by several endpoints: one server, a primary that sentinels watch, or a cluster.
//!
//! A write counts when so many replicas have it as the configuration says (`WAIT`); before that nothing is acknowledged. A
//! replica that takes over has then all that was acknowledged. Reads go to the primary.

mod link;
mod names;
mod over_all;
mod scripts;
mod sending;
mod sentinels;
mod warnings;

use super::contract::{Failed, Locks, Store, StoreFuture, Visitor};
use super::key::{Group, Holder, Key};
use super::seal;
use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::base::tls;
use crate::config::store_address::{Kind, StoreAddress};
use link::{Link, Source};
use names::Names;
use redis::{Cmd, FromRedisValue, Value};
use sending::last;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

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
}

impl Store for RedisStore {
    fn get(&self, key: Key) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let mut command = redis::cmd("GET");
            command.arg(self.names.session(key));
            let found: Option<Vec<u8>> = self.ask(&command).await?;
            if found.is_some() || self.replicas == 0 {
                return Ok(found);
            }
            // A primary that was replaced and does not know it misses what came since. It has no replicas any more to confirm
            // that nothing is there.
            last(self.write(vec![command]).await?)
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
                .flat_map(|text| warnings::of(text, self.replicas))
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
