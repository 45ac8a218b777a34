//! The signing key. It is in the source because a test double on one machine has nothing to protect. A tenant that
//! other machines reach makes one of its own.

use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

use crate::ids::{self, base64url};

/// PKCS#8, made for this test double and used nowhere else.
pub(crate) const TEST_KEY: &[u8] = include_bytes!("signing_key.p8");

/// Length of a key that is made, in bits: that of Microsoft's keys.
const BITS: usize = 2048;

/// Signs ID tokens.
pub(crate) struct Keys {
    pair: KeyPair,
    kid: String,
}

impl Keys {
    /// The key in the source.
    ///
    /// # Errors
    /// The embedded file is not a valid key.
    pub(crate) fn embedded() -> Result<Self, String> {
        Self::of(TEST_KEY)
    }

    /// A new key, which nobody else has.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub(crate) fn generated() -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("no signing key can be made: {error}");
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| wrong(&error))?;
        Self::of(
            key.to_pkcs8_der()
                .map_err(|error| wrong(&error))?
                .as_bytes(),
        )
    }

    fn of(pkcs8: &[u8]) -> Result<Self, String> {
        let pair = KeyPair::from_pkcs8(pkcs8)
            .map_err(|error| format!("the signing key is damaged: {error}"))?;
        let public = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let kid = ids::sha256_url(&base64url(&public.n))[..27].to_owned();
        Ok(Self { pair, kid })
    }

    /// A JWT signed with RS256.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        self.sign_as(
            &json!({"typ": "JWT", "alg": "RS256", "kid": self.kid}),
            claims,
        )
    }

    /// The same with another header.
    pub(crate) fn sign_as(&self, header: &Value, claims: &Value) -> Option<String> {
        let input = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let rng = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &rng, input.as_bytes(), &mut signature)
            .ok()?;
        Some(format!("{input}.{}", base64url(&signature)))
    }

    /// An unsigned JWT (`alg: none`), as the v1 endpoint issues.
    pub(crate) fn unsigned(claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "none"});
        format!(
            "{}.{}.",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        )
    }

    /// The JSON Web Key Set. Each key names its issuer.
    pub(crate) fn jwks(&self, issuer: &str) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({"keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "alg": "RS256",
            "n": base64url(&public.n),
            "e": base64url(&public.e),
            "issuer": issuer,
        }]})
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    use super::*;

    #[test]
    fn signatures_verify_with_the_published_key() {
        verify(&Keys::embedded().unwrap());
        verify(&Keys::generated().unwrap());
        assert!(Keys::unsigned(&json!({})).ends_with('.'));
    }

    #[test]
    fn a_key_that_is_made_is_nobody_elses() {
        let embedded = Keys::embedded().unwrap();
        let (one, other) = (Keys::generated().unwrap(), Keys::generated().unwrap());
        assert_ne!(one.kid, embedded.kid);
        assert_ne!(one.kid, other.kid);
    }

    fn verify(keys: &Keys) {
        let token = keys.sign(&json!({"sub": "x"})).unwrap();
        let set = keys.jwks("issuer");
        let part = |name: &str| {
            URL_SAFE_NO_PAD
                .decode(set["keys"][0][name].as_str().unwrap())
                .unwrap()
        };
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = RsaPublicKeyComponents {
            n: part("n"),
            e: part("e"),
        };
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, input.as_bytes(), &signature)
            .unwrap();
    }
}
