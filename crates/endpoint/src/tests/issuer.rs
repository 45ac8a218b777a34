//! The issuer in the redirect (RFC 9207).

use super::*;

const OTHER: &str = "11111111-0000-cccc-1111-dddd2222eeee";
const PROMISE: &str = "authorization_response_iss_parameter_supported";

async fn trade(world: &World, issuer: Option<&str>) -> Answer {
    let mut body = exchange("c");
    if let Some(issuer) = issuer {
        body["iss"] = json!(issuer);
    }
    let answer = world.post("/exchange", &body, "").await;
    let signed_in = answer.status == StatusCode::OK;
    assert_eq!(answer.set_cookie().is_some(), signed_in, "{}", answer.text);
    answer
}

#[tokio::test]
async fn e13_an_issuer_that_the_authority_cannot_have_is_refused_before_the_code_is_used() {
    let world = World::new().await;
    let own = &world.fake.origin;
    for issuer in [
        "",
        "https://login.evil.example/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
        &format!("{own}/{TENANT}/v2.0/"),
        &format!("{own}/{TENANT}"),
        &format!("{own}/{{tenantid}}/v2.0"),
        &format!("{own}/organizations/v2.0"),
        &format!("{own}/{TENANT}/../{OTHER}/v2.0"),
    ] {
        let answer = trade(&world, Some(issuer)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "issuer_mismatch"),
            "{issuer}"
        );
        assert!(!answer.text.contains("evil"), "E60 nothing is repeated");
    }
    assert_eq!(world.fake.calls(), 0);
}

#[tokio::test]
async fn e13_the_issuer_is_that_of_the_tenant_that_signed_in() {
    let world = World::new().await;
    let own = format!("{}/{TENANT}/v2.0", world.fake.origin);
    let other = format!("{}/{OTHER}/v2.0", world.fake.origin);
    assert_eq!(
        trade(&world, Some(&other)).await.code(),
        "issuer_mismatch",
        "another tenant of the same authority"
    );
    assert_eq!(world.fake.calls(), 1);
    assert_eq!(world.app.sessions.store.count().await.unwrap(), 0);
    assert_eq!(trade(&world, Some(&own)).await.status, StatusCode::OK);
    assert_eq!(trade(&world, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e13_where_the_authority_is_one_tenant_no_other_issuer_costs_a_code() {
    let world = World::with(&format!("tenant = \"{TENANT}\"")).await;
    let issuer = |tenant: &str| format!("{}/{tenant}/v2.0", world.fake.origin);
    *world.fake.discovery.lock().unwrap() = json!({"issuer": issuer(TENANT)});
    let answer = trade(&world, Some(&issuer(OTHER))).await;
    assert_eq!(answer.code(), "issuer_mismatch");
    assert_eq!(world.fake.calls(), 0);
    let answer = trade(&world, Some(&issuer(TENANT))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn e13_where_the_service_promises_an_issuer_a_code_without_one_is_not_used() {
    let world = World::new().await;
    *world.fake.discovery.lock().unwrap() = json!({PROMISE: true});
    let answer = trade(&world, None).await;
    assert_eq!(answer.code(), "issuer_mismatch");
    assert!(answer.text.contains("iss is missing"), "{}", answer.text);
    assert_eq!(world.fake.calls(), 0);
    let own = format!("{}/{TENANT}/v2.0", world.fake.origin);
    assert_eq!(trade(&world, Some(&own)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e13_a_service_that_promises_nothing_or_something_odd_still_signs_in() {
    for promise in [json!(null), json!(false), json!("true"), json!({"x": [1]})] {
        let world = World::new().await;
        *world.fake.discovery.lock().unwrap() = json!({PROMISE: promise});
        let answer = trade(&world, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{promise}");
    }
}

#[tokio::test]
async fn e13_documents_that_cannot_be_had_again_turn_no_sign_in_off() {
    let world = World::new().await;
    world.sign_in().await;
    world.advance(2 * 86_400);
    *world.fake.discovery.lock().unwrap() = json!({"issuer": 7});
    let own = format!("{}/{TENANT}/v2.0", world.fake.origin);
    for issuer in [None, Some(own.as_str())] {
        let answer = trade(&world, issuer).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    let answer = trade(&world, Some("https://login.evil.example/")).await;
    assert_eq!(answer.code(), "issuer_mismatch", "the old ones still hold");
}
