//! What the proxy refuses, and its answers when the API has trouble.

use super::fake::Canned;
use super::logs::Log;
use super::proxy::{PROXY, call, proxied, with_body};
use super::*;
use crate::routes::proxy::MAX_BUFFERED;

pub(super) const ME: &str = "/v1.0/me/messages";

/// A refusal of the endpoint itself, which says so.
pub(super) fn own(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (status, code),
        "{}",
        answer.text
    );
    assert_eq!(answer.headers["x-exo365"], "1");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn e23_e24_the_proxy_refuses_what_lacks_one_thing() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    for method in ["GET", "POST", "PATCH", "PUT", "DELETE"] {
        for (header, value) in [
            ("x-exo365", None),
            ("x-exo365", Some("2")),
            ("sec-fetch-site", None),
            ("sec-fetch-site", Some("cross-site")),
            ("sec-fetch-site", Some("same-site")),
            ("sec-fetch-site", Some("none")),
            ("origin", Some("null")),
            ("origin", Some("https://evil.example")),
            ("origin", Some("https://app.contoso.example.evil.example")),
        ] {
            let mut request = call(method, ME, &cookie);
            match value {
                Some(value) => request.headers_mut().insert(header, value.parse().unwrap()),
                None => request.headers_mut().remove(header),
            };
            own(&world.send(request).await, 403, "forbidden");
        }
        let mut twice = call(method, ME, &cookie);
        twice.headers_mut().append("x-exo365", "1".parse().unwrap());
        own(&world.send(twice).await, 403, "forbidden");
        own(&world.send(call(method, ME, "")).await, 401, "signed_out");
        let foreign = format!("{COOKIE}={}", "A".repeat(43));
        let answer = world.send(call(method, ME, &foreign)).await;
        own(&answer, 401, "signed_out");
        assert!(answer.set_cookie().is_none());
    }
    for method in ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"] {
        let answer = world.send(call(method, ME, &cookie)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(
            answer.headers[header::ALLOW],
            "GET, POST, PATCH, PUT, DELETE"
        );
    }
    assert_eq!(api.calls(), 0, "nothing was asked");
}

#[tokio::test]
async fn e37_no_path_leaves_the_prefixes() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    for path in [
        "",
        "/",
        "/v1.0",
        "/v1.0/groups",
        "/beta/me",
        "/v1.0/me/../groups",
        "/v1.0/me/%2e%2e/groups",
        "/v1.0/me/%2e%2e%2fgroups",
        "/v1.0/me/%252e%252e/groups",
        "/v1.0/me/..%5cgroups",
        "//evil.example/v1.0/me",
        "/@evil.example/v1.0/me",
        "/v1.0/me/%00",
        "/v1.0/me/%0d%0aX-Marker:1",
    ] {
        let answer = world.send(call("GET", path, &cookie)).await;
        own(&answer, 403, "forbidden");
        assert!(!answer.text.contains("groups"), "nothing is reflected");
    }
    let answer = world.send(call("GET", "/v1.0/me/\"x\"", &cookie)).await;
    own(&answer, 400, "bad_request");
    assert_eq!(api.calls(), 0);
    let (world, api) = proxied("proxy_paths = [\"/beta/me\"]").await;
    let cookie = world.sign_in().await;
    own(
        &world.send(call("GET", ME, &cookie)).await,
        403,
        "forbidden",
    );
    let answer = world.send(call("GET", "/beta/me/x", &cookie)).await;
    assert_eq!((answer.status, api.calls()), (StatusCode::OK, 1));
}

#[tokio::test]
async fn e37_the_calls_of_a_batch_are_held_to_the_paths() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let batch = |url: &str| json!({"requests": [{"id": "1", "method": "GET", "url": url}]});
    let ask = |body: Value| {
        let post = call("POST", "/v1.0/$batch", &cookie);
        world.send(with_body(post, body.to_string()))
    };
    own(&ask(batch("/groups")).await, 403, "forbidden");
    own(&ask(json!({"request": []})).await, 400, "bad_request");
    let large = batch(&format!(
        "/me/{}",
        "x".repeat(usize::try_from(MAX_BUFFERED).unwrap())
    ));
    own(&ask(large).await, 413, "too_large");
    assert_eq!(api.calls(), 0);
    assert_eq!(ask(batch("/me/messages")).await.status, StatusCode::OK);
    let asked = api.asked().pop().unwrap();
    assert_eq!(asked.body, batch("/me/messages").to_string());
}

#[tokio::test]
async fn e37_outlook_has_its_own_root() {
    for (flavor, root) in [("outlook-v2", "/api/v2.0"), ("outlook-v1", "/api/v1.0")] {
        let (world, api) = proxied(&format!("api = \"{flavor}\"\nidentity = \"v2\"")).await;
        let cookie = world.sign_in().await;
        own(
            &world.send(call("GET", ME, &cookie)).await,
            403,
            "forbidden",
        );
        let link = format!("{}{root}/me/messages?%24skip=10", api.origin);
        api.say(Canned::json(
            200,
            &json!({"value": [], "@odata.nextLink": link}),
        ));
        let answer = world
            .send(call("GET", &format!("{root}/Me/Messages"), &cookie))
            .await;
        let next = format!("/auth/proxy{root}/me/messages?%24skip=10");
        assert_eq!(answer.json()["@odata.nextLink"], next);
        let batch = json!({"requests": [{"id": "1", "method": "GET", "url": format!("{root}/me/contacts")}]});
        let post = call("POST", &format!("{root}/me/$batch"), &cookie);
        let answer = world.send(with_body(post, batch.to_string())).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let batch = batch.to_string().replace("/me/contacts", "/groups");
        let post = call("POST", &format!("{root}/me/$batch"), &cookie);
        own(&world.send(with_body(post, batch)).await, 403, "forbidden");
    }
}

#[tokio::test]
async fn e60_in_direct_mode_there_is_no_such_route() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for method in ["GET", "POST", "OPTIONS"] {
        let answer = world.send(call(method, ME, &cookie)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(
            answer.text,
            r#"{"error":{"code":"not_found","message":"there is no such route"}}"#
        );
        assert!(!answer.headers.contains_key("x-exo365"));
    }
    let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| SECRET.to_owned());
    for (extra, said) in [
        ("proxy_paths = [\"/v1.0/me\"]", "goes with mode"),
        ("mode = \"both\"", "`mode` is"),
        ("mode = \"proxy\"\nproxy_paths = []", "proxy_paths"),
        (
            "mode = \"proxy\"\nproxy_paths = [\"/v1.0/me/\"]",
            "proxy_paths",
        ),
        (
            "mode = \"proxy\"\nproxy_paths = [\"/v1.0/..\"]",
            "proxy_paths",
        ),
        ("mode = \"proxy\"\nproxy_paths = [\"v1.0\"]", "proxy_paths"),
        ("mode = \"proxy\"\nproxy_paths = [\"/\"]", "proxy_paths"),
        ("preload_paths = [\"/v1.0/me/\"]", "preload_paths"),
        ("preload_paths = [\"me\"]", "preload_paths"),
        ("preload_paths = [\"/v1.0/..\"]", "preload_paths"),
    ] {
        let text = toml("http://localhost:1", extra);
        let problem = Config::parse(&text, Path::new(""), environment)
            .err()
            .unwrap();
        assert!(problem.to_string().contains(said), "{problem}");
    }
}

/// E49: the limits apply to this route as well.
#[tokio::test]
async fn e49_the_proxy_counts_by_session() {
    let (world, api) = proxied("limit_per_session = 2").await;
    let cookie = world.sign_in().await;
    for _ in 0..2 {
        assert_eq!(
            world.send(call("GET", ME, &cookie)).await.status,
            StatusCode::OK
        );
    }
    let refused = world.send(call("GET", ME, &cookie)).await;
    own(&refused, 429, "throttled");
    assert_eq!(refused.headers[header::RETRY_AFTER], "30");
    assert_eq!(api.calls(), 2);
}

/// E36: a token for another service does not go to the API.
#[tokio::test]
async fn e36_the_token_is_the_apis_whatever_is_configured_first() {
    let scopes = "scopes = [\"https://other.contoso.example/Read\", \"Mail.Read\"]";
    let (world, api) = proxied(scopes).await;
    let cookie = world.sign_in().await;
    let asked = world.fake.field("scope").unwrap();
    assert!(
        asked.contains("Mail.Read") && !asked.contains("other"),
        "{asked}"
    );
    assert_eq!(
        world.send(call("GET", ME, &cookie)).await.status,
        StatusCode::OK
    );
    let sent = api.asked().pop().unwrap();
    assert_eq!(sent.header("authorization"), Some("Bearer marker-access-1"));
}

#[tokio::test]
async fn e37_an_api_that_is_away_is_told_as_such() {
    let gone = "http://localhost:1";
    let world = World::with(&format!("{PROXY}\napi_origin = \"{gone}\"")).await;
    let cookie = world.sign_in().await;
    let answer = world.send(call("GET", ME, &cookie)).await;
    own(&answer, 503, "service_unavailable");
    assert!(!answer.text.contains("localhost"), "{}", answer.text);
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    api.say(Canned::new(200, "application/json", "{}").header("content-encoding", "gzip"));
    own(
        &world.send(call("GET", ME, &cookie)).await,
        502,
        "invalid_response",
    );
    for status in [400, 403, 404, 429, 500, 503] {
        let body = json!({"error": {"code": "x"}});
        api.say(Canned::json(status, &body).header("retry-after", "3"));
        let answer = world.send(call("GET", ME, &cookie)).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (status, body));
        assert_eq!(answer.headers[header::RETRY_AFTER], "3");
        assert!(!answer.headers.contains_key("x-exo365"), "the API's own");
    }
}

#[tokio::test]
async fn e26_other_hosts_of_the_list_may_call_too() {
    let (world, _api) = proxied("cross_origins = [\"https://mail.contoso.example\"]").await;
    let cookie = world.sign_in().await;
    for (origin, wanted) in [("https://mail.contoso.example", true), (PAGE, false)] {
        let mut request = call("OPTIONS", ME, "");
        let headers = request.headers_mut();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        let answer = world.send(request).await;
        assert_eq!(answer.status == StatusCode::NO_CONTENT, wanted);
        if wanted {
            let methods = &answer.headers["access-control-allow-methods"];
            assert_eq!(methods, "GET, POST, PATCH, PUT, DELETE");
        }
        let mut request = call("GET", ME, &cookie);
        let headers = request.headers_mut();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::OK);
        let allowed = answer.headers.get("access-control-allow-origin");
        assert_eq!(allowed.is_some(), wanted);
    }
}

#[tokio::test]
async fn e48_no_path_and_no_token_of_a_call_is_logged_or_counted() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let path = "/v1.0/users/adele@contoso.example/messages/marker-id?$search=marker-words";
    for canned in [
        Canned::new(200, "application/json", "{\"marker\":1}"),
        Canned::new(302, "text/plain", "marker").header("location", "https://marker.example/"),
        Canned::json(401, &json!({"marker": 1})),
        Canned::json(500, &json!({"marker": 1})),
    ] {
        api.say(canned);
        world.send(call("GET", path, &cookie)).await;
    }
    world.send(call("GET", "/marker/path", &cookie)).await;
    let counted = world.app.metrics.text().unwrap();
    for line in [
        "exo365_requests_total{route=\"/proxy\",outcome=\"ok\"} 3",
        "exo365_requests_total{route=\"/proxy\",outcome=\"forbidden\"} 1",
        "exo365_api_calls_total{outcome=\"2xx\"} 2",
        "exo365_api_calls_total{outcome=\"401\"} 1",
        "exo365_api_calls_total{outcome=\"5xx\"} 1",
        "exo365_api_calls_total{outcome=\"other\"} 1",
    ] {
        assert!(
            counted.lines().any(|known| known == line),
            "{line} in\n{counted}"
        );
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours = text.lines().filter(|line| line.contains("exo365_endpoint"));
    let id = cookie.split_once('=').unwrap().1;
    for line in ours.chain(counted.lines()) {
        for needle in ["marker", "adele", "contoso", "users", id] {
            assert!(!line.contains(needle), "{needle} in {line}");
        }
    }
}
