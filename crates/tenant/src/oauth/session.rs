//! A browser's session at the sign-in service.

use std::collections::BTreeMap;

/// One browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Object ids of the accounts that are signed in, newest last.
    pub(crate) accounts: Vec<String>,
    /// When each of them signed in, Unix seconds.
    pub(crate) since: BTreeMap<String, i64>,
    /// Object ids of the accounts that showed a second factor.
    pub(crate) second_factors: Vec<String>,
    /// Value of the `sid` claim, and of the front-channel sign-out.
    pub(crate) sid: String,
    /// Applications that were signed in to.
    pub(crate) clients: Vec<String>,
}
