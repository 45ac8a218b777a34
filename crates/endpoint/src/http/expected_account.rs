//! Whom the page believes to be signed in: where another tab has signed somebody else in, it gets neither that one's
//! token nor that one's mail.

use axum::http::{HeaderMap, HeaderName};
use exo365_core::wire::Account;

/// `{tenantId}.{objectId}`, or nothing.
const ACCOUNT: HeaderName = HeaderName::from_static("x-exo365-account");
/// Longer than two ids are.
const LONGEST: usize = 256;

/// What the page said of it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ExpectedAccount {
    /// Nothing: whoever it is.
    Anybody,
    /// This one.
    One(String),
    /// Something that is nobody's name.
    Nobody,
}

impl ExpectedAccount {
    /// Reads the header. What is malformed, or there twice, is nobody's name.
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

    /// Whether the page may have what is this account's. Both ids are those that the endpoint told it, to the letter.
    pub(crate) fn is(&self, account: &Account) -> bool {
        match self {
            Self::Anybody => true,
            Self::One(name) => *name == account.identity(),
            Self::Nobody => false,
        }
    }
}
