//! Faults that tests have added.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::http::HttpRequest;

/// The requests that a fault applies to; without members all requests.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    /// Part of the path, case-insensitively.
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
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Kind {
    CorsOff,
    Drop,
    /// The response waits until the faults are cancelled.
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

/// A fault, with the number of times that it is still applied.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Fault {
    #[serde(default, rename = "match")]
    matches: Match,
    times: Option<u32>,
    /// Applies to each request of this number only: every third.
    every: Option<u32>,
    /// The number of requests that it met.
    #[serde(skip)]
    met: u32,
    #[serde(flatten)]
    pub(crate) kind: Kind,
    /// The number of cancellations when the fault was added.
    #[serde(skip)]
    pub(crate) cancellation: u64,
}

/// All faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    ordered: Vec<Fault>,
    /// The number of cancellations. Held responses wait for the next one.
    cancellation: watch::Sender<u64>,
}

impl Faults {
    /// Adds a fault. Returns the number of faults.
    pub(crate) fn add(&mut self, mut fault: Fault) -> usize {
        fault.cancellation = *self.cancellation.borrow();
        self.ordered.push(fault);
        self.ordered.len()
    }

    /// Cancels all faults, and releases held responses.
    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
        self.cancellation
            .send_modify(|cancellation| *cancellation += 1);
    }

    /// The number of cancellations, to wait for the next one.
    pub(crate) fn cancellations(&self) -> watch::Receiver<u64> {
        self.cancellation.subscribe()
    }

    /// The faults in the order in which they apply.
    pub(crate) fn all(&self) -> &[Fault] {
        &self.ordered
    }

    /// The number of faults.
    pub(crate) fn len(&self) -> usize {
        self.ordered.len()
    }

    /// The first fault that matches a request. Its counter decreases. Only faults that concern CORS or
    /// name a method apply to preflight requests.
    pub(crate) fn take(&mut self, incoming: &HttpRequest) -> Option<Fault> {
        let preflight = incoming.method.as_str() == "OPTIONS";
        let at = self.ordered.iter().position(|fault| {
            let concerns = !preflight || fault.hides_cors() || fault.matches.method.is_some();
            !matches!(fault.kind, Kind::NoRefreshToken) && concerns && fault.matches.fits(incoming)
        })?;
        // A preflight request does not count: the fault applies to the call after it too.
        if preflight {
            self.ordered.get(at).cloned()
        } else if self.ordered.get_mut(at).is_some_and(Fault::passes) {
            None
        } else {
            self.count_down(at)
        }
    }

    /// Whether the token response is sent without its refresh token.
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
    /// Counts a request; whether it is none that the fault applies to.
    const fn passes(&mut self) -> bool {
        self.met = self.met.wrapping_add(1);
        matches!(self.every, Some(every) if every > 1 && !self.met.is_multiple_of(every))
    }

    /// Whether pages cannot read the response.
    pub(crate) fn hides_cors(&self) -> bool {
        matches!(self.kind, Kind::CorsOff)
    }

    /// Whether pages cannot read `Retry-After`.
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
