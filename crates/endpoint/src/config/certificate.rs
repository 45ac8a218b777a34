//! The client's certificate and its client assertions (RFC 7523).

use super::secret::{Readers, Secret};
use crate::base::problem::Problem;
use crate::base::random;
use exo365_core::error::{Code, Error};
use exo365_core::text::base64url;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use std::fmt;
use std::path::Path;

/// `client_assertion_type` of the form.
pub(crate) const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Lifetime of an assertion, in seconds. It is used at once; the lifetime allows for clocks that differ.
const LIFE: u64 = 300;
/// How long before now an assertion is valid, in seconds, for a service whose clock is slow.
const BACK: u64 = 60;

/// How assertions are signed, and how they name the certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AssertionAlgorithm {
    /// RSASSA-PSS with SHA-256, named by `x5t#S256`.
    Ps256,
    /// PKCS #1 v1.5 with SHA-256, named by `x5t`: for services that support nothing newer.
    Rs256,
}

/// A certificate and its key. Printing it prints nothing of the key.
pub(crate) struct Certificate {
    pair: KeyPair,
    header: String,
    how: AssertionAlgorithm,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}

impl Certificate {
    /// Reads both from PEM files.
    ///
    /// # Errors
    /// [`Problem::Secret`] where one is none, the key may be read by others, or it is another certificate's.
    pub(crate) fn read(
        certificate: &Path,
        (key, readers): (&Path, Readers),
        how: AssertionAlgorithm,
    ) -> Result<Self, Problem> {
        let wrong = |file: &Path, what: &str| Problem::Secret(format!("{} {what}", file.display()));
        let text = std::fs::read(certificate)
            .map_err(|error| wrong(certificate, &format!("cannot be read: {error}")))?;
        let der = CertificateDer::from_pem_slice(&text)
            .map_err(|_| wrong(certificate, "is no certificate in PEM"))?;
        let secret = Secret::from_file_for(key, readers)?;
        let pair = pair(&secret).ok_or_else(|| {
            wrong(
                key,
                "is no RSA key in PEM (2048 to 4096 bits, without a password)",
            )
        })?;
        // The certificate's public key is in it as the key's own, byte for byte.
        let public = pair.public_key().as_ref();
        if !der.windows(public.len()).any(|bytes| bytes == public) {
            return Err(wrong(key, "is not the key of the certificate"));
        }
        Ok(Self {
            header: header(&der, how),
            pair,
            how,
        })
    }

    /// Whether both sign with the same certificate.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.header == other.header
    }

    /// A new assertion: of this client, for this address, from `now` on.
    ///
    /// # Errors
    /// [`Code::ServiceUnavailable`] where there are no random bytes.
    pub(crate) fn assertion(
        &self,
        client: &str,
        audience: &str,
        now: u64,
    ) -> Result<String, Error> {
        let claims = json!({
            "aud": audience, "iss": client, "sub": client, "jti": random::guid()?,
            "iat": now, "nbf": now.saturating_sub(BACK), "exp": now + LIFE,
        });
        let claims = base64url(claims.to_string().as_bytes());
        let text = format!("{}.{claims}", self.header);
        let how: &dyn RsaEncoding = match self.how {
            AssertionAlgorithm::Ps256 => &RSA_PSS_SHA256,
            AssertionAlgorithm::Rs256 => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let signed = self
            .pair
            .sign(how, &SystemRandom::new(), text.as_bytes(), &mut signature);
        signed.map_err(|_| {
            Error::new(
                Code::ServiceUnavailable,
                "the endpoint cannot sign its assertion",
            )
        })?;
        Ok(format!("{text}.{}", base64url(&signature)))
    }
}

fn pair(secret: &Secret) -> Option<KeyPair> {
    match PrivateKeyDer::from_pem_slice(secret.reveal().as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

fn header(der: &[u8], how: AssertionAlgorithm) -> String {
    let header = match how {
        AssertionAlgorithm::Ps256 => {
            let name = base64url(&random::sha256(der));
            json!({"alg": "PS256", "typ": "JWT", "x5t#S256": name})
        }
        AssertionAlgorithm::Rs256 => {
            let name = base64url(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref());
            json!({"alg": "RS256", "typ": "JWT", "x5t": name})
        }
    };
    base64url(header.to_string().as_bytes())
}
