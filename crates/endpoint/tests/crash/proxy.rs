//! A line to the store that stops where a test wants it.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Which command stops: the last of these, each in a command after the one before it.
#[derive(Clone)]
pub(crate) struct Stop {
    pub(crate) after: &'static [&'static str],
    /// Whether the store still gets that command; its answer comes in no case.
    pub(crate) done: bool,
}

#[derive(Default)]
struct State {
    stop: Mutex<Option<(Stop, usize)>>,
}

/// The line.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    state: Arc<State>,
    stopped: Arc<Semaphore>,
}

impl Proxy {
    pub(crate) async fn start(store: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::default(),
            stopped: Arc::new(Semaphore::new(0)),
        };
        let (state, stopped) = (Arc::clone(&proxy.state), Arc::clone(&proxy.stopped));
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(("127.0.0.1", store)).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let line = (Arc::clone(&state), Arc::clone(&stopped));
                tokio::spawn(commands(from_client, to_server, line));
                tokio::spawn(answers(from_server, to_client, Arc::clone(&stopped)));
            }
        });
        proxy
    }

    /// From now on the line stops at this.
    pub(crate) fn stop_at(&self, stop: Stop) {
        *self.state.stop.lock().unwrap() = Some((stop, 0));
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(&self) {
        let _permit = self.stopped.acquire().await.unwrap();
    }
}

/// What to do with a chunk of commands: pass it on, and go on after it.
fn judge(state: &State, chunk: &[u8]) -> (bool, bool) {
    let mut stop = state.stop.lock().unwrap();
    let Some((stop, seen)) = stop.as_mut() else {
        return (true, true);
    };
    let needle = stop.after[*seen].as_bytes();
    *seen += usize::from(chunk.windows(needle.len()).any(|window| window == needle));
    if *seen < stop.after.len() {
        return (true, true);
    }
    *seen = 0;
    (stop.done, false)
}

async fn commands(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    (state, stopped): (Arc<State>, Arc<Semaphore>),
) {
    let mut chunk = vec![0; 256 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        let (pass, go_on) = judge(&state, &chunk[..length]);
        if !go_on {
            // From here on nothing of the store's answers passes.
            stopped.add_permits(1);
        }
        if pass && to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
        if !go_on {
            std::future::pending::<()>().await;
        }
    }
}

async fn answers(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    stopped: Arc<Semaphore>,
) {
    let mut chunk = vec![0; 256 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        if stopped.available_permits() > 0 {
            return std::future::pending().await;
        }
        if to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
    }
}
