//! Sends commands: again where a connection broke, and until replicas have confirmed what was written.

use super::RedisStore;
use super::link::{Connection, Link};
use super::names::Names;
use crate::store::contract::Failed;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, Value};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer may take, with the connections that it needs.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection may be silent. Then the command is sent on another one.
const SILENCE: Duration = Duration::from_secs(1);
/// How often a command is sent where one connection after another breaks.
const ATTEMPTS: usize = 4;
/// How long replicas may take to confirm a write, in milliseconds; less than [`SILENCE`].
const CONFIRM: u64 = 700;

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
    /// One command; again where the connection broke or fell silent. Each of ours may be repeated.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        self.send(&self.reads, &Message::One(command)).await
    }

    /// Commands that write; done when enough replicas have what they wrote.
    pub(super) async fn write(&self, commands: Vec<Cmd>) -> Result<Vec<Value>, Failed> {
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
            let sent = Instant::now();
            let silent = end.min(sent + SILENCE);
            let answer = tokio::time::timeout_at(silent, message.send(&mut connection)).await;
            match answer {
                // It may have been done there all the same; each of ours may be repeated.
                Ok(Ok(_)) if !connection.counts(sent).await => {
                    link.forget(number);
                    if attempt == ATTEMPTS {
                        return Err(self.failed(&"one primary after another is replaced"));
                    }
                }
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
    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> Failed {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the session store does not answer as it should");
        }
        Failed
    }
}

/// Whether another connection may help: this one broke, or its server is no primary any more.
fn is_elsewhere(error: &RedisError) -> bool {
    error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || ["READONLY", "MASTERDOWN"].contains(&error.code().unwrap_or_default())
}

/// The last answer, as a value of this type.
pub(super) fn last<T: FromRedisValue>(answers: Vec<Value>) -> Result<T, Failed> {
    let answer = answers.into_iter().next_back().ok_or(Failed)?;
    T::from_redis_value(answer).map_err(|_| Failed)
}
