//! A request that came through the gate.

use super::cookie::SessionId;
use super::expected_account::Believed;
use axum::body::Bytes;

/// What a handler learns of it.
pub(crate) struct Call {
    pub(crate) body: Bytes,
    pub(crate) session: Option<SessionId>,
    pub(crate) believed: Believed,
    /// The page's origin, where the browser named it.
    pub(crate) origin: Option<String>,
}
