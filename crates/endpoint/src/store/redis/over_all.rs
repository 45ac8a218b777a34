//! What goes over all records: the counts, and the walk.

use super::RedisStore;
use super::names;
use super::sending::TIMEOUT;
use crate::store::contract::Failed;
use crate::store::key::Key;
use redis::{Cmd, FromRedisValue, RedisResult};
use tokio::task::JoinSet;

/// Records that are looked at in one go.
const PAGE: usize = 500;

impl RedisStore {
    /// One command for each list of names, by when their records end; the sum of the answers.
    pub(super) async fn over_ends(&self, command: impl Fn(&str) -> Cmd) -> Result<u64, Failed> {
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
    pub(super) async fn walk(
        &self,
        visit: &mut (dyn FnMut(Key, Vec<u8>) + Send),
    ) -> RedisResult<()> {
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
