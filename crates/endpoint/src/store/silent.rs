//! A connection that is open and silent, as after a network failure that neither side was told of.

use super::*;
use crate::base::clock::Clock;
use crate::tests::server::Server;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const NOW: u64 = 1_790_000_000;

/// A line to the store. The connections up to this number are dead: what the store answers there does not arrive.
struct Line {
    port: u16,
    dead: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
}

impl Line {
    async fn start(server: &Server) -> Self {
        let address = server.address();
        let store = address
            .trim_start_matches("redis://")
            .trim_end_matches("/0");
        let store = store.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            dead: Arc::default(),
            opened: Arc::default(),
        };
        let (dead, opened) = (Arc::clone(&line.dead), Arc::clone(&line.opened));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = opened.fetch_add(1, Ordering::SeqCst) + 1;
                let server = TcpStream::connect(&store).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                tokio::spawn(
                    async move { tokio::io::copy(&mut from_client, &mut to_server).await },
                );
                let dead = Arc::clone(&dead);
                tokio::spawn(async move {
                    let mut chunk = [0; 4096];
                    while let Ok(length @ 1..) = from_server.read(&mut chunk).await {
                        if number > dead.load(Ordering::SeqCst) {
                            to_client.write_all(&chunk[..length]).await.unwrap();
                        }
                    }
                });
            }
        });
        line
    }
}

#[tokio::test]
async fn a_connection_that_falls_silent_costs_a_second_and_no_request() {
    let Some(server) = Server::start() else {
        return;
    };
    let line = Line::start(&server).await;
    let address = format!("redis://127.0.0.1:{}", line.port);
    let store = RedisStore::open(&address, None, Clock::from_fn(|| NOW)).unwrap();
    let mut record = vec![2];
    record.extend((NOW + 99).to_be_bytes());
    record.extend([0; 40]);
    let key = Key([1; 32]);
    store.insert(key, record.clone()).await.unwrap();
    assert_eq!(line.opened.load(Ordering::SeqCst), 1);
    line.dead.store(1, Ordering::SeqCst);
    let begin = Instant::now();
    assert_eq!(store.get(key).await.unwrap(), Some(record));
    assert!(
        begin.elapsed() >= Duration::from_secs(1),
        "it was waited for"
    );
    assert_eq!(line.opened.load(Ordering::SeqCst), 2);
    // When every connection is dead, the request fails after its time.
    line.dead.store(usize::MAX, Ordering::SeqCst);
    let asked = tokio::time::timeout(Duration::from_secs(20), store.get(key));
    assert!(asked.await.unwrap().is_err());
}
