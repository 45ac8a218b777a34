//! Limits per address and session, and that no client can make up its address.

use super::*;
use crate::router::ROUTES;
use axum::extract::ConnectInfo;
use std::net::SocketAddr;

const TIGHT: &str = "limit_per_address = 3\nlimit_per_session = 2";
const PROXIED: &str = "limit_per_address = 1\nproxies = [\"10.0.0.0/8\", \"127.0.0.1\"]";

fn from(peer: &str, request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    parts.extensions.insert(ConnectInfo(peer));
    Request::from_parts(parts, body)
}

fn forwarded(peer: &str, name: &'static str, value: &str) -> Request<Body> {
    let mut request = from(peer, request("/session", &json!({}), ""));
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

#[tokio::test]
async fn e49_an_address_waits_on_every_route_and_another_does_not() {
    let mut paths: Vec<String> = ROUTES.iter().map(|route| route.path.into()).collect();
    paths.extend(["/nowhere".into(), "/".into()]);
    for path in &paths {
        let world = World::with(TIGHT).await;
        let ask = |peer: &str| world.send(from(peer, request(path, &json!({}), "")));
        for _ in 0..3 {
            assert_ne!(ask("192.0.2.1").await.status, StatusCode::TOO_MANY_REQUESTS);
        }
        let refused = ask("192.0.2.1").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(refused.code(), "throttled");
        assert_eq!(refused.headers[header::RETRY_AFTER], "20");
        assert_eq!(refused.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(refused.json()["error"]["retryAfterSeconds"], 20);
        assert_ne!(ask("192.0.2.2").await.status, StatusCode::TOO_MANY_REQUESTS);
        world.advance(20);
        assert_ne!(ask("192.0.2.1").await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn e49_a_session_waits_wherever_it_comes_from() {
    let world = World::with(TIGHT).await;
    let cookie = world.sign_in().await;
    let ask = |peer: &str| world.send(from(peer, request("/token", &json!({}), &cookie)));
    assert_eq!(ask("192.0.2.1").await.status, StatusCode::OK);
    assert_eq!(ask("192.0.2.2").await.status, StatusCode::OK);
    let refused = ask("192.0.2.3").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.set_cookie().is_none(), "the session stays");
    world.advance(30);
    assert_eq!(ask("192.0.2.3").await.status, StatusCode::OK);
}

#[tokio::test]
async fn e49_a_household_of_ipv6_is_one() {
    let world = World::with("limit_per_address = 1").await;
    let ask = |peer: &str| world.send(from(peer, request("/session", &json!({}), "")));
    assert_eq!(ask("[2001:db8::1]").await.status, StatusCode::OK);
    assert_eq!(
        ask("[2001:db8::2]").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(ask("[2001:db8:0:1::1]").await.status, StatusCode::OK);
}

#[tokio::test]
async fn e39_a_client_cannot_say_who_it_is() {
    for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let world = World::with(PROXIED).await;
        let value = |tail| {
            format!(
                "{}192.0.2.{tail}",
                if name == "forwarded" { "for=" } else { "" }
            )
        };
        let first = world.send(forwarded("198.51.100.1", name, &value(1))).await;
        assert_eq!(first.status, StatusCode::OK);
        let second = world.send(forwarded("198.51.100.1", name, &value(2))).await;
        assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
    }
}

#[tokio::test]
async fn e39_a_configured_proxy_names_the_client_from_the_right() {
    let world = World::with(PROXIED).await;
    let name = "x-forwarded-for";
    for (value, wanted) in [
        ("192.0.2.1", StatusCode::OK),
        ("192.0.2.1", StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.2", StatusCode::OK),
        // The client's own text is to the left of what the proxy added.
        ("203.0.113.7, 192.0.2.2", StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.2, 10.1.2.3", StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.3, 10.1.2.3", StatusCode::OK),
        ("192.0.2.3:4711", StatusCode::TOO_MANY_REQUESTS),
        // Without a usable address the proxy's own counts.
        ("unknown", StatusCode::OK),
        ("192.0.2.9, junk", StatusCode::TOO_MANY_REQUESTS),
    ] {
        let answer = world.send(forwarded("10.0.0.1", name, value)).await;
        assert_eq!(answer.status, wanted, "{value}");
    }
    let answer = world
        .send(forwarded("10.0.0.1", "forwarded", "for=192.0.2.200"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS,
        "the other header is nobody's word"
    );
}

#[tokio::test]
async fn e39_forwarded_is_read_where_it_is_the_one() {
    let world = World::with(&format!("{PROXIED}\nproxy_header = \"forwarded\"")).await;
    for (value, wanted) in [
        ("for=192.0.2.1;proto=https", StatusCode::OK),
        ("For=\"192.0.2.1:4711\"", StatusCode::TOO_MANY_REQUESTS),
        ("for=\"[2001:db8::1]:4711\"", StatusCode::OK),
        (
            "for=192.0.2.5, for=\"[2001:db8::2]\"",
            StatusCode::TOO_MANY_REQUESTS,
        ),
    ] {
        let answer = world.send(forwarded("10.0.0.1", "forwarded", value)).await;
        assert_eq!(answer.status, wanted, "{value}");
    }
}

/// Without `proxies`, all clients behind a proxy have its address, so the limit per address is off.
#[tokio::test]
async fn e49_behind_a_proxy_that_is_not_listed_addresses_do_not_count() {
    let extra = "limit_per_address = 1\nbehind_tls_proxy = true";
    let world = World::with(extra).await;
    for _ in 0..3 {
        let answer = world
            .send(from("10.0.0.1", request("/session", &json!({}), "")))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

/// A flood does not hold up front-channel sign-outs; an unknown `sid` costs one look-up.
#[tokio::test]
async fn e43_e49_e70_no_flood_keeps_the_services_sign_outs_out() {
    let world = World::with("limit_per_address = 2\nbehind_tls_proxy = true").await;
    let cookie = world.sign_in().await;
    let log = super::logs::Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let ask = |sid: &str| {
        let path = format!("/auth/frontchannel-logout?sid={sid}");
        world.send(from(
            "10.0.0.1",
            Request::get(path).body(Body::empty()).unwrap(),
        ))
    };
    for number in 0..500 {
        assert_eq!(
            ask(&format!("made-up-{number}")).await.status,
            StatusCode::OK
        );
    }
    assert!(log.0.lock().unwrap().is_empty(), "and no line in the log");
    assert_eq!(ask("s1").await.status, StatusCode::OK);
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}

/// Other requests of an address or a session do not count against its sign-outs.
#[tokio::test]
async fn e41_e49_e70_a_sign_out_has_a_share_of_its_own() {
    let world = World::with(TIGHT).await;
    let cookie = world.sign_in().await;
    for _ in 0..5 {
        world
            .send(from("192.0.2.1", request("/token", &json!({}), &cookie)))
            .await;
    }
    let refused = world.send(from("192.0.2.1", request("/token", &json!({}), &cookie)));
    assert_eq!(refused.await.status, StatusCode::TOO_MANY_REQUESTS);
    let out = world.send(from("192.0.2.1", request("/logout", &json!({}), &cookie)));
    assert_eq!(out.await.status, StatusCode::OK);
}

/// A clock that is set back or forward changes no limit.
#[tokio::test]
async fn e72_a_clock_that_is_set_back_is_not_noticed() {
    let world = World::with("limit_per_address = 60\nlimit_per_session = 60").await;
    let cookie = world.sign_in().await;
    let ask = || world.send(from("192.0.2.1", request("/token", &json!({}), &cookie)));
    for step in [-3600_i64, -30, 7200, -7200] {
        world.advance(30);
        for _ in 0..20 {
            assert_eq!(ask().await.status, StatusCode::OK, "{step}");
        }
        let now = world.time.load(Ordering::SeqCst);
        world
            .time
            .store(now.saturating_add_signed(step), Ordering::SeqCst);
        assert_eq!(ask().await.status, StatusCode::OK, "{step}");
    }
}
