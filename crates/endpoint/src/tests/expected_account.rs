//! A page that expects another account than the one that is signed in.

use super::fake::Canned;
use super::proxy::{call, proxied, with_body};
use super::*;

const HEADER: &str = "x-exo365-account";
const USER: &str = "00000000-0000-0000-66f3-3332eca7ea81";
/// The access token has ended by then.
const LATER: u64 = 4000;

fn own() -> String {
    format!("{TENANT}.{USER}")
}

/// Values of the header that do not name the user.
fn others() -> Vec<String> {
    vec![
        format!("{TENANT}.00000000-0000-0000-0000-000000000001"),
        format!("11111111-0000-cccc-1111-dddd2222eeee.{USER}"),
        format!("{TENANT}{USER}"),
        format!("{TENANT}.{USER}."),
        format!("{TENANT}.{USER}.{USER}"),
        format!("{TENANT}."),
        format!(".{USER}"),
        format!("{USER}.{TENANT}"),
        format!("{}.{USER}", TENANT.to_uppercase()),
        String::new(),
        "null".into(),
        "x".repeat(4000),
    ]
}

fn naming(mut request: Request<Body>, names: &[&str]) -> Request<Body> {
    for name in names {
        request.headers_mut().append(HEADER, name.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn s24_a_page_that_believes_in_somebody_else_gets_no_token() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let record = || world.app.sessions.store.get(World::key(&cookie));
    let before = record().await.unwrap();
    let nobody = world.token("").await;
    // So late that a renewal and a note of the session's use would be due.
    world.advance(4 * 3600);
    for other in others() {
        for body in [json!({}), json!({"rejected": digest("marker-access-1")})] {
            let asked = naming(request("/token", &body, &cookie), &[&other]);
            let answer = world.send(asked).await;
            assert_eq!(answer.status, nobody.status, "{other}");
            assert_eq!(answer.text, nobody.text, "{other}");
            assert!(answer.set_cookie().is_none(), "{other}");
        }
    }
    let twice = naming(request("/token", &json!({}), &cookie), &[&own(), &own()]);
    assert_eq!(world.send(twice).await.code(), "signed_out");
    assert_eq!(world.fake.calls(), 1, "nothing was asked");
    assert_eq!(record().await.unwrap(), before, "the session is as it was");
    let asked = naming(request("/token", &json!({}), &cookie), &[&own()]);
    assert_eq!(world.send(asked).await.status, StatusCode::OK);
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn s24_a_page_that_believes_in_somebody_else_reaches_no_mailbox() {
    let (world, api) = proxied("").await;
    let cookie = world.sign_in().await;
    world.advance(LATER);
    for other in others() {
        for method in ["GET", "POST", "DELETE"] {
            let asked = call(method, "/v1.0/me/messages", &cookie);
            let asked = match method {
                "POST" => with_body(asked, "{}"),
                _ => asked,
            };
            let answer = world.send(naming(asked, &[&other])).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (401, "signed_out"),
                "{method} {other}"
            );
            assert_eq!(answer.headers["x-exo365"], "1", "the endpoint's own word");
            assert!(answer.set_cookie().is_none(), "{other}");
        }
    }
    assert_eq!((world.fake.calls(), api.calls()), (1, 0));
    api.say(Canned::new(200, "application/json", "{}"));
    let asked = naming(call("GET", "/v1.0/me/messages", &cookie), &[&own()]);
    assert_eq!(world.send(asked).await.status, StatusCode::OK);
    let asked = api.asked();
    assert!(!asked[0].headers.contains_key(HEADER), "E38");
}

#[tokio::test]
async fn s24_the_header_is_for_the_session_that_is_there() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.post("/logout", &json!({}), &cookie).await;
    let asked = naming(request("/token", &json!({}), &cookie), &[&own()]);
    let answer = world.send(asked).await;
    assert_eq!(answer.code(), "signed_out");
    assert!(answer.set_cookie().is_none());
}

#[tokio::test]
async fn s24_e26_other_hosts_of_the_list_may_send_the_header() {
    let other = "https://mail.fabrikam.example";
    let extra = format!("cross_origins = [\"{other}\"]");
    let (world, _api) = proxied(&extra).await;
    for path in ["/auth/token", "/auth/proxy/v1.0/me"] {
        let asked = Request::builder()
            .method("OPTIONS")
            .uri(path)
            .header(header::ORIGIN, other)
            .body(Body::empty());
        let answer = world.send(asked.unwrap()).await;
        let allowed = answer.headers["access-control-allow-headers"]
            .to_str()
            .unwrap();
        assert!(
            allowed.split(", ").any(|name| name == HEADER),
            "{path}: {allowed}"
        );
    }
}
