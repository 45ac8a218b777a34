//! Subscriptions to changes, and the notifications that wait for their hooks.

use std::collections::VecDeque;

use serde_json::Value;

/// Delays between the attempts to deliver a notification, in seconds. The service stops after four hours too.
const DELAYS: [i64; 7] = [10, 30, 60, 300, 1_800, 3_600, 7_200];
/// Largest number of entries in the log; older ones are removed.
const MAX_ENTRIES: usize = 1_000;

/// What a subscription is told about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Watched {
    Contact,
    Event,
    Message,
}

/// A subscription.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    /// The resource, as the client wrote it.
    pub(crate) resource: String,
    pub(crate) watched: Watched,
    pub(crate) mailbox: u32,
    /// Key of the folder or calendar; `None` for all.
    pub(crate) folder: Option<u64>,
    pub(crate) created: bool,
    pub(crate) updated: bool,
    pub(crate) deleted: bool,
    pub(crate) url: String,
    pub(crate) lifecycle_url: Option<String>,
    pub(crate) client_state: Option<String>,
    /// Unix seconds.
    pub(crate) expires: i64,
    /// What the notifications have of the item itself.
    pub(crate) rich: Option<Rich>,
    /// The application that subscribed.
    pub(crate) client_id: String,
    /// Object id of the user, or the client id of the application.
    pub(crate) creator: String,
    /// Whether notifications have immutable ids.
    pub(crate) immutable: bool,
    /// The version of the mailbox up to which the hook was told.
    pub(crate) told: u64,
    /// Items with this key or a higher one are new.
    pub(crate) next_key: u64,
}

/// Resource data in notifications, as the client wants it.
#[derive(Clone, Debug)]
pub(crate) struct Rich {
    /// The certificate whose key encrypts the data, in DER.
    pub(crate) certificate: Vec<u8>,
    /// The client's own name for the certificate.
    pub(crate) certificate_id: String,
    /// The query of the resource, with `$select`.
    pub(crate) query: String,
}

/// A notification on its way to a hook.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) subscription: String,
    pub(crate) url: String,
    pub(crate) body: Value,
    /// Number of failed attempts.
    pub(crate) failed: usize,
    /// Time of the next attempt, Unix seconds.
    pub(crate) due: i64,
}

/// All subscriptions, what waits for their hooks, and what the hooks answered.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    pub(crate) all: Vec<Subscription>,
    waiting: Vec<Notification>,
    log: VecDeque<Value>,
}

impl Subscriptions {
    /// Adds a notification.
    pub(crate) fn push(&mut self, notification: Notification) {
        self.waiting.push(notification);
    }

    /// Takes the notifications whose time has come, in their order.
    pub(crate) fn take_due(&mut self, now: i64) -> Vec<Notification> {
        self.waiting.extract_if(.., |one| one.due <= now).collect()
    }

    /// Puts a notification back that its hook did not take, unless it failed too often.
    pub(crate) fn retry(&mut self, mut notification: Notification, now: i64) {
        if let Some(delay) = DELAYS.get(notification.failed) {
            notification.failed += 1;
            notification.due = now + delay;
            self.waiting.push(notification);
        }
    }

    /// Removes subscriptions that have expired, and what waits for removed ones.
    pub(crate) fn expire(&mut self, now: i64) {
        self.all.retain(|one| one.expires > now);
    }

    /// Logs an attempt.
    pub(crate) fn record(&mut self, entry: Value) {
        self.log.push_back(entry);
        if self.log.len() > MAX_ENTRIES {
            self.log.pop_front();
        }
    }

    /// The log and the number of notifications that wait.
    pub(crate) fn to_json(&self) -> Value {
        let attempts: Value = self.log.iter().cloned().collect();
        serde_json::json!({"attempts": attempts, "waiting": self.waiting.len()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_tried_for_about_four_hours() {
        let mut all = Subscriptions::default();
        let mut now = 0;
        all.push(Notification {
            subscription: String::new(),
            url: String::new(),
            body: Value::Null,
            failed: 0,
            due: 0,
        });
        let mut attempts = 0;
        while all.to_json()["waiting"] != 0 {
            for one in all.take_due(now) {
                attempts += 1;
                all.retry(one, now);
            }
            now += 10;
        }
        assert_eq!(attempts, 8);
        assert!((3 * 3600..5 * 3600).contains(&now), "{now}");
    }
}
