//! Names of what a store holds.

use std::fmt;

/// Name of a record: the SHA-256 of a session id.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl fmt::Display for Key {
    /// Enough to follow a session through the logs, too little to find it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take(4)
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What belongs together: a digest of the sign-in service's own session (`sid`). Records say theirs, see
/// [`super::seal::group`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Group(pub(crate) [u8; 32]);

/// Whoever renews a session: random, so that nobody gives back what another holds.
#[derive(Clone, Copy)]
pub(crate) struct Holder(pub(crate) [u8; 16]);
