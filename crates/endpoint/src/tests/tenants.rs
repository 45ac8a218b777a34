//! Tenants that may sign in, named by their domains.

use super::check::at_this_time;
use super::fake::Canned;
use super::*;
use crate::check::{Verdict, check};

const OTHER: &str = "11111111-0000-cccc-1111-dddd2222eeee";

async fn listed(tenants: &[&str]) -> World {
    let world = World::with(&format!("tenants = {tenants:?}")).await;
    let domains = [("contoso.example", TENANT), ("fabrikam.example", OTHER)];
    let domains = domains.map(|(name, id)| (name.to_owned(), id.to_owned()));
    *world.fake.domains.lock().unwrap() = domains.into();
    world
}

fn lookups(world: &World) -> usize {
    world.fake.lookups.load(Ordering::SeqCst)
}

#[tokio::test]
async fn e16_a_tenant_is_admitted_by_its_domain_which_is_looked_up_once_a_day() {
    let world = listed(&["fabrikam.example", "contoso.example"]).await;
    for _ in 0..3 {
        world.sign_in().await;
    }
    assert_eq!(lookups(&world), 2, "each once");
    world.advance(86_400);
    world.sign_in().await;
    assert_eq!(lookups(&world), 4);
    let world = listed(&["fabrikam.example"]).await;
    let answer = world.exchange("c", "").await;
    assert_eq!(answer.code(), "wrong_account");
    assert!(answer.set_cookie().is_none());
    let world = listed(&[TENANT]).await;
    world.sign_in().await;
    assert_eq!(lookups(&world), 0, "an id says whose it is");
}

#[tokio::test]
async fn e16_a_domain_that_is_nobodys_admits_nobody_and_not_everybody() {
    let world = listed(&["nobody.example"]).await;
    let answer = world.exchange("c", "").await;
    assert_eq!(answer.code(), "misconfigured");
    assert_eq!(world.fake.calls(), 0, "the code is not used up");
    let world = listed(&["nobody.example", OTHER]).await;
    assert_eq!(world.exchange("c", "").await.code(), "wrong_account");
    let world = listed(&["nobody.example", TENANT]).await;
    world.sign_in().await;
}

#[tokio::test]
async fn e16_while_the_service_has_trouble_domains_are_whose_they_were() {
    let world = listed(&["contoso.example"]).await;
    world.sign_in().await;
    world.advance(2 * 86_400);
    // A document without an issuer is no answer.
    *world.fake.discovery.lock().unwrap() = json!({"issuer": null});
    world.sign_in().await;
    assert!(lookups(&world) > 1, "it was asked");
    let world = listed(&["contoso.example"]).await;
    world
        .app
        .keys
        .metadata(&world.app.upstream, &world.app.config.public)
        .await
        .unwrap();
    *world.fake.discovery.lock().unwrap() = json!({"issuer": null});
    let answer = world.exchange("c", "").await;
    assert_eq!(answer.code(), "invalid_response");
    assert_eq!(world.fake.calls(), 0, "the code is not used up");
}

#[tokio::test]
async fn e43_an_issuer_of_a_tenant_that_is_not_listed_ends_nothing() {
    for (tenants, ends) in [(["contoso.example"], true), (["fabrikam.example"], false)] {
        let world = listed(&tenants).await;
        // Signed in before the list was changed.
        *world.fake.domains.lock().unwrap() = [(tenants[0].to_owned(), TENANT.to_owned())].into();
        let cookie = world.sign_in().await;
        let owner = if ends { TENANT } else { OTHER };
        *world.fake.domains.lock().unwrap() = [(tenants[0].to_owned(), owner.to_owned())].into();
        world.advance(86_400);
        let issuer = format!("{}/{TENANT}/v2.0", world.fake.origin);
        let uri = format!("/auth/frontchannel-logout?sid=s1&iss={issuer}");
        let request = Request::get(uri).body(Body::empty()).unwrap();
        assert_eq!(world.send(request).await.status, StatusCode::OK);
        let ended = world.stored(&cookie).await.is_none();
        assert_eq!(ended, ends, "{tenants:?}");
        // A session of a tenant that is not on the list is refused.
        let account = world.session(&cookie).await.json()["account"].clone();
        assert_eq!(account, Value::Null);
    }
}

#[tokio::test]
async fn domains_that_are_nobodys_are_told_by_check() {
    let world = at_this_time().await;
    *world.fake.domains.lock().unwrap() =
        [("contoso.example".to_owned(), TENANT.to_owned())].into();
    let extra = "tenants = [\"contoso.example\", \"nobody.example\"]";
    let config = config(&world.fake.origin, world.dir.path(), extra);
    world.fake.say(Canned::refusal("invalid_grant", 70_000));
    let found = check(&config, &world.app.clock, false).await.unwrap();
    let has = |verdict, words: &str| {
        let mut found = found.iter();
        found.any(|one| one.verdict == verdict && one.text.contains(words))
    };
    let good = format!("contoso.example is the tenant {TENANT}");
    assert!(has(Verdict::Good, &good), "{found:?}");
    assert!(
        has(Verdict::Wrong, "nobody.example in `tenants`"),
        "{found:?}"
    );
}

#[test]
fn e16_a_list_holds_ids_and_domains_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let parse = |tenant: &str| {
        let extra = format!("tenants = [{tenant:?}]");
        let text = toml("http://localhost:1", &extra);
        let environment = |_: &str| Some(SECRET.to_owned());
        Config::parse(&text, dir.path(), |name| {
            environment(name).filter(|_| name == "EXO365_CLIENT_SECRET")
        })
        .is_ok()
    };
    assert!(parse(TENANT) && parse("contoso.example"));
    for odd in [
        "",
        "organizations",
        "common",
        "a b.example",
        "../x.example",
        "a..b",
        "x/y.example",
        "ü.example",
    ] {
        assert!(!parse(odd), "{odd}");
    }
}
