//! The two servers: built, started on loopback ports, and ended with us.

use crate::{files, project, run};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The secret that the local tenant knows its one application by. Not a secret of anybody.
const SECRET: &str = "local-tenant-secret-not-for-production";
const START: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(3);

/// How the servers are compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Quick to run: for measurements.
    Server,
}

/// Where the built servers are.
pub(crate) struct Programs {
    pub(crate) tenant: PathBuf,
    pub(crate) endpoint: PathBuf,
}

/// The native tests of the workspace were built.
static TESTED: AtomicBool = AtomicBool::new(false);

impl Programs {
    /// From now on the servers for development are built as the native tests need them. Alone, they have fewer features of their
    /// dependencies, which would be compiled once more.
    pub(crate) fn share_with_tests() {
        TESTED.store(true, Ordering::Relaxed);
    }

    /// Builds both.
    pub(crate) fn build(profile: Profile) -> Result<Self> {
        let (name, folder) = match profile {
            Profile::Dev => ("dev", "debug"),
            Profile::Server => ("server", "server"),
        };
        run::say("building the local tenant and the endpoint");
        let tested = matches!(profile, Profile::Dev) && TESTED.load(Ordering::Relaxed);
        let what: &[&str] = match tested {
            true => &[
                "--workspace",
                "--tests",
                "--bin",
                "exo365-tenant",
                "--bin",
                "exo365-endpoint",
            ],
            false => &["--package", "exo365-tenant", "--package", "exo365-endpoint"],
        };
        let mut build = run::cargo();
        build.arg("build").args(what);
        run::run(build.args(["--profile", name]), "building the servers")?;
        let dir = project::target().join(folder);
        let suffix = std::env::consts::EXE_SUFFIX;
        Ok(Self {
            tenant: dir.join(format!("exo365-tenant{suffix}")),
            endpoint: dir.join(format!("exo365-endpoint{suffix}")),
        })
    }

    /// Tells `command` where they are, by the environment.
    pub(crate) fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("EXO365_TENANT_BIN", &self.tenant)
            .env("EXO365_ENDPOINT_BIN", &self.endpoint)
    }
}

/// A free port on loopback, or `wanted` if that is free.
pub(crate) fn free_port(wanted: Option<u16>) -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.unwrap_or(0))).with_context(|| {
            format!(
                "port {} is taken; choose another with --port, or leave --port out for a free one",
                wanted.unwrap_or(0)
            )
        })?;
    Ok(listener.local_addr()?.port())
}

/// Tenant, endpoint and page, running.
pub(crate) struct Stack {
    pub(crate) page_url: String,
    pub(crate) tenant: Server,
    pub(crate) endpoint: Server,
}

impl Stack {
    /// Starts the tenant, then an endpoint that serves `page` on `port`.
    pub(crate) fn start(programs: &Programs, page: &Path, port: u16) -> Result<Self> {
        let work = project::target().join("demo");
        files::fresh(&work)?;
        let mut tenant = Command::new(&programs.tenant);
        tenant.args(["--port", "0", "--seed", "full"]);
        // So that the demo shows a step-up.
        tenant.args(["--step-up", "PATCH /me/mailboxSettings"]);
        let tenant = Server::start("tenant", tenant, &work)?;
        let page_url = format!("http://localhost:{port}/");
        let config = work.join("endpoint.toml");
        fs::write(&config, endpoint_config(&tenant.url(), page, port, &work))?;
        let mut endpoint = Command::new(&programs.endpoint);
        endpoint
            .arg("--config")
            .arg(&config)
            .env("EXO365_CLIENT_SECRET", SECRET);
        let endpoint = Server::start("endpoint", endpoint, &work)?;
        Ok(Self {
            page_url,
            tenant,
            endpoint,
        })
    }

    /// The server that has ended by itself, with its last words.
    pub(crate) fn casualty(&mut self) -> Option<String> {
        [&mut self.tenant, &mut self.endpoint]
            .into_iter()
            .find_map(Server::casualty)
    }
}

fn endpoint_config(tenant: &str, page: &Path, port: u16, work: &Path) -> String {
    let page_url = format!("http://localhost:{port}");
    format!(
        "client_id = \"11111111-2222-3333-4444-555555555555\"\n\
         tenant = \"organizations\"\n\
         login = \"{tenant}\"\n\
         api_origin = \"{tenant}\"\n\
         api = \"graph\"\n\
         identity = \"v2\"\n\
         scopes = [\"User.Read\", \"Mail.ReadWrite\", \"Mail.Send\", \"Calendars.ReadWrite\", \"Contacts.ReadWrite\", \"MailboxSettings.ReadWrite\"]\n\
         redirect_uris = [\"{page_url}/\", \"{page_url}/index.html\"]\n\
         origins = [\"{page_url}\"]\n\
         listen = \"127.0.0.1:{port}\"\n\
         insecure_loopback = true\n\
         page = {page:?}\n\
         page_images = [\"https:\"]\n\
         database = {database:?}\n",
        database = work.join("sessions.db"),
    )
}

/// A server process; it ends when this is dropped.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
    port: u16,
}

impl Server {
    fn start(name: &'static str, mut command: Command, work: &Path) -> Result<Self> {
        let log = work.join(format!("{name}.log"));
        let port_file = work.join(format!("{name}.port"));
        let out = File::create(&log)?;
        command
            .arg("--port-file")
            .arg(&port_file)
            .stdout(out.try_clone()?)
            .stderr(out);
        let child = command
            .spawn()
            .with_context(|| format!("starting the {name}"))?;
        let mut server = Self {
            name,
            child,
            log,
            port: 0,
        };
        let begin = Instant::now();
        while begin.elapsed() < START {
            if let Some(port) = fs::read_to_string(&port_file)
                .ok()
                .and_then(|text| text.trim().parse().ok())
            {
                server.port = port;
                return Ok(server);
            }
            if let Some(words) = server.casualty() {
                bail!(words);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!(
            "the {name} did not start in {} s; see {}",
            START.as_secs(),
            server.log.display()
        )
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn casualty(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let words = fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<_> = words.trim().lines().rev().take(5).collect();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
        Some(format!(
            "the {} ended ({status}); its last words:\n{last}",
            self.name
        ))
    }
}

impl Drop for Server {
    /// Asks first, so that the database is closed in order; then insists.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let begin = Instant::now();
        while asked.is_ok() && begin.elapsed() < END {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // Already gone is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_cure() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = free_port(Some(port)).unwrap_err().to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--port"),
            "{error}"
        );
        assert_ne!(free_port(None).unwrap(), 0);
    }

    #[test]
    fn a_server_that_dies_at_once_tells_its_last_words() {
        let work = std::env::temp_dir().join(format!("exo365-servers-{}", std::process::id()));
        files::fresh(&work).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such mailbox >&2; exit 3"]);
        let error = Server::start("tenant", command, &work)
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("no such mailbox") && error.contains('3'),
            "{error}"
        );
        fs::remove_dir_all(work).unwrap();
    }
}
