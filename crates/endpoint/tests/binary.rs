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
    let config = format!("{CONFIG}listen = \"127.0.0.1:0\"\n");
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
