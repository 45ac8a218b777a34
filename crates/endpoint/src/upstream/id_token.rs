//! Who signed in: the ID token's signature here, its claims in the core.

use super::metadata::{Jwk, MetadataCache, ProviderMetadata};
use super::transport::Upstream;
use crate::config::Config;
use exo365_core::error::{Code, Error};
use exo365_core::id_token::{self, Expected, Identity, Parts};
use exo365_core::text::base64_decode;
use exo365_core::wire::Account;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Validates the ID token of a code that was traded in just now; one of these `tenants` has to have signed in, or any
/// where there are none.
///
/// # Errors
/// As [`id_token::judge`]; [`Code::InvalidResponse`] for a signature that does not hold.
pub(crate) async fn validate(
    (config, keys, upstream): (&Config, &MetadataCache, &Upstream),
    token: &str,
    (nonce, max_age): (&str, Option<u64>),
    tenants: &[String],
    now: u64,
) -> Result<Identity, Error> {
    let parts = Parts::read(token)?;
    let (metadata, key_issuer) = if parts.is_unsigned(config.public.identity) {
        (keys.metadata(upstream, &config.public).await?, None)
    } else {
        signed((config, keys, upstream), &parts).await?
    };
    // The clock of a test double on this machine runs ahead when a test lets a token expire.
    let now = if config.local_authority {
        now.max(parts.claims.issued_at())
    } else {
        now
    };
    let expected = Expected {
        client_id: &config.public.client_id,
        issuer: &metadata.issuer,
        key_issuer: key_issuer.as_deref(),
        nonce,
        tenants,
        now,
        max_age,
    };
    id_token::judge(&parts.claims, &expected)
}

/// The documents with the key that signed the token, and the issuer that this key is for. Where no key of the name fits, the
/// documents are fetched again: a service may put another key under a name that it used before.
async fn signed(
    (config, keys, upstream): (&Config, &MetadataCache, &Upstream),
    parts: &Parts<'_>,
) -> Result<(Arc<ProviderMetadata>, Option<String>), Error> {
    let kid = parts.header.kid.as_deref();
    let by = |metadata: &ProviderMetadata| {
        let mut keys = metadata.keys(kid);
        let key = keys.find(|key| is_signed(&config.algorithms, parts, key))?;
        Some(key.issuer.clone())
    };
    let known = keys.with_key(upstream, &config.public, kid).await?;
    if let Some(issuer) = by(&known) {
        return Ok((known, issuer));
    }
    let newer = keys.newer(upstream, &config.public, kid).await?;
    let newer = newer.and_then(|newer| by(&newer).map(|issuer| (newer, issuer)));
    newer.ok_or(Error::new(
        Code::InvalidResponse,
        "the ID token's signature does not hold",
    ))
}

/// The algorithm is one that was chosen here, and the key is one of its kind.
fn is_signed(algorithms: &[String], parts: &Parts<'_>, key: &Jwk) -> bool {
    let algorithm = parts.header.alg.as_str();
    let chosen = algorithms.iter().any(|name| name == algorithm) && parts.header.crit.is_none();
    let own = key.alg.as_deref().is_none_or(|name| name == algorithm);
    let (signed, signature) = (parts.signed.as_bytes(), parts.signature.as_slice());
    chosen
        && own
        && match (algorithm, key.kty.as_str(), key.crv.as_str()) {
            ("RS256", "RSA", _) => rsa(key, &RSA_PKCS1_2048_8192_SHA256, signed, signature),
            ("PS256", "RSA", _) => rsa(key, &RSA_PSS_2048_8192_SHA256, signed, signature),
            ("ES256", "EC", "P-256") => p256(key, signed, signature),
            _ => false,
        }
}

fn rsa(key: &Jwk, how: &'static RsaParameters, signed: &[u8], signature: &[u8]) -> bool {
    let (Some(n), Some(e)) = (base64_decode(&key.n), base64_decode(&key.e)) else {
        return false;
    };
    RsaPublicKeyComponents { n, e }
        .verify(how, signed, signature)
        .is_ok()
}

fn p256(key: &Jwk, signed: &[u8], signature: &[u8]) -> bool {
    let (Some(x), Some(y)) = (base64_decode(&key.x), base64_decode(&key.y)) else {
        return false;
    };
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(signed, signature)
        .is_ok()
}

/// Checks that the ID token of a renewal, where there is one, names the user of the session (OpenID Connect Core §12.2). It
/// came over TLS from the token endpoint, so that its signature says no more.
///
/// # Errors
/// [`Code::InvalidResponse`].
pub(crate) fn check_renewed(token: &str, account: &Account, client_id: &str) -> Result<(), Error> {
    let wrong = Error::new(
        Code::InvalidResponse,
        "the renewal's ID token names another user or another application",
    );
    let claims = token.split('.').nth(1).and_then(base64_decode);
    let claims: Option<Renewed> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let claims = claims.ok_or_else(|| wrong.clone())?;
    let is = |claim: &Option<String>, known: &str| {
        claim
            .as_deref()
            .is_none_or(|claim| claim.eq_ignore_ascii_case(known))
    };
    let ours = match &claims.aud {
        Value::Array(several) => several.iter().any(|one| one == client_id),
        one => one == client_id,
    };
    if ours && is(&claims.tid, &account.tenant_id) && is(&claims.oid, &account.object_id) {
        Ok(())
    } else {
        Err(wrong)
    }
}

#[derive(Deserialize)]
struct Renewed {
    aud: Value,
    #[serde(default)]
    tid: Option<String>,
    #[serde(default)]
    oid: Option<String>,
}
