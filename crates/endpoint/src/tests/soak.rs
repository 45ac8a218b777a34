//! `cargo xtask soak`: users who sign in, renew and sign out for minutes, among floods and a clock that jumps. The tests
//! leave it out. It ends with counts: sessions made, ended, lost (0), wrongly alive (0), and the memory.

use super::*;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Environment variable of the length, in minutes.
const MINUTES: &str = "EXO365_SOAK_MINUTES";
const USERS: usize = 24;
/// Uses of a session before its user signs out.
const USES: usize = 12;

#[derive(Default)]
struct Counts {
    made: AtomicUsize,
    ended: AtomicUsize,
    lost: AtomicUsize,
    wrongly_alive: AtomicUsize,
    flood: AtomicUsize,
}

impl Counts {
    fn get(count: &AtomicUsize) -> usize {
        count.load(Ordering::Relaxed)
    }
}

fn add(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Resident memory of this process, in kB; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// One user: signs in, uses the session, signs out, and looks whether it is gone.
async fn user(world: &World, counts: &Counts, number: usize) {
    let answer = world.exchange(&format!("code-{number}"), "").await;
    if answer.status != StatusCode::OK {
        add(&counts.lost);
        return;
    }
    add(&counts.made);
    let cookie = answer.cookie();
    for at in 0..USES {
        let answer = if at % 3 == 0 {
            let answer = world.session(&cookie).await;
            (
                answer.status == StatusCode::OK && !answer.json()["account"].is_null(),
                answer,
            )
        } else {
            let answer = world.token(&cookie).await;
            (answer.status == StatusCode::OK, answer)
        };
        if !answer.0 {
            println!("lost: {} {}", answer.1.status, answer.1.text);
            add(&counts.lost);
            return;
        }
    }
    let out = world.post("/logout", &json!({}), &cookie).await;
    if out.status == StatusCode::OK {
        add(&counts.ended);
    }
    if world.token(&cookie).await.code() != "signed_out" {
        add(&counts.wrongly_alive);
    }
}

/// Strangers: made-up cookies and `sid`s, bodies that are none, foreign pages.
async fn flood(world: &World, counts: &Counts, number: usize) {
    let made_up = format!("{COOKIE}={:0>43}", number % 100_000);
    let request = match number % 4 {
        0 => request("/token", &json!({}), &made_up),
        1 => Request::get(format!("/auth/frontchannel-logout?sid=made-up-{number}"))
            .body(Body::empty())
            .unwrap(),
        2 => request("/exchange", &json!({"code": 7}), &made_up),
        _ => {
            let mut foreign = request("/session", &json!({}), &made_up);
            let origin = "https://evil.example".parse().unwrap();
            foreign.headers_mut().insert(header::ORIGIN, origin);
            foreign
        }
    };
    world.send(request).await;
    add(&counts.flood);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs for minutes: cargo xtask soak"]
async fn soak() {
    let minutes = std::env::var(MINUTES)
        .ok()
        .and_then(|text| text.parse().ok());
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes.unwrap_or(1.0));
    let world = Arc::new(World::with("limit_per_address = 0\nlimit_per_session = 0").await);
    let counts = Arc::new(Counts::default());
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for task in 0..USERS + 4 {
        let (world, counts) = (Arc::clone(&world), Arc::clone(&counts));
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            while Instant::now() < end {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if task < USERS {
                    user(&world, &counts, number).await;
                } else {
                    flood(&world, &counts, number).await;
                }
                // Without a socket a request may never wait for anything: the others need a turn.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }
    // Tokens end all the time, and now and then the clock is set back.
    let mut steps = 0_u64;
    let mut begin = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(250)).await;
        steps += 1;
        world.advance(900);
        if steps.is_multiple_of(10) {
            world.time.fetch_sub(120, Ordering::SeqCst);
        }
        // What the double of the service notes is no memory of the endpoint.
        world.fake.asked.lock().unwrap().clear();
        if steps == 40 {
            begin = memory();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    println!(
        "sessions made {}, ended {}, lost {}, wrongly alive {}; {} requests of strangers; memory {} kB after ten seconds, \
         {} kB at the end",
        Counts::get(&counts.made),
        Counts::get(&counts.ended),
        Counts::get(&counts.lost),
        Counts::get(&counts.wrongly_alive),
        Counts::get(&counts.flood),
        begin,
        memory()
    );
    assert_eq!(Counts::get(&counts.lost), 0);
    assert_eq!(Counts::get(&counts.wrongly_alive), 0);
    assert_eq!(world.app.sessions.store.count().await.unwrap(), 0);
}
