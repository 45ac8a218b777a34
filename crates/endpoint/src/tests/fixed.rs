//! What no request can change: where tokens are asked for; and that nothing reads the contents of access tokens.

use super::*;
use crate::router::ROUTES;

#[tokio::test]
async fn e12_no_request_names_an_authority_a_tenant_or_a_cloud() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let evil = "https://login.evil.example/contoso.example";
    for route in ROUTES {
        let good = match route.path {
            "/exchange" => exchange("c"),
            _ => json!({}),
        };
        for name in [
            "authority",
            "tenant",
            "tenantId",
            "cloud",
            "login",
            "issuer",
            "clientId",
            "tokenEndpoint",
        ] {
            let mut body = good.clone();
            body[name] = json!(evil);
            let answer = world.post(route.path, &body, &cookie).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (400, "bad_request"),
                "{} {name}",
                route.path
            );
        }
    }
    assert_eq!(world.fake.calls(), 1, "nobody was asked");
    for name in ["host", "x-forwarded-host", "forwarded", "x-original-url"] {
        let mut asked = request("/exchange", &exchange("c"), "");
        let value = if name == "forwarded" {
            "host=login.evil.example"
        } else {
            "login.evil.example"
        };
        asked.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(world.send(asked).await.status, StatusCode::OK, "{name}");
        let mut asked = request("/session", &json!({}), &cookie);
        asked.headers_mut().insert(name, value.parse().unwrap());
        let answer = world.send(asked).await;
        assert!(!answer.text.contains("evil"), "{name}: {}", answer.text);
        let authority = format!("{}/organizations", world.fake.origin);
        assert_eq!(answer.json()["config"]["authority"], authority);
    }
    let asked = world.fake.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|one| one.path == "/organizations/oauth2/v2.0/token")
    );
}

#[tokio::test]
async fn e58_a_token_of_any_form_goes_out_as_it_came() {
    let part = |value: Value| exo365_core::text::base64url(value.to_string().as_bytes());
    let ended = json!({"exp": 1, "aud": "another", "scp": "Nothing", "tid": "another"});
    for token in [
        format!("{}.{}.x", part(json!({"alg": "RS256"})), part(ended)),
        format!(
            "{}.a.b.c.d",
            part(json!({"alg": "RSA-OAEP", "enc": "A256GCM"}))
        ),
        "not.json.atall".into(),
        "opaque".into(),
        "EwBgA8l6BAAU/+w==".into(),
        "x".repeat(6000),
    ] {
        let world = World::new().await;
        *world.fake.reply.lock().unwrap() = json!({"access_token": token});
        let answer = world.exchange("c", "").await;
        let cookie = answer.cookie();
        for body in [answer.json(), world.token(&cookie).await.json()] {
            assert_eq!(body["accessToken"], token);
            assert_eq!(
                body["expiresIn"], 3600,
                "the reply says it, and not the token"
            );
            assert_eq!(body["scopes"], json!(["Mail.Read", "Mail.Send"]));
        }
        let rejected = json!({"rejected": digest(&token)});
        let answer = world.post("/token", &rejected, &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
}
