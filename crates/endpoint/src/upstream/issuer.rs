//! Who sent the redirect, as it says itself (RFC 9207): a code of another service is not sent to this one.

use super::metadata::ProviderMetadata;
use exo365_core::error::{Code, Error};

/// The issuer that stood in the redirect, one of those that the authority may have.
pub(crate) struct Issuer<'a> {
    named: Option<&'a str>,
    /// The metadata's; may hold `{tenantid}`.
    template: &'a str,
}

impl<'a> Issuer<'a> {
    /// Before the code is used: where the authority is one tenant this is the whole judgement, else the tenant is
    /// still to be seen. Old metadata are as good as new ones, and without any no ID token could be checked.
    ///
    /// # Errors
    /// [`Code::IssuerMismatch`] for another's, and for none where the service promises one.
    pub(crate) fn named(
        metadata: &'a ProviderMetadata,
        named: Option<&'a str>,
    ) -> Result<Self, Error> {
        match named {
            None if metadata.sends_iss => Err(mismatch(
                "the sign-in service names itself in every redirect, and this one names nobody: iss is missing",
            )),
            Some(issuer) if !metadata.accepts_issuer(issuer, &[]) => Err(other_issuer()),
            named => Ok(Self {
                named,
                template: &metadata.issuer,
            }),
        }
    }

    /// Once it is known who signed in: it has to be the issuer of that tenant.
    ///
    /// # Errors
    /// [`Code::IssuerMismatch`].
    pub(crate) fn is_of(&self, tenant: &str) -> Result<(), Error> {
        let own = self.template.replace("{tenantid}", tenant);
        match self.named {
            Some(issuer) if issuer != own => Err(other_issuer()),
            _ => Ok(()),
        }
    }
}

fn other_issuer() -> Error {
    mismatch("the redirect is of another issuer than the one that was asked")
}

fn mismatch(sentence: &'static str) -> Error {
    tracing::warn!(cause = sentence, "a redirect is refused");
    Error::new(Code::IssuerMismatch, sentence)
}
