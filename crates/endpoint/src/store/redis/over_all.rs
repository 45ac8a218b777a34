//! What goes over all records: the counts, and the walk.

use super::RedisStore;
use super::link::Connection;
use super::names;
use crate::store::contract::Failed;
use crate::store::key::Key;
use futures_util::future::try_join_all;
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult};
use tokio::time::Instant;

/// Records that are looked at in one go.
const PAGE: usize = 500;

impl RedisStore {
    /// One command for each list of names, by when their records end; the sum of the answers.
    pub(super) async fn over_ends(&self, command: impl Fn(&str) -> Cmd) -> Result<u64, Failed> {
        let lists = self.names.all_ends();
        let commands: Vec<Cmd> = lists.iter().map(|list| command(list)).collect();
        let answers = try_join_all(commands.iter().map(|command| self.ask::<u64>(command))).await?;
        Ok(answers.into_iter().sum())
    }

    /// Visits the records of all servers. After a failure the next walk has another connection.
    pub(super) async fn walk(
        &self,
        visit: &mut (dyn FnMut(Key, Vec<u8>) + Send),
    ) -> RedisResult<()> {
        let (number, connection) = self.reads.connection().await?;
        let begun = Instant::now();
        let mut walked = walk_by(connection.clone(), visit).await;
        if walked.is_ok() && !connection.counts(begun).await {
            walked = Err(RedisError::from((
                ErrorKind::Io,
                "the primary was replaced during the walk",
            )));
        }
        if walked.is_err() {
            self.reads.forget(number);
        }
        walked
    }
}

/// Visits all records by one connection: a place in the walk means nothing on another server.
async fn walk_by(
    mut connection: Connection,
    visit: &mut (dyn FnMut(Key, Vec<u8>) + Send),
) -> RedisResult<()> {
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
