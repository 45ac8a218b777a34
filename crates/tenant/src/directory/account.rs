//! One account.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::{FEDERATED_DOMAIN, HOME_OF_GUESTS, PERSONAL_TENANT, TENANT_ID};
use crate::ids::base64url;

/// The type of an account.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    /// An administrator, who can consent for everybody.
    Admin,
    /// A guest from another organisation, without a mailbox in this tenant.
    Guest,
    /// An ordinary user.
    #[default]
    Member,
    /// A personal account (outlook.com), which is in no organisation.
    Personal,
    /// A shared mailbox, to which nobody signs in.
    Shared,
}

/// One account.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Account {
    pub(crate) oid: &'static str,
    pub(crate) address: &'static str,
    pub(crate) name: &'static str,
    pub(crate) given: &'static str,
    pub(crate) surname: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// Number of the mailbox, if the account has one.
    pub(crate) mailbox: Option<u32>,
    pub(crate) password: &'static str,
    /// Addresses of the delegates of the mailbox.
    pub(crate) delegates: &'static [&'static str],
}

impl Account {
    /// The home tenant of the account.
    pub(crate) fn home(&self) -> &'static str {
        match self.kind {
            Kind::Guest => HOME_OF_GUESTS,
            Kind::Personal => PERSONAL_TENANT,
            Kind::Admin | Kind::Member | Kind::Shared => TENANT_ID,
        }
    }

    /// Value of the optional `login_hint` claim.
    pub(crate) fn login_hint(&self) -> String {
        format!("O.{}", base64url(self.oid.as_bytes()))
    }

    /// Whether a hint names the account by its address or by its `login_hint` claim.
    pub(crate) fn matches_hint(&self, hint: &str) -> bool {
        self.address.eq_ignore_ascii_case(hint) || self.login_hint() == hint
    }

    /// Whether the account can sign in with this password.
    pub(crate) fn accepts(&self, password: &str) -> bool {
        self.kind != Kind::Shared && password == self.password
    }

    /// Whether the account is in the directory of the organisation.
    pub(crate) fn in_organisation(&self) -> bool {
        self.kind != Kind::Personal
    }

    /// Whether the account signs in at an identity provider of its own.
    pub(crate) fn is_federated(&self) -> bool {
        domain(self.address).eq_ignore_ascii_case(FEDERATED_DOMAIN)
    }
}

/// The part of an address behind the `@`.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Accounts of seeds. They live as long as the process, because everything refers to accounts; the seeds of one process
/// are few, and one that is read again gives the same accounts.
static MADE: Mutex<Vec<&'static Account>> = Mutex::new(Vec::new());
/// Lists of texts of these accounts.
static LISTS: Mutex<Vec<&'static [&'static str]>> = Mutex::new(Vec::new());
/// Texts of these accounts.
static TEXTS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The one in `all` that is equal to `made`; where there is none, `made`, which joins them for the life of the process.
fn kept<T: ?Sized + PartialEq>(all: &Mutex<Vec<&'static T>>, made: Box<T>) -> &'static T {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.iter().find(|one| ***one == *made) {
        return known;
    }
    let kept: &'static T = Box::leak(made);
    all.push(kept);
    kept
}

/// Keeps an account for the life of the process.
pub(super) fn keep(account: Account) -> &'static Account {
    kept(&MADE, Box::new(account))
}

/// Keeps a list of texts for the life of the process.
pub(super) fn keep_list(all: &[String]) -> &'static [&'static str] {
    let texts: Box<[&'static str]> = all.iter().map(|one| keep_text(one)).collect();
    kept(&LISTS, texts)
}

/// Keeps a text for the life of the process.
pub(super) fn keep_text(text: &str) -> &'static str {
    kept(&TEXTS, text.into())
}
