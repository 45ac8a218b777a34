//! `exo365-endpoint sessions`: who is signed in, and out with them. Over the database file, which one
//! process has at a time: the endpoint is stopped meanwhile.

use crate::clock::Clock;
use crate::config::{Config, SealSource};
use crate::problem::Problem;
use crate::record::Sessions;
use crate::seal::{self, Seal};
use crate::store::{Failed, FileStore, Key, Store as _};
use exo365_core::id_token::is_guid;

/// A session, as far as an operator has to know it.
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

/// The sessions of a stopped endpoint.
pub struct Operator {
    store: FileStore,
    seal: Seal,
    now: u64,
}

impl Operator {
    /// Opens the database.
    ///
    /// # Errors
    /// Where there is none, where an endpoint runs with it, and where the sealing keys are missing.
    pub fn open(config: &Config, clock: &Clock) -> Result<Self, Problem> {
        if config.store.is_some() {
            return Err(Problem::Database(
                "the sessions are in a shared store: these commands read a database file only"
                    .into(),
            ));
        }
        // Opening would make what is not there.
        for (file, what) in [
            (Some(&config.database), "database"),
            (beside(config), "file of sealing keys"),
        ] {
            if let Some(file) = file.filter(|file| !file.exists()) {
                let shown = file.display();
                return Err(Problem::Database(format!("there is no {what} {shown}")));
            }
        }
        Ok(Self {
            store: FileStore::open(&config.database).map_err(stop_first)?,
            seal: Seal::open(&config.seal)?,
            now: clock.now(),
        })
    }

    /// The sessions that live, the latest used first; and how many records do not open with the keys there are.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn sessions(&self) -> Result<(Vec<Listed>, usize), Problem> {
        let mut listed = Vec::new();
        let mut closed = 0;
        for (key, record) in self.store.all().map_err(broken)? {
            let Some(ends) = seal::ends_at(&record).filter(|end| self.now < *end) else {
                continue;
            };
            match Sessions::read(&self.seal, key, &record) {
                Some(session) => listed.push(Listed {
                    name: key.to_string(),
                    tenant_id: session.account.tenant_id,
                    object_id: session.account.object_id,
                    created: session.created,
                    used: session.touched,
                    ends,
                    key,
                }),
                None => closed += 1,
            }
        }
        listed.sort_by_key(|session| std::cmp::Reverse(session.used));
        Ok((listed, closed))
    }

    /// Ends all sessions of a user (`oid`); says how many.
    ///
    /// # Errors
    /// Where `object_id` is none, or the database fails.
    pub async fn revoke(&self, object_id: &str) -> Result<usize, Problem> {
        if !is_guid(object_id) {
            return Err(Problem::Config(
                "a user is named by the object id, a GUID; `sessions list` shows it".into(),
            ));
        }
        let (mut sessions, _) = self.sessions()?;
        sessions.retain(|session| session.object_id.eq_ignore_ascii_case(object_id));
        for session in &sessions {
            self.store.remove(session.key).await.map_err(broken)?;
        }
        Ok(sessions.len())
    }
}

fn beside(config: &Config) -> Option<&std::path::PathBuf> {
    match &config.seal {
        SealSource::Beside(file) => Some(file),
        SealSource::Given(_) => None,
    }
}

fn broken(_: Failed) -> Problem {
    Problem::Database("the database failed: EXO365_LOG=error shows why".into())
}

fn stop_first(problem: Problem) -> Problem {
    match problem {
        Problem::Database(sentence) if sentence.contains("in use") => Problem::Database(format!(
            "{sentence}; stop it first, the file is for one process at a time"
        )),
        problem => problem,
    }
}
