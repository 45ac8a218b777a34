//! `cargo xtask soak`: users who sign in, renew and sign out for minutes, among all the trouble that there is. The tests
//! leave it out. It ends with counts: sessions made, ended, lost (0), wrongly alive (0), and the memory.
//!
//! Four endpoints: two processes that share a Redis with sentinels; one process in proxy mode with its database on a small
//! disk; and one in this process, whose clock jumps.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

// Shared with the tests inside the crate, which use more of them.
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/fake.rs"]
mod fake;
mod place;
#[path = "../process/mod.rs"]
mod process;
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/server.rs"]
mod server;
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/small_disk.rs"]
mod small_disk;
mod strangers;
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/topology.rs"]
mod topology;
mod trouble;
mod users;

use place::{Endpoint, Site, here};
use small_disk::SmallDisk;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NONCE: &str = "marker-nonce";
const PAGE: &str = "https://app.contoso.example";

/// Environment variable of the length, in minutes.
const MINUTES: &str = "EXO365_SOAK_MINUTES";
/// Users of each site at a time.
const USERS: usize = 6;
/// After this time the memory is looked at for the first time.
const WARM: Duration = Duration::from_secs(20);

/// What happened.
#[derive(Default)]
struct Counts {
    made: AtomicUsize,
    ended: AtomicUsize,
    lost: AtomicUsize,
    wrongly_alive: AtomicUsize,
    /// Requests of users that were answered with 503 or not at all, and came again.
    later: AtomicUsize,
    /// Of these, sign-ins: the store may have a session whose cookie nobody has.
    sign_ins: AtomicUsize,
    flood: AtomicUsize,
    half_heads: AtomicUsize,
    slow_readers: AtomicUsize,
    trouble: AtomicUsize,
}

fn add(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

fn get(count: &AtomicUsize) -> usize {
    count.load(Ordering::Relaxed)
}

/// What all parties share.
struct Soak {
    counts: Counts,
    /// The next number of a user or stranger, of which its address is made.
    next: AtomicUsize,
    over: AtomicBool,
}

impl Soak {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs for minutes: cargo xtask soak"]
async fn soak() {
    let minutes = std::env::var(MINUTES).ok();
    let minutes: f64 = minutes.map_or(1.0, |text| text.parse().unwrap());
    let length = Duration::from_secs_f64(60.0 * minutes);
    let soak = Arc::new(Soak {
        counts: Counts::default(),
        next: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    });

    let time = Arc::new(AtomicU64::new(now()));
    let service = fake::Fake::start(Arc::clone(&time)).await;
    let watched = topology::Watched::start(2, 3).await;
    let disk = SmallDisk::mount();
    let dir = tempfile::tempdir().unwrap();
    let files = disk.as_ref().map_or(dir.path(), SmallDisk::path).to_owned();
    let api = place::api().await;
    let proxied = Endpoint::start(&service.origin, place::Store::File(files), Some(&api)).await;
    let mut processes = vec![proxied];
    let mut sites = vec![Site::of(&processes, true)];
    if let Some(watched) = &watched {
        for _ in 0..2 {
            let store = place::Store::Redis(watched.address());
            processes.push(Endpoint::start(&service.origin, store, None).await);
        }
        sites.push(Site::of(&processes[1..], false));
    }
    let jumping = Arc::new(AtomicU64::new(now()));
    let own_service = fake::Fake::start(Arc::clone(&jumping)).await;
    sites.push(here(&own_service.origin, &jumping).await);

    let mut parties = JoinSet::new();
    for site in &sites {
        for _ in 0..USERS {
            parties.spawn(users::user(Arc::clone(&soak), site.clone()));
        }
        parties.spawn(strangers::flood(Arc::clone(&soak), site.clone()));
        if !site.ports.is_empty() && site.is_process {
            parties.spawn(strangers::half_heads(Arc::clone(&soak), site.clone()));
        }
    }
    parties.spawn(strangers::slow_readers(Arc::clone(&soak), sites[0].clone()));
    // What they were made with: it is needed until the last user has signed out.
    let mut troubles: JoinSet<Box<dyn Any + Send>> = JoinSet::new();
    let clock = trouble::clock(Arc::clone(&soak), jumping, Arc::clone(&time));
    troubles.spawn(async move {
        clock.await;
        Box::new(()) as Box<dyn Any + Send>
    });
    if let Some(disk) = disk {
        let disk = trouble::disk(Arc::clone(&soak), disk);
        troubles.spawn(async move { Box::new(disk.await) as Box<dyn Any + Send> });
    }
    if let Some(watched) = watched {
        let (runtime, soak) = (Handle::current(), Arc::clone(&soak));
        troubles.spawn_blocking(move || Box::new(runtime.block_on(trouble::redis(soak, watched))));
    }

    let begin = Instant::now();
    let mut before = Vec::new();
    while begin.elapsed() < length {
        tokio::time::sleep(Duration::from_millis(250)).await;
        // What the doubles of the service note is no memory of an endpoint.
        for service in [&service, &own_service] {
            service.asked.lock().unwrap().clear();
        }
        if before.is_empty() && begin.elapsed() >= WARM.min(length / 2) {
            before = processes.iter().map(Endpoint::memory).collect();
        }
    }
    soak.over.store(true, Ordering::SeqCst);
    let kept = troubles.join_all().await;
    while let Some(done) = parties.join_next().await {
        done.unwrap();
    }
    let after: Vec<u64> = processes.iter().map(Endpoint::memory).collect();
    let counts = &soak.counts;
    println!(
        "sessions made {}, ended {}, lost {}, wrongly alive {}; {} requests came again after 503, {} of them sign-ins",
        get(&counts.made),
        get(&counts.ended),
        get(&counts.lost),
        get(&counts.wrongly_alive),
        get(&counts.later),
        get(&counts.sign_ins)
    );
    println!(
        "{} requests of a flood, {} half heads, {} answers that nobody read, {} times of trouble",
        get(&counts.flood),
        get(&counts.half_heads),
        get(&counts.slow_readers),
        get(&counts.trouble)
    );
    println!(
        "memory in kB (proxy mode on a file, two over Redis): {before:?} after {} s, {after:?} at the end",
        WARM.as_secs()
    );
    assert_eq!(get(&counts.lost), 0);
    assert_eq!(get(&counts.wrongly_alive), 0);
    assert!(get(&counts.ended) > 0);
    for process in &mut processes {
        assert!(process.runs(), "an endpoint ended");
    }
    drop(processes);
    drop(kept);
}
