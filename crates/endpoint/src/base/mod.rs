//! The ground: the clock, random bytes, counters, and why the endpoint does not start. Imports nothing of the crate.

pub(crate) mod clock;
pub(crate) mod metrics;
pub(crate) mod network;
pub(crate) mod problem;
pub(crate) mod random;
pub(crate) mod tls;
