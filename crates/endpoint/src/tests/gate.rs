//! The checks of the gate, for every route of the table.

use super::*;
use crate::http::gate::MAX_BODY;
use crate::router::ROUTES;
use axum::http::{HeaderValue, Method};

/// The request that each of these tests changes in one thing.
fn good(route: &str) -> Request<Body> {
    request(route, &json!({}), "")
}

fn changed(route: &str, name: &'static str, value: Option<&str>) -> Request<Body> {
    let mut request = good(route);
    match value {
        Some(value) => request
            .headers_mut()
            .insert(name, HeaderValue::try_from(value).unwrap()),
        None => request.headers_mut().remove(name),
    };
    request
}

/// E23, E24, E25: the gate is in front of every route.
#[tokio::test]
async fn e23_e24_e25_every_route_refuses_what_lacks_one_thing() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let calls = world.fake.calls();
    for route in ROUTES {
        for (name, header, value, status) in [
            ("no own header", "x-exo365", None, 403),
            ("another value", "x-exo365", Some("2"), 403),
            ("null origin", "origin", Some("null"), 403),
            (
                "foreign origin",
                "origin",
                Some("https://evil.example"),
                403,
            ),
            (
                "longer origin",
                "origin",
                Some("https://app.contoso.example.evil.example"),
                403,
            ),
            (
                "another scheme",
                "origin",
                Some("http://app.contoso.example"),
                403,
            ),
            (
                "another port",
                "origin",
                Some("https://app.contoso.example:444"),
                403,
            ),
            (
                "another case",
                "origin",
                Some("https://APP.contoso.example"),
                403,
            ),
            ("no origin at all", "origin", None, 403),
            (
                "form",
                "content-type",
                Some("application/x-www-form-urlencoded"),
                415,
            ),
            ("text", "content-type", Some("text/plain"), 415),
            ("no type", "content-type", None, 415),
            ("like json", "content-type", Some("application/jsonp"), 415),
        ] {
            let mut request = changed(route.path, header, value);
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
            let answer = world.send(request).await;
            assert_eq!(answer.status, status, "{} {name}", route.path);
            assert!(
                !answer.code().is_empty() && answer.set_cookie().is_none(),
                "{} {name}",
                route.path
            );
            assert!(!answer.text.contains("marker"), "{} {name}", route.path);
        }
    }
    assert_eq!(world.fake.calls(), calls, "nothing was asked");
    assert_eq!(
        world.token(&cookie).await.status,
        StatusCode::OK,
        "and the session is untouched"
    );
}

#[tokio::test]
async fn e24_without_origin_the_browser_has_to_say_same_origin() {
    let world = World::new().await;
    for (site, wanted) in [
        ("same-origin", StatusCode::OK),
        ("same-site", StatusCode::FORBIDDEN),
        ("cross-site", StatusCode::FORBIDDEN),
        ("none", StatusCode::FORBIDDEN),
    ] {
        let mut request = changed("/session", "origin", None);
        request
            .headers_mut()
            .insert("sec-fetch-site", site.parse().unwrap());
        assert_eq!(world.send(request).await.status, wanted, "{site}");
    }
}

#[tokio::test]
async fn e24_an_origin_twice_is_none() {
    let world = World::new().await;
    let mut request = good("/session");
    request
        .headers_mut()
        .append(header::ORIGIN, PAGE.parse().unwrap());
    assert_eq!(world.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn e23_every_route_takes_post_and_nothing_else() {
    let world = World::new().await;
    for route in ROUTES {
        for method in [
            Method::GET,
            Method::HEAD,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::TRACE,
        ] {
            let mut request = good(route.path);
            *request.method_mut() = method.clone();
            let answer = world.send(request).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {}",
                route.path
            );
            assert_eq!(answer.headers[header::ALLOW], "POST");
        }
    }
}

#[tokio::test]
async fn e60_malformed_bodies_get_a_constant_answer() {
    let world = World::new().await;
    for route in ROUTES {
        let mut seen = Vec::new();
        for body in [
            "",
            "{",
            "[]",
            "[true]",
            "[\"c\",\"v\",\"n\",\"r\"]",
            "null",
            "\"<script>\"",
            "{\"evil\":1}",
            "{\"scopes\":7,\"code\":7,\"microsoft\":7,\"x\":1}",
            "\u{0}",
        ] {
            let mut request = good(route.path);
            *request.body_mut() = Body::from(body);
            let answer = world.send(request).await;
            assert_eq!(
                answer.status,
                StatusCode::BAD_REQUEST,
                "{} {body:?}",
                route.path
            );
            seen.push(answer.text);
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "{}", route.path);
    }
}

#[tokio::test]
async fn e60_unknown_routes_and_large_bodies_are_not_reflected() {
    let world = World::new().await;
    for path in [
        "/auth",
        "/auth/",
        "/auth/nothing",
        "/auth/session/",
        "/auth/%3Cscript%3E",
        "/nothing/<x>?code=marker",
    ] {
        let mut request = good("/session");
        *request.uri_mut() = path.replace(['<', '>'], "").parse().unwrap();
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            answer.text,
            r#"{"error":{"code":"not_found","message":"there is no such route"}}"#
        );
    }
    for route in ROUTES {
        let mut request = good(route.path);
        *request.body_mut() = Body::from("x".repeat(MAX_BODY + 1));
        assert_eq!(
            world.send(request).await.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{}",
            route.path
        );
    }
}

#[tokio::test]
async fn e27_e28_every_answer_is_closed_to_caches_and_frames() {
    let world = World::with("behind_tls_proxy = true").await;
    let mut answers = vec![world.send(changed("/session", "x-exo365", None)).await];
    for route in ROUTES {
        answers.push(world.send(good(route.path)).await);
    }
    let mut lost = good("/session");
    *lost.uri_mut() = "/auth/nothing".parse().unwrap();
    answers.push(world.send(lost).await);
    for answer in answers {
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("pragma", "no-cache"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.headers[name], value, "{}", answer.text);
        }
        assert!(
            !answer.headers.contains_key("access-control-allow-origin"),
            "E26"
        );
    }
}

const OTHER: &str = "https://mail.contoso.example";

#[tokio::test]
async fn e26_cors_is_for_configured_origins_only() {
    let world = World::with("cross_origins = [\"https://mail.contoso.example\"]").await;
    for (origin, wanted) in [
        (OTHER, true),
        (PAGE, false),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let mut preflight = changed("/token", "origin", Some(origin));
        *preflight.method_mut() = Method::OPTIONS;
        let answer = world.send(preflight).await;
        assert_eq!(answer.status == StatusCode::NO_CONTENT, wanted, "{origin}");
        let allowed = answer.headers.get("access-control-allow-origin");
        assert_eq!(
            allowed.map(|value| value == origin),
            wanted.then_some(true),
            "{origin}"
        );
        assert_eq!(answer.headers[header::VARY], "Origin");
        if wanted {
            assert_eq!(answer.headers["access-control-allow-methods"], "POST");
            assert_eq!(
                answer.headers["access-control-allow-headers"],
                "content-type, x-exo365, x-exo365-account"
            );
        }
    }
    let answer = world.send(changed("/session", "origin", Some(OTHER))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["access-control-allow-origin"], OTHER);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    let answer = world
        .send(changed("/session", "origin", Some("https://evil.example")))
        .await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

/// Login CSRF: somebody's own code, verifier and nonce, all of them good, sent by a page of theirs in a visitor's browser.
#[tokio::test]
async fn e46_a_prepared_sign_in_of_a_foreign_page_signs_nobody_in() {
    let world = World::new().await;
    let good = exchange("marker-code");
    let form = "code=marker-code&codeVerifier=x&nonce=x&redirectUri=x";
    for (origin, site, kind, body) in [
        (
            Some("https://evil.example"),
            "cross-site",
            "application/json",
            good.to_string(),
        ),
        (
            Some("https://evil.example"),
            "cross-site",
            "text/plain",
            good.to_string(),
        ),
        (
            Some("null"),
            "cross-site",
            "application/x-www-form-urlencoded",
            form.into(),
        ),
        (None, "cross-site", "application/json", good.to_string()),
        (None, "same-site", "application/json", good.to_string()),
        (None, "none", "application/json", good.to_string()),
    ] {
        // With our header, as if a preflight had let it pass, and without.
        for own in [true, false] {
            let mut asked = request("/exchange", &json!({}), "");
            *asked.body_mut() = Body::from(body.clone());
            let headers = asked.headers_mut();
            headers.remove("origin");
            if let Some(origin) = origin {
                headers.insert("origin", origin.parse().unwrap());
            }
            if !own {
                headers.remove("x-exo365");
            }
            headers.insert("sec-fetch-site", site.parse().unwrap());
            headers.insert("content-type", kind.parse().unwrap());
            let answer = world.send(asked).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{origin:?} {site} {kind}"
            );
            assert!(answer.set_cookie().is_none());
        }
    }
    assert_eq!(world.fake.calls(), 0, "the code is not used up");
    assert_eq!(
        world.post("/exchange", &good, "").await.status,
        StatusCode::OK,
        "it was good"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]
    #[test]
    fn e60_no_body_breaks_a_parser(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        use exo365_core::wire::{ExchangeRequest, LogoutRequest, TokenRequest};
        let _ = crate::http::gate::parse::<ExchangeRequest>(&body);
        let _ = crate::http::gate::parse::<LogoutRequest>(&body);
        let _ = crate::http::gate::parse::<TokenRequest>(&body);
    }
}
