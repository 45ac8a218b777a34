//! Connections: how many there are, how long a head may take, and who goes where there are too many.
//!
//! axum's own `serve` has no bound. Where the bound is reached, the oldest connection that serves no request goes, of the
//! address that has most of them: half a head costs whoever sends it, and nobody else.

mod table;

use axum::body::Bytes;
use exo365_endpoint::Site;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulConnection;
use std::future::Future;
use std::io::{Error, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use table::{Busy, Entry, HEAD, Line, Order, Table};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Most connections, where the process may open files enough.
const MOST: usize = 8192;
/// Files for other things: the database, the log, the sign-in service.
const OTHER_FILES: usize = 128;
/// Memory for what is read and written on a connection, in octets.
const BUFFER: usize = 64 * 1024;
/// Requests on one HTTP/2 connection at a time.
const STREAMS: u32 = 64;
/// After an error of `accept`, such as too many open files.
const REST: Duration = Duration::from_millis(100);
/// How often the table looks at its connections.
const TICK: Duration = Duration::from_secs(1);

/// Connections of a listener for the operator, or for services of this machine.
pub(crate) const FEW: usize = 64;

/// Serves `site` until `stop` resolves; then idle connections are closed, and what is under way is finished. There are at
/// most so many connections.
pub(crate) async fn serve(
    listener: TcpListener,
    site: Site,
    most: usize,
    stop: impl Future<Output = ()>,
) {
    let server = Server::new(site, most);
    let ticks = async {
        loop {
            tokio::time::sleep(TICK).await;
            server.table.tick();
        }
    };
    let served = async {
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
        server.table.finish().await;
    };
    tokio::select! {
        () = served => {}
        () = ticks => {}
    }
}

/// What all connections share.
struct Server {
    site: Site,
    builder: Builder<TokioExecutor>,
    table: Table,
}

impl Server {
    fn new(site: Site, most: usize) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        // How long a head may take is the table's.
        builder
            .http1()
            .header_read_timeout(None)
            .max_buf_size(BUFFER);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(HEAD)
            .keep_alive_timeout(HEAD);
        Self {
            site,
            builder,
            table: Table::new(most),
        }
    }

    /// Serves a connection, in a task of its own. Where there is no place for it, it is closed.
    fn attend(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(entry) = self.table.enter(peer.ip()) else {
            return;
        };
        let (line, site) = (entry.line(), self.site.clone());
        let service = hyper::service::service_fn(move |request| {
            let (call, answer) = (line.begin(), site.clone().answer(request, peer));
            async move {
                let answer = answer.await.map(|body| BusyBody { body, _call: call });
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        // An answer that passes is sent in pieces: each goes at once. A connection that is gone says so at its first use.
        let _ = stream.set_nodelay(true);
        let line = entry.line();
        let stream = TokioIo::new(Watched { stream, line });
        let connection = self.builder.serve_connection(stream, service).into_owned();
        tokio::spawn(Attended {
            connection: Box::pin(connection),
            entry,
            finishes: false,
        });
    }
}

/// A connection that does what the table tells it.
struct Attended<C> {
    connection: Pin<Box<C>>,
    entry: Entry,
    finishes: bool,
}

impl<C: GracefulConnection> Future for Attended<C> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        match this.entry.order(context.waker()) {
            Order::Serve => {}
            Order::Finish if this.finishes => {}
            Order::Finish => {
                this.finishes = true;
                this.connection.as_mut().graceful_shutdown();
            }
            Order::End => return Poll::Ready(()),
        }
        // Whoever went away says so here.
        this.connection.as_mut().poll(context).map(drop)
    }
}

/// A connection's octets. It notes whether those that go out are taken: hyper has no limit on the time of that.
struct Watched {
    stream: TcpStream,
    line: Line,
}

impl Watched {
    fn noted<T>(&self, outcome: Poll<T>) -> Poll<T> {
        self.line.wrote(outcome.is_ready());
        outcome
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<Result<usize, Error>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, octets);
        self.noted(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.noted(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Half of the files that the process may open: in proxy mode each call has a connection to the API as well.
pub(crate) fn many() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    files.map_or(MOST, |files| {
        (files.saturating_sub(OTHER_FILES) / 2).clamp(16, MOST)
    })
}

/// The answer's body: the request is served until it ends.
struct BusyBody<B> {
    body: B,
    _call: Busy,
}

impl<B: http_body::Body<Data = Bytes> + Unpin> http_body::Body for BusyBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
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
    use axum::Router;
    use axum::body::Body;
    use std::sync::{Arc, Mutex};
    use table::READER;

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
        tokio::spawn(serve(
            listener,
            Site::from(app),
            FEW,
            std::future::pending(),
        ));
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

    /// Nothing at all, the beginning of HTTP/2's greeting, half a head, and in HTTP/2 a head whose end does not come.
    #[tokio::test(start_paused = true)]
    async fn e69_whoever_says_too_little_is_given_up_after_half_a_minute() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        // HEADERS of stream 1 without END_HEADERS: `:method: GET`.
        let head = [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82];
        let greeting = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for said in [
            Vec::new(),
            greeting[..8].to_vec(),
            b"GET / HTTP/1.1\r\nHost: local".to_vec(),
            [&greeting[..], &settings].concat(),
            [&greeting[..], &settings, &head].concat(),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let site = Site::from(Router::new());
            let server = tokio::spawn(serve(listener, site, FEW, std::future::pending()));
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(&said).await.unwrap();
            let begin = tokio::time::Instant::now();
            let mut heard = Vec::new();
            // A connection that is cut has an error in place of an end.
            let _ = client.read_to_end(&mut heard).await;
            let waited = begin.elapsed();
            assert!(waited >= HEAD && waited < 2 * HEAD, "{said:?}: {waited:?}");
            server.abort();
        }
    }
}
