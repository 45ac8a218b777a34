//! `/preload`: what it does not ask for, and whose answers it gives.

use super::preload::{described, direct, list};
use super::proxy::PROXY;
use super::*;
use axum::extract::Request as Incoming;
use exo365_core::text::base64url;
use tokio::sync::Semaphore;

/// Calls that are refused, and a word of why.
fn refused_calls(api: &str) -> Vec<(Value, &'static str)> {
    let at = |path: &str| described("GET", path, &json!({}));
    let link = |path: &str| json!(["GET", null, path, null, {}, []]);
    let with = |options: Value| described("GET", "messages", &options);
    let mut calls = vec![
        (described("POST", "messages", &json!({})), "only GET"),
        (described("PATCH", "messages", &json!({})), "only GET"),
        (described("DELETE", "messages", &json!({})), "only GET"),
        (described("HEAD", "messages", &json!({})), "only GET"),
        (
            json!(["post", null, "/me/sendMail", null, {}, []]),
            "only GET",
        ),
        (link("/$batch"), "preload_paths"),
        (link("/me/$batch"), "batch"),
        (link("/me/%24batch"), "batch"),
        (link("/groups"), "preload_paths"),
        (link("/mexico"), "preload_paths"),
        (link("/me/%252e%252e/groups"), "preload_paths"),
        (link("/me/../groups"), "path"),
        (link("/me/%2e%2e/groups"), "path"),
        (link("/me\\..\\groups"), "path"),
        (link("https://evil.example/v1.0/me"), "link"),
        (link("//evil.example/v1.0/me"), "link"),
        (
            link("https://graph.microsoft.com.evil.example/v1.0/me"),
            "link",
        ),
        (link(&format!("{api}@evil.example/v1.0/me")), "link"),
        (link("/me#x"), "fragment"),
        (
            json!(["GET", null, "https://evil.example/x", null, {"bare": true}, ["bare"]]),
            "host",
        ),
        (json!(["GET", "..", "messages", [], {}, []]), "an id"),
        (json!(["GET", null, "messages/{}", [""], {}, []]), "an id"),
        (with(json!({"as": "blob"})), "only JSON"),
        (with(json!({"as": "response"})), "only JSON"),
        (
            with(json!({"headers": {"authorization": "Bearer x"}})),
            "a header",
        ),
        (with(json!({"headers": {"cookie": "x=y"}})), "a header"),
        (
            with(json!({"headers": {"host": "evil.example"}})),
            "a header",
        ),
        (
            with(json!({"headers": {"x-forwarded-for": "192.0.2.1"}})),
            "a header",
        ),
        (
            with(json!({"headers": {"prefer": "a\r\nx: y"}})),
            "a header",
        ),
        (with(json!({"top": "ten"})), "`top`"),
        (
            json!(["GET", null, "messages", [], {"top": 1}, []]),
            "unknown option",
        ),
        (at("/subscriptions"), "preload_paths"),
    ];
    for odd in [json!({}), json!("GET"), json!([]), Value::Null] {
        calls.push((odd, "call 2"));
    }
    calls
}

#[tokio::test]
async fn e86_nothing_is_asked_for_that_is_not_preloaded() {
    for mode in ["", PROXY] {
        let (world, api) = direct(&format!("{mode}\npreload_paths = [\"/v1.0/me\"]")).await;
        let cookie = world.sign_in().await;
        for (call, why) in refused_calls(&api.origin) {
            let answer = world.preload(&[list(), call.clone()], &cookie).await;
            assert_eq!(
                answer.status,
                StatusCode::BAD_REQUEST,
                "{call} {}",
                answer.text
            );
            let said = answer.json()["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                said.starts_with("call 2: ") || why == "call 2",
                "{call}: {said}"
            );
            assert!(said.contains(why), "{call}: {said}");
        }
        let mailbox = json!(["GET", "ben@contoso.example", "messages", [], {}, []]);
        let answer = world.preload(&[mailbox], &cookie).await;
        assert_eq!(
            answer.code(),
            "misconfigured",
            "another mailbox is at /users"
        );
        assert_eq!(api.calls(), 0, "the good call beside them went out neither");
        assert_eq!(
            world.preload(&[list()], &cookie).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn e86_what_the_proxy_refuses_is_not_preloaded_either() {
    let paths = "proxy_paths = [\"/v1.0/me/events\"]\npreload_paths = [\"/v1.0/me\"]";
    let (world, api) = direct(&format!("{PROXY}\n{paths}")).await;
    let cookie = world.sign_in().await;
    let answer = world.preload(&[list()], &cookie).await;
    assert!(answer.text.contains("`proxy_paths`"), "{}", answer.text);
    assert_eq!((answer.status.as_u16(), api.calls()), (400, 0));
    let events = described("GET", "events", &json!({}));
    assert_eq!(
        world.preload(&[events], &cookie).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn e86_what_is_no_preload_is_refused() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    let long = format!("/me/{}", "x".repeat(17_000));
    for (body, status) in [
        (json!({}), 400),
        (json!({"calls": []}), 400),
        (json!({"calls": vec![list(); 5]}), 400),
        (json!({"calls": [list()], "timeZone": "a\"b"}), 400),
        (json!({"calls": [list()], "timeZone": 1}), 400),
        (
            json!({"calls": [list()], "url": "https://evil.example"}),
            400,
        ),
        (json!({"calls": [["GET", null, long, null, {}, []]]}), 413),
    ] {
        let answer = world.post("/preload", &body, &cookie).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
    assert_eq!(api.calls(), 0);
    let four = vec![list(); 4];
    let answer = world.preload(&four, &cookie).await;
    assert_eq!(answer.json()["answers"].as_array().unwrap().len(), 4);
    assert_eq!(api.calls(), 4);
}

#[tokio::test]
async fn e86_an_empty_list_switches_it_off() {
    let (world, api) = direct("preload_paths = []").await;
    let cookie = world.sign_in().await;
    let answer = world.preload(&[list()], &cookie).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "misconfigured")
    );
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn e86_what_a_flavour_lacks_is_told_as_the_page_tells_it() {
    let (world, api) = direct("api = \"outlook-v1\"\nidentity = \"v2\"").await;
    let cookie = world.sign_in().await;
    let answer = world
        .preload(&[described("GET", "people", &json!({}))], &cookie)
        .await;
    assert!(
        answer.text.contains("call 1: outlook-v1 has no people"),
        "{}",
        answer.text
    );
    assert_eq!((answer.status.as_u16(), api.calls()), (400, 0));
}

#[tokio::test]
async fn e86_a_refusal_repeats_no_words_of_the_page() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    for options in [
        json!({"<marker>": 1}),
        json!({"top": "<marker>"}),
        json!({"headers": {"<marker>": "x"}}),
        json!({"as": "<marker>"}),
    ] {
        let call = described("GET", "messages", &options);
        let answer = world.preload(&[call], &cookie).await;
        assert_eq!(answer.status.as_u16(), 400, "{options}");
        assert!(answer.text.contains("call 1: "), "{}", answer.text);
        assert!(!answer.text.contains("marker"), "{}", answer.text);
    }
    assert_eq!(api.calls(), 0);
}

/// An API that answers with the token it got, once a test lets it.
pub(super) async fn echo() -> (String, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let own = Arc::clone(&gate);
    let answer = move |request: Incoming| {
        let gate = Arc::clone(&own);
        async move {
            gate.acquire().await.unwrap().forget();
            let token = request.headers()[header::AUTHORIZATION].as_bytes();
            let seen = base64url(&crate::base::random::sha256(token));
            let body = json!({"seen": seen, "path": request.uri().path()});
            (
                [(header::CONTENT_TYPE, "application/json")],
                body.to_string(),
            )
        }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (origin, gate)
}

pub(super) fn seen(token: &str) -> String {
    digest(&format!("Bearer {token}"))
}

#[tokio::test]
async fn e87_each_user_gets_the_answers_to_the_own_token() {
    let (origin, gate) = echo().await;
    let world = World::with(&format!("api_origin = \"{origin}\"")).await;
    let mut users = Vec::new();
    for number in 1..=5 {
        let object = format!("00000000-0000-0000-0000-00000000000{number}");
        *world.fake.claims.lock().unwrap() = json!({"oid": object});
        let cookie = world.sign_in().await;
        users.push((
            format!("{TENANT}.{object}"),
            cookie,
            format!("marker-access-{number}"),
        ));
    }
    gate.add_permits(1000);
    let asked = (0..40).map(|turn: usize| {
        let (world, users) = (&world, &users);
        async move {
            let (account, cookie, token) = &users[turn % users.len()];
            let path = format!("/me/{turn}");
            let call = json!(["GET", null, path, null, {}, []]);
            let answer = world.preload(&[call, list()], cookie).await.json();
            assert_eq!(answer["account"], *account);
            let bodies = (&answer["answers"][0]["body"], &answer["answers"][1]["body"]);
            assert_eq!(bodies.0["path"], format!("/v1.0{path}"), "in order");
            assert_eq!(bodies.0["seen"], seen(token));
            assert_eq!(bodies.1["seen"], seen(token));
        }
    });
    futures_util::future::join_all(asked).await;
}

#[tokio::test]
async fn e87_a_page_gets_nothing_of_an_account_that_it_does_not_expect() {
    let (world, api) = direct("").await;
    let nobody = world.preload(&[list()], "").await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.code().as_str()),
        (401, "signed_out")
    );
    let cookie = world.sign_in().await;
    let body = json!({"calls": [list()]});
    let mut request = request("/preload", &body, &cookie);
    let other = format!("{TENANT}.00000000-0000-0000-0000-000000000001");
    let headers = request.headers_mut();
    headers.insert("x-exo365-account", other.parse().unwrap());
    let answer = world.send(request).await;
    assert_eq!((answer.status, &answer.text), (nobody.status, &nobody.text));
    assert!(answer.set_cookie().is_none());
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn e87_an_account_that_left_or_was_replaced_meanwhile_gets_nothing() {
    for replaced in [false, true] {
        let (origin, gate) = echo().await;
        let world = World::with(&format!("api_origin = \"{origin}\"")).await;
        let cookie = world.sign_in().await;
        let asking = tokio::spawn({
            let router = world.router.clone();
            let request = request("/preload", &json!({"calls": [list()]}), &cookie);
            async move { router.oneshot(request).await.unwrap() }
        });
        while world.app.api.preloads.taken().0.under_way == 0 {
            tokio::task::yield_now().await;
        }
        if replaced {
            *world.fake.claims.lock().unwrap() =
                json!({"oid": "00000000-0000-0000-0000-000000000001"});
            world.exchange("marker-code", &cookie).await;
        } else {
            world.post("/logout", &json!({}), &cookie).await;
        }
        gate.add_permits(1);
        let answer = asking.await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&text).contains("seen"));
    }
}
