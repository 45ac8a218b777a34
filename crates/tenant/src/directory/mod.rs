//! The directory: accounts, registrations, places and Conditional Access rules. All of it is invented, or comes from a
//! seed.

mod account;
mod built_in;
mod new_account;
pub(crate) mod places;
pub(crate) mod registration;
pub(crate) mod step_up;

use built_in::ACCOUNTS;

pub(crate) use account::{Account, Kind, domain};
pub(crate) use new_account::NewAccount;
pub(crate) use registration::{Platform, Registration};

/// Tenant id (directory id) of the local tenant.
pub const TENANT_ID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
/// Verified domain of the local tenant.
pub const TENANT_DOMAIN: &str = "contoso.example";
/// Domain of the local tenant whose users sign in at an identity provider of their own.
pub const FEDERATED_DOMAIN: &str = "federated.example";
/// Client id of the application registration.
pub const DEFAULT_CLIENT_ID: &str = "11111111-2222-3333-4444-555555555555";
/// Client secret of the registration. It has no use outside this test double.
pub const DEFAULT_CLIENT_SECRET: &str = "local-tenant-secret-not-for-production";
/// Password of every account.
pub const PASSWORD: &str = "Password1!";

/// Directory of the guest's own organisation.
pub(crate) const HOME_OF_GUESTS: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";
/// The tenant of personal accounts, which is the same at Microsoft.
pub(crate) const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Accounts and registrations.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    accounts: Vec<&'static Account>,
    registrations: Vec<Registration>,
}

impl Default for Directory {
    /// The accounts that every tenant has.
    fn default() -> Self {
        Self {
            accounts: ACCOUNTS.iter().collect(),
            registrations: Vec::new(),
        }
    }
}

impl Directory {
    /// Every account, in the order in which the sign-in page lists them.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &'static Account> {
        self.accounts.iter().copied()
    }

    /// The users of the organisation, which personal accounts are not.
    pub(crate) fn users(&self) -> impl Iterator<Item = &'static Account> {
        self.accounts().filter(|one| one.in_organisation())
    }

    /// The account with this object id or address, case-insensitively.
    pub(crate) fn find(&self, who: &str) -> Option<&'static Account> {
        // Entity links of Outlook v2.0 have the form `oid@tid`.
        let oid = who.split_once('@').map_or(who, |(left, _)| left);
        self.accounts().find(|account| {
            account.address.eq_ignore_ascii_case(who) || account.oid.eq_ignore_ascii_case(oid)
        })
    }

    /// The account that owns a mailbox.
    pub(crate) fn owner(&self, mailbox: u32) -> &'static Account {
        self.accounts()
            .find(|account| account.mailbox == Some(mailbox))
            .unwrap_or(&ACCOUNTS[0])
    }

    /// Adds an account of a seed, or puts it in the place of the one with its address.
    ///
    /// # Errors
    /// A sentence about a value that cannot be.
    pub(crate) fn add(&mut self, address: &str, account: NewAccount) -> Result<(), String> {
        let known = self
            .accounts
            .iter()
            .position(|one| one.address.eq_ignore_ascii_case(address));
        let old = known.and_then(|at| self.accounts.get(at).copied());
        let made = account.made(address, old)?;
        let taken = |one: &&&Account| one.mailbox.is_some() && one.mailbox == made.mailbox;
        if old.is_none() && self.accounts.iter().any(|one| taken(&one)) {
            return Err(format!(
                "{address} needs another address: the number of its mailbox is taken"
            ));
        }
        match known.and_then(|at| self.accounts.get_mut(at)) {
            Some(place) => *place = made,
            None => self.accounts.push(made),
        }
        Ok(())
    }

    /// Adds a registration, or puts it in the place of the one with its client id.
    pub(crate) fn register(&mut self, registration: Registration) {
        self.registrations
            .retain(|one| !one.is(&registration.client_id));
        self.registrations.push(registration);
    }

    /// The registration with this client id.
    pub(crate) fn registration(&self, client_id: &str) -> Option<&Registration> {
        self.registrations.iter().find(|one| one.is(client_id))
    }

    /// Every registration; that of the options is the first.
    pub(crate) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }
}
