//! ID tokens. Fields: a whole token, or a header's JSON; a signature; the claims' JSON.

use super::{fields, told};
use exo365_core::error::{Code, Error};
use exo365_core::id_token::{Expected, Identity, Parts, SKEW, judge};
use exo365_core::text::base64url;
use exo365_core::wire::Identity as Generation;
use serde_json::Value;
use std::borrow::Cow;

const NONCE: &str = "n0nce-n0nce-n0nce-n0nce-n0nce";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NOW: u64 = 1_790_000_000;

pub(super) fn run(input: &str) {
    let [first, signature, claims] = fields(input);
    let _ = read(first);
    let parts = [first, claims].map(|json| base64url(json.as_bytes()));
    let made = format!("{}.{}.{signature}", parts[0], parts[1]);
    let Some(parts) = read(&made) else {
        return;
    };
    let header: Value = serde_json::from_str(first).expect("a header that was read is JSON");
    assert_eq!(header["alg"], parts.header.alg.as_str());
    assert!(!parts.is_unsigned(Generation::V2));
    if parts.is_unsigned(Generation::V1) {
        // One letter alone is no byte of a signature either.
        assert!(header["alg"] == "none" && signature.trim_end_matches('=').len() <= 1);
    }

    let claims: Value = serde_json::from_str(claims).expect("claims that were read are JSON");
    let admitted = [TENANT.to_owned()];
    for tenants in [&[], admitted.as_slice()] {
        let expected = Expected {
            client_id: "11111111-2222-3333-4444-555555555555",
            issuer: "https://login.contoso.example/{tenantid}/v2.0",
            key_issuer: None,
            nonce: NONCE,
            tenants,
            now: NOW,
            max_age: None,
        };
        match judge(&parts.claims, &expected) {
            Ok(identity) => accepted(&identity, &claims, &expected),
            Err(error) => {
                assert!(!told(&error).contains(NONCE));
                assert!(matches!(error.message, Cow::Borrowed(_)), "{error}");
            }
        }
    }
}

/// A token that can be read is its parts, and an error tells nothing of one that cannot.
fn read(token: &str) -> Option<Parts<'_>> {
    match Parts::read(token) {
        Ok(parts) => {
            let rest = token.strip_prefix(parts.signed);
            let rest = rest.and_then(|rest| rest.strip_prefix('.'));
            assert!(rest.is_some_and(|signature| !signature.contains('.')));
            Some(parts)
        }
        Err(error) => {
            let fixed = Error::new(Code::InvalidResponse, "the ID token is malformed");
            assert_eq!(error, fixed);
            None
        }
    }
}

fn accepted(identity: &Identity, claims: &Value, expected: &Expected<'_>) {
    assert_eq!(claims["nonce"], NONCE);
    let tenant = claims["tid"].as_str().unwrap_or_default();
    assert_eq!(identity.account.tenant_id, tenant);
    assert_eq!(
        claims["iss"],
        format!("https://login.contoso.example/{tenant}/v2.0")
    );
    let admitted = expected.tenants.iter();
    let mut admitted = admitted.map(|one| one.eq_ignore_ascii_case(tenant));
    assert!(expected.tenants.is_empty() || admitted.any(|one| one));
    let ours = |value: &Value| value == expected.client_id;
    let audience = &claims["aud"];
    let several = audience.as_array();
    assert!(ours(audience) || several.is_some_and(|all| all.iter().any(ours)));
    let alone = several.is_none_or(|all| all.len() == 1);
    assert!(ours(&claims["azp"]) || alone && claims["azp"].is_null());
    assert!(claims["oid"].as_str().is_some_and(|oid| !oid.is_empty()));
    assert_eq!(claims["oid"], identity.account.object_id.as_str());
    for (name, fits) in [
        ("exp", (NOW - SKEW + 1)..=u64::MAX),
        ("nbf", 0..=NOW + SKEW),
        ("iat", 0..=NOW + SKEW),
    ] {
        // Numbers may come as text.
        let value = &claims[name];
        let text = value.as_str().and_then(|text| text.trim().parse().ok());
        let number = value.as_u64().or(text);
        assert!(number.is_none_or(|number| fits.contains(&number)), "{name}");
    }
}
