//! A request that passed the gate.

use super::cookie::SessionId;
use super::expected_account::ExpectedAccount;
use axum::body::Bytes;
use std::net::IpAddr;

/// What a handler receives.
pub(crate) struct Call {
    pub(crate) body: Bytes,
    pub(crate) session: Option<SessionId>,
    pub(crate) expected_account: ExpectedAccount,
    /// The client's address, where it is known.
    pub(crate) address: Option<IpAddr>,
    /// The page's origin, where the browser named it.
    pub(crate) origin: Option<String>,
}
