//! The binary: one sentence and one exit code for what keeps it from starting, and an orderly end.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const CONFIG: &str = "client_id = \"11111111-2222-3333-4444-555555555555\"\n\
    redirect_uris = [\"https://app.contoso.example/\"]\n\
    origins = [\"https://app.contoso.example\"]\n\
    insecure_loopback = true\n";

fn command(folder: &Path, config: &str) -> Command {
    std::fs::write(folder.join("endpoint.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_exo365-endpoint"));
    command
        .current_dir(folder)
        .args(["--port-file", "port"])
        .env("EXO365_CLIENT_SECRET", "hush")
        .env_remove("EXO365_SEAL_KEYS")
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn ended(mut command: Command) -> (i32, String) {
    let Output {
        status,
        stderr,
        stdout,
    } = command.output().unwrap();
    assert!(stdout.is_empty());
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn what_keeps_it_from_starting_is_one_sentence_and_one_code() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for (extra, code, words) in [
        (
            format!("listen = \"127.0.0.1:{port}\""),
            4,
            format!("port {port} is taken"),
        ),
        ("orgins = []".into(), 2, "`origins` may be meant".into()),
        (
            "seal_keys_file = \"nowhere\"".into(),
            3,
            "nowhere cannot be read".into(),
        ),
        (
            "listen = \"127.0.0.1:0\"\ndatabase = \"no/such/folder/db\"".into(),
            5,
            "cannot be opened".into(),
        ),
        ("page = \"nowhere\"".into(), 6, "cannot be read".into()),
    ] {
        let (status, said) = ended(command(dir.path(), &format!("{CONFIG}{extra}\n")));
        let last = said.trim().lines().last().unwrap_or_default();
        assert_eq!(status, code, "{said}");
        assert!(
            last.starts_with("exo365-endpoint: ") && last.contains(&words),
            "{said}"
        );
        assert!(
            !said.contains("hush") && !said.contains("panicked"),
            "{said}"
        );
    }
    let mut without = command(dir.path(), CONFIG);
    without.env_remove("EXO365_CLIENT_SECRET");
    let (status, said) = ended(without);
    assert!(
        status == 3 && said.contains("EXO365_CLIENT_SECRET"),
        "{said}"
    );
}

/// Waits for `probe`, at most 20 seconds.
fn until<T>(mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        if let Some(found) = probe() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

#[cfg(unix)]
#[test]
fn it_tells_its_port_and_ends_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let config = format!("{CONFIG}listen = \"127.0.0.1:0\"\nshutdown_grace_seconds = 600\n");
    let mut child: Child = command(dir.path(), &config).spawn().unwrap();
    let read = || {
        std::fs::read_to_string(dir.path().join("port"))
            .ok()?
            .parse::<u16>()
            .ok()
    };
    let port = until(read);
    // An idle connection does not hold it up.
    let idle = port.map(|port| std::net::TcpStream::connect(("127.0.0.1", port)));
    let asked = Command::new("kill").arg(child.id().to_string()).status();
    let status = until(|| child.try_wait().unwrap());
    if status.is_none() {
        child.kill().unwrap();
    }
    assert!(matches!(idle, Some(Ok(_))) && asked.is_ok());
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
}

/// One request over a socket of its own; the answer as text.
fn get(port: u16, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(&[out.as_slice(), err].concat()).into_owned()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exo365-endpoint"));
    command
        .current_dir(folder)
        .args(arguments)
        .env("EXO365_CLIENT_SECRET", "hush")
        .env_remove("EXO365_SEAL_KEYS");
    command.output().unwrap()
}

/// E49: the binary tells the routes the peer's address; the operator's routes are on their own listener.
#[cfg(unix)]
#[test]
fn e49_a_process_limits_by_address_and_tells_its_operator() {
    let dir = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics = free.local_addr().unwrap().port();
    drop(free);
    let config = format!(
        "{CONFIG}listen = \"127.0.0.1:0\"\nlimit_per_address = 2\nmetrics_listen = \"127.0.0.1:{metrics}\"\n"
    );
    let mut child: Child = command(dir.path(), &config).spawn().unwrap();
    let port = until(|| {
        let text = std::fs::read_to_string(dir.path().join("port")).ok()?;
        text.parse::<u16>().ok()
    });
    let port = port.unwrap();
    let path = "/auth/session";
    let answers: Vec<String> = (0..3).map(|_| get(port, path)).collect();
    let health = get(metrics, "/healthz");
    let ready = get(metrics, "/readyz");
    let counted = get(metrics, "/metrics");
    let elsewhere = get(port, "/metrics");
    let list = run(dir.path(), &["sessions", "list"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(answers[1].starts_with("HTTP/1.1 405"), "{answers:?}");
    assert!(answers[2].starts_with("HTTP/1.1 429"), "{answers:?}");
    assert!(health.starts_with("HTTP/1.1 200") && ready.starts_with("HTTP/1.1 200"));
    assert!(counted.contains("outcome=\"throttled\"} 1"), "{counted}");
    assert!(elsewhere.starts_with("HTTP/1.1 404"), "{elsewhere}");
    assert_eq!(list.status.code(), Some(5));
    assert!(said(&list).contains("stop it first"), "{}", said(&list));
    let list = run(dir.path(), &["sessions", "list"]);
    assert!(
        list.status.success() && list.stdout.is_empty(),
        "{}",
        said(&list)
    );
}

#[test]
fn commands_take_the_configuration_on_either_side_and_tell_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    // Nothing listens there.
    let config = format!("{CONFIG}login = \"http://localhost:1\"\n");
    std::fs::write(dir.path().join("my.toml"), config).unwrap();
    for arguments in [
        ["check", "--config", "my.toml"],
        ["--config", "my.toml", "check"],
    ] {
        let output = run(dir.path(), &arguments);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(8), "{text}");
        assert!(
            text.contains("wrong  the sign-in service cannot be reached"),
            "{text}"
        );
        assert!(!text.contains("hush"), "{text}");
    }
    let none = run(dir.path(), &["sessions", "list", "--config", "my.toml"]);
    assert_eq!(none.status.code(), Some(5), "{}", said(&none));
    assert!(
        said(&none).contains("there is no database"),
        "{}",
        said(&none)
    );
    assert!(!dir.path().join("exo365-sessions.db").exists());
    let nobody = run(dir.path(), &["sessions", "revoke", "--config", "my.toml"]);
    assert!(said(&nobody).contains("--user"), "{}", said(&nobody));
}

#[test]
fn all_may_come_by_the_environment_and_then_no_file_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [
        ("EXO365_REDIRECT_URIS", "[\"http://localhost:8080/\"]"),
        ("EXO365_ORIGINS", "[\"http://localhost:8080\"]"),
        ("EXO365_INSECURE_LOOPBACK", "true"),
        // Nothing listens there.
        ("EXO365_LOGIN", "http://localhost:1"),
        ("EXO365_CLIENT_SECRET", "hush"),
    ];
    let ask = |client: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exo365-endpoint"));
        command
            .current_dir(dir.path())
            .arg("check")
            .envs(variables)
            .env_remove("EXO365_CLIENT_ID")
            .envs(client.map(|id| ("EXO365_CLIENT_ID", id)));
        command.output().unwrap()
    };
    let output = ask(Some("11111111-2222-3333-4444-555555555555"));
    let text = said(&output);
    assert_eq!(output.status.code(), Some(8), "{text}");
    assert!(text.contains("sign-in service cannot be reached"), "{text}");
    let output = ask(None);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("endpoint.toml cannot be read"));
    let output = ask(Some("hush"));
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("`client_id`") && !text.contains("hush"),
        "{text}"
    );
}
