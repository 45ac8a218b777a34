//! Names of what a store holds.

use std::fmt;

/// Name of a record: the SHA-256 of a session id.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl fmt::Display for Key {
    /// The first octets: enough to follow a session in the log, too few to find its record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take(4)
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A group of sessions: a digest of the sign-in service's own session id (`sid`). A record names its group, see
/// [`super::seal::group`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Group(pub(crate) [u8; 32]);

/// The holder of a lock: random, so that nobody releases the lock of another.
#[derive(Clone, Copy)]
pub(crate) struct Holder(pub(crate) [u8; 16]);
