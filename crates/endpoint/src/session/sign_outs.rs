//! Sign-outs at the sign-in service: they end sessions here, at once or as soon as the store is back.

use super::back_off::BackOff;
use super::record::Sessions;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::store::{Failed, Group};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most groups that wait for the store. While it is away nobody can tell which of them have sessions.
const MOST: usize = 1024;

/// Ends groups of sessions. A clone is the same.
#[derive(Clone)]
pub(crate) struct SignOuts {
    sessions: Arc<Sessions>,
    metrics: Arc<Metrics>,
    waiting: Arc<Mutex<HashSet<Group>>>,
}

impl SignOuts {
    /// None waits.
    pub(crate) fn new(sessions: &Arc<Sessions>, metrics: &Arc<Metrics>) -> Self {
        Self {
            sessions: Arc::clone(sessions),
            metrics: Arc::clone(metrics),
            waiting: Arc::default(),
        }
    }

    /// Whether the group may have sessions: what a store that is away has is not known.
    pub(crate) async fn may_have(&self, group: Group) -> bool {
        self.sessions.store.has_group(group).await.unwrap_or(true)
    }

    /// Ends the sessions of a group. The service's frame comes once and takes no answer, so what the store does not do now is
    /// done later.
    pub(crate) async fn end(&self, group: Group) {
        if self.end_now(group).await.is_err() {
            self.wait(group);
        }
    }

    /// Whether a sign-out waits for the store.
    #[cfg(test)]
    pub(crate) fn any_waits(&self) -> bool {
        !self.guard().is_empty()
    }

    async fn end_now(&self, group: Group) -> Result<(), Failed> {
        let ended = self.sessions.store.remove_group(group).await?;
        if ended > 0 {
            self.metrics.ended(SessionEnd::Frontchannel, ended);
            tracing::info!(ended, "sessions end: signed out at the sign-in service");
        }
        Ok(())
    }

    fn guard(&self) -> MutexGuard<'_, HashSet<Group>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One task tries again for all that wait.
    fn wait(&self, group: Group) {
        let mut waiting = self.guard();
        if waiting.len() >= MOST {
            return;
        }
        let is_first = waiting.is_empty();
        waiting.insert(group);
        drop(waiting);
        if is_first {
            tracing::warn!("the store is away: a sign-out at the sign-in service waits for it");
            tokio::spawn(self.clone().retry());
        }
    }

    async fn retry(self) {
        let mut back_off = BackOff::begin();
        while back_off.wait().await {
            let groups: Vec<Group> = self.guard().iter().copied().collect();
            for group in groups {
                if self.end_now(group).await.is_err() {
                    break;
                }
                let mut waiting = self.guard();
                waiting.remove(&group);
                if waiting.is_empty() {
                    return;
                }
            }
        }
        let lost = std::mem::take(&mut *self.guard()).len();
        tracing::error!(lost, "the store stayed away: sign-outs are lost");
    }
}
