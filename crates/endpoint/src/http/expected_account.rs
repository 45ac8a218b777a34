//! The account that a page expects. If another tab signed in another user, the page gets neither the token nor the
//! mail of that user.

use axum::http::{HeaderMap, HeaderName};
use exo365_core::wire::Account;

/// `{tenantId}.{objectId}`, or nothing.
const ACCOUNT: HeaderName = HeaderName::from_static("x-exo365-account");
/// Longest value of the header.
const LONGEST: usize = 256;

/// The expected account.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ExpectedAccount {
    /// Any account: the page sent no header.
    Anybody,
    /// This one.
    One(String),
    /// A malformed value, which is no account.
    Nobody,
}

impl ExpectedAccount {
    /// Reads the header. A malformed or repeated header is no account.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(ACCOUNT).into_iter();
        let Some(first) = values.next() else {
            return Self::Anybody;
        };
        match first.to_str() {
            Ok(text) if text.len() <= LONGEST && values.next().is_none() => Self::One(text.into()),
            _ => Self::Nobody,
        }
    }

    /// Whether this account is the expected one. The page has both ids from the endpoint, so they are compared exactly.
    pub(crate) fn is(&self, account: &Account) -> bool {
        match self {
            Self::Anybody => true,
            Self::One(name) => *name == account.identity(),
            Self::Nobody => false,
        }
    }
}
