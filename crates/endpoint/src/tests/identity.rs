//! ID tokens: signatures, keys and the profile that has none.

use super::*;

/// Lays `change` over the claims and signs in.
async fn with_claims(world: &World, change: Value) -> String {
    *world.fake.claims.lock().unwrap() = change;
    let answer = world.exchange("c", "").await;
    assert_eq!(
        answer.set_cookie().is_some(),
        answer.status == StatusCode::OK,
        "E4 no session without a judged token"
    );
    answer.code()
}

#[tokio::test]
async fn e16_e17_claims_that_do_not_fit_make_no_session() {
    let world = World::new().await;
    let other = "11111111-0000-cccc-1111-dddd2222eeee";
    for (change, code) in [
        (json!({}), ""),
        (json!({"aud": "another"}), "invalid_response"),
        (json!({"tid": other}), "issuer_mismatch"),
        (
            json!({"iss": "https://login.evil.example/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0"}),
            "issuer_mismatch",
        ),
        (json!({"exp": NOW - 300}), "invalid_response"),
        (json!({"exp": NOW - 299}), ""),
        (json!({"oid": null}), "invalid_response"),
        (json!({"nonce": null}), "interaction_required"),
    ] {
        assert_eq!(with_claims(&world, change.clone()).await, code, "{change}");
    }
}

#[tokio::test]
async fn e17_max_age_wants_a_recent_proof() {
    let world = World::new().await;
    for (max_age, claims, code) in [
        (json!("60"), json!({"auth_time": NOW - 360}), ""),
        (
            json!("60"),
            json!({"auth_time": NOW - 361}),
            "interaction_required",
        ),
        (json!("60"), json!({}), "invalid_response"),
        (json!("soon"), json!({"auth_time": NOW}), "invalid_argument"),
        (json!("-1"), json!({"auth_time": NOW}), "invalid_argument"),
        (json!(60), json!({"auth_time": NOW}), "bad_request"),
        (Value::Null, json!({"auth_time": 0}), ""),
    ] {
        *world.fake.claims.lock().unwrap() = claims.clone();
        let mut request = exchange("c");
        request["maxAge"] = max_age.clone();
        let answer = world.post("/exchange", &request, "").await;
        assert_eq!(answer.code(), code, "{max_age} {claims}");
        assert_eq!(answer.set_cookie().is_some(), code.is_empty(), "{max_age}");
    }
}

#[tokio::test]
async fn e16_a_tenant_id_in_the_authority_admits_that_tenant_only() {
    let world = World::with("tenant = \"11111111-0000-cccc-1111-dddd2222eeee\"").await;
    assert_eq!(with_claims(&world, json!({})).await, "wrong_account");
    let listed = World::with(&format!("tenants = [\"{TENANT}\"]")).await;
    assert_eq!(with_claims(&listed, json!({})).await, "");
}

#[tokio::test]
async fn e14_a_signature_that_does_not_hold_is_refused() {
    let world = World::new().await;
    let good = world.exchange("c", "").await;
    assert_eq!(good.status, StatusCode::OK);
    let forged = {
        let part = |value: &Value| exo365_core::text::base64url(value.to_string().as_bytes());
        let claims = json!({"iss": format!("{}/{TENANT}/v2.0", world.fake.origin), "aud": CLIENT, "tid": TENANT, "oid": "o", "nonce": NONCE, "iat": NOW, "exp": NOW + 60});
        move |header: Value| format!("{}.{}.c2lnbmF0dXJl", part(&header), part(&claims))
    };
    for header in [
        json!({"alg": "RS256", "kid": "k1"}),
        json!({"alg": "HS256", "kid": "k1"}),
        json!({"alg": "none", "kid": "k1"}),
        json!({"alg": "PS256", "kid": "k1"}),
        json!({"alg": "RS256"}),
    ] {
        *world.fake.reply.lock().unwrap() = json!({"id_token": forged(header.clone())});
        assert_eq!(
            world.exchange("c", "").await.code(),
            "invalid_response",
            "{header}"
        );
    }
}

async fn signing(configured: &str, algorithm: &'static str) -> World {
    let world = World::with(&format!("id_token_algorithms = {configured}")).await;
    *world.fake.algorithm.lock().unwrap() = algorithm;
    world
}

#[tokio::test]
async fn e14_ps256_and_es256_hold_where_they_are_configured_and_nowhere_else() {
    for (configured, algorithm, good) in [
        ("[\"PS256\"]", "PS256", true),
        ("[\"ES256\"]", "ES256", true),
        ("[\"RS256\", \"PS256\", \"ES256\"]", "PS256", true),
        ("[\"RS256\", \"PS256\", \"ES256\"]", "ES256", true),
        ("[\"RS256\", \"PS256\", \"ES256\"]", "RS256", true),
        ("[\"RS256\"]", "PS256", false),
        ("[\"RS256\"]", "ES256", false),
        ("[\"PS256\"]", "RS256", false),
        ("[\"PS256\"]", "ES256", false),
        ("[\"ES256\"]", "PS256", false),
    ] {
        let world = signing(configured, algorithm).await;
        let code = world.exchange("c", "").await.code();
        let wanted = if good { "" } else { "invalid_response" };
        assert_eq!(code, wanted, "{algorithm} where {configured}");
    }
}

#[tokio::test]
async fn e14_a_signature_of_one_kind_is_none_of_another() {
    let all = "[\"RS256\", \"PS256\", \"ES256\"]";
    for (algorithm, change) in [
        // A key with `alg` verifies no other algorithm.
        ("PS256", (json!({"alg": "RS256"}), json!({}))),
        ("RS256", (json!({"alg": "PS256"}), json!({}))),
        ("ES256", (json!({}), json!({"alg": "ES384"}))),
        // A key of another type with the `kid` of the token.
        ("RS256", (json!({"kid": "other"}), json!({"kid": "k1"}))),
        ("ES256", (json!({"kid": "curve"}), json!({"kid": "other"}))),
        ("ES256", (json!({}), json!({"crv": "P-384"}))),
        ("ES256", (json!({}), json!({"kty": "RSA"}))),
        // Malformed keys.
        ("ES256", (json!({}), json!({"x": "AQ"}))),
        ("ES256", (json!({}), json!({"y": ""}))),
        ("ES256", (json!({}), json!({"x": "!"}))),
        ("RS256", (json!({"n": ""}), json!({}))),
        ("PS256", (json!({"e": "AA"}), json!({}))),
        // A key for encryption.
        ("RS256", (json!({"use": "enc"}), json!({}))),
    ] {
        let world = signing(all, algorithm).await;
        *world.fake.changed.lock().unwrap() = change.clone();
        let code = world.exchange("c", "").await.code();
        assert_eq!(code, "invalid_response", "{algorithm} {change:?}");
    }
    for (algorithm, own) in [("PS256", "PS256"), ("ES256", "ES256")] {
        let world = signing(all, algorithm).await;
        *world.fake.changed.lock().unwrap() = (json!({"alg": own}), json!({"alg": own}));
        world.sign_in().await;
    }
}

#[tokio::test]
async fn e14_what_was_changed_behind_the_signature_is_refused_by_every_algorithm() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let configured = format!("[\"{algorithm}\"]");
        let world = signing(&configured, algorithm).await;
        let token = world.fake.id_token(false);
        let (head, rest) = token.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        let mut person: Value =
            serde_json::from_slice(&exo365_core::text::base64_decode(claims).unwrap()).unwrap();
        person["oid"] = json!("another");
        let person = exo365_core::text::base64url(person.to_string().as_bytes());
        let shorter = &signature[..signature.len() - 4];
        for (forged, code) in [
            (token.clone(), ""),
            (format!("{head}.{person}.{signature}"), "invalid_response"),
            (format!("{head}.{claims}.{shorter}"), "invalid_response"),
            (format!("{head}.{claims}."), "invalid_response"),
        ] {
            *world.fake.reply.lock().unwrap() = json!({"id_token": forged});
            assert_eq!(world.exchange("c", "").await.code(), code, "{algorithm}");
        }
    }
}

#[tokio::test]
async fn e14_an_unknown_key_is_fetched_once_and_not_for_every_token() {
    let world = World::new().await;
    world.sign_in().await;
    assert_eq!(world.fake.sets.load(Ordering::SeqCst), 1);
    *world.fake.kids.lock().unwrap() = ("k2".into(), "k2".into());
    world.advance(61);
    world.sign_in().await;
    assert_eq!(
        world.fake.sets.load(Ordering::SeqCst),
        2,
        "the service has a new key"
    );
    world.fake.kids.lock().unwrap().1 = "made up".into();
    for _ in 0..3 {
        assert_eq!(world.exchange("c", "").await.code(), "invalid_response");
    }
    assert_eq!(
        world.fake.sets.load(Ordering::SeqCst),
        3,
        "a made-up name makes us ask once"
    );
    world.advance(61);
    assert_eq!(world.exchange("c", "").await.code(), "invalid_response");
    assert_eq!(world.fake.sets.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn e73_a_new_key_is_found_though_the_keys_were_read_just_now() {
    let world = World::new().await;
    world.sign_in().await;
    for name in ["k2", "k3"] {
        *world.fake.kids.lock().unwrap() = (name.into(), name.into());
        world.sign_in().await;
    }
}

#[tokio::test]
async fn e73_of_two_keys_of_one_name_the_one_that_fits_counts() {
    let world = World::new().await;
    // The key on the curve has the name of the RSA key, and stands behind it.
    world.fake.changed.lock().unwrap().1 = json!({"kid": "k1"});
    world.sign_in().await;
    let other = World::with("id_token_algorithms = [\"ES256\"]").await;
    other.fake.kids.lock().unwrap().0 = "curve".into();
    *other.fake.algorithm.lock().unwrap() = "ES256";
    other.sign_in().await;
}

#[tokio::test]
async fn e73_another_key_under_the_same_name_is_found_at_once() {
    let world = World::with("id_token_algorithms = [\"RS256\", \"ES256\"]").await;
    let before = exo365_core::text::base64url(&[0xab; 256]);
    world.fake.changed.lock().unwrap().0 = json!({"n": before});
    *world.fake.algorithm.lock().unwrap() = "ES256";
    world.sign_in().await;
    world.fake.changed.lock().unwrap().0 = json!({});
    *world.fake.algorithm.lock().unwrap() = "RS256";
    world.sign_in().await;
    // Signatures that hold by no key cause one fetch in a minute, however many there are.
    let sets = world.fake.sets.load(Ordering::SeqCst);
    world.advance(60);
    world.fake.changed.lock().unwrap().0 = json!({"n": before});
    world
        .app
        .keys
        .metadata(&world.app.upstream, &world.app.config.public)
        .await
        .unwrap();
    *world.fake.kids.lock().unwrap() = ("k9".into(), "k9".into());
    for _ in 0..5 {
        assert_eq!(world.exchange("c", "").await.code(), "invalid_response");
    }
    assert!(world.fake.sets.load(Ordering::SeqCst) <= sets + 2);
}

#[tokio::test]
async fn e73_a_key_that_is_there_for_this_application_alone_is_asked_for() {
    let world = World::new().await;
    *world.fake.by_appid.lock().unwrap() = true;
    world.sign_in().await;
}

#[tokio::test]
async fn e15_a_key_of_another_issuer_signs_nothing_here() {
    let world = World::new().await;
    *world.fake.key_issuer.lock().unwrap() =
        json!("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
    assert_eq!(world.exchange("c", "").await.code(), "issuer_mismatch");
    let silent = World::new().await;
    *silent.fake.key_issuer.lock().unwrap() = Value::Null;
    silent.sign_in().await;
}

#[tokio::test]
async fn e18_unsigned_tokens_are_for_v1_only() {
    let v2 = World::new().await;
    *v2.fake.unsigned.lock().unwrap() = true;
    assert_eq!(v2.exchange("c", "").await.code(), "invalid_response");
    let v1 = World::with("identity = \"v1\"\nscopes = []").await;
    *v1.fake.unsigned.lock().unwrap() = true;
    v1.sign_in().await;
    *v1.fake.claims.lock().unwrap() = json!({"nonce": "another"});
    assert_eq!(
        v1.exchange("c", "").await.code(),
        "interaction_required",
        "claims are judged all the same"
    );
}

#[tokio::test]
async fn e85_a_sign_in_that_continues_a_session_is_of_its_account_or_changes_nothing() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let own = format!("{TENANT}.00000000-0000-0000-66f3-3332eca7ea81");
    let again = async |account: &str| {
        let mut body = exchange("c");
        body["account"] = json!(account);
        world.post("/exchange", &body, &cookie).await
    };
    for other in [
        format!("{TENANT}.00000000-0000-0000-0000-000000000002"),
        own.to_uppercase(),
        String::new(),
    ] {
        let answer = again(&other).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "wrong_account")
        );
        assert_eq!(answer.set_cookie(), None, "{other}");
        let there = world.session(&cookie).await;
        assert!(
            there.text.contains("adele@contoso.example"),
            "the first one stays"
        );
    }
    assert_eq!(again(&own).await.status, StatusCode::OK);
}
