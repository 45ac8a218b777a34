//! A real `redis-server` on a free port of this machine, in a folder of its own; or the program that
//! `EXO365_REDIS_SERVER` names, such as a `valkey-server`.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The server; it ends with the test.
pub(crate) struct Server {
    child: Child,
    port: u16,
    dir: tempfile::TempDir,
    tls: bool,
    /// Options after the usual ones.
    more: Vec<String>,
}

/// A certificate with its key, and the authority behind it (PEM).
pub(crate) type Identity = ((String, String), String);

/// A certificate for `localhost`.
pub(crate) fn certificates() -> Identity {
    certificates_for("localhost")
}

/// A certificate for a name or an address.
pub(crate) fn certificates_for(name: &str) -> Identity {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, key);
    let own = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    // With its issuer's name OpenSSL would take it for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.signed_by(&own, &issuer).unwrap();
    ((certificate.pem(), own.serialize_pem()), pem)
}

impl Server {
    /// Starts one; `None` where the machine has no `redis-server`.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with more options.
    pub(crate) fn start_with(more: &[&str]) -> Option<Self> {
        Self::begin(tempfile::tempdir().unwrap(), false, more)
    }

    /// The same over TLS, with the authority to trust (PEM).
    pub(crate) fn start_tls() -> Option<(Self, String)> {
        let identity = certificates();
        Some((Self::start_tls_with(&identity, &[])?, identity.1))
    }

    /// The same with this certificate, and with more options.
    pub(crate) fn start_tls_with(identity: &Identity, more: &[&str]) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        write(identity, dir.path());
        Self::begin(dir, true, more)
    }

    fn begin(dir: tempfile::TempDir, tls: bool, more: &[&str]) -> Option<Self> {
        let more: Vec<String> = more.iter().map(|&one| one.to_owned()).collect();
        for _ in 0..5 {
            let port = free_port();
            let Some(child) = run(port, dir.path(), tls, &more)? else {
                // Somebody else was quicker at this port.
                continue;
            };
            return Some(Self {
                child,
                port,
                dir,
                tls,
                more,
            });
        }
        panic!("redis-server does not start");
    }

    /// Its address, as the configuration takes it.
    pub(crate) fn address(&self) -> String {
        let place = if self.tls {
            "rediss://localhost"
        } else {
            "redis://127.0.0.1"
        };
        format!("{place}:{}", self.port)
    }

    /// The port alone.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Sends it a signal: `STOP` makes it fall silent, `CONT` lets it go on.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.args([format!("-{name}"), self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// Pulls the plug.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, with what it had on the disk.
    pub(crate) fn start_again(&mut self) {
        self.child = run(self.port, self.dir.path(), self.tls, &self.more)
            .unwrap()
            .unwrap();
    }

    /// All that it wrote.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.dir.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// Puts a certificate, its key and the authority into a folder, as `cert`, `key` and `ca`.
pub(crate) fn write(((certificate, key), authority): &Identity, dir: &Path) {
    for (name, text) in [("cert", certificate), ("key", key), ("ca", authority)] {
        std::fs::write(dir.join(name), text).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free for the moment.
pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Runs it until it takes connections; the inner `None` where it ended before that.
fn run(port: u16, dir: &Path, tls: bool, more: &[String]) -> Option<Option<Child>> {
    let program = std::env::var_os("EXO365_REDIS_SERVER");
    let mut command = Command::new(program.as_deref().unwrap_or("redis-server".as_ref()));
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
    let port = port.to_string();
    if tls {
        command.args([
            "--port",
            "0",
            "--tls-port",
            &port,
            "--tls-auth-clients",
            "no",
        ]);
        command.args(["--tls-cert-file", "cert", "--tls-key-file", "key"]);
        command.args(["--tls-ca-cert-file", "ca"]).current_dir(dir);
    } else {
        command.args(["--port", &port]);
    }
    command.args(["--appendfsync", "always"]);
    command.arg("--dir").arg(dir).args(more);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else {
        assert!(
            program.is_none(),
            "the program of EXO365_REDIS_SERVER does not start"
        );
        println!("skipped: redis-server is missing");
        return None;
    };
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = String::new();
    let ready = lines.any(|line| {
        last = line.unwrap();
        last.contains("Ready to accept connections")
    });
    if !ready {
        child.wait().unwrap();
        if last.contains("TLS support") {
            println!("skipped: this server was built without TLS");
            return None;
        }
        return Some(None);
    }
    // It goes on talking: without a reader it would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Some(Some(child))
}
