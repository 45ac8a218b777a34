//! Who sends a request: read once, for the limits and for the handler.

use super::client_address;
use super::cookie::SessionId;
use crate::config::Config;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The sender of a request.
pub(crate) struct Caller {
    /// The client's address, where it is known.
    pub(crate) address: Option<IpAddr>,
    /// The session that the cookie names, whether or not it exists.
    pub(crate) session: Option<SessionId>,
}

impl Caller {
    /// As the connection and the headers say.
    pub(crate) fn of(config: &Config, peer: Option<SocketAddr>, headers: &HeaderMap) -> Self {
        Self {
            address: client_address::address(config, peer, headers),
            session: SessionId::of(headers, config),
        }
    }
}

/// The other side of the connection, where the app around tells it.
pub(crate) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let info = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(info.0)
}
