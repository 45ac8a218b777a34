//! Codes become sessions, sessions end.

use super::fake::Canned;
use super::*;

#[tokio::test]
async fn e1_e3_e9_the_v2_form_has_secret_and_verifier_and_nothing_beside() {
    let world = World::new().await;
    world.sign_in().await;
    let asked = world.fake.asked.lock().unwrap();
    let [one] = asked.as_slice() else {
        panic!("one request")
    };
    assert_eq!(one.path, "/organizations/oauth2/v2.0/token");
    let form: Vec<(&str, &str)> = one
        .form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let wanted = [
        (
            "claims",
            r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
        ),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("code", "marker-code"),
        ("code_verifier", VERIFIER),
        ("grant_type", "authorization_code"),
        ("redirect_uri", BACK),
    ];
    assert_eq!(form, wanted);
}

#[tokio::test]
async fn e38_nothing_of_the_browser_is_passed_on() {
    let world = World::new().await;
    let mut request = request("/exchange", &exchange("c"), "a=b");
    for (name, value) in [
        ("referer", "https://app.contoso.example/mail"),
        ("x-forwarded-for", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
        ("user-agent", "Browser/1"),
        ("authorization", "Bearer x"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    assert_eq!(world.send(request).await.status, StatusCode::OK);
    let asked = world.fake.asked.lock().unwrap();
    let headers = &asked[0].headers;
    for name in [
        "origin",
        "referer",
        "cookie",
        "x-forwarded-for",
        "forwarded",
        "authorization",
        "x-exo365",
    ] {
        assert!(!headers.contains_key(name), "{name}");
    }
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("exo365-endpoint/")
    );
    assert_eq!(headers["client-request-id"].len(), 36);
}

#[tokio::test]
async fn the_v1_form_is_that_of_the_2014_post() {
    let world = World::with("identity = \"v1\"\napi = \"outlook-v1\"\napi_origin = \"http://localhost:1\"\ntenant = \"common\"\nscopes = []").await;
    *world.fake.unsigned.lock().unwrap() = true;
    let cookie = world.sign_in().await;
    world.advance(4000);
    assert_eq!(
        world.token(&cookie).await.json()["expiresIn"],
        3599,
        "numbers came as text"
    );
    let asked = world.fake.asked.lock().unwrap();
    for one in asked.iter() {
        assert_eq!(one.path, "/common/oauth2/token");
        assert_eq!(one.form["resource"], "https://outlook.office365.com/");
        assert!(!one.form.contains_key("scope"));
    }
    assert_eq!(asked[1].form["refresh_token"], "marker-refresh-1");
}

#[tokio::test]
async fn e36_v1_takes_configured_resources_only() {
    let world = World::with("identity = \"v1\"\napi = \"outlook-v1\"\nscopes = []\nresources = [\"https://graph.microsoft.com/\"]").await;
    *world.fake.key_issuer.lock().unwrap() = Value::Null;
    let cookie = world.sign_in().await;
    let ask = |name: &str| json!({"resource": name});
    let graph = world
        .post("/token", &ask("https://graph.microsoft.com/"), &cookie)
        .await;
    assert_eq!(
        graph.json()["accessToken"],
        "marker-access-2",
        "another audience, another token"
    );
    let outlook = world.token(&cookie).await;
    assert_eq!(outlook.json()["accessToken"], "marker-access-1");
    let other = world
        .post("/token", &ask("https://vault.azure.net/"), &cookie)
        .await;
    assert_eq!(other.code(), "misconfigured");
    assert_eq!(world.fake.calls(), 2);
}

#[tokio::test]
async fn the_answer_and_the_session_say_who_it_is() {
    let world = World::new().await;
    let answer = world.exchange("c", "").await;
    let body = answer.json();
    assert_eq!(body["account"]["tenantId"], TENANT);
    assert_eq!(body["account"]["username"], "adele@contoso.example");
    assert_eq!(body["accessToken"], "marker-access-1");
    assert_eq!(body["expiresIn"], 3600);
    assert_eq!(body["scopes"], json!(["Mail.Read", "Mail.Send"]));
    let session = world.session(&answer.cookie()).await.json();
    assert_eq!(session["account"], body["account"]);
    assert_eq!(session["accessToken"], "marker-access-1");
    assert_eq!(session["config"]["clientId"], CLIENT);
    assert_eq!(
        session["config"]["authority"],
        format!("{}/organizations", world.fake.origin)
    );
    assert_eq!(session["config"]["mode"], "direct");
}

#[tokio::test]
async fn e56_without_a_session_there_is_the_configuration_and_nobody() {
    let world = World::new().await;
    let answer = world.session("").await;
    assert_eq!(answer.json()["account"], Value::Null);
    assert_eq!(
        answer.json()["config"]["scopes"],
        json!(["Mail.Read", "Mail.Send"])
    );
    assert!(answer.set_cookie().is_none());
    let stale = world.session(&format!("{COOKIE}={}", "A".repeat(43))).await;
    assert_eq!(stale.json()["account"], Value::Null);
    assert!(stale.set_cookie().is_none(), "it may be another endpoint's");
    assert_eq!(world.token("").await.code(), "signed_out");
}

#[tokio::test]
async fn e20_every_sign_in_has_a_new_id_and_ends_the_old_session() {
    let world = World::new().await;
    let planted = format!("{COOKIE}={}", "A".repeat(43));
    let first = world.exchange("c1", &planted).await.cookie();
    assert_ne!(first, planted, "no fixation");
    let second = world.exchange("c2", &first).await.cookie();
    assert_ne!(first, second);
    assert_eq!(world.token(&first).await.code(), "signed_out");
    assert_eq!(world.token(&second).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e21_the_cookie_is_closed_to_scripts_and_sites() {
    let world = World::new().await;
    let answer = world.exchange("c", "").await;
    let line = answer.set_cookie().unwrap();
    assert!(
        line.starts_with("__Host-Http-exo365-_Dzt4nN-ohSa="),
        "{line}"
    );
    assert!(
        line.ends_with("; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Strict"),
        "{line}"
    );
}

#[tokio::test]
async fn e9_a_redirect_uri_that_is_not_configured_is_refused_before_the_code_is_used() {
    let world = World::new().await;
    for uri in [
        "https://app.contoso.example",
        "https://app.contoso.example/BACK",
        "https://evil.example/",
        "",
    ] {
        let mut body = exchange("c");
        body["redirectUri"] = json!(uri);
        let answer = world.post("/exchange", &body, "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "misconfigured"),
            "{uri}"
        );
        assert!(answer.set_cookie().is_none());
    }
    assert_eq!(world.fake.calls(), 0);
}

#[tokio::test]
async fn e6_e45_a_code_of_another_flow_leaves_no_session() {
    let world = World::new().await;
    let before = world.sign_in().await;
    world.fake.say(Canned::refusal("invalid_grant", 501_481));
    let verifier = world.exchange("stolen", &before).await;
    *world.fake.claims.lock().unwrap() = json!({"nonce": "of another flow"});
    let nonce = world.exchange("stolen", &before).await;
    for answer in [verifier, nonce] {
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "interaction_required")
        );
        assert!(answer.set_cookie().is_none());
        assert!(!answer.text.contains("marker"), "{}", answer.text);
    }
    assert_eq!(
        world.token(&before).await.status,
        StatusCode::OK,
        "who was signed in stays so"
    );
}

#[tokio::test]
async fn e44_a_code_that_comes_twice_ends_the_session_that_it_made() {
    let world = World::new().await;
    let cookie = world.exchange("twice", "").await.cookie();
    let other = world.exchange("once", "").await.cookie();
    world.fake.say(Canned::refusal("invalid_grant", 54_005));
    assert_eq!(
        world.exchange("twice", "").await.code(),
        "interaction_required"
    );
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
    assert_eq!(world.token(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e41_sign_out_deletes_at_once_and_may_be_repeated() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for _ in 0..2 {
        let answer = world.post("/logout", &json!({}), &cookie).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::OK, "{}")
        );
        assert!(answer.clears());
        assert_eq!(world.token(&cookie).await.code(), "signed_out");
    }
    assert_eq!(
        world.post("/logout", &json!({}), "").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn e42_the_logout_address_is_the_authoritys_and_comes_back_to_the_page() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let answer = world
        .post("/logout", &json!({"microsoft": true}), &cookie)
        .await;
    let url = answer.json()["logoutUrl"].as_str().unwrap().to_owned();
    let wanted = format!(
        "{}/organizations/oauth2/v2.0/logout?client_id={CLIENT}&post_logout_redirect_uri={BACK}&logout_hint=O.hint",
        world.fake.origin
    );
    assert_eq!(url, wanted);
    let chosen =
        World::with("post_logout_redirect_uri = \"https://app.contoso.example/bye\"").await;
    let answer = chosen
        .post("/logout", &json!({"microsoft": true}), "")
        .await;
    assert!(
        answer
            .text
            .contains("post_logout_redirect_uri=https://app.contoso.example/bye\""),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn e37_what_is_no_token_reply_is_told_and_leaves_nothing() {
    let world = World::new().await;
    let collector = Fake::start(Arc::clone(&world.time)).await;
    for (name, canned, status, code) in [
        (
            "html",
            Canned::new(200, "text/html", "<html>"),
            502,
            "invalid_response",
        ),
        (
            "redirect",
            Canned::new(302, "text/html", "")
                .header("location", &format!("{}/token", collector.origin)),
            502,
            "invalid_response",
        ),
        (
            "307",
            Canned::new(307, "text/html", "")
                .header("location", &format!("{}/token", collector.origin)),
            502,
            "invalid_response",
        ),
        (
            "large",
            Canned::new(200, "application/json", "x".repeat(1024 * 1024 + 1)),
            502,
            "invalid_response",
        ),
        (
            "half",
            Canned::new(200, "application/json", "{\"access_token\":\"a"),
            502,
            "invalid_response",
        ),
        (
            "no id token",
            Canned::json(
                200,
                &json!({"token_type": "Bearer", "access_token": "a", "expires_in": 1}),
            ),
            502,
            "invalid_response",
        ),
        (
            "500",
            Canned::new(500, "text/plain", "oops"),
            503,
            "service_unavailable",
        ),
    ] {
        world.fake.say(canned);
        let answer = world.exchange("c", "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{name}"
        );
        assert!(answer.set_cookie().is_none(), "{name}");
    }
    assert_eq!(collector.calls(), 0, "no redirect is followed");
    assert_eq!(world.exchange("c", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn refusals_of_the_application_name_the_cure() {
    let world = World::new().await;
    for (error, number, code, word) in [
        ("invalid_client", 7_000_215, "misconfigured", "secret"),
        ("invalid_client", 7_000_222, "misconfigured", "expired"),
        ("invalid_request", 9_002_327, "misconfigured", "Web"),
        ("unauthorized_client", 700_016, "misconfigured", "client_id"),
        ("invalid_grant", 65_001, "consent_required", "consent"),
        (
            "invalid_grant",
            90_094,
            "admin_consent_required",
            "adminconsent",
        ),
    ] {
        world.fake.say(Canned::refusal(error, number));
        let answer = world.exchange("c", "").await;
        assert_eq!(answer.code(), code, "{number}");
        assert!(answer.text.contains(word), "{number}: {}", answer.text);
        assert_eq!(answer.json()["error"]["aadsts"], json!([number]));
        assert!(
            !answer.text.contains("adele") && !answer.text.contains("<b>"),
            "E47 {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn e37_a_service_that_is_away_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let config = config("http://127.0.0.1:1", dir.path(), "");
    let (app, router) = open(config, &Arc::new(AtomicU64::new(NOW)));
    let fake = Fake::start(Arc::new(AtomicU64::new(NOW))).await;
    let world = World {
        fake,
        time: Arc::default(),
        app,
        router,
        dir,
    };
    let answer = world.exchange("c", "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (503, "service_unavailable")
    );
}
