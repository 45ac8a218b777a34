//! Front-channel sign-out: a request of the sign-in service's frame, which has neither our header nor our cookie.

use super::*;
use axum::http::Method;

fn frame(query: &str) -> Request<Body> {
    Request::get(format!("/auth/frontchannel-logout{query}"))
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn e43_a_sid_ends_all_its_sessions_and_no_other() {
    let world = World::new().await;
    let (one, two) = (world.sign_in().await, world.sign_in().await);
    *world.fake.claims.lock().unwrap() = json!({"sid": "s2"});
    let other = world.sign_in().await;
    *world.fake.claims.lock().unwrap() = json!({"sid": null});
    let without = world.sign_in().await;
    // A record that was written again stays in its group.
    world.advance(3500);
    assert_eq!(world.token(&two).await.status, StatusCode::OK);
    let answer = world.send(frame("?sid=s1")).await;
    assert_eq!(answer.status, StatusCode::OK);
    for cookie in [&one, &two] {
        assert_eq!(world.token(cookie).await.code(), "signed_out");
    }
    for cookie in [&other, &without] {
        assert_eq!(world.token(cookie).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn e43_the_answer_is_the_same_and_for_the_services_frame() {
    let world = World::new().await;
    let login = world.fake.origin.clone();
    let cookie = world.sign_in().await;
    let known = world.send(frame("?sid=s1")).await;
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
    for query in [
        "",
        "?sid=",
        "?sid=none",
        "?sid=s1&sid=s1",
        "?iss=x&sid=s1",
        "?%00",
    ] {
        let answer = world.send(frame(query)).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert_eq!(answer.text, known.text, "{query}");
        assert_eq!(answer.headers, known.headers, "{query}");
    }
    assert_eq!(known.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(
        known.headers[header::CONTENT_SECURITY_POLICY],
        format!("default-src 'none'; frame-ancestors {login}")
    );
    assert!(!known.headers.contains_key(header::X_FRAME_OPTIONS));
    assert!(known.set_cookie().is_none());
}

#[tokio::test]
async fn e43_a_foreign_issuer_or_a_doubtful_sid_ends_nothing() {
    let world = World::with(&format!("tenants = [\"{TENANT}\"]")).await;
    let login = &world.fake.origin.clone();
    let cookie = world.sign_in().await;
    let stranger = "bbbbbbbb-0000-cccc-1111-dddd2222eeee";
    for query in [
        "?sid=s1&iss=https%3A%2F%2Fevil.example".into(),
        format!("?sid=s1&iss={login}/{stranger}/v2.0"),
        format!("?sid=s1&iss={login}/{TENANT}/v2.0/x"),
        format!("?sid=s1&iss={login}/{TENANT}/v2.0&iss={login}/{TENANT}/v2.0"),
        "?sid=s1&iss=".into(),
        "?sid=s1&sid=s1".into(),
        "?SID=s1".into(),
    ] {
        assert_eq!(world.send(frame(&query)).await.status, StatusCode::OK);
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK, "{query}");
    }
    let login = login.replace(':', "%3A");
    let answer = world.send(frame(&format!("?sid=s1&iss={login}/{TENANT}/v2.0")));
    assert_eq!(answer.await.status, StatusCode::OK);
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}

#[tokio::test]
async fn e43_it_takes_get_and_nothing_else() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    for method in [Method::POST, Method::HEAD, Method::OPTIONS, Method::DELETE] {
        let mut request = frame("?sid=s1");
        *request.method_mut() = method.clone();
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.headers[header::ALLOW], "GET");
    }
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

/// A session that is signed out during its renewal stays signed out.
#[tokio::test]
async fn e43_a_renewal_under_way_brings_nothing_back() {
    let world = Arc::new(World::new().await);
    let cookie = world.sign_in().await;
    world.advance(3500);
    world.fake.shut();
    let asking = {
        let (world, cookie) = (Arc::clone(&world), cookie.clone());
        tokio::spawn(async move { world.token(&cookie).await.code() })
    };
    world.fake.reached(2).await;
    world.send(frame("?sid=s1")).await;
    world.fake.reopen();
    assert_eq!(asking.await.unwrap(), "signed_out");
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}
