//! Trouble that passes: a full disk, a Redis that is cut, killed or falls silent, a clock that jumps.

use super::small_disk::SmallDisk;
use super::topology::{Watched, ask, replicas_of, until};
use super::{Soak, add, now};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Waits, but not beyond the end.
async fn pause(soak: &Soak, seconds: u64) {
    for _ in 0..seconds * 10 {
        if soak.is_over() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The disk of the database is full for some seconds, again and again.
pub(crate) async fn disk(soak: Arc<Soak>, disk: SmallDisk) -> SmallDisk {
    while !soak.is_over() {
        pause(&soak, 10).await;
        disk.fill();
        add(&soak.counts.trouble);
        pause(&soak, 4).await;
        disk.empty();
    }
    disk
}

/// Connections to Redis are cut; its primary is killed, or falls silent, and is replaced.
pub(crate) async fn redis(soak: Arc<Soak>, mut watched: Watched) -> Watched {
    let mut round = 0;
    while !soak.is_over() {
        pause(&soak, 8).await;
        let primary = watched.primary().await;
        let port = watched.servers[primary].port();
        add(&soak.counts.trouble);
        match round % 3 {
            0 => {
                for _ in 0..10 {
                    let _: usize =
                        ask(port, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
                    pause(&soak, 1).await;
                }
            }
            1 => {
                watched.servers[primary].kill();
                watched.replaced(primary).await;
                watched.servers[primary].start_again();
            }
            _ => {
                watched.servers[primary].signal("STOP");
                watched.replaced(primary).await;
                watched.servers[primary].signal("CONT");
            }
        }
        // Sentinels replace a primary where a replica is left.
        until(async || {
            let port = watched.servers[watched.primary().await].port();
            replicas_of(port).await == 2
        })
        .await;
        round += 1;
    }
    watched
}

/// The clock of one endpoint runs quickly, and is set back and forward; the service's other double keeps the real time.
pub(crate) async fn clock(soak: Arc<Soak>, jumping: Arc<AtomicU64>, real: Arc<AtomicU64>) {
    let mut steps = 0_u64;
    while !soak.is_over() {
        tokio::time::sleep(Duration::from_millis(250)).await;
        real.store(now(), Ordering::SeqCst);
        steps += 1;
        jumping.fetch_add(900, Ordering::SeqCst);
        if steps.is_multiple_of(10) {
            jumping.fetch_sub(3600, Ordering::SeqCst);
            add(&soak.counts.trouble);
        }
    }
}
