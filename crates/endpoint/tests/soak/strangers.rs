//! Strangers: floods, half heads, and readers that do not read.

use super::place::Site;
use super::users::Browser;
use super::{PAGE, Soak, add};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Half heads that are open at a time.
const HALF_HEADS: usize = 100;
/// Answers that nobody reads at a time.
const UNREAD: usize = 16;

/// Made-up cookies, `sid`s and codes, bodies that are none, foreign pages: from one address, as quickly as it goes.
pub(crate) async fn flood(soak: Arc<Soak>, site: Site) {
    let client = reqwest::Client::new();
    while !soak.is_over() {
        let number = soak.next.fetch_add(1, Ordering::Relaxed);
        let port = site.ports[number % site.ports.len()];
        let base = format!("http://127.0.0.1:{port}/auth");
        let cookie = format!("__Host-Http-exo365={number:0>43}; city=M\u{fc}nchen");
        let post = |route: &str, body: String, origin: &str| {
            client
                .post(format!("{base}{route}"))
                .header("content-type", "application/json")
                .header("x-exo365", "1")
                .header("origin", origin)
                .header("cookie", cookie.as_bytes())
                .body(body)
        };
        let code = serde_json::json!({
            "code": "", "codeVerifier": "v".repeat(43), "nonce": "n", "redirectUri": format!("{PAGE}/")
        });
        let request = match number % 5 {
            0 => post("/token", "{}".into(), PAGE),
            1 => client.get(format!("{base}/frontchannel-logout?sid=made-up-{number}")),
            2 => post("/exchange", code.to_string(), PAGE),
            3 => post("/exchange", "{\"code\": 7".into(), PAGE),
            _ => post("/session", "{}".into(), "https://evil.example"),
        };
        let request = request
            .header("x-forwarded-for", "192.0.2.1")
            .timeout(Duration::from_secs(30));
        // What it is answered does not matter, and an endpoint that is busy may say nothing.
        let _ = request.send().await;
        add(&soak.counts.flood);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Connections on which half a head comes, and no more.
pub(crate) async fn half_heads(soak: Arc<Soak>, site: Site) {
    let mut open = VecDeque::new();
    while !soak.is_over() {
        for port in &site.ports {
            if let Ok(mut half) = TcpStream::connect(("127.0.0.1", *port)).await
                && half
                    .write_all(b"POST /auth/session HTTP/1.1\r\nHost: local")
                    .await
                    .is_ok()
            {
                add(&soak.counts.half_heads);
                open.push_back(half);
            }
        }
        while open.len() > HALF_HEADS {
            open.pop_front();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Downloads of which nobody reads more than the beginning.
pub(crate) async fn slow_readers(soak: Arc<Soak>, site: Site) {
    let mut browser = Browser::new(&soak, &site);
    let mut open: VecDeque<TcpStream> = VecDeque::new();
    if browser.sign_in().await.is_none() {
        return;
    }
    while !soak.is_over() {
        let head = format!(
            "GET /auth/proxy/v1.0/me/large HTTP/1.1\r\nHost: x\r\nX-Exo365: 1\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
             X-Forwarded-For: 192.0.2.2\r\n\r\n",
            browser.cookie()
        );
        let port = site.ports[0];
        if let Ok(mut reader) = TcpStream::connect(("127.0.0.1", port)).await
            && reader.write_all(head.as_bytes()).await.is_ok()
        {
            let mut some = [0; 1000];
            if reader.read(&mut some).await.is_ok() {
                add(&soak.counts.slow_readers);
                open.push_back(reader);
            }
        }
        while open.len() > UNREAD {
            open.pop_front();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
