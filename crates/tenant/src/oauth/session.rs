//! A browser's session at the sign-in service.

use std::collections::BTreeMap;

/// The session of one browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Object ids of the signed-in accounts, the newest last.
    pub(crate) accounts: Vec<String>,
    /// Time of the sign-in of each account, Unix seconds.
    pub(crate) since: BTreeMap<String, i64>,
    /// Object ids of the accounts that used a second factor.
    pub(crate) second_factors: Vec<String>,
    /// Value of the claim `sid` and of the parameter `sid` of the front-channel logout.
    pub(crate) sid: String,
    /// Client ids of the applications that got a code.
    pub(crate) clients: Vec<String>,
}
