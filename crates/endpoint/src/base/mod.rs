//! The ground layer: clock, random bytes, metrics, start-up problems. It imports nothing else of the crate.

pub(crate) mod cache;
pub(crate) mod clock;
pub(crate) mod metrics;
pub(crate) mod network;
pub(crate) mod problem;
pub(crate) mod quiet;
pub(crate) mod random;
pub(crate) mod tls;
