//! `check`: what is right, and what to change, in words.

use super::fake::Canned;
use super::*;
use crate::check::{Finding, Verdict, check};

async fn found(world: &World, config: &Config) -> Vec<Finding> {
    check(config, &world.app.clock, false).await.unwrap()
}

/// Whether one of the findings has this verdict and these words.
pub(super) fn has(found: &[Finding], verdict: Verdict, words: &str) -> bool {
    found
        .iter()
        .any(|one| one.verdict == verdict && one.text.contains(words))
}

/// A world whose fake service tells the machine's time, as its `Date` header does; `check` compares the two.
pub(super) async fn at_this_time() -> World {
    // `check` would ask the API of the cloud whether it can be reached.
    let world = World::with("preload_paths = []").await;
    let now = crate::base::clock::Clock::system().now();
    world.time.store(now, Ordering::SeqCst);
    world
}

#[tokio::test]
async fn e1_a_good_registration_is_told_by_its_refused_code() {
    for (error, number) in [
        ("invalid_grant", 70_000),
        ("invalid_request", 9_002_313),
        ("invalid_grant", 70_008),
    ] {
        let world = at_this_time().await;
        world.fake.say(Canned::refusal(error, number));
        let found = found(&world, &world.app.config).await;
        let notes = found.iter().filter(|one| one.verdict != Verdict::Good);
        assert_eq!(notes.count(), 1, "{found:?}");
        assert!(has(&found, Verdict::Note, "`preload_paths` is empty"));
        for words in [
            "the client secret is accepted",
            "the clock is right",
            "is known",
            "is https",
        ] {
            assert!(has(&found, Verdict::Good, words), "{words}: {found:?}");
        }
        assert_eq!(world.fake.calls(), 1);
        assert_eq!(
            world.fake.field("grant_type").unwrap(),
            "authorization_code"
        );
        assert_eq!(world.fake.field("client_secret").unwrap(), SECRET);
    }
}

#[tokio::test]
async fn e1_what_is_wrong_is_told_with_its_cure_and_without_the_secret() {
    let world = at_this_time().await;
    for (error, number, words) in [
        ("invalid_client", 7_000_215, "secret is wrong"),
        ("invalid_client", 7_000_222, "has expired"),
        ("unauthorized_client", 700_016, "Check client_id and tenant"),
        ("invalid_client", 7_000_112, "Enable it"),
        ("invalid_request", 90_002, "AADSTS90002"),
        ("invalid_grant", 9_002_327, "platform \"Web\""),
        ("invalid_client", 700_025, "public client"),
        ("invalid_client", 1, "refuses the application"),
        ("temporarily_unavailable", 90_033, "AADSTS90033"),
    ] {
        world.fake.say(Canned::refusal(error, number));
        let found = found(&world, &world.app.config).await;
        assert!(has(&found, Verdict::Wrong, words), "{number}: {found:?}");
        let text = format!("{found:?}");
        assert!(
            !text.contains("marker") && !text.contains("adele") && !text.contains(".."),
            "{text}"
        );
    }
    // Without a prepared answer the fake gives tokens for every code.
    let found = found(&world, &world.app.config).await;
    assert!(has(&found, Verdict::Wrong, "never issued"), "{found:?}");
}

#[tokio::test]
async fn e2_both_secrets_are_tried() {
    let world = at_this_time().await;
    let environment = |name: &str| (name == "EXO365_CLIENT_SECRET").then(|| "one two".to_owned());
    let text = toml(&world.fake.origin, "");
    let config = Config::parse(&text, world.dir.path(), environment).unwrap();
    world.fake.say(Canned::refusal("invalid_client", 7_000_222));
    world.fake.say(Canned::refusal("invalid_grant", 70_000));
    let found = found(&world, &config).await;
    assert!(
        has(
            &found,
            Verdict::Wrong,
            "the first client secret: The client secret has expired"
        ),
        "{found:?}"
    );
    assert!(
        has(
            &found,
            Verdict::Good,
            "the second client secret is accepted"
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let world = at_this_time().await;
    for (ahead, words) in [(true, "ahead"), (false, "behind")] {
        let now = crate::base::clock::Clock::system().now();
        let time = if ahead { now + 400 } else { now - 400 };
        world.time.store(time, Ordering::SeqCst);
        world.fake.say(Canned::refusal("invalid_grant", 70_000));
        let found = found(&world, &world.app.config).await;
        assert!(has(&found, Verdict::Wrong, words), "{found:?}");
    }
}

#[tokio::test]
async fn addresses_that_do_not_fit_are_told() {
    let world = at_this_time().await;
    let extra = "redirect_uris = [\"http://localhost:8080/\", \"https://other.contoso.example/\"]\norigins = [\"http://localhost:8080\"]";
    let config = config(&world.fake.origin, world.dir.path(), extra);
    let found = found(&world, &config).await;
    assert!(has(&found, Verdict::Note, "plain http"), "{found:?}");
    assert!(
        has(
            &found,
            Verdict::Wrong,
            "add https://other.contoso.example to `origins`"
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_service_that_is_away_or_knows_no_such_tenant_ends_it() {
    let world = at_this_time().await;
    let config = config("http://localhost:1", world.dir.path(), "");
    let found = found(&world, &config).await;
    assert!(
        has(&found, Verdict::Wrong, "cannot be reached"),
        "{found:?}"
    );
    assert_eq!(world.fake.calls(), 0);
}

/// No host is asked here, since these are Microsoft's.
#[test]
fn clouds_that_do_not_go_together_are_told() {
    let dir = tempfile::tempdir().unwrap();
    for (login, api, wanted) in [
        (
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
            Some(Verdict::Good),
        ),
        (
            "https://login.microsoftonline.com",
            "https://graph.microsoft.us",
            Some(Verdict::Wrong),
        ),
        (
            "https://login.partner.microsoftonline.cn",
            "https://outlook.office.com",
            Some(Verdict::Wrong),
        ),
        (
            "https://login.microsoftonline.us",
            "https://dod-graph.microsoft.us",
            Some(Verdict::Good),
        ),
        (
            "https://login.microsoftonline.com",
            "https://outlook.office365.com",
            Some(Verdict::Good),
        ),
        (
            "https://login.contoso.example",
            "https://graph.microsoft.com",
            None,
        ),
    ] {
        let extra = format!("login = \"{login}\"\napi_origin = \"{api}\"");
        let finding = crate::check::clouds(&config(login, dir.path(), &extra));
        assert_eq!(finding.map(|one| one.verdict), wanted, "{login} {api}");
    }
}
