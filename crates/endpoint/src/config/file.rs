//! The configuration file: names and types of its keys, and the nearest name for an unknown key.

use super::addresses;
use super::environment;
use super::keys::KEYS;
use crate::base::problem::Problem;
use exo365_core::wire::{Flavor, Identity};
use serde::Deserialize;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The keys of the file.
#[cfg_attr(test, derive(Debug))]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) client_id: String,
    #[serde(default = "organizations")]
    pub(super) tenant: String,
    pub(super) cloud: Option<String>,
    pub(super) login: Option<String>,
    pub(super) api_origin: Option<String>,
    #[serde(default)]
    pub(super) api: Flavor,
    pub(super) identity: Option<Identity>,
    #[serde(default)]
    pub(super) mode: Option<String>,
    pub(super) proxy_paths: Option<Vec<String>>,
    pub(super) preload_paths: Option<Vec<String>>,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) resources: Vec<String>,
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    pub(super) post_logout_redirect_uri: Option<String>,
    #[serde(default)]
    pub(super) origins: Vec<String>,
    #[serde(default)]
    pub(super) cross_origins: Vec<String>,
    #[serde(default)]
    pub(super) tenants: Vec<String>,
    #[serde(default = "rs256")]
    pub(super) id_token_algorithms: Vec<String>,
    #[serde(default = "listen")]
    pub(super) listen: SocketAddr,
    #[serde(default = "base")]
    pub(super) base: String,
    pub(super) public_base: Option<String>,
    #[serde(default)]
    pub(super) insecure_loopback: bool,
    #[serde(default)]
    pub(super) behind_tls_proxy: bool,
    pub(super) page: Option<PathBuf>,
    #[serde(default)]
    pub(super) page_images: Vec<String>,
    #[serde(default = "database")]
    pub(super) database: PathBuf,
    pub(super) store: Option<String>,
    pub(super) store_url_file: Option<PathBuf>,
    pub(super) store_ca_file: Option<PathBuf>,
    pub(super) store_replicas: Option<u32>,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) seal_keys_file: Option<PathBuf>,
    pub(super) cookie: Option<String>,
    #[serde(default = "idle")]
    pub(super) session_idle_hours: u32,
    #[serde(default = "lifetime")]
    pub(super) session_lifetime_days: u32,
    #[serde(default)]
    pub(super) proxies: Vec<String>,
    pub(super) proxy_header: Option<String>,
    #[serde(default = "per_address")]
    pub(super) limit_per_address: u32,
    #[serde(default = "per_session")]
    pub(super) limit_per_session: u32,
    pub(super) metrics_listen: Option<SocketAddr>,
    #[serde(default = "grace")]
    pub(super) shutdown_grace_seconds: u32,
    pub(super) client_certificate_file: Option<PathBuf>,
    pub(super) client_key_file: Option<PathBuf>,
    pub(super) client_assertion: Option<String>,
    pub(super) secret_files: Option<String>,
}

fn organizations() -> String {
    "organizations".into()
}

fn rs256() -> Vec<String> {
    vec!["RS256".into()]
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8365))
}

fn base() -> String {
    "/auth".into()
}

fn database() -> PathBuf {
    "exo365-sessions.db".into()
}

const fn idle() -> u32 {
    7 * 24
}

const fn lifetime() -> u32 {
    30
}

const fn grace() -> u32 {
    30
}

const fn per_address() -> u32 {
    6000
}

const fn per_session() -> u32 {
    1200
}

/// `text` as it is meant: some editors begin a file with a byte order mark.
pub(super) fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl File {
    /// Reads TOML text; variables of the `environment` override the keys that they are named after.
    ///
    /// # Errors
    /// [`Problem::Config`]: names the nearest key for one that does not exist.
    pub(super) fn read(
        text: &str,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        // The parser's own message quotes the line, which could hold a misplaced secret.
        let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            Problem::Config(format!("the configuration is no TOML: {}", error.message()))
        })?;
        if let Some(odd) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(Problem::Config(unknown_key(odd)));
        }
        environment::overlay(&mut table, environment)?;
        table.try_into().map_err(|error: toml::de::Error| {
            Problem::Config(format!("the configuration is wrong: {}", error.message()))
        })
    }
}

/// The text of the file; empty if it is missing and the environment configures everything.
///
/// # Errors
/// [`Problem::Config`].
pub(crate) fn text(
    file: &Path,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<String, Problem> {
    let given = environment(&environment::variable("client_id")).is_some();
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(without_byte_order_mark(&text).to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound && given => Ok(String::new()),
        Err(error) => Err(Problem::config(format!(
            "{} cannot be read: {error}",
            file.display()
        ))),
    }
}

impl File {
    /// Normalizes addresses and ids. Invalid ones stay as they are, and the checks refuse them.
    pub(super) fn normalize(&mut self) {
        let one = |text: &mut String, form: fn(&str) -> Option<String>| {
            if let Some(same) = form(text) {
                *text = same;
            }
        };
        for text in [&mut self.login, &mut self.api_origin]
            .into_iter()
            .flatten()
        {
            one(text, addresses::origin);
        }
        for text in self.origins.iter_mut().chain(&mut self.cross_origins) {
            one(text, addresses::origin);
        }
        for text in &mut self.redirect_uris {
            one(text, addresses::redirect_uri);
        }
        for text in self.post_logout_redirect_uri.iter_mut() {
            one(text, addresses::redirect_uri);
        }
        self.client_id.make_ascii_lowercase();
        self.tenant.make_ascii_lowercase();
        for tenant in &mut self.tenants {
            tenant.make_ascii_lowercase();
        }
    }
}

fn unknown_key(odd: &str) -> String {
    if odd.contains("secret") {
        return format!(
            "the configuration has no key `{odd}`: the secret goes into the environment variable \
             EXO365_CLIENT_SECRET or into the file that `client_secret_file` names"
        );
    }
    let nearest = KEYS.iter().min_by_key(|key| distance(odd, key));
    let nearest = nearest.filter(|key| distance(odd, key) <= 3);
    let hint = nearest.map_or_else(
        || format!("its keys are {}", KEYS.join(", ")),
        |key| format!("`{key}` may be meant"),
    );
    format!("the configuration has no key `{odd}`: {hint}")
}

/// Levenshtein's distance.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.bytes().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (b, cell) in other.bytes().zip(row.iter_mut().skip(1)) {
            let value = (diagonal + usize::from(a != b))
                .min(left + 1)
                .min(*cell + 1);
            diagonal = *cell;
            *cell = value;
            left = value;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod unit {
    use super::*;

    fn read(text: &str) -> Result<File, Problem> {
        File::read(text, &|_| None)
    }

    #[test]
    fn distances() {
        for (one, other, wanted) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("scope", "scopes", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), wanted, "{one} {other}");
            assert_eq!(distance(other, one), wanted, "{one} {other}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest() {
        let said = |text: &str| {
            read(text)
                .err()
                .map(|problem| problem.to_string())
                .unwrap_or_default()
        };
        assert!(said("redirect_uri = []").contains("`redirect_uris` may be meant"));
        assert!(said("zzzzzzzzzz = 1").contains("its keys are api, "));
        let secret = said("client_secret = \"hush\"");
        assert!(
            secret.contains("EXO365_CLIENT_SECRET") && !secret.contains("hush"),
            "{secret}"
        );
        let broken = said("client_secret = \"hush");
        assert!(
            broken.contains("no TOML") && !broken.contains("hush"),
            "{broken}"
        );
        assert!(
            said("client_id = 7").contains("client_id") || said("client_id = 7").contains("string")
        );
    }

    #[test]
    fn every_key_is_in_the_readme() {
        let readme = include_str!("../../README.md");
        let mut rows = readme.lines().filter(|line| line.starts_with("| `"));
        for key in KEYS {
            let named = rows.clone().any(|row| {
                row.split('|')
                    .nth(1)
                    .is_some_and(|names| names.contains(&format!("`{key}`")))
            });
            assert!(named, "{key} has no row");
        }
        assert!(rows.next().is_some());
    }

    /// The example has each key once, with a value that the file takes.
    #[test]
    fn every_key_is_in_the_example() {
        let example = include_str!("../../deploy/endpoint.toml");
        let mut found: Vec<&str> = Vec::new();
        for line in example.lines().map(|line| line.trim_start_matches("# ")) {
            let Some((key, _)) = line.split_once(" = ") else {
                continue;
            };
            assert!(KEYS.contains(&key) && !found.contains(&key), "{line}");
            found.push(key);
            let id = if key == "client_id" {
                ""
            } else {
                "client_id = \"x\""
            };
            let read = read(&format!("{line}\n{id}"));
            assert!(read.is_ok(), "{line}: {:?}", read.err());
        }
        found.sort_unstable();
        assert_eq!(found, KEYS);
    }

    #[test]
    fn every_key_is_one_of_the_file() {
        for key in KEYS {
            let said = read(&format!("{key} = {{ x = 1 }}"))
                .err()
                .map(|problem| problem.to_string());
            assert!(!said.unwrap_or_default().contains("unknown field"), "{key}");
        }
    }
}
