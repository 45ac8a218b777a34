//! Tests of `id_token.rs`.

use super::*;
use crate::text::base64url;
use alloc::format;
use alloc::string::ToString;
use proptest::prelude::*;
use serde_json::{Value, json};

const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NOW: u64 = 1_790_000_000;

fn good() -> Value {
    json!({
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "aud": "app", "tid": TENANT,
        "oid": "00000000-0000-0000-66f3-3332eca7ea81", "nonce": "n1", "iat": NOW, "nbf": NOW, "exp": NOW + 3600,
        "preferred_username": "adele@contoso.example", "name": "Adele", "sid": "s1", "login_hint": "O.x"
    })
}

fn expected() -> Expected<'static> {
    Expected {
        client_id: "app",
        issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
        key_issuer: None,
        nonce: "n1",
        tenants: &[],
        now: NOW,
        max_age: None,
    }
}

fn judged(claims: Value, expected: &Expected<'_>) -> Result<Identity, Code> {
    let claims: Claims = serde_json::from_value(claims).map_err(|_| Code::InvalidResponse)?;
    judge(&claims, expected).map_err(|error| error.code)
}

#[test]
fn e19_the_identity_is_tenant_and_object() {
    let identity = judged(good(), &expected()).unwrap();
    assert_eq!(identity.account.tenant_id, TENANT);
    assert_eq!(
        identity.account.object_id,
        "00000000-0000-0000-66f3-3332eca7ea81"
    );
    assert_eq!(identity.account.username, "adele@contoso.example");
    assert!(!identity.account.is_guest);
    assert_eq!(identity.sid.as_deref(), Some("s1"));
}

#[test]
fn e4_e16_e17_each_wrong_claim_has_its_refusal() {
    let table: [(&str, Value, Code); 17] = [
        ("nonce", json!("n2"), Code::InteractionRequired),
        ("nonce", Value::Null, Code::InteractionRequired),
        ("nonce", json!(""), Code::InteractionRequired),
        (
            "iss",
            json!("https://login.microsoftonline.com/11111111-0000-cccc-1111-dddd2222eeee/v2.0"),
            Code::IssuerMismatch,
        ),
        (
            "iss",
            json!("https://login.evil.example/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0"),
            Code::IssuerMismatch,
        ),
        (
            "tid",
            json!("11111111-0000-cccc-1111-dddd2222eeee"),
            Code::IssuerMismatch,
        ),
        ("tid", json!("contoso.example"), Code::IssuerMismatch),
        ("aud", json!("another"), Code::InvalidResponse),
        ("aud", json!(["app", "another"]), Code::InvalidResponse),
        ("aud", json!([]), Code::InvalidResponse),
        ("azp", json!("another"), Code::InvalidResponse),
        ("exp", json!(NOW - SKEW), Code::InvalidResponse),
        ("exp", Value::Null, Code::InvalidResponse),
        ("nbf", json!(NOW + SKEW + 1), Code::InvalidResponse),
        ("iat", json!(NOW + SKEW + 1), Code::InvalidResponse),
        ("oid", json!(""), Code::InvalidResponse),
        ("iss", json!(7), Code::InvalidResponse),
    ];
    for (name, value, code) in table {
        let mut claims = good();
        claims[name] = value.clone();
        assert_eq!(
            judged(claims, &expected()).err(),
            Some(code),
            "{name} {value}"
        );
    }
}

#[test]
fn e17_what_is_just_inside_is_taken() {
    for (name, value) in [
        ("exp", json!(NOW - SKEW + 1)),
        ("nbf", json!(NOW + SKEW)),
        ("iat", json!((NOW + SKEW).to_string())),
        ("aud", json!(["app"])),
    ] {
        let mut claims = good();
        claims[name] = value;
        assert!(judged(claims, &expected()).is_ok(), "{name}");
    }
    let mut claims = good();
    claims["aud"] = json!(["app", "another"]);
    claims["azp"] = json!("app");
    assert!(judged(claims, &expected()).is_ok(), "azp names us");
}

#[test]
fn e15_the_keys_own_issuer_binds_it() {
    for (issuer, wanted) in [
        (
            "https://login.microsoftonline.com/{tenantid}/v2.0".to_string(),
            true,
        ),
        (
            format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            true,
        ),
        (
            format!("https://login.microsoftonline.com/{PERSONAL_TENANT}/v2.0"),
            false,
        ),
    ] {
        let expected = Expected {
            key_issuer: Some(&issuer),
            ..expected()
        };
        assert_eq!(judged(good(), &expected).is_ok(), wanted, "{issuer}");
    }
}

#[test]
fn e16_only_admitted_tenants_enter() {
    let other = [PERSONAL_TENANT.to_string()];
    let ours = [TENANT.to_uppercase()];
    let with = |tenants| Expected {
        tenants,
        ..expected()
    };
    assert_eq!(
        judged(good(), &with(&other)).err(),
        Some(Code::WrongAccount)
    );
    assert!(judged(good(), &with(&ours)).is_ok());
}

#[test]
fn guests_are_told_from_members() {
    for (name, value, wanted) in [
        ("acct", json!(1), true),
        ("acct", json!(0), false),
        ("idp", json!("live.com"), true),
    ] {
        let mut claims = good();
        claims[name] = value;
        assert_eq!(
            judged(claims, &expected()).unwrap().account.is_guest,
            wanted,
            "{name}"
        );
    }
}

#[test]
fn e18_unsigned_is_for_v1_only() {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let unsigned = format!("{}.{}.", part(&json!({"alg": "none"})), part(&good()));
    let parts = Parts::read(&unsigned).unwrap();
    assert!(parts.is_unsigned(Generation::V1));
    assert!(!parts.is_unsigned(Generation::V2));
    let signed = format!("{}.{}.c2ln", part(&json!({"alg": "none"})), part(&good()));
    assert!(
        !Parts::read(&signed).unwrap().is_unsigned(Generation::V1),
        "a signature that nobody checks"
    );
    let other = format!("{}.{}.", part(&json!({"alg": "RS256"})), part(&good()));
    assert!(!Parts::read(&other).unwrap().is_unsigned(Generation::V1));
}

proptest! {
    #[test]
    fn no_text_breaks_it(token in "[A-Za-z0-9_\\-.=]{0,200}") {
        let _ = Parts::read(&token);
    }
}

#[test]
fn e17_max_age_bounds_how_long_ago_the_user_signed_in() {
    for (max_age, auth_time, wanted) in [
        (None, Value::Null, Ok(())),
        (Some(60), json!(NOW - 60 - SKEW), Ok(())),
        (
            Some(60),
            json!(NOW - 61 - SKEW),
            Err(Code::InteractionRequired),
        ),
        (Some(0), json!(NOW - SKEW), Ok(())),
        (
            Some(0),
            json!((NOW - SKEW - 1).to_string()),
            Err(Code::InteractionRequired),
        ),
        (Some(u64::MAX), json!(0), Ok(())),
        (Some(60), Value::Null, Err(Code::InvalidResponse)),
        (Some(60), json!("yesterday"), Err(Code::InvalidResponse)),
    ] {
        let mut claims = good();
        claims["auth_time"] = auth_time.clone();
        let expected = Expected {
            max_age,
            ..expected()
        };
        let judged = judged(claims, &expected).map(|_| ());
        assert_eq!(judged, wanted, "{max_age:?} {auth_time}");
    }
}
