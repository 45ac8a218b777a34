//! Faults on order: the answers that production gives on its bad days.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::http::HttpRequest;

/// Which requests a fault is for. Nothing given: all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    /// Part of the path (letter case aside).
    path: Option<String>,
    method: Option<String>,
}

impl Match {
    fn fits(&self, incoming: &HttpRequest) -> bool {
        let path = incoming.path.to_ascii_lowercase();
        self.path
            .as_ref()
            .is_none_or(|part| path.contains(&part.to_ascii_lowercase()))
            && self
                .method
                .as_ref()
                .is_none_or(|m| m.eq_ignore_ascii_case(incoming.method.as_str()))
    }
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Kind {
    CorsOff,
    Drop,
    /// The answer waits until the faults are cancelled.
    Hold,
    Html {
        status: Option<u16>,
    },
    Huge {
        bytes: usize,
    },
    NoRefreshToken,
    Slow {
        ms: u64,
    },
    Status {
        status: u16,
        body: Option<Value>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        hide_retry_after: bool,
    },
    Throttle {
        retry_after_seconds: Option<u64>,
        #[serde(default)]
        hide_header: bool,
    },
    Truncate,
    Unauthorized {
        variant: Option<String>,
    },
}

/// A fault with the number of times that it still happens.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fault {
    #[serde(default, rename = "match")]
    matches: Match,
    times: Option<u32>,
    #[serde(flatten)]
    pub(crate) kind: Kind,
    /// How often faults had been cancelled when it was ordered.
    #[serde(skip)]
    pub(crate) cancellation: u64,
}

/// Every fault on order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    ordered: Vec<Fault>,
    /// How often all were cancelled: what is held waits for the next time.
    cancellation: watch::Sender<u64>,
}

impl Faults {
    /// Orders one. Returns how many there are.
    pub(crate) fn add(&mut self, mut fault: Fault) -> usize {
        fault.cancellation = *self.cancellation.borrow();
        self.ordered.push(fault);
        self.ordered.len()
    }

    /// Cancels all, and lets go what they hold.
    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
        self.cancellation
            .send_modify(|cancellation| *cancellation += 1);
    }

    /// Tells when all are cancelled.
    pub(crate) fn cancellations(&self) -> watch::Receiver<u64> {
        self.cancellation.subscribe()
    }

    /// Number of faults on order.
    pub(crate) fn len(&self) -> usize {
        self.ordered.len()
    }

    /// The first fault that fits; counts it down. A preflight meets only what concerns CORS
    /// or what names OPTIONS itself.
    pub(crate) fn take(&mut self, incoming: &HttpRequest) -> Option<Fault> {
        let preflight = incoming.method.as_str() == "OPTIONS";
        let at = self.ordered.iter().position(|fault| {
            let concerns = !preflight || fault.hides_cors() || fault.matches.method.is_some();
            !matches!(fault.kind, Kind::NoRefreshToken) && concerns && fault.matches.fits(incoming)
        })?;
        // The preflight does not use a fault up: the call after it has to meet it too.
        if preflight {
            self.ordered.get(at).cloned()
        } else {
            self.count_down(at)
        }
    }

    /// Whether the token answer has to go without its refresh token.
    pub(crate) fn hides_refresh_token(&mut self, incoming: &HttpRequest) -> bool {
        let at = self.ordered.iter().position(|fault| {
            matches!(fault.kind, Kind::NoRefreshToken) && fault.matches.fits(incoming)
        });
        at.and_then(|at| self.count_down(at)).is_some()
    }

    fn count_down(&mut self, at: usize) -> Option<Fault> {
        let fault = self.ordered.get_mut(at)?;
        match fault.times.as_mut() {
            None => Some(fault.clone()),
            Some(left) => {
                *left = left.saturating_sub(1);
                let spent = *left == 0;
                let copy = fault.clone();
                if spent {
                    self.ordered.remove(at);
                }
                Some(copy)
            }
        }
    }
}

impl Fault {
    /// Whether pages must not read the answer at all.
    pub(crate) fn hides_cors(&self) -> bool {
        matches!(self.kind, Kind::CorsOff)
    }

    /// Whether pages must not read `Retry-After`.
    pub(crate) fn hides_retry_after(&self) -> bool {
        matches!(
            self.kind,
            Kind::Status {
                hide_retry_after: true,
                ..
            } | Kind::Throttle {
                hide_header: true,
                ..
            }
        )
    }
}
