//! The directory: accounts, places and Conditional Access rules. All of it is invented.

pub(crate) mod places;
pub(crate) mod step_up;

use crate::ids::base64url;

/// Tenant id (directory id) of the local tenant.
pub const TENANT_ID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
/// Verified domain of the local tenant.
pub const TENANT_DOMAIN: &str = "contoso.example";
/// Client id of the application registration.
pub const DEFAULT_CLIENT_ID: &str = "11111111-2222-3333-4444-555555555555";
/// Client secret of the registration. It has no use outside this test double.
pub const DEFAULT_CLIENT_SECRET: &str = "local-tenant-secret-not-for-production";
/// Password of every account.
pub const PASSWORD: &str = "Password1!";

/// Directory of the guest's own organisation.
pub(crate) const HOME_OF_GUESTS: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";

/// The type of an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An administrator, who can consent for everybody.
    Admin,
    /// A guest from another organisation, without a mailbox in this tenant.
    Guest,
    /// An ordinary user.
    Member,
    /// A shared mailbox, to which nobody signs in.
    Shared,
}

/// One account.
#[derive(Debug)]
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
    /// Addresses of the delegates of the mailbox.
    pub(crate) delegates: &'static [&'static str],
}

impl Account {
    /// The home tenant of the account.
    pub(crate) fn home(&self) -> &'static str {
        if self.kind == Kind::Guest {
            HOME_OF_GUESTS
        } else {
            TENANT_ID
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
        self.kind != Kind::Shared && password == PASSWORD
    }
}

/// Every account, in the order in which the sign-in page lists them.
pub(crate) const ACCOUNTS: [Account; 5] = [
    Account {
        oid: "00000000-0000-0000-66f3-3332eca7ea81",
        address: "adele@contoso.example",
        name: "Adele Vance",
        given: "Adele",
        surname: "Vance",
        title: "Retail manager",
        kind: Kind::Member,
        mailbox: Some(1),
        delegates: &[],
    },
    Account {
        oid: "00000000-0000-0000-66f3-3332eca7ea82",
        address: "ben@contoso.example",
        name: "Ben Walker",
        given: "Ben",
        surname: "Walker",
        title: "Engineer",
        kind: Kind::Member,
        mailbox: Some(2),
        delegates: &[],
    },
    Account {
        oid: "00000000-0000-0000-66f3-3332eca7ea83",
        address: "admin@contoso.example",
        name: "Contoso Administrator",
        given: "Contoso",
        surname: "Administrator",
        title: "Administrator",
        kind: Kind::Admin,
        mailbox: Some(3),
        delegates: &[],
    },
    Account {
        oid: "00000000-0000-0000-66f3-3332eca7ea84",
        address: "guest@fabrikam.example",
        name: "Guest of Fabrikam",
        given: "Guest",
        surname: "Fabrikam",
        title: "Consultant",
        kind: Kind::Guest,
        mailbox: None,
        delegates: &[],
    },
    Account {
        oid: "00000000-0000-0000-66f3-3332eca7ea85",
        address: "sales@contoso.example",
        name: "Sales",
        given: "Sales",
        surname: "Contoso",
        title: "Shared mailbox",
        kind: Kind::Shared,
        mailbox: Some(4),
        delegates: &["adele@contoso.example"],
    },
];

/// The account with this object id or address, case-insensitively.
pub(crate) fn find(who: &str) -> Option<&'static Account> {
    // Entity links of Outlook v2.0 have the form `oid@tid`.
    let oid = who.split_once('@').map_or(who, |(left, _)| left);
    ACCOUNTS.iter().find(|account| {
        account.address.eq_ignore_ascii_case(who) || account.oid.eq_ignore_ascii_case(oid)
    })
}

/// The account that owns a mailbox.
pub(crate) fn owner(mailbox: u32) -> &'static Account {
    ACCOUNTS
        .iter()
        .find(|account| account.mailbox == Some(mailbox))
        .unwrap_or(&ACCOUNTS[0])
}
