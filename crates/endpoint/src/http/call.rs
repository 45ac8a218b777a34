//! A request that passed the gate.

use super::cookie::SessionId;
use super::expected_account::ExpectedAccount;
use axum::body::Bytes;
use axum::http::HeaderMap;
use std::net::IpAddr;

/// What a handler receives.
pub(crate) struct Call {
    pub(crate) body: Bytes,
    pub(crate) session: Option<SessionId>,
    /// Where the browser reached the endpoint, for the cookie.
    pub(crate) headers: HeaderMap,
    pub(crate) expected_account: ExpectedAccount,
    /// The client's address, where it is known.
    pub(crate) address: Option<IpAddr>,
    /// The page's origin, where the browser named it.
    pub(crate) origin: Option<String>,
}
