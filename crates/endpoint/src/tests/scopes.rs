//! What a token is for: scopes, services, claims.

use super::*;

#[tokio::test]
async fn e35_scopes_are_those_of_the_configuration() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let ask = |scopes: &[&str]| json!({"scopes": scopes});
    assert_eq!(
        world
            .post("/token", &ask(&["Mail.Read"]), &cookie)
            .await
            .json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!(
        world
            .post("/token", &ask(&["Files.Read"]), &cookie)
            .await
            .code(),
        "misconfigured"
    );
    assert_eq!(
        world
            .post(
                "/token",
                &json!({"resource": "https://graph.microsoft.com/"}),
                &cookie
            )
            .await
            .code(),
        "invalid_argument"
    );
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn e35_what_was_not_granted_is_asked_for_once() {
    let world = World::new().await;
    *world.fake.reply.lock().unwrap() = json!({"scope": "Mail.Read"});
    let cookie = world.sign_in().await;
    for _ in 0..2 {
        let answer = world
            .post("/token", &json!({"scopes": ["Mail.Send"]}), &cookie)
            .await;
        assert_eq!(answer.json()["accessToken"], "marker-access-2");
    }
    assert_eq!(
        world.fake.field("scope").unwrap(),
        "openid profile offline_access Mail.Send"
    );
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn e36_each_service_has_its_own_token() {
    let outlook = "https://outlook.office.com/Mail.Read";
    let world = World::with(&format!("scopes = [\"User.Read\", \"{outlook}\"]")).await;
    let cookie = world.sign_in().await;
    assert_eq!(
        world.fake.field("scope").unwrap(),
        "openid profile offline_access User.Read"
    );
    let ask = json!({"scopes": [outlook]});
    assert_eq!(
        world.post("/token", &ask, &cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!(
        world.fake.field("scope").unwrap(),
        format!("openid profile offline_access {outlook}")
    );
    assert_eq!(
        world.post("/token", &ask, &cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-1"
    );
    let both = json!({"scopes": ["User.Read", outlook]});
    assert_eq!(
        world.post("/token", &both, &cookie).await.code(),
        "invalid_argument"
    );
}

#[tokio::test]
async fn a_renewal_says_as_well_that_challenges_are_understood() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(4000);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
    assert_eq!(
        world.fake.field("grant_type").as_deref(),
        Some("refresh_token")
    );
    let sent: Value = serde_json::from_str(&world.fake.field("claims").unwrap()).unwrap();
    assert_eq!(
        sent,
        json!({"access_token": {"xms_cc": {"values": ["cp1"]}}})
    );
}

#[tokio::test]
async fn e53_claims_are_merged_and_bounded() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}"#;
    for _ in 0..2 {
        let answer = world
            .post("/token", &json!({"claims": claims}), &cookie)
            .await;
        assert_eq!(
            answer.json()["accessToken"],
            "marker-access-2",
            "asked for once"
        );
    }
    let sent: Value = serde_json::from_str(&world.fake.field("claims").unwrap()).unwrap();
    assert_eq!(sent["access_token"]["nbf"]["value"], "1790000000");
    assert_eq!(sent["access_token"]["xms_cc"]["values"], json!(["cp1"]));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(8 * 1024));
    for bad in [
        "",
        "[]",
        "7",
        "{",
        "{}&scope=x",
        "{\"access_token\":7}",
        &long,
    ] {
        assert_eq!(
            world
                .post("/token", &json!({"claims": bad}), &cookie)
                .await
                .code(),
            "invalid_argument",
            "{bad:.20}"
        );
    }
    assert_eq!(world.fake.calls(), 2);
}
