//! What is in no log and in no answer: secrets, tokens, names, addresses.

use super::fake::Canned;
use super::*;
use crate::router::ROUTES;
use std::io::Write;
use std::sync::Mutex;
use tracing_subscriber::filter::LevelFilter;

/// A log in memory.
#[derive(Clone, Default)]
pub(super) struct Log(pub(super) Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// E29, E48: every route, good and bad, with marked values everywhere.
#[tokio::test]
async fn e29_e48_no_secret_is_logged_or_answered() {
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let mut answers = Vec::new();
    let failures = || {
        [
            Canned::refusal("invalid_grant", 65_001),
            Canned::refusal("invalid_client", 7_000_215),
            Canned::new(200, "text/html", "marker-access marker-refresh"),
            Canned::json(
                200,
                &json!({"access_token": "marker-access-x", "refresh_token": "marker-refresh-x"}),
            ),
            Canned::new(500, "text/plain", "marker-refresh"),
            Canned::refusal("invalid_grant", 50_173),
        ]
    };
    for canned in failures() {
        world.fake.say(canned);
        answers.push(world.exchange("marker-code", &cookie).await);
    }
    *world.fake.claims.lock().unwrap() = json!({"nonce": "marker-other"});
    answers.push(world.exchange("marker-code", "").await);
    world.advance(7200);
    for canned in failures() {
        world.fake.say(canned);
        answers.push(world.token(&cookie).await);
    }
    answers.push(world.session(&cookie).await);
    answers.push(
        world
            .post("/logout", &json!({"microsoft": true}), &cookie)
            .await,
    );
    for route in ROUTES {
        answers.push(
            world
                .post(
                    route.path,
                    &json!({"marker-secret": "marker-code"}),
                    &cookie,
                )
                .await,
        );
        let mut bad = request(route.path, &exchange("marker-code"), &cookie);
        bad.headers_mut().insert(
            header::ORIGIN,
            "https://marker-origin.example".parse().unwrap(),
        );
        answers.push(world.send(bad).await);
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let text: String = text
        .lines()
        .filter(|line| line.contains("exo365_endpoint"))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        text.contains("50173") && text.contains("aaaa0000-bb11-2222-33cc-444444dddddd"),
        "ids and numbers are there"
    );
    let id = cookie.split_once('=').unwrap().1;
    for needle in ["marker", "adele", "contoso.example", id] {
        let line = text.lines().find(|line| line.contains(needle));
        assert_eq!(line, None, "{needle} in the log");
    }
    for answer in answers {
        for needle in ["marker-", "adele@", "<b>"] {
            assert!(!answer.text.contains(needle), "{needle} in {}", answer.text);
        }
    }
}
