//! Who sends a request: read once, for the limits and for the handler.

use super::client_address;
use super::cookie::SessionId;
use crate::config::Config;
use axum::http::request::Parts;
use std::net::IpAddr;

/// The sender of a request.
pub(crate) struct Caller {
    /// The client's address, where it is known.
    pub(crate) address: Option<IpAddr>,
    /// The session that the cookie names, whether or not it exists.
    pub(crate) session: Option<SessionId>,
}

impl Caller {
    /// As the connection and the headers say.
    pub(crate) fn of(config: &Config, parts: &Parts) -> Self {
        Self {
            address: client_address::address(config, parts),
            session: SessionId::of(&parts.headers, config),
        }
    }
}
