//! The session cookie holds a random id and nothing else.

use super::*;
use exo365_core::text::{base64_decode, base64url};

/// The cookie's value.
fn value(cookie: &str) -> &str {
    cookie.strip_prefix(&format!("{COOKIE}=")).unwrap()
}

#[tokio::test]
async fn e22_the_cookie_holds_a_random_id_and_no_data() {
    let world = World::new().await;
    let user = "00000000-0000-0000-66f3-3332eca7ea81";
    let mut ids: Vec<Vec<u8>> = Vec::new();
    for name in ["Adele", "Adele", "Ben", &"Long".repeat(500)] {
        *world.fake.claims.lock().unwrap() = json!({"name": name});
        let answer = world.exchange("c", "").await;
        let line = answer.set_cookie().unwrap();
        assert!(line.len() < 160, "as small whoever it is: {line}");
        let cookie = answer.cookie();
        let id = value(&cookie);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(id.len() == 43 && id.bytes().all(fits), "{id}");
        let bytes = base64_decode(id).unwrap();
        for known in [name, TENANT, user, CLIENT, "adele@contoso.example", "s1"] {
            let digest = crate::base::random::sha256(known.as_bytes());
            assert_ne!(bytes, digest, "{known}");
            let spelt = [known.to_owned(), base64url(known.as_bytes())];
            assert!(known == "s1" || spelt.iter().all(|text| !id.contains(text.as_str())));
        }
        ids.push(bytes);
    }
    for (at, one) in ids.iter().enumerate() {
        for other in &ids[..at] {
            // 128 of 256 bits on average; 64 or fewer once in 10^15.
            let pairs = one.iter().zip(other);
            let apart: u32 = pairs.map(|(a, b)| (a ^ b).count_ones()).sum();
            assert!(apart > 64, "two sign-ins have nothing in common: {apart}");
        }
    }
}

#[tokio::test]
async fn e22_a_cookie_that_was_changed_or_put_together_opens_nothing() {
    let world = World::new().await;
    let (one, two) = (world.sign_in().await, world.sign_in().await);
    let (a, b) = (value(&one), value(&two));
    let mut tried: Vec<String> = Vec::new();
    for at in 0..a.len() {
        let (head, tail) = a.split_at(at);
        // The last letter has two bits that no octet uses. Ids are compared as text.
        for letter in ["A", "B", "_"] {
            if !tail.starts_with(letter) {
                tried.push(format!("{head}{letter}{}", &tail[1..]));
            }
        }
    }
    tried.push(format!("{}{}", &a[..21], &b[21..]));
    tried.push(a.to_ascii_lowercase());
    // The store knows the session by the digest of the id.
    tried.push(base64url(&World::key(&one).0));
    for id in tried {
        let answer = world.token(&format!("{COOKIE}={id}")).await;
        assert_eq!(answer.code(), "signed_out", "{id}");
    }
    let elsewhere = world.token(&format!("{COOKIE}x={a}")).await;
    assert_eq!(elsewhere.code(), "signed_out", "under another name");
    for cookie in [&one, &two] {
        assert_eq!(world.token(cookie).await.status, StatusCode::OK);
    }
    assert_eq!(world.fake.calls(), 2);
}

/// Where the page and the endpoint are, as the browser says it.
fn at(route: &str, body: &Value, cookie: &str, host: &str, origin: &str) -> Request<Body> {
    let mut request = request(route, body, cookie);
    let headers = request.headers_mut();
    headers.insert(header::HOST, host.parse().unwrap());
    headers.insert(header::ORIGIN, origin.parse().unwrap());
    request
}

#[tokio::test]
async fn e84_only_a_page_on_this_machine_gets_the_cookie_without_secure() {
    let local = "http://localhost:8365";
    let pages = format!("origins = [\"{PAGE}\", \"{local}\"]");
    let plain = COOKIE.replace("__Host-Http-", "");
    let behind_tls = format!("{pages}\nbehind_tls_proxy = true");
    for (settings, host, page, is_plain) in [
        (&pages, "localhost:8365", local, true),
        (&pages, "127.0.0.1:8365", local, true),
        (&pages, "app.contoso.example", PAGE, false),
        (&pages, "localhost:8365", PAGE, false),
        (&pages, "app.contoso.example", local, false),
        (&pages, "localhost.contoso.example", local, false),
        (&behind_tls, "localhost:8365", local, false),
    ] {
        let world = World::with(settings).await;
        let send = |route: &str, body: &Value, cookie: &str| {
            world.send(at(route, body, cookie, host, page))
        };
        let begun = send("/exchange", &exchange("c"), "").await;
        let line = begun.set_cookie().unwrap();
        let name = if is_plain { &plain } else { COOKIE };
        assert!(
            line.starts_with(&format!("{name}=")),
            "{host} {page}: {line}"
        );
        assert_eq!(line.contains("; Secure"), !is_plain, "{line}");
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(line.contains(attribute), "{line}");
        }
        let cookie = begun.cookie();
        let there = send("/session", &json!({}), &cookie).await;
        assert!(
            there.text.contains("adele@contoso.example"),
            "{}",
            there.text
        );
        // The other name opens nothing there: it may come from another place.
        let other = if is_plain { COOKIE } else { &plain };
        let elsewhere = send("/session", &json!({}), &cookie.replace(name, other)).await;
        assert!(
            elsewhere.text.contains("\"account\":null"),
            "{}",
            elsewhere.text
        );
        let out = send("/logout", &json!({}), &cookie).await;
        let gone = out.set_cookie().unwrap();
        assert!(gone.starts_with(&format!("{name}=; Max-Age=0;")), "{gone}");
    }
}
