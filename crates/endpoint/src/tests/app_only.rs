//! Tokens for the application in its own name: how they are asked for and kept, and who gets none.

use super::fake::Canned;
use super::*;
use crate::app_only::{AppOnly, source};
use crate::base::problem::Problem;
use crate::config::{Secret, Service};
use crate::router::ROUTES;
use axum::http::Method;
use tokio::task::JoinSet;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const MANY: usize = 10;

/// What a service's configuration has: no page in it.
fn service(login: &str, extra: &str, folder: &Path) -> Result<Service, Problem> {
    let text =
        format!("client_id = \"{CLIENT}\"\nlogin = \"{login}\"\ninsecure_loopback = true\n{extra}");
    let environment = |name: &str| {
        let secret = name == "EXO365_CLIENT_SECRET" && !extra.contains("client_key_file");
        secret.then(|| SECRET.to_owned())
    };
    let tenant = (!extra.contains("tenant =")).then_some(TENANT);
    Service::parse(&text, folder, environment, (tenant, None))
}

/// The application at a fake service, with its clock.
async fn application(extra: &str) -> (AppOnly, Arc<Fake>, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    let service = service(&fake.origin, extra, Path::new("")).unwrap();
    let now = Arc::clone(&time);
    let clock = Clock::from_fn(move || now.load(Ordering::SeqCst));
    (AppOnly::at(&service, clock).unwrap(), fake, time)
}

#[tokio::test]
async fn e51_it_is_asked_for_by_both_generations() {
    for (extra, path, name, target) in [
        (
            "",
            "/oauth2/v2.0/token",
            "scope",
            "https://graph.microsoft.com/.default",
        ),
        (
            "api = \"outlook-v2\"",
            "/oauth2/v2.0/token",
            "scope",
            "https://outlook.office.com/.default",
        ),
        (
            "api = \"outlook-v1\"",
            "/oauth2/token",
            "resource",
            "https://outlook.office365.com/",
        ),
        (
            "api = \"graph\"\nidentity = \"v1\"",
            "/oauth2/token",
            "resource",
            "https://graph.microsoft.com/",
        ),
    ] {
        let (application, fake, _) = application(extra).await;
        let token = application.token(false).await.unwrap();
        assert_eq!(token.token.reveal(), "marker-access-1");
        assert!(token.expires_in > 3590);
        assert!(
            !format!("{token:?}").contains("marker"),
            "it is not printed"
        );
        let asked = fake.asked.lock().unwrap();
        let (one, form) = (&asked[0], &asked[0].form);
        assert_eq!(one.path, format!("/{TENANT}{path}"));
        let host = form[name].split('/').nth(2).unwrap();
        let wanted = target.split('/').nth(2).unwrap();
        assert!(host == wanted || wanted.starts_with("outlook"), "{host}");
        assert_eq!(form[name].rsplit('/').next(), target.rsplit('/').next());
        assert_eq!(form["grant_type"], "client_credentials");
        assert_eq!(form["client_id"], CLIENT);
        assert_eq!(form["client_secret"], SECRET);
        assert_eq!(form.len(), 4, "{form:?}");
    }
}

#[tokio::test]
async fn e51_one_token_is_kept_and_renewed_once_however_many_ask() {
    let (application, fake, time) = application("").await;
    fake.shut();
    let mut set = JoinSet::new();
    for _ in 0..MANY {
        let application = application.clone();
        set.spawn(async move { application.token(false).await.unwrap().token });
    }
    fake.reached(1).await;
    fake.reopen();
    for token in set.join_all().await {
        assert_eq!(token.reveal(), "marker-access-1");
    }
    assert_eq!(fake.calls(), 1);
    let token = async |refused| application.token(refused).await;
    // A token that was refused is replaced, but not one that just came.
    assert_eq!(token(true).await.unwrap().token.reveal(), "marker-access-1");
    time.fetch_add(5, Ordering::SeqCst);
    assert_eq!(token(true).await.unwrap().token.reveal(), "marker-access-2");
    time.fetch_add(3400, Ordering::SeqCst);
    // While the service has trouble what still works is given, and not what was refused.
    fake.say(Canned::new(503, "text/plain", "x"));
    let old = token(false).await.unwrap();
    assert_eq!(
        (old.token.reveal(), old.expires_in),
        ("marker-access-2", 200)
    );
    fake.say(Canned::new(503, "text/plain", "x"));
    assert!(token(true).await.is_err());
    assert_eq!(
        token(false).await.unwrap().token.reveal(),
        "marker-access-3"
    );
}

#[tokio::test]
async fn e50_e51_a_pause_and_a_loop_are_kept_here() {
    let (application, fake, time) = application("").await;
    let throttled = Canned::new(429, "text/plain", "x").header("retry-after", "30");
    for (canned, rest) in [
        (throttled, 30),
        (Canned::refusal("invalid_grant", 50_196), 60),
    ] {
        fake.say(canned);
        let calls = fake.calls();
        for _ in 0..3 {
            assert!(application.token(false).await.is_err());
        }
        assert_eq!(fake.calls(), calls + 1, "asked once");
        time.fetch_add(rest, Ordering::SeqCst);
    }
    assert!(application.token(false).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn e52_a_certificate_signs_for_the_application_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let certificate = include_str!("client_certificate.pem");
    std::fs::write(folder.path().join("cert.pem"), certificate).unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, super::credential::pem("PRIVATE KEY", fake::KEY)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let time = Arc::new(AtomicU64::new(NOW));
    let fake = Fake::start(Arc::clone(&time)).await;
    let files = "client_certificate_file = \"cert.pem\"\nclient_key_file = \"key.pem\"";
    let service = service(&fake.origin, files, folder.path()).unwrap();
    let application = AppOnly::at(&service, Clock::system()).unwrap();
    application.token(false).await.unwrap();
    assert_eq!(fake.field("client_secret"), None);
    let assertion = fake.field("client_assertion").unwrap();
    let claims = assertion.split('.').nth(1).unwrap();
    let claims = exo365_core::text::base64_decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let audience = format!("{}/{TENANT}/oauth2/v2.0/token", fake.origin);
    assert_eq!(
        (&claims["aud"], &claims["iss"]),
        (&json!(audience), &json!(CLIENT))
    );
}

#[test]
fn e51_a_tenant_for_everybody_is_none() {
    for tenant in ["common", "organizations", "consumers"] {
        let extra = format!("tenant = \"{tenant}\"");
        let problem = service("http://localhost:1", &extra, Path::new(""));
        let problem = problem.err().unwrap().to_string();
        assert!(problem.contains("one tenant"), "{problem}");
    }
    assert!(service("http://localhost:1", "orgins = []", Path::new("")).is_err());
}

/// E51: whatever a page asks its endpoint for, the application's own token is not among it.
#[tokio::test]
async fn e51_no_route_of_the_pages_gives_one() {
    for extra in ["", super::proxy::PROXY] {
        let world = World::with(&format!("tenant = \"{TENANT}\"\n{extra}")).await;
        let cookie = world.sign_in().await;
        world.advance(7200);
        let bodies = [
            json!({}),
            json!({"scopes": ["https://graph.microsoft.com/.default"]}),
            json!({"scopes": [".default"]}),
            json!({"grantType": "client_credentials"}),
            json!({"grant_type": "client_credentials", "scope": "x/.default"}),
            json!({"resource": "https://graph.microsoft.com/"}),
            exchange("x&grant_type=client_credentials"),
        ];
        let routes = ROUTES.iter().map(|route| route.path);
        for route in routes.chain(["/app-token", "/app_only", "/token/app", "/source"]) {
            for cookie in ["", &cookie] {
                for body in &bodies {
                    world.post(route, body, cookie).await;
                }
            }
        }
        let asked = world.fake.asked.lock().unwrap();
        assert!(!asked.is_empty());
        for one in asked.iter() {
            assert_ne!(one.form["grant_type"], "client_credentials");
        }
    }
}

/// The source's answer.
async fn ask(routes: &Router, request: Request<Body>) -> Answer {
    let response = routes.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn to_source(headers: &[(&'static str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::post("/token");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn e51_the_source_gives_tokens_to_who_knows_the_key_and_to_no_browser() {
    let (application, fake, time) = application("").await;
    let routes = source(application.clone(), Secret::new(KEY.into())).unwrap();
    let bearer = format!("Bearer {KEY}");
    let key = ("authorization", bearer.as_str());
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", KEY)], 401),
        (vec![("authorization", "Bearer ")], 401),
        (vec![("authorization", &bearer[..20])], 401),
        (vec![key, key], 401),
        (vec![key, ("origin", "http://localhost:3000")], 403),
        (vec![key, ("origin", "null")], 403),
        (vec![key, ("sec-fetch-site", "none")], 403),
        (vec![key, ("sec-fetch-dest", "empty")], 403),
        (vec![key, ("sec-ch-ua", "x")], 403),
        (vec![key, ("referer", "http://localhost/")], 403),
    ] {
        let answer = ask(&routes, to_source(&headers, "")).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert!(!answer.text.contains("marker") && answer.code() == "forbidden");
    }
    for body in ["{", "[]", "{\"forceRefresh\":1}", "{\"x\":1}"] {
        let answer = ask(&routes, to_source(&[key], body)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "bad_request")
        );
    }
    let mut request = to_source(&[key], "");
    *request.method_mut() = Method::GET;
    assert_eq!(
        ask(&routes, request).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let mut request = to_source(&[key], "");
    *request.uri_mut() = "/".parse().unwrap();
    assert_eq!(ask(&routes, request).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fake.calls(), 0);
    // Node's `fetch` says this much.
    let answer = ask(&routes, to_source(&[key, ("sec-fetch-mode", "cors")], "")).await;
    let body = answer.json();
    assert_eq!(
        (&body["token"], &body["expiresIn"]),
        (&json!("marker-access-1"), &json!(3600))
    );
    assert_eq!(body["scopes"], json!(["Mail.Read", "Mail.Send"]));
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    time.fetch_add(60, Ordering::SeqCst);
    let answer = ask(&routes, to_source(&[key], "{\"forceRefresh\":true}")).await;
    assert_eq!(answer.json()["token"], "marker-access-2");
    time.fetch_add(7200, Ordering::SeqCst);
    fake.say(Canned::refusal("invalid_client", 7_000_215));
    let answer = ask(&routes, to_source(&[key], "")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "misconfigured")
    );
    assert!(!answer.text.contains("adele"), "{}", answer.text);
    for key in ["", "short", "0123456789abcdef 0123456789abcdef"] {
        let problem = source(application.clone(), Secret::new(key.into()));
        assert!(matches!(problem, Err(Problem::Secret(_))));
    }
}
