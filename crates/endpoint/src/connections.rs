//! Connections: how many there are, how long a head may take, and who goes where there are too many.
//!
//! axum's own `serve` has no bound. Where the bound is reached, the oldest connection that serves no request goes, of the
//! address that has most of them: half a head costs whoever sends it, and nobody else.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_io_timeout::TimeoutStream;
use tower_service::Service as _;

/// Most connections, where the process may open files enough.
const MOST: usize = 8192;
/// Files for other things: the database, the log, the sign-in service.
const OTHER_FILES: usize = 128;
/// How long a request's head may take, and a connection may be idle.
const HEAD: Duration = Duration::from_secs(30);
/// How long somebody who reads an answer may take for the next octets.
const READER: Duration = Duration::from_secs(60);
/// Memory for what is read and written on a connection, in octets.
const BUFFER: usize = 64 * 1024;
/// Requests on one HTTP/2 connection at a time.
const STREAMS: u32 = 64;
/// After an error of `accept`, such as too many open files.
const REST: Duration = Duration::from_millis(100);
/// Least time between two lines of the log about the bound.
const SAY: Duration = Duration::from_secs(10);

/// Serves `app` until `stop` resolves; then idle connections are closed, and what is under way is finished.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let server = Server::new(app);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => server.attend(stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    server.graceful.shutdown().await;
}

/// What all connections share.
struct Server {
    app: Router,
    builder: Builder<TokioExecutor>,
    graceful: GracefulShutdown,
    table: Table,
}

impl Server {
    fn new(app: Router) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(BUFFER);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(HEAD)
            .keep_alive_timeout(HEAD);
        Self {
            app,
            builder,
            graceful: GracefulShutdown::new(),
            table: Table::new(bound()),
        }
    }

    /// Serves a connection, in a task of its own. Where all others serve a request, it is closed.
    fn attend(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(entry) = self.table.enter(peer.ip()) else {
            return;
        };
        let (busy, app) = (Arc::clone(&entry.busy), self.app.clone());
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut app = app.clone();
            let call = Busy::enter(&busy);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let answer = app.call(request).await;
                answer.map(|answer| answer.map(|body| BusyBody { body, _call: call }))
            }
        });
        let stream = TokioIo::new(prepared(stream));
        let connection = self.builder.serve_connection(stream, service);
        let connection = self.graceful.watch(connection.into_owned());
        let task = tokio::spawn(async move {
            // Whoever went away says so here.
            let _ = connection.await;
        });
        self.table.note(entry.id, task.abort_handle());
        let table = self.table.clone();
        tokio::spawn(async move {
            let _ = task.await;
            table.leave(entry.id);
        });
    }
}

/// An answer that passes is sent in pieces: each goes at once. Who does not read is given up.
fn prepared(stream: TcpStream) -> std::pin::Pin<Box<TimeoutStream<TcpStream>>> {
    // A connection that is gone says so at its first use.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(READER));
    Box::pin(stream)
}

/// Half of the files that the process may open: in proxy mode each call has a connection to the API as well.
fn bound() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    files.map_or(MOST, |files| {
        (files.saturating_sub(OTHER_FILES) / 2).clamp(16, MOST)
    })
}

/// The connections there are.
#[derive(Clone)]
struct Table(Arc<Mutex<State>>);

struct State {
    most: usize,
    next: u64,
    connections: HashMap<u64, Connection>,
    /// When the log was told last, and how many went since then.
    said: Option<Instant>,
    gone: u64,
}

struct Connection {
    peer: IpAddr,
    busy: Arc<AtomicUsize>,
    task: Option<AbortHandle>,
}

struct Entry {
    id: u64,
    busy: Arc<AtomicUsize>,
}

impl Table {
    fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            most,
            next: 0,
            connections: HashMap::new(),
            said: None,
            gone: 0,
        })))
    }

    fn guard(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection; `None` where every other serves a request.
    fn enter(&self, peer: IpAddr) -> Option<Entry> {
        let mut state = self.guard();
        if state.connections.len() >= state.most {
            let oldest = state.oldest_idle();
            state.say();
            let gone = oldest.and_then(|id| state.connections.remove(&id))?;
            if let Some(task) = gone.task {
                task.abort();
            }
        }
        state.next += 1;
        let id = state.next;
        let busy = Arc::new(AtomicUsize::new(0));
        let connection = Connection {
            peer,
            busy: Arc::clone(&busy),
            task: None,
        };
        state.connections.insert(id, connection);
        Some(Entry { id, busy })
    }

    fn note(&self, id: u64, task: AbortHandle) {
        if let Some(connection) = self.guard().connections.get_mut(&id) {
            connection.task = Some(task);
        }
    }

    fn leave(&self, id: u64) {
        self.guard().connections.remove(&id);
    }
}

impl State {
    /// Of the address that has most connections without a request, the first that came.
    fn oldest_idle(&self) -> Option<u64> {
        let idle = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.busy.load(Ordering::Relaxed) == 0);
        let mut of: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (id, connection) in idle {
            let (count, oldest) = of.entry(connection.peer).or_insert((0, *id));
            *count += 1;
            *oldest = (*oldest).min(*id);
        }
        let most = of.into_values().max_by_key(|(count, _)| *count);
        most.map(|(_, oldest)| oldest)
    }

    /// One line, not one for each.
    fn say(&mut self) {
        self.gone += 1;
        if self.said.is_none_or(|said| said.elapsed() >= SAY) {
            tracing::warn!(
                bound = self.most,
                gone = self.gone,
                "there are more connections than the bound: the oldest without a request are closed"
            );
            self.said = Some(Instant::now());
            self.gone = 0;
        }
    }
}

/// A request that is served; dropping it ends it.
struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn enter(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The answer's body: the request is served until it ends.
struct BusyBody {
    body: Body,
    _call: Busy,
}

impl http_body::Body for BusyBody {
    type Data = axum::body::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod unit {
    use super::*;

    #[test]
    fn e69_the_oldest_connection_without_a_request_goes() {
        let table = Table::new(3);
        let flood: IpAddr = "192.0.2.1".parse().unwrap();
        let user: IpAddr = "192.0.2.2".parse().unwrap();
        let good = table.enter(user).unwrap();
        let first = table.enter(flood).unwrap();
        let second = table.enter(flood).unwrap();
        let third = table.enter(flood).unwrap();
        let ids = |table: &Table| {
            let mut ids: Vec<u64> = table.guard().connections.keys().copied().collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(
            ids(&table),
            [good.id, second.id, third.id],
            "not {}",
            first.id
        );
        let calls = [&good, &second, &third].map(|entry| Busy::enter(&entry.busy));
        assert!(table.enter(user).is_none(), "all serve a request");
        drop(calls);
        table.leave(good.id);
        assert!(table.enter(user).is_some());
    }

    /// A body without an end, which says when it is given up.
    struct Endless(Option<tokio::sync::oneshot::Sender<()>>);

    impl http_body::Body for Endless {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            let part = axum::body::Bytes::from_static(&[b'x'; 64 * 1024]);
            std::task::Poll::Ready(Some(Ok(http_body::Frame::data(part))))
        }
    }

    impl Drop for Endless {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }

    /// A client that asked for the endless body, and what tells that it was given up.
    async fn reader() -> (TcpStream, tokio::sync::oneshot::Receiver<()>) {
        use tokio::io::AsyncWriteExt as _;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.write_all(head.as_bytes()).await.unwrap();
        let (sender, given_up) = tokio::sync::oneshot::channel();
        let body = Arc::new(Mutex::new(Some(Body::new(Endless(Some(sender))))));
        let app =
            Router::new().fallback(move || async move { body.lock().unwrap().take().unwrap() });
        tokio::spawn(serve(listener, app, std::future::pending()));
        (client, given_up)
    }

    /// The clock stands still while there is something to do, and then goes on to the next limit.
    #[tokio::test(start_paused = true)]
    async fn e69_a_reader_that_stops_is_given_up_after_a_minute() {
        let (client, given_up) = reader().await;
        let begin = tokio::time::Instant::now();
        given_up.await.unwrap();
        let waited = begin.elapsed();
        assert!(waited >= READER && waited < 2 * READER, "{waited:?}");
        drop(client);
    }

    #[tokio::test(start_paused = true)]
    async fn e69_a_reader_that_is_slow_is_served() {
        use tokio::io::AsyncReadExt as _;
        let (mut client, mut given_up) = reader().await;
        let mut part = vec![0; 4 * 1024 * 1024];
        for _ in 0..10 {
            tokio::time::sleep(READER * 3 / 4).await;
            client.read_exact(&mut part).await.unwrap();
        }
        assert!(given_up.try_recv().is_err(), "it reads on");
    }
}
