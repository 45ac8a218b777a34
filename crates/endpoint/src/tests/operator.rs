//! Sessions listed and revoked while the endpoint is stopped.

use super::*;
use crate::base::problem::Problem;
use crate::operator::Operator;

const ADELE: &str = "00000000-0000-0000-66f3-3332eca7ea81";
const OTHER: &str = "00000000-0000-0000-1111-3332eca7ea81";

/// Ends the endpoint and gives its operator, with what is needed to start again.
async fn stop(mut world: World) -> (World, Operator) {
    let config = (*world.app.config).clone();
    let clock = world.app.clock.clone();
    let sessions = Arc::downgrade(&world.app.sessions);
    let other = world.dir.path().join("other");
    std::fs::create_dir_all(&other).unwrap();
    let elsewhere = super::config(&world.fake.origin, &other, "");
    (world.app, world.router) = open(elsewhere, &world.time);
    gone(&sessions).await;
    (world, Operator::open(&config, &clock).unwrap())
}

#[tokio::test]
async fn e41_an_operator_sees_who_is_signed_in_and_ends_it() {
    let world = World::new().await;
    let (one, two) = (world.sign_in().await, world.sign_in().await);
    *world.fake.claims.lock().unwrap() = json!({"oid": OTHER});
    world.advance(60);
    let other = world.sign_in().await;
    let (world, operator) = stop(world).await;
    let (listed, closed) = operator.sessions().await.unwrap();
    let users: Vec<&str> = listed.iter().map(|one| one.object_id.as_str()).collect();
    assert_eq!((users, closed), (vec![OTHER, ADELE, ADELE], 0));
    let latest = listed.first().unwrap();
    assert_eq!(latest.tenant_id, TENANT);
    assert_eq!((latest.created, latest.used), (NOW + 60, NOW + 60));
    assert_eq!(latest.ends, NOW + 60 + 168 * 3600);
    assert_eq!(
        operator.revoke(&ADELE.to_ascii_uppercase()).await.unwrap(),
        2
    );
    assert_eq!(operator.revoke(ADELE).await.unwrap(), 0);
    assert!(operator.revoke("adele@contoso.example").await.is_err());
    assert_eq!(operator.sessions().await.unwrap().0.len(), 1);
    drop(operator);
    let world = world.restart("").await;
    for cookie in [one, two] {
        assert_eq!(world.token(&cookie).await.code(), "signed_out");
    }
    assert_eq!(world.token(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sessions_that_are_over_or_do_not_open_are_not_listed() {
    let world = World::new().await;
    world.sign_in().await;
    world.advance(100 * 3600);
    world.sign_in().await;
    world.advance(100 * 3600);
    let keys = world.dir.path().join("exo365-sessions.db.keys");
    let (world, operator) = stop(world).await;
    assert_eq!(operator.sessions().await.unwrap().0.len(), 1, "one is over");
    drop(operator);
    std::fs::remove_file(&keys).unwrap();
    let config = config(&world.fake.origin, world.dir.path(), "");
    let missing = Operator::open(&config, &world.app.clock).err().unwrap();
    assert!(missing.to_string().contains("sealing keys"), "{missing}");
    assert!(!keys.exists(), "nothing is made by looking");
    let other = world.dir.path().join("other/exo365-sessions.db.keys");
    std::fs::copy(other, &keys).unwrap();
    let operator = Operator::open(&config, &world.app.clock).unwrap();
    let (listed, closed) = operator.sessions().await.unwrap();
    assert_eq!((listed.len(), closed), (0, 1));
}

#[tokio::test]
async fn a_running_endpoint_keeps_its_database_to_itself() {
    let world = World::new().await;
    let problem = Operator::open(&world.app.config, &world.app.clock);
    let problem = problem.err().unwrap();
    assert!(
        matches!(&problem, Problem::Database(sentence) if sentence.contains("stop it first")),
        "{problem}"
    );
    let empty = tempfile::tempdir().unwrap();
    let config = config(&world.fake.origin, empty.path(), "");
    let problem = Operator::open(&config, &world.app.clock).err().unwrap();
    assert!(problem.to_string().contains("there is no database"));
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
}
