//! `exo365-endpoint sessions`: lists and ends sessions. With a shared store it works while endpoints run; with
//! the database file, which only one process can open, the endpoint has to be stopped.

use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::{Config, SealSource};
use crate::session::record::Sessions;
use crate::store::seal::{self, Seal};
use crate::store::{self, Failed, Key, Store};
use exo365_core::id_token::is_guid;
use std::collections::{HashMap, HashSet};

/// What an operator learns of a session.
#[derive(Clone)]
pub struct Listed {
    /// The name that it has in the log.
    pub name: String,
    /// `tid`.
    pub tenant_id: String,
    /// `oid`.
    pub object_id: String,
    /// Seconds since 1970.
    pub created: u64,
    /// Seconds since 1970; about when it was used last.
    pub used: u64,
    /// Seconds since 1970.
    pub ends: u64,
    key: Key,
}

/// The sessions of a stopped endpoint, or of all endpoints that share a store.
pub struct Operator {
    store: Box<dyn Store>,
    seal: Seal,
    now: u64,
}

impl Operator {
    /// Opens the database.
    ///
    /// # Errors
    /// Where there is none, where an endpoint runs with it, and where the sealing keys are missing.
    pub fn open(config: &Config, clock: &Clock) -> Result<Self, Problem> {
        // Opening would create missing files.
        let files = [
            (Some(&config.database), "database"),
            (beside(config), "file of sealing keys"),
        ];
        for (file, what) in files.into_iter().filter(|_| config.store.is_none()) {
            if let Some(file) = file.filter(|file| !file.exists()) {
                let shown = file.display();
                return Err(Problem::Database(format!("there is no {what} {shown}")));
            }
        }
        Ok(Self {
            store: store::open(config, clock).map_err(stop_first)?,
            seal: Seal::open(&config.seal)?,
            now: clock.now(),
        })
    }

    /// The live sessions, most recently used first; and the number of records that the present keys do not open.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sessions(&self) -> Result<(Vec<Listed>, usize), Problem> {
        let mut listed = HashMap::new();
        let mut closed = HashSet::new();
        let mut visit = |key: Key, record: Vec<u8>| {
            let Some(ends) = seal::ends_at(&record).filter(|end| self.now < *end) else {
                return;
            };
            let Some(session) = Sessions::read(&self.seal, key, &record) else {
                closed.insert(key);
                return;
            };
            let one = Listed {
                name: key.to_string(),
                tenant_id: session.account.tenant_id,
                object_id: session.account.object_id,
                created: session.created,
                used: session.touched,
                ends,
                key,
            };
            listed.insert(key, one);
        };
        self.store.each(&mut visit).await.map_err(broken)?;
        let mut listed: Vec<Listed> = listed.into_values().collect();
        listed.sort_by_key(|session| std::cmp::Reverse(session.used));
        Ok((listed, closed.len()))
    }

    /// Ends all sessions of a user (`oid`), and returns their number.
    ///
    /// # Errors
    /// If `object_id` is not a GUID, or the database fails.
    pub async fn revoke(&self, object_id: &str) -> Result<usize, Problem> {
        if !is_guid(object_id) {
            return Err(Problem::Config(
                "a user is named by the object id, a GUID; `sessions list` shows it".into(),
            ));
        }
        let (mut sessions, _) = self.sessions().await?;
        sessions.retain(|session| session.object_id.eq_ignore_ascii_case(object_id));
        for session in &sessions {
            self.store.remove(session.key).await.map_err(broken)?;
        }
        Ok(sessions.len())
    }
}

fn beside(config: &Config) -> Option<&std::path::PathBuf> {
    match &config.seal {
        SealSource::KeyFile(file) => Some(file),
        SealSource::Given(_) => None,
    }
}

fn broken(_: Failed) -> Problem {
    Problem::Database("the session store failed: EXO365_LOG=error shows why".into())
}

fn stop_first(problem: Problem) -> Problem {
    match problem {
        Problem::Database(sentence) if sentence.contains("in use") => Problem::Database(format!(
            "{sentence}; stop it first, the file is for one process at a time"
        )),
        problem => problem,
    }
}
