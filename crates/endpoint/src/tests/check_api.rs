//! `check`, what it says of the API: the way of the proxy, and the application in its own name.

use super::api::Api;
use super::check::{at_this_time, has};
use super::fake::Canned;
use super::*;
use crate::check::{Finding, Verdict, check};
use exo365_core::text::base64url;

/// Findings of `check` at a service that refuses the code that was never issued.
async fn found(world: &World, extra: &str, application: bool) -> Vec<Finding> {
    let config = config(&world.fake.origin, world.dir.path(), extra);
    world.fake.say(Canned::refusal("invalid_grant", 70_000));
    check(&config, &world.app.clock, application).await.unwrap()
}

#[tokio::test]
async fn the_api_behind_the_proxy_is_called_without_a_token() {
    let (world, api) = (at_this_time().await, Api::start().await);
    let extra = format!("mode = \"proxy\"\napi_origin = \"{}\"", api.origin);
    let busy = Canned::new(503, "text/html", "");
    for (answer, verdict, words) in [
        (
            Canned::new(401, "text/html", ""),
            Verdict::Good,
            "asks for a token",
        ),
        (busy, Verdict::Note, "has trouble for now (503)"),
        (
            Canned::new(200, "text/html", ""),
            Verdict::Note,
            "without a token",
        ),
        (
            Canned::new(404, "text/html", ""),
            Verdict::Wrong,
            "answers 404",
        ),
        (
            Canned::new(302, "text/html", "").header("location", "https://evil.example/"),
            Verdict::Wrong,
            "sends calls elsewhere",
        ),
    ] {
        api.say(answer);
        let found = found(&world, &extra, false).await;
        assert!(has(&found, verdict, words), "{words}: {found:?}");
        let asked = api.asked();
        assert_eq!((asked.len(), asked[0].uri.as_str()), (1, "/v1.0/me"));
        assert_eq!(asked[0].header("authorization"), None);
    }
    let away = "mode = \"proxy\"\napi_origin = \"http://localhost:1\"";
    let found = found(&world, away, false).await;
    assert!(
        has(&found, Verdict::Wrong, "cannot be reached"),
        "{found:?}"
    );
    let direct = self::found(&world, "api_origin = \"http://localhost:1\"", false).await;
    assert!(
        direct.iter().all(|one| one.verdict != Verdict::Wrong),
        "{direct:?}"
    );
    let words = "nothing can be preloaded: the API at http://localhost:1 cannot be reached";
    assert!(has(&direct, Verdict::Note, words), "{direct:?}");
}

#[tokio::test]
async fn what_is_preloaded_is_told() {
    let (world, api) = (at_this_time().await, Api::start().await);
    for (extra, verdict, words) in [
        (
            "",
            Verdict::Good,
            "/v1.0/me, /v1.0/users, /v1.0/places of the API may be preloaded",
        ),
        (
            "preload_paths = []",
            Verdict::Note,
            "`preload_paths` is empty",
        ),
        (
            "preload_paths = [\"/beta/me\"]",
            Verdict::Note,
            "/beta/me, which is not below the API's root",
        ),
        (
            "mode = \"proxy\"\nproxy_paths = [\"/v1.0/me/events\"]\npreload_paths = [\"/v1.0/users\"]",
            Verdict::Note,
            "/v1.0/users, which is not below `proxy_paths`",
        ),
        (
            "mode = \"proxy\"\nproxy_paths = [\"/v1.0/me/events\"]\npreload_paths = [\"/v1.0/me\"]",
            Verdict::Good,
            "/v1.0/me of the API may be preloaded",
        ),
    ] {
        api.say(Canned::new(401, "text/html", ""));
        let extra = format!("api_origin = \"{}\"\n{extra}", api.origin);
        let found = found(&world, &extra, false).await;
        assert!(has(&found, verdict, words), "{words}: {found:?}");
        assert!(
            api.asked()
                .iter()
                .all(|one| one.header("authorization").is_none())
        );
    }
}

#[tokio::test]
async fn paths_of_the_proxy_that_are_too_many_or_too_few_are_told() {
    let (world, api) = (at_this_time().await, Api::start().await);
    let extra = format!("mode = \"proxy\"\napi_origin = \"{}\"", api.origin);
    for (paths, verdict, words) in [
        ("", Verdict::Good, "pages reach /v1.0/me, "),
        (
            "proxy_paths = [\"/v1.0\"]",
            Verdict::Note,
            "is all of the API",
        ),
        (
            "proxy_paths = [\"/beta/me\"]",
            Verdict::Note,
            "is not below /v1.0",
        ),
        (
            "proxy_paths = [\"/v1.0/places\", \"/v1.0/$batch\"]",
            Verdict::Wrong,
            "neither /v1.0/me nor /v1.0/users",
        ),
        (
            "proxy_paths = [\"/v1.0/me/messages\"]",
            Verdict::Note,
            "lacks /v1.0/$batch",
        ),
        (
            "proxy_paths = [\"/v1.0/users/x\", \"/v1.0/$batch\"]",
            Verdict::Good,
            "pages reach /v1.0/users/x, /v1.0/$batch",
        ),
    ] {
        let found = found(&world, &format!("{extra}\n{paths}"), false).await;
        assert!(has(&found, verdict, words), "{paths}: {found:?}");
        let reached = has(&found, Verdict::Good, "pages reach");
        assert_eq!(reached, verdict == Verdict::Good, "{found:?}");
    }
}

#[tokio::test]
async fn e36_permissions_that_are_of_another_service_are_told() {
    let world = at_this_time().await;
    let words = "none of `scopes` is a permission of the API";
    for (extra, wrong) in [
        ("scopes = [\"Mail.Read\"]", false),
        (
            "scopes = [\"https://graph.microsoft.com/Mail.Read\"]",
            false,
        ),
        ("scopes = [\"https://outlook.office.com/Mail.Read\"]", true),
        ("api = \"outlook-v2\"", true),
        (
            "api = \"outlook-v2\"\nscopes = [\"User.Read\", \"https://outlook.office.com/Mail.Read\"]",
            false,
        ),
        ("scopes = []", false),
        ("identity = \"v1\"\nscopes = []", false),
    ] {
        let found = found(&world, extra, false).await;
        assert_eq!(
            has(&found, Verdict::Wrong, words),
            wrong,
            "{extra}: {found:?}"
        );
    }
}

/// A token with these claims.
fn token(claims: &Value) -> Value {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    json!({"access_token": format!("{}.{}.x", part(&json!({"alg": "RS256"})), part(claims))})
}

#[tokio::test]
async fn e51_a_token_of_the_application_is_asked_for_where_the_tenant_is_one() {
    let world = at_this_time().await;
    let extra = format!("tenant = \"{TENANT}\"");
    for (reply, verdict, words) in [
        (
            token(&json!({"roles": ["Mail.Read", "Calendars.ReadWrite", "<b>", 7.to_string()]})),
            Verdict::Good,
            "with Mail.Read, Calendars.ReadWrite, 7",
        ),
        (token(&json!({})), Verdict::Note, "has no role there"),
        (
            json!({"access_token": "marker-opaque"}),
            Verdict::Good,
            "cannot be seen",
        ),
        (
            json!({"access_token": "a.b.c.d.e"}),
            Verdict::Good,
            "cannot be seen",
        ),
    ] {
        *world.fake.reply.lock().unwrap() = reply;
        let found = found(&world, &extra, false).await;
        assert!(has(&found, verdict, words), "{words}: {found:?}");
        let text = format!("{found:?}");
        assert!(!text.contains("marker") && !text.contains('<'), "{text}");
        let kind = world.fake.field("grant_type");
        assert_eq!(kind.as_deref(), Some("client_credentials"));
    }
    let calls = world.fake.calls();
    let found = found(&world, "", false).await;
    assert!(!format!("{found:?}").contains("application itself"));
    assert_eq!(world.fake.calls(), calls + 1, "organizations is no tenant");
}

#[tokio::test]
async fn e51_whoever_needs_a_token_of_the_application_is_told_what_is_missing() {
    let world = at_this_time().await;
    let extra = format!("tenant = \"{TENANT}\"");
    for (error, number, words, consent) in [
        ("invalid_grant", 65_001, "AADSTS65001", true),
        ("invalid_grant", 501_051, "AADSTS501051", true),
        ("unauthorized_client", 7_000_229, "AADSTS7000229", true),
        ("invalid_client", 7_000_222, "has expired", false),
    ] {
        for (needed, verdict) in [(false, Verdict::Note), (true, Verdict::Wrong)] {
            let config = config(&world.fake.origin, world.dir.path(), &extra);
            world.fake.say(Canned::refusal("invalid_grant", 70_000));
            world.fake.say(Canned::refusal(error, number));
            let found = check(&config, &world.app.clock, needed).await.unwrap();
            assert!(has(&found, verdict, words), "{number}: {found:?}");
            let cure = has(&found, verdict, "administrator of the tenant consent");
            assert_eq!(cure, consent, "{found:?}");
        }
    }
    *world.fake.reply.lock().unwrap() = token(&json!({}));
    let found = found(&world, &extra, true).await;
    assert!(
        has(&found, Verdict::Wrong, "has no role there"),
        "{found:?}"
    );
    let found = self::found(&world, "", true).await;
    assert!(has(&found, Verdict::Wrong, "set `tenant`"), "{found:?}");
}
