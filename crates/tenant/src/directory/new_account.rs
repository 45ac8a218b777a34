//! An account of a seed, as its JSON has it.

use serde::Deserialize;

use super::account::{self, Account, Kind};
use super::{FEDERATED_DOMAIN, PASSWORD, TENANT_DOMAIN};

/// Numbers of mailboxes below are those of the accounts that every tenant has.
const FIRST_NUMBER: u32 = 1000;

/// `account` of a mailbox in a seed. What is left out is made of the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewAccount {
    display_name: Option<String>,
    given_name: Option<String>,
    surname: Option<String>,
    job_title: Option<String>,
    password: Option<String>,
    kind: Option<Kind>,
    delegates: Option<Vec<String>>,
}

impl NewAccount {
    /// The account; what is not said is as it was in the old account.
    ///
    /// # Errors
    /// A sentence about the address.
    pub(super) fn made(
        self,
        address: &str,
        old: Option<&'static Account>,
    ) -> Result<&'static Account, String> {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let fine =
            !local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace);
        if !fine {
            return Err(format!(
                "`{address}` is no address such as zoe@{TENANT_DOMAIN}"
            ));
        }
        let kind = self.kind.or(old.map(|one| one.kind)).unwrap_or_default();
        let ours = [TENANT_DOMAIN, FEDERATED_DOMAIN]
            .iter()
            .any(|one| one.eq_ignore_ascii_case(domain));
        let outside = matches!(kind, Kind::Guest | Kind::Personal);
        if ours == outside {
            return Err(match outside {
                true => format!(
                    "a guest or a personal account has an address outside of {TENANT_DOMAIN}; `{address}` is inside"
                ),
                false => format!(
                    "`{address}` is in no domain of this tenant; use {TENANT_DOMAIN} or {FEDERATED_DOMAIN}, or the kind `guest` or `personal`"
                ),
            });
        }
        let (given, surname) = named(local);
        let text = |new: &Option<String>, old: Option<&'static str>, other: &str| match (new, old) {
            (Some(new), _) => account::keep_text(new),
            (None, Some(old)) => old,
            (None, None) => account::keep_text(other),
        };
        let given = text(&self.given_name, old.map(|one| one.given), &given);
        let surname = text(&self.surname, old.map(|one| one.surname), &surname);
        let whole = format!("{given} {surname}");
        let delegates = self.delegates.as_deref().map(account::keep_list);
        Ok(account::keep(Account {
            oid: old.map_or_else(|| account::keep_text(&oid(address, kind)), |one| one.oid),
            address: old.map_or_else(|| account::keep_text(address), |one| one.address),
            name: text(&self.display_name, old.map(|one| one.name), whole.trim()),
            given,
            surname,
            title: text(&self.job_title, old.map(|one| one.title), ""),
            kind,
            mailbox: (kind != Kind::Guest).then(|| {
                old.and_then(|one| one.mailbox)
                    .unwrap_or_else(|| number(address))
            }),
            password: text(&self.password, old.map(|one| one.password), PASSWORD),
            delegates: delegates.or(old.map(|one| one.delegates)).unwrap_or(&[]),
        }))
    }
}

/// Given name and surname of the local part of an address: `zoe.lund` is Zoe Lund.
fn named(local: &str) -> (String, String) {
    let mut parts = local.split(['.', '-', '_']).map(|part| {
        let mut letters = part.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        first + letters.as_str()
    });
    let given = parts.next().unwrap_or_default();
    (given, parts.collect::<Vec<_>>().join(" "))
}

/// An object id that is the same at each start. That of a personal account begins with zeros, as at Microsoft.
fn oid(address: &str, kind: Kind) -> String {
    let digest = digest(address);
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    match kind {
        Kind::Personal => format!("00000000-0000-0000-{}-{}", part(0, 4), part(4, 16)),
        _ => format!(
            "{}-{}-4{}-8{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        ),
    }
}

/// A number for a mailbox that is the same at each start: a data file has the mailboxes by number.
fn number(address: &str) -> u32 {
    let head = digest(address)
        .iter()
        .skip(16)
        .take(4)
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    (head >> 1).max(FIRST_NUMBER)
}

fn digest(address: &str) -> Vec<u8> {
    let lower = address.to_lowercase();
    ring::digest::digest(&ring::digest::SHA256, lower.as_bytes())
        .as_ref()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;

    #[test]
    fn an_account_is_made_of_its_address_and_is_the_same_again() {
        let made = |address: &str| NewAccount::default().made(address, None);
        let zoe = made("zoe.lund@contoso.example").unwrap();
        assert_eq!(
            (zoe.name, zoe.given, zoe.surname),
            ("Zoe Lund", "Zoe", "Lund")
        );
        assert!(zoe.accepts(PASSWORD) && ids::is_guid(zoe.oid));
        assert!(zoe.mailbox.is_some_and(|number| number >= FIRST_NUMBER));
        assert!(std::ptr::eq(zoe, made("zoe.lund@contoso.example").unwrap()));
        for wrong in [
            "zoe",
            "@contoso.example",
            "zoe@elsewhere.example",
            "a b@contoso.example",
        ] {
            made(wrong).unwrap_err();
        }
        let guest = |address| {
            let kind = Some(Kind::Guest);
            NewAccount {
                kind,
                ..NewAccount::default()
            }
            .made(address, None)
        };
        assert_eq!(guest("ada@fabrikam.example").unwrap().mailbox, None);
        guest("ada@contoso.example").unwrap_err();
    }
}
