//! The concurrency limit of an application at a mailbox.

use crate::directory::Directory;
use crate::oauth::flow::AccessToken;

/// Largest number of concurrent requests of an application at a mailbox.
pub(crate) const MAX_CONCURRENT: usize = 4;
/// The key of the concurrency limit: application and mailbox.
pub(crate) fn limit_key(
    directory: &Directory,
    access: &AccessToken,
    segments: &[String],
) -> String {
    let whose = match segments {
        [users, whose, ..] if users == "users" => directory.find(whose).map(|account| account.oid),
        _ => None,
    };
    let whose = whose.or(access.oid.as_deref()).unwrap_or_default();
    format!("{} {whose}", access.client_id)
}
