//! Calls that go through the endpoint: what reaches the API, what comes back, and what happens at a 401.

use super::api::{Api, Asked};
use super::fake::Canned;
use super::renewal::LATER;
use super::*;
use exo365_core::text::base64url;

pub(super) const PROXY: &str = "mode = \"proxy\"";

/// Endpoint in proxy mode, with its API.
pub(super) async fn proxied(extra: &str) -> (World, Arc<Api>) {
    let api = Api::start().await;
    let extra = format!("{PROXY}\napi_origin = \"{}\"\n{extra}", api.origin);
    (World::with(&extra).await, api)
}

/// A call as the page makes it.
pub(super) fn call(method: &str, path: &str, cookie: &str) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/auth/proxy{path}"))
        .header("x-exo365", "1")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie);
    request.body(Body::empty()).unwrap()
}

pub(super) fn with_body(mut request: Request<Body>, body: impl Into<Body>) -> Request<Body> {
    *request.body_mut() = body.into();
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    headers.insert(header::ORIGIN, PAGE.parse().unwrap());
    request
}

impl World {
    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(call("GET", path, cookie)).await
    }
}

fn last(api: &Api) -> Asked {
    api.asked().pop().unwrap()
}

#[tokio::test]
async fn e38_a_call_goes_through_with_what_is_on_the_list() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let path = "/v1.0/me/messages?$top=10&$filter=contains(subject,%27a%2Fb%27)&x=%00";
    let mut request = call("GET", path, &cookie);
    let sent = [
        ("accept", "application/json;odata.metadata=minimal"),
        ("prefer", "outlook.timezone=\"UTC\""),
        ("consistencylevel", "eventual"),
        ("client-request-id", "aaaa0000-bb11-2222-33cc-444444dddddd"),
        ("return-client-request-id", "true"),
        ("if-none-match", "W/\"x\""),
    ];
    for (name, value) in sent {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let kept_back = [
        ("authorization", "Bearer marker-other"),
        ("origin", PAGE),
        ("referer", "https://app.contoso.example/inbox"),
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "evil.example"),
        ("x-real-ip", "192.0.2.1"),
        ("via", "1.1 proxy"),
        ("te", "trailers"),
        ("connection", "x-hop, close"),
        ("x-hop", "1"),
        ("proxy-authorization", "Basic x"),
        ("upgrade", "websocket"),
        ("expect", "100-continue"),
        ("x-http-method-override", "DELETE"),
        ("x-ms-client-principal", "x"),
        ("sec-fetch-mode", "cors"),
    ];
    for (name, value) in kept_back {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let asked = last(&api);
    assert_eq!((asked.method.as_str(), asked.uri.as_str()), ("GET", path));
    for (name, value) in sent {
        assert_eq!(asked.header(name), Some(value), "{name}");
    }
    for (name, _) in kept_back.into_iter().skip(1) {
        assert_eq!(asked.header(name), None, "{name}");
    }
    for name in ["cookie", "x-exo365", "sec-fetch-site", "content-type"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
    let bearer = asked.header("authorization");
    assert_eq!(bearer, Some("Bearer marker-access-1"));
    let host = api.origin.trim_start_matches("http://");
    assert_eq!(asked.header("host"), Some(host));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn e27_e28_the_answer_comes_with_what_is_on_the_list() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let canned = Canned::new(201, "text/html; charset=utf-8", "<script>alert(1)</script>");
    let listed = [
        ("etag", "W/\"1\""),
        ("request-id", "r1"),
        ("client-request-id", "c1"),
        ("preference-applied", "outlook.timezone=\"UTC\""),
        ("retry-after", "7"),
        ("x-ms-diagnostics", "2000001;reason=\"x\""),
    ];
    let canned = listed
        .into_iter()
        .chain([
            ("set-cookie", "marker=1"),
            ("www-authenticate", "Bearer realm=\"marker\""),
            ("cache-control", "public, max-age=600"),
            ("access-control-allow-origin", "*"),
            ("content-security-policy", "default-src *"),
            ("clear-site-data", "\"*\""),
            ("x-marker", "marker"),
            ("location", "https://evil.example/v1.0/me/x"),
        ])
        .fold(canned, |canned, (name, value)| canned.header(name, value));
    api.say(canned);
    let answer = world.get("/v1.0/me/messages/x/$value", &cookie).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.text, "<script>alert(1)</script>", "as it came");
    let own = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-length", "25"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in listed.into_iter().chain(own) {
        if name != "content-length" {
            assert_eq!(answer.headers[name], value);
        }
    }
    for name in [
        "set-cookie",
        "www-authenticate",
        "clear-site-data",
        "x-marker",
        "location",
    ] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert!(!answer.headers.contains_key("x-exo365"), "it is the API's");
}

#[tokio::test]
async fn e10_a_place_at_the_api_is_told_as_the_page_reaches_it() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    let whole = |path: &str| format!("{}{path}", api.origin);
    for (location, wanted) in [
        (whole("/v1.0/me/x?y=1"), Some("/auth/proxy/v1.0/me/x?y=1")),
        ("/v1.0/me/x".into(), Some("/auth/proxy/v1.0/me/x")),
        (whole("/v1.0/groups/x"), None),
        (whole(".evil.example/v1.0/me"), None),
        ("//evil.example/v1.0/me".into(), None),
        ("https://evil.example/v1.0/me".into(), None),
        ("/v1.0/me/../../x".into(), None),
    ] {
        api.say(Canned::new(201, "application/json", "{}").header("location", &location));
        let answer = world.get("/v1.0/me", &cookie).await;
        let told = answer.headers.get(header::LOCATION);
        assert_eq!(told.map(|at| at.to_str().unwrap()), wanted, "{location}");
    }
    for status in [301, 302, 303, 307, 308] {
        let canned = Canned::new(status, "text/plain", "x");
        api.say(canned.header("location", "https://evil.example/"));
        let answer = world.get("/v1.0/me", &cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
        assert_eq!(answer.code(), "invalid_response");
        assert!(!answer.headers.contains_key(header::LOCATION));
    }
    api.say(Canned::new(304, "text/plain", "").header("etag", "W/\"1\""));
    let answer = world.get("/v1.0/me", &cookie).await;
    assert_eq!(answer.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn e37_next_links_lead_back_to_the_endpoint() {
    let (world, api) = proxied("base = \"/api/sign-in\"").await;
    let mut request = request("/x", &exchange("marker-code"), "");
    *request.uri_mut() = "/api/sign-in/exchange".parse().unwrap();
    let cookie = world.send(request).await.cookie();
    let link = format!("{}/v1.0/me/messages?$skip=10", api.origin);
    let text = json!({"@odata.nextLink": link, "x": link, "uploadUrl": "https://up.example/x"});
    for (kind, wanted) in [
        (
            "application/json; odata.metadata=minimal",
            "/api/sign-in/proxy/v1.0/me/messages?$skip=10",
        ),
        ("text/plain", &link),
    ] {
        api.say(Canned::new(200, kind, text.to_string()));
        let mut request = call("GET", "/v1.0/me/messages", &cookie);
        *request.uri_mut() = "/api/sign-in/proxy/v1.0/me/messages".parse().unwrap();
        let answer = world.send(request).await;
        let body = answer.json();
        assert_eq!(body["@odata.nextLink"], wanted);
        assert_eq!(body["x"], link);
        assert_eq!(body["uploadUrl"], "https://up.example/x");
    }
    // An attachment with the same text is a file, and is not changed.
    api.say(Canned::new(200, "application/json", text.to_string()));
    let path = "/api/sign-in/proxy/v1.0/me/messages/x/attachments/y/$value";
    let mut request = call("GET", "/x", &cookie);
    *request.uri_mut() = path.parse().unwrap();
    assert_eq!(world.send(request).await.json(), text);
}

fn refused_token() -> Canned {
    Canned::json(
        401,
        &json!({"error": {"code": "InvalidAuthenticationToken"}}),
    )
}

#[tokio::test]
async fn e31_a_refused_token_is_renewed_once_and_the_call_repeated() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    api.say(refused_token());
    let body = json!({"subject": "Planning"}).to_string();
    let post = call("POST", "/v1.0/me/events", &cookie);
    let answer = world.send(with_body(post, body.clone())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let asked = api.asked();
    let sent = asked
        .iter()
        .map(|one| (one.header("authorization"), &one.body));
    let sent: Vec<_> = sent.collect();
    assert_eq!(
        sent,
        [
            (Some("Bearer marker-access-1"), &body.clone().into()),
            (Some("Bearer marker-access-2"), &body.clone().into())
        ]
    );
    assert_eq!(asked[1].header("content-length"), Some("22"));
    assert_eq!(world.fake.calls(), 2, "the code and one renewal");
    // If the new token does not help, the API's refusal passes.
    api.say(refused_token());
    api.say(refused_token());
    let answer = world.get("/v1.0/me", &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["error"]["code"], "InvalidAuthenticationToken");
    assert!(!answer.headers.contains_key("x-exo365"));
    assert_eq!((api.calls(), world.fake.calls()), (2, 3));
    // For a while no further renewal is tried.
    api.say(refused_token());
    let answer = world.get("/v1.0/me", &cookie).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!((api.calls(), world.fake.calls()), (3, 3));
    world.advance(30);
    api.say(refused_token());
    assert_eq!(world.get("/v1.0/me", &cookie).await.status, StatusCode::OK);
    assert_eq!(world.fake.calls(), 4);
}

/// The API's challenge, in base64.
fn challenge(claims: &str) -> Canned {
    let claims = base64url(claims.as_bytes());
    let line = format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{claims}\"");
    refused_token().header("www-authenticate", &line)
}

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}"#;

#[tokio::test]
async fn e53_a_challenge_is_met_by_a_renewal_or_told_to_the_page() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    api.say(challenge(CLAIMS));
    assert_eq!(world.get("/v1.0/me", &cookie).await.status, StatusCode::OK);
    let claims: Value = serde_json::from_str(&world.fake.field("claims").unwrap()).unwrap();
    assert_eq!(claims["access_token"]["nbf"]["essential"], true);
    assert_eq!(claims["access_token"]["xms_cc"]["values"][0], "cp1");
    // The sign-in service asks for interaction.
    api.say(challenge(CLAIMS));
    world
        .fake
        .say(Canned::refusal("interaction_required", 50_076));
    let refused = world.get("/v1.0/me", &cookie).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.code(), "interaction_required");
    assert_eq!(refused.json()["error"]["claims"], CLAIMS);
    assert_eq!(refused.headers["x-exo365"], "1");
    assert!(refused.set_cookie().is_none(), "the session stays");
    // The API asks for interaction.
    api.say(challenge(CLAIMS));
    api.say(challenge(CLAIMS));
    let refused = world.get("/v1.0/me", &cookie).await;
    assert_eq!(refused.code(), "interaction_required");
    assert_eq!(refused.json()["error"]["claims"], CLAIMS);
    assert!(!refused.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn e33_a_dead_grant_ends_the_session_and_trouble_does_not() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    world.advance(LATER + 1000);
    world.fake.say(Canned::new(503, "text/plain", "x"));
    let refused = world.get("/v1.0/me", &cookie).await;
    assert_eq!(refused.code(), "service_unavailable");
    assert!(refused.set_cookie().is_none());
    assert_eq!(world.get("/v1.0/me", &cookie).await.status, StatusCode::OK);
    api.say(refused_token());
    world.fake.say(Canned::refusal("invalid_grant", 50_173));
    let refused = world.get("/v1.0/me", &cookie).await;
    assert_eq!(refused.code(), "interaction_required");
    assert!(refused.clears());
    let refused = world.get("/v1.0/me", &cookie).await;
    assert_eq!(refused.code(), "signed_out");
    assert_eq!(refused.headers["x-exo365"], "1");
}

#[tokio::test]
async fn e29_no_token_reaches_the_page() {
    let (world, _api) = proxied("").await;
    let answer = world.exchange("marker-code", "").await;
    let cookie = answer.cookie();
    let session = world.session(&cookie).await;
    let (token, call) = (
        world.token(&cookie).await,
        world.get("/v1.0/me", &cookie).await,
    );
    assert_eq!(session.json()["config"]["mode"], "proxy");
    assert_eq!(session.json()["account"]["name"], "Adele");
    assert_eq!(
        (token.status.as_u16(), token.code().as_str()),
        (400, "misconfigured")
    );
    for answer in [answer, session, token, call] {
        for word in ["marker-access", "marker-refresh", "accessToken"] {
            assert!(!answer.text.contains(word), "{word} in {}", answer.text);
        }
    }
}

/// The policy of the endpoint's page does not allow calls to the API.
#[tokio::test]
async fn s18_the_policy_of_the_page_leaves_the_api_out() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("index.html"), "<!doctype html>").unwrap();
    let extra = format!("{PROXY}\npage = \"{}\"", site.path().display());
    let world = World::with(&extra).await;
    let page = Request::get("/").body(Body::empty()).unwrap();
    let answer = world.send(page).await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("graph.microsoft.com"), "{policy}");
    assert!(policy.contains("connect-src 'self'"), "{policy}");
}
