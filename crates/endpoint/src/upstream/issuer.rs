//! The `iss` parameter of the authorization response (RFC 9207): the code of another issuer is not sent to this one.

use super::metadata::ProviderMetadata;
use exo365_core::error::{Code, Error};

/// The issuer named in the authorization response, one of those that the authority can have.
pub(crate) struct Issuer<'a> {
    named: Option<&'a str>,
    /// The metadata's; may hold `{tenantid}`.
    template: &'a str,
}

impl<'a> Issuer<'a> {
    /// Checks it before the code is used. For an authority of one tenant this is the whole check, otherwise the tenant is
    /// checked later. Old metadata are good enough; without metadata no ID token could be checked.
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

    /// Checks it against the tenant of the user who signed in.
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
