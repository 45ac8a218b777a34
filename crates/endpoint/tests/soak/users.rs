//! Users: each signs in, uses the session, signs out, and looks whether it is gone.

use super::place::Site;
use super::{NONCE, PAGE, Soak, add};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Uses of a session before its user signs out.
const USES: usize = 12;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser: its address, its cookie, and what it was told.
pub(crate) struct Browser {
    soak: Arc<Soak>,
    site: Site,
    client: reqwest::Client,
    address: String,
    cookie: String,
    turn: usize,
}

/// An answer: status, body, and the cookie that was set.
struct Answer {
    status: u16,
    body: Value,
    cookie: Option<String>,
}

impl Answer {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Browser {
    pub(crate) fn new(soak: &Arc<Soak>, site: &Site) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let number = soak.next.fetch_add(1, Ordering::Relaxed);
        Self {
            soak: Arc::clone(soak),
            site: site.clone(),
            client: reqwest::Client::builder()
                .timeout(PATIENCE)
                .build()
                .unwrap(),
            address: format!("10.{}.{}.{}", number >> 16, number >> 8 & 255, number & 255),
            cookie: String::new(),
            turn: number,
        }
    }

    async fn send(&mut self, route: &str, body: Option<&Value>) -> Option<Answer> {
        self.turn += 1;
        let port = self.site.ports[self.turn % self.site.ports.len()];
        let url = format!("http://127.0.0.1:{port}/auth{route}");
        let request = match body {
            Some(body) => self
                .client
                .post(url)
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => self.client.get(url).header("sec-fetch-site", "same-origin"),
        };
        let answer = request
            .header("x-exo365", "1")
            .header("origin", PAGE)
            .header("cookie", &self.cookie)
            .header("x-forwarded-for", &self.address)
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        let cookie = answer.headers().get("set-cookie").map(|line| {
            let line = line.to_str().unwrap();
            line.split(';').next().unwrap().to_owned()
        });
        let body = serde_json::from_str(&answer.text().await.ok()?).unwrap_or_default();
        Some(Answer {
            status,
            body,
            cookie,
        })
    }

    /// Sends a request until it is answered with something else than 503.
    async fn insist(&mut self, route: &str, body: Option<&Value>) -> Answer {
        loop {
            match self.send(route, body).await {
                Some(answer) if answer.status != 503 => return answer,
                // Not served, or not whole: the same request comes again, as pages do it.
                Some(_) | None => {
                    add(&self.soak.counts.later);
                    if route == "/exchange" {
                        add(&self.soak.counts.sign_ins);
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Signs in; the session's access token where pages get one.
    pub(crate) async fn sign_in(&mut self) -> Option<String> {
        self.cookie.clear();
        let number = self.soak.next.fetch_add(1, Ordering::Relaxed);
        let code = json!({
            "code": format!("code-{number}"), "codeVerifier": "v".repeat(43), "nonce": NONCE,
            "redirectUri": format!("{PAGE}/")
        });
        let answer = self.insist("/exchange", Some(&code)).await;
        if answer.status != 200 {
            println!("no sign-in: {} {}", answer.status, answer.body);
            add(&self.soak.counts.lost);
            return None;
        }
        add(&self.soak.counts.made);
        self.cookie = answer.cookie.unwrap();
        Some(
            answer.body["accessToken"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Uses the session in one of its ways; false where it is lost.
    async fn uses(&mut self, at: usize, token: &mut String) -> bool {
        let answer = match at % 3 {
            0 => self.insist("/session", Some(&json!({}))).await,
            _ if self.site.is_proxy => self.insist("/proxy/v1.0/me/messages", None).await,
            1 => self.insist("/token", Some(&json!({}))).await,
            // The API refused the token: a renewal.
            _ => {
                let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
                let renewal = json!({"rejected": exo365_core::text::base64url(digest.as_ref())});
                self.insist("/token", Some(&renewal)).await
            }
        };
        if let Some(new) = answer.body["accessToken"].as_str() {
            *token = new.to_owned();
        }
        let signed_in =
            answer.status == 200 && !(at.is_multiple_of(3) && answer.body["account"].is_null());
        if !signed_in {
            println!("lost at {at}: {} {}", answer.status, answer.body);
            add(&self.soak.counts.lost);
        }
        signed_in
    }

    async fn sign_out(&mut self) {
        let answer = self.insist("/logout", Some(&json!({}))).await;
        if answer.status != 200 {
            println!("no sign-out: {} {}", answer.status, answer.body);
            add(&self.soak.counts.wrongly_alive);
            return;
        }
        add(&self.soak.counts.ended);
        // At every endpoint of the site.
        for _ in 0..self.site.ports.len() {
            let answer = if self.site.is_proxy {
                self.insist("/proxy/v1.0/me/messages", None).await
            } else {
                self.insist("/token", Some(&json!({}))).await
            };
            if answer.code() != "signed_out" {
                println!("alive: {} {}", answer.status, answer.body);
                add(&self.soak.counts.wrongly_alive);
            }
        }
    }
}

/// One user after another, until the soak is over.
pub(crate) async fn user(soak: Arc<Soak>, site: Site) {
    while !soak.is_over() {
        let mut browser = Browser::new(&soak, &site);
        let Some(mut token) = browser.sign_in().await else {
            continue;
        };
        let mut kept = true;
        for at in 0..USES {
            if !kept {
                break;
            }
            kept = browser.uses(at, &mut token).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if kept {
            browser.sign_out().await;
        }
    }
}
