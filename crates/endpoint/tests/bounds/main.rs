//! The binary among clients that hold it up: half heads, a log that nobody reads; and its way out through a proxy.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

// Shared with the tests inside the crate, which use more of it.
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../src/tests/fake.rs"]
mod fake;
mod held;
#[path = "../process/mod.rs"]
mod process;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const NONCE: &str = "marker-nonce";
const PAGE: &str = "https://app.contoso.example";
const CONFIG: &str = "client_id = \"11111111-2222-3333-4444-555555555555\"\n\
    redirect_uris = [\"https://app.contoso.example/\"]\norigins = [\"https://app.contoso.example\"]\n\
    insecure_loopback = true\nlisten = \"127.0.0.1:0\"\nlimit_per_address = 0\n";

/// The binary; it ends with the test.
struct Endpoint {
    child: Child,
    port: u16,
}

impl Endpoint {
    /// Starts it by a shell, after `before`.
    fn start(dir: &Path, before: &str) -> Self {
        std::fs::write(dir.join("endpoint.toml"), CONFIG).unwrap();
        let program = env!("CARGO_BIN_EXE_exo365-endpoint");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{before} exec {program} --port-file port")])
            .current_dir(dir)
            .env("EXO365_CLIENT_SECRET", "hush")
            .env("EXO365_LOG", "debug")
            .stderr(Stdio::piped());
        let mut endpoint = Self {
            child: shell.spawn().unwrap(),
            port: 0,
        };
        let begin = Instant::now();
        while endpoint.port == 0 {
            let text = std::fs::read_to_string(dir.join("port")).unwrap_or_default();
            endpoint.port = text.parse().unwrap_or_default();
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "it does not start"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        endpoint
    }

    /// One request on a connection of its own; the status line, and how long it took.
    fn ask(&self) -> (String, Duration) {
        let begin = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let head =
            "GET /auth/openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        (line, begin.elapsed())
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn e69_half_heads_up_to_the_bound_keep_nobody_out() {
    let dir = tempfile::tempdir().unwrap();
    // The bound is half of what is left of the files: 64.
    let endpoint = Endpoint::start(dir.path(), "ulimit -n 256;");
    let (status, _) = endpoint.ask();
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    let mut halves = Vec::new();
    for _ in 0..300 {
        let mut half = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
        half.write_all(b"GET /auth/session HTTP/1.1\r\nHost: local")
            .unwrap();
        halves.push(half);
    }
    for _ in 0..20 {
        let (status, time) = endpoint.ask();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        assert!(time < Duration::from_secs(10), "{time:?}");
    }
    drop(halves);
}

/// The operator's listener takes no more files than its share.
#[test]
fn e69_half_heads_at_the_operators_listener_keep_nobody_out() {
    let dir = tempfile::tempdir().unwrap();
    // Nobody else takes the port in the meantime: ports are given in turn.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let operator = free.local_addr().unwrap();
    drop(free);
    let before = format!("ulimit -n 256; export EXO365_METRICS_LISTEN={operator};");
    let endpoint = Endpoint::start(dir.path(), &before);
    let mut halves = Vec::new();
    for _ in 0..300 {
        let mut half = TcpStream::connect(operator).unwrap();
        half.write_all(b"GET /readyz HTTP/1.1\r\nHost: local")
            .unwrap();
        halves.push(half);
    }
    for _ in 0..5 {
        let (status, time) = endpoint.ask();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        assert!(time < Duration::from_secs(10), "{time:?}");
        let mut stream = TcpStream::connect(operator).unwrap();
        let head = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    }
    drop(halves);
}

#[test]
fn e70_a_log_that_nobody_reads_holds_up_no_request() {
    let dir = tempfile::tempdir().unwrap();
    let mut endpoint = Endpoint::start(dir.path(), "");
    // Each writes a line, and the pipe holds 64 kB.
    for _ in 0..3000 {
        let mut stream = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let head = "POST /auth/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Exo365: 1\r\n\
            Origin: https://app.contoso.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(endpoint.child.try_wait().unwrap().is_none(), "it runs on");
}

/// What does not fit is lost, and counted as soon as somebody reads again.
#[test]
fn e70_lines_of_the_log_that_nobody_took_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut endpoint = Endpoint::start(dir.path(), "");
    let stream = TcpStream::connect(("127.0.0.1", endpoint.port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut answers = BufReader::new(&stream);
    // More than the pipe and the queue behind it hold.
    for _ in 0..8000 {
        let head = "POST /auth/session HTTP/1.1\r\nHost: x\r\nX-Exo365: 1\r\n\
            Origin: https://app.contoso.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        (&stream).write_all(head.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        answers.read_exact(&mut vec![0; length]).unwrap();
    }
    let log = BufReader::new(endpoint.child.stderr.take().unwrap());
    let told = log
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains("lines of the log were lost"))
        .unwrap();
    let count = told.rsplit("lines=").next().unwrap();
    let count: String = count.chars().filter(char::is_ascii_digit).collect();
    let count: u64 = count.parse().unwrap();
    assert!((100..8000).contains(&count), "{told}");
}

#[test]
fn e82_the_way_out_goes_by_the_proxy_of_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    // The API is asked as well, in any order.
    let asked = std::thread::spawn(move || {
        loop {
            let (stream, _) = proxy.accept().unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            let _ = (&stream).write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            if !line.contains("graph.microsoft.com") {
                return line;
            }
        }
    });
    let config = "client_id = \"11111111-2222-3333-4444-555555555555\"\n\
        redirect_uris = [\"https://app.contoso.example/\"]\norigins = [\"https://app.contoso.example\"]\n\
        behind_tls_proxy = true\nlogin = \"https://login.contoso.example\"\n";
    std::fs::write(dir.path().join("endpoint.toml"), config).unwrap();
    let check = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exo365-endpoint"));
        command
            .arg("check")
            .current_dir(dir.path())
            .env("EXO365_CLIENT_SECRET", "hush")
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    check(&[("HTTPS_PROXY", &address)]);
    assert_eq!(
        asked.join().unwrap(),
        "CONNECT login.contoso.example:443 HTTP/1.1\r\n"
    );
    // Not for these hosts: nobody listens there, and the name is nobody's.
    let (status, text) = check(&[
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("NO_PROXY", "contoso.example"),
    ]);
    assert_eq!(status, Some(8), "{text}");
    let (status, text) = check(&[("HTTPS_PROXY", "http://user:hush@[")]);
    assert_eq!(status, Some(2), "{text}");
    assert!(
        text.contains("HTTPS_PROXY") && !text.contains("hush"),
        "{text}"
    );
}
