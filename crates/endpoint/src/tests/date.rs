//! The `Date` header of every answer. The server adds it, so the tests use a socket.

use super::fake::Canned;
use super::proxy::proxied;
use super::*;
use crate::router::ROUTES;
use axum::http::Method;
use exo365_core::retry;
use reqwest::Response;
use std::net::SocketAddr;
use std::time::SystemTime;

const OTHER: &str = "https://mail.fabrikam.example";

/// The router behind a socket.
async fn served(world: &World) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let app = world.router.clone();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

async fn ask(method: Method, url: &str, body: &Value, cookie: &str) -> Response {
    let client =
        crate::upstream::transport::client(None, crate::upstream::transport::Connections::Kept)
            .unwrap();
    let request = client
        .request(method, url)
        .header("content-type", "application/json")
        .header("x-exo365", "1")
        .header("origin", OTHER)
        .header("cookie", cookie)
        .body(body.to_string());
    request.send().await.unwrap()
}

fn is_now(response: &Response, place: &str) {
    let dates = response.headers().get_all(header::DATE);
    let dates: Vec<_> = dates.iter().map(|date| date.to_str().unwrap()).collect();
    let [date] = dates.as_slice() else {
        panic!("{place}: {dates:?}");
    };
    let said = u64::from(retry::after(date, 0).unwrap());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!(now.abs_diff(said) <= 30, "{place}: {date}");
}

#[tokio::test]
async fn e57_every_answer_says_what_time_it_is_here() {
    let (world, api) = proxied(&format!("cross_origins = [\"{OTHER}\"]")).await;
    let origin = served(&world).await;
    let cookie = world.sign_in().await;
    for route in ROUTES {
        let url = format!("{origin}/auth{}", route.path);
        // Good ones, refused ones, preflights; in proxy mode there is no token, which is an answer as well.
        for (method, body) in [
            (Method::POST, json!({})),
            (Method::POST, json!(7)),
            (Method::GET, json!({})),
            (Method::OPTIONS, json!({})),
        ] {
            let answer = ask(method.clone(), &url, &body, "").await;
            is_now(&answer, &format!("{method} {url}"));
        }
    }
    for path in ["/openapi.json", "/frontchannel-logout?sid=x", "/no", ""] {
        let url = format!("{origin}/auth{path}");
        is_now(&ask(Method::GET, &url, &json!({}), "").await, &url);
    }
    // The API's own `Date` header does not pass the proxy.
    let old = "Thu, 01 Jan 1970 00:00:00 GMT";
    api.say(Canned::new(200, "text/plain", "x").header("date", old));
    let url = format!("{origin}/auth/proxy/v1.0/me/messages");
    let answer = ask(Method::GET, &url, &json!({}), &cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    is_now(&answer, &url);
    assert_eq!(answer.text().await.unwrap(), "x");
}

#[tokio::test]
async fn e57_pages_on_other_hosts_may_read_the_time() {
    let (world, _api) = proxied(&format!("cross_origins = [\"{OTHER}\"]")).await;
    let origin = served(&world).await;
    let cookie = world.sign_in().await;
    for (method, path) in [
        (Method::POST, "/session"),
        (Method::GET, "/proxy/v1.0/me/messages"),
    ] {
        let url = format!("{origin}/auth{path}");
        let answer = ask(method, &url, &json!({}), &cookie).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let exposed = &answer.headers()["access-control-expose-headers"];
        let mut exposed = exposed.to_str().unwrap().split(", ");
        assert!(exposed.any(|name| name == "date"), "{path}");
    }
}
