//! Odd requests of others and temporary trouble, which users must not notice.

use super::fake::Canned;
use super::proxy::{call, proxied, with_body};
use super::renewal::LATER;
use super::*;
use crate::upstream::queue::MAX_OF_ADDRESS;
use axum::extract::ConnectInfo;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

fn raw(mut request: Request<Body>, cookie: &[u8]) -> Request<Body> {
    let value = header::HeaderValue::from_bytes(cookie).unwrap();
    request.headers_mut().insert(header::COOKIE, value);
    request
}

#[tokio::test]
async fn e61_another_applications_cookie_hides_no_session() {
    for other in [
        &b"city=M\xfcnchen"[..],
        "city=M\u{fc}nchen".as_bytes(),
        b"a=\xff\x80",
    ] {
        let world = World::new().await;
        let cookie = world.sign_in().await;
        let line = [other, b"; ", cookie.as_bytes()].concat();
        let asked = raw(request("/session", &json!({}), ""), &line);
        assert_ne!(world.send(asked).await.json()["account"], Value::Null);
        // A new sign-in ends the session that the browser had.
        let asked = raw(request("/exchange", &exchange("c2"), ""), &line);
        let next = world.send(asked).await.cookie();
        assert_eq!(world.token(&cookie).await.code(), "signed_out");
        let line = [next.as_bytes(), b"; ", other].concat();
        let asked = raw(request("/logout", &json!({}), ""), &line);
        assert_eq!(world.send(asked).await.status, StatusCode::OK);
        assert_eq!(world.token(&next).await.code(), "signed_out", "E41");
    }
}

#[tokio::test]
async fn e62_no_spelling_of_a_batch_reaches_other_paths() {
    let extra = "proxy_paths = [\"/v1.0/me/messages\", \"/v1.0/$batch\"]";
    let (world, api) = proxied(extra).await;
    let cookie = world.sign_in().await;
    let inside = json!({"requests": [{"id": "1", "method": "GET", "url": "/me/events"}]});
    for path in [
        "/v1.0/$batch",
        "/v1.0/$batch/",
        "/v1.0/$batch//",
        "/v1.0/%24batch/",
        "/v1.0/$batch()",
        "/v1.0/$batch;x",
        "/v1.0/$batch%20",
        "/v1.0/$batch/x",
        "/v1.0/me/messages/$batch/",
        "/v1.0/me/messages/%EF%BC%84batch",
    ] {
        let asked = with_body(call("POST", path, &cookie), inside.to_string());
        let answer = world.send(asked).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn e68_one_throttled_code_stops_nobody_else() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let slow = Canned::new(429, "text/plain", "slow").header("retry-after", "3600");
    world.fake.say(slow);
    assert_eq!(world.exchange("made-up", "").await.code(), "throttled");
    let calls = world.fake.calls();
    assert_eq!(world.exchange("made-up", "").await.code(), "throttled");
    assert_eq!(world.fake.calls(), calls, "that one is not asked for again");
    assert_eq!(world.exchange("good", "").await.status, StatusCode::OK);
    world.advance(LATER + 1000);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e66_a_flood_of_codes_from_one_address_stops_nobody_else() {
    let world = World::with("limit_per_address = 0").await;
    let cookie = world.sign_in().await;
    world.advance(LATER + 1000);
    world.fake.shut();
    let mut flood = JoinSet::new();
    for number in 0..200 {
        let body = exchange(&format!("made-up-{number}"));
        let mut asked = request("/exchange", &body, "");
        let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
        asked.extensions_mut().insert(ConnectInfo(peer));
        let router = world.router.clone();
        flood.spawn(async move { router.oneshot(asked).await.map(drop) });
    }
    world.fake.reached(1 + MAX_OF_ADDRESS).await;
    assert_eq!(
        world.fake.calls(),
        1 + MAX_OF_ADDRESS,
        "the others of it wait"
    );
    // A sign-in from elsewhere and a renewal are asked for at once.
    let mut good = JoinSet::new();
    for (route, body, peer) in [
        ("/exchange", exchange("good"), "192.0.2.2:4711"),
        ("/token", json!({}), "192.0.2.3:4711"),
    ] {
        let mut asked = request(route, &body, if route == "/token" { &cookie } else { "" });
        let peer: SocketAddr = peer.parse().unwrap();
        asked.extensions_mut().insert(ConnectInfo(peer));
        let router = world.router.clone();
        good.spawn(async move { router.oneshot(asked).await.unwrap().status() });
    }
    world.fake.reached(3 + MAX_OF_ADDRESS).await;
    world.fake.reopen();
    while let Some(status) = good.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    flood.shutdown().await;
}

#[tokio::test]
async fn e79_a_renewal_that_names_another_user_is_refused() {
    for claims in [
        json!({"oid": "00000000-0000-0000-1111-3332eca7ea81"}),
        json!({"tid": "bbbbbbbb-0000-cccc-1111-dddd2222eeee"}),
        json!({"aud": "22222222-2222-3333-4444-555555555555"}),
    ] {
        let world = World::new().await;
        let cookie = world.sign_in().await;
        world.advance(LATER + 1000);
        *world.fake.claims.lock().unwrap() = claims.clone();
        let refused = world.token(&cookie).await;
        assert_eq!(refused.code(), "invalid_response", "{claims}");
        let kept = world.stored(&cookie).await.unwrap();
        assert_eq!(kept.refresh_token.as_deref(), Some("marker-refresh-1"));
        *world.fake.claims.lock().unwrap() = json!({});
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
    }
}

/// A relay to the service whose connections can be made dead: then they answer nothing, or break.
struct Way {
    port: u16,
    dead: Arc<std::sync::Mutex<Option<bool>>>,
}

impl Way {
    async fn to(service: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let dead = Arc::new(std::sync::Mutex::new(None));
        let told = Arc::clone(&dead);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // Only connections that existed at that moment are dead.
                *told.lock().unwrap() = None;
                tokio::spawn(pass(client, service.clone(), Arc::clone(&told)));
            }
        });
        Self { port, dead }
    }
}

async fn pass(mut client: TcpStream, service: String, dead: Arc<std::sync::Mutex<Option<bool>>>) {
    let mut server = TcpStream::connect(service).await.unwrap();
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let state = *dead.lock().unwrap();
                match state {
                    None => server.write_all(&up[..length]).await.unwrap(),
                    Some(true) => return,
                    Some(false) => std::future::pending().await,
                }
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                client.write_all(&down[..length]).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn e80_a_kept_connection_that_died_costs_no_sign_in_and_no_renewal() {
    for breaks in [true, false] {
        let mut world = World::new().await;
        let service = world.fake.origin.replace("http://localhost", "127.0.0.1");
        let way = Way::to(service).await;
        let login = format!("http://localhost:{}", way.port);
        *world.fake.discovery.lock().unwrap() =
            json!({"issuer": format!("{}/{{tenantid}}/v2.0", world.fake.origin)});
        let folder = world.dir.path().join("way");
        std::fs::create_dir(&folder).unwrap();
        let config = super::config(&login, &folder, "");
        (world.app, world.router) = open(config, &world.time);
        let cookie = world.sign_in().await;
        world.advance(LATER + 1000);
        *way.dead.lock().unwrap() = Some(breaks);
        let renewed = world.token(&cookie).await;
        assert_eq!(renewed.status, StatusCode::OK, "{breaks} {}", renewed.text);
        *way.dead.lock().unwrap() = Some(breaks);
        let signed_in = world.exchange("c2", "").await;
        assert_eq!(
            signed_in.status,
            StatusCode::OK,
            "{breaks} {}",
            signed_in.text
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn e81_a_secret_that_was_replaced_in_its_file_is_read_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut world = World::new().await;
    let folder = world.dir.path().join("file");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("secret");
    std::fs::write(&file, "old-secret\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let text = toml(&world.fake.origin, "client_secret_file = \"secret\"");
    let config = Config::parse(&text, &folder, |_| None).unwrap();
    (world.app, world.router) = open(config, &world.time);
    world.sign_in().await;
    assert_eq!(world.fake.field("client_secret").unwrap(), "old-secret");
    // The file has not changed, so the service is not asked again.
    let calls = world.fake.calls();
    world.fake.say(Canned::refusal("invalid_client", 7_000_222));
    assert_eq!(world.exchange("c", "").await.code(), "misconfigured");
    assert_eq!(world.fake.calls(), calls + 1);
    std::fs::write(&file, "new-secret\n").unwrap();
    world.fake.say(Canned::refusal("invalid_client", 7_000_222));
    world.sign_in().await;
    assert_eq!(world.fake.field("client_secret").unwrap(), "new-secret");
    world.sign_in().await;
    assert_eq!(
        world.fake.field("client_secret").unwrap(),
        "new-secret",
        "from then on"
    );
}
