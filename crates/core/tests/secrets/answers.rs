//! Answers: of the endpoint, of the sign-in service, and the ID tokens in them.

use super::{
    ACCESS, CODE, CREATED, MARKER, NONCE, REDIRECT_URI, REFRESH, STATE, VERIFIER, codes, config,
    silent, told,
};
use exo365_core::endpoint::{exchanged, read, success};
use exo365_core::error::Code;
use exo365_core::id_token::{self, Expected, Parts};
use exo365_core::text::base64url;
use exo365_core::token_reply::{Head, judge};
use exo365_core::wire::{SessionReply, TokenReply};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A value that should not be there: a secret, in one of the kinds of JSON.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(7)),
        Just(json!([ACCESS])),
        Just(json!({ "M4RKER": REFRESH })),
        prop::sample::select(vec![CODE, STATE, NONCE, VERIFIER, ACCESS, REFRESH])
            .prop_map(Value::from),
    ]
}

/// `whole` with some of its members replaced or left out.
fn damaged(whole: &Value, damage: &[(prop::sample::Index, Option<Value>)]) -> Value {
    let mut damaged = whole.clone();
    let members = damaged.as_object_mut().unwrap();
    let names: Vec<_> = members.keys().cloned().collect();
    for (at, value) in damage {
        let name = &names[at.index(names.len())];
        match value {
            Some(value) => drop(members.insert(name.clone(), value.clone())),
            None => drop(members.remove(name)),
        }
    }
    damaged
}

fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, Option<Value>)>> {
    prop::collection::vec(
        (any::<prop::sample::Index>(), prop::option::of(odd())),
        0..4,
    )
}

/// A body as it is, as part of a page of somebody else's, or cut off in the middle.
fn served(body: &Value, how: u8) -> String {
    let text = body.to_string();
    match how % 4 {
        0 => format!("<!doctype html><p>{text}"),
        1 => text.chars().take(text.len() / 2).collect(),
        _ => text,
    }
}

#[test]
fn s30_no_answer_of_an_endpoint_is_repeated_where_it_is_none() {
    let account =
        json!({ "tenantId": "t", "objectId": "o", "username": "u", "name": "n", "isGuest": false });
    let whole = json!({
        "config": serde_json::to_value(config()).unwrap(), "account": account, "accessToken": ACCESS, "expiresIn": 3600,
        "scopes": ["Mail.Read"], "refreshToken": REFRESH,
    });
    // A refusal that is not ours is not believed, and its sentence not shown.
    let refused = json!({ "error": { "code": "teapot", "message": CODE, "remedy": VERIFIER, "claims": NONCE } });
    let status = prop::sample::select(vec![200, 200, 201, 204, 302, 400, 403, 404, 429, 500, 503]);
    let inputs = (status, damage(), any::<u8>(), any::<bool>());
    let seen = codes(&inputs, |(status, damage, how, refusal)| {
        let body = if refusal {
            refused.clone()
        } else {
            damaged(&whole, &damage)
        };
        let tree = match read(status, &served(&body, how)) {
            Ok(tree) => tree,
            Err(error) => return Some(silent(&error)),
        };
        let failures = [
            exchanged(&tree, config()).err(),
            success::<SessionReply>(&tree).err(),
            success::<TokenReply>(&tree).err(),
        ];
        failures.iter().flatten().map(silent).next()
    });
    assert_eq!(
        seen,
        [
            "invalid_response",
            "misconfigured",
            "service_unavailable",
            "throttled"
        ]
    );
}

#[test]
fn s30_no_answer_of_the_sign_in_service_is_repeated() {
    let granted = json!({
        "token_type": "Bearer", "access_token": ACCESS, "expires_in": 3599, "scope": "Mail.Read",
        "refresh_token": REFRESH, "id_token": NONCE,
    });
    let said = format!("AADSTS70008: {CODE} {VERIFIER} {REDIRECT_URI}");
    let refusals = [
        ("access_denied", 0),
        ("consent_required", 65_001),
        ("interaction_required", 90_094),
        ("invalid_client", 7_000_222),
        ("invalid_grant", 70_008),
        ("temporarily_unavailable", 90_033),
        (CODE, 0),
    ];
    let refused = |(error, number): (&str, u32)| {
        json!({
            "error": error, "error_description": said, "error_codes": [number], "error_uri": REDIRECT_URI,
            "suberror": STATE, "trace_id": CODE, "correlation_id": NONCE, "claims": VERIFIER, "refresh_token": REFRESH,
        })
    };
    let status = prop::sample::select(vec![200, 302, 400, 401, 429, 500, 503]);
    let refusal = prop::option::of(prop::sample::select(refusals.to_vec()));
    let inputs = (status, refusal, damage(), any::<u8>(), any::<bool>());
    let seen = codes(&inputs, |(status, refusal, damage, how, html)| {
        let body = refusal.map_or_else(|| granted.clone(), refused);
        let head = Head {
            status,
            content_type: if html {
                "text/html"
            } else {
                "application/json"
            },
            retry_after: Some(STATE),
        };
        let refusal = judge(head, &served(&damaged(&body, &damage), how), CREATED).err()?;
        let debug = format!("{refusal:?}");
        assert!(!debug.contains(MARKER), "{debug}");
        Some(silent(&refusal.error))
    });
    let wanted = [
        Code::AccessDenied,
        Code::AdminConsentRequired,
        Code::ConsentRequired,
        Code::InteractionRequired,
        Code::InvalidResponse,
        Code::Misconfigured,
        Code::ServiceUnavailable,
        Code::Throttled,
    ];
    assert_eq!(seen, wanted.map(Code::as_str), "every way to fail was gone");
}

#[test]
fn s30_no_id_token_that_is_refused_is_repeated() {
    let tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
    let whole = json!({
        "iss": format!("https://login.contoso.example/{tenant}/v2.0"), "aud": "app", "tid": tenant, "oid": "o",
        "nonce": NONCE, "iat": CREATED, "nbf": CREATED, "exp": CREATED + 3600, "preferred_username": "M4RKER@contoso.example",
    });
    let inputs = (damage(), any::<[bool; 4]>());
    let seen = codes(&inputs, |(damage, [other, admitted, late, cut])| {
        let part = |text: &str| base64url(text.as_bytes());
        let claims = damaged(&whole, &damage).to_string();
        let mut token = format!(
            "{}.{}.{}",
            part(r#"{"alg":"RS256"}"#),
            part(&claims),
            part(MARKER)
        );
        if cut {
            token.truncate(token.len() / 2);
        }
        let parts = match Parts::read(&token) {
            Ok(parts) => parts,
            Err(error) => {
                assert!(!told(&error).contains(&token));
                return Some(silent(&error));
            }
        };
        let tenants = if admitted {
            vec![]
        } else {
            vec!["another".to_owned()]
        };
        let expected = Expected {
            client_id: "app",
            issuer: "https://login.contoso.example/{tenantid}/v2.0",
            key_issuer: None,
            nonce: if other { VERIFIER } else { NONCE },
            tenants: &tenants,
            now: if late { CREATED + 9000 } else { CREATED },
            max_age: None,
        };
        let error = id_token::judge(&parts.claims, &expected).err()?;
        Some(silent(&error))
    });
    assert_eq!(
        seen,
        [
            "interaction_required",
            "invalid_response",
            "issuer_mismatch",
            "wrong_account"
        ]
    );
}
