//! The address of a shared store: one server, the sentinels that know the primary, or nodes of a cluster.
//!
//! ```text
//! redis://[user:password@]host[:port][/db]                                   one server; unix:// for a socket
//! redis+sentinel://[user:password@]host[:port],host[:port]/primary[/db]      ?sentinel_username=&sentinel_password=
//! redis+cluster://[user:password@]host[:port],host[:port]
//! ```
//!
//! `rediss` in place of `redis` is TLS; `valkey` and `valkeys` mean the same two.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo};

/// Port of a sentinel whose address has none.
const SENTINEL_PORT: u16 = 26379;

/// What a valid address looks like.
const FORM: &str = "is an address such as redis://127.0.0.1:6379/0, rediss://store.contoso.example:6380, unix:///run/redis/redis.sock, \
     redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/primary or redis+cluster://10.0.0.1:6379,10.0.0.2:6379";

/// What stands at the addresses.
#[derive(Clone)]
pub(crate) enum Kind {
    /// One server, or a primary behind one address.
    Server,
    /// Sentinels. They know the address of the primary.
    Sentinel {
        /// The name under which the sentinels watch it.
        primary: String,
        /// Credentials and database number at the primary.
        login: RedisConnectionInfo,
    },
    /// Nodes of a cluster. They know all others.
    Cluster,
}

/// A parsed address.
#[derive(Clone)]
pub(crate) struct StoreAddress {
    pub(crate) kind: Kind,
    /// What is connected to: the server, the sentinels, or the first nodes of the cluster. Never empty.
    pub(crate) nodes: Vec<ConnectionInfo>,
}

impl StoreAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub(crate) fn parse(address: &str) -> Result<Self, &'static str> {
        // A fragment can turn the check of certificates off.
        if address.contains('#') {
            return Err("has a fragment, which is for addresses without security: leave it out");
        }
        let (scheme, rest) = address.split_once("://").ok_or(FORM)?;
        match scheme.split_once('+') {
            None => Ok(Self {
                kind: Kind::Server,
                nodes: vec![address.into_connection_info().map_err(|_| FORM)?],
            }),
            Some((scheme, "sentinel")) => sentinel(scheme, rest),
            Some((scheme, "cluster")) => cluster(scheme, rest),
            Some(_) => Err(FORM),
        }
    }

    /// Whether it holds a password.
    pub(crate) fn has_password(&self) -> bool {
        let login = match &self.kind {
            Kind::Sentinel { login, .. } => login.password().is_some(),
            Kind::Server | Kind::Cluster => false,
        };
        login
            || self
                .nodes
                .iter()
                .any(|node| node.redis_settings().password().is_some())
    }

    /// Whether the way to the store is encrypted.
    pub(crate) fn is_tls(&self) -> bool {
        self.nodes
            .iter()
            .any(|node| matches!(node.addr(), ConnectionAddr::TcpTls { .. }))
    }

    /// How many replicas have to hold a write before it counts, where the configuration does not say.
    pub(crate) const fn replicas(&self) -> u32 {
        match self.kind {
            Kind::Server => 0,
            Kind::Sentinel { .. } | Kind::Cluster => 1,
        }
    }
}

/// Parts of what follows the scheme: user and password with their `@`, hosts, path, query.
struct Parts<'a> {
    user: &'a str,
    hosts: Vec<&'a str>,
    path: &'a str,
    query: &'a str,
}

fn parts(rest: &str) -> Parts<'_> {
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, hosts) = authority
        .rfind('@')
        .map_or(("", authority), |at| authority.split_at(at + 1));
    Parts {
        user,
        hosts: hosts.split(',').collect(),
        path,
        query,
    }
}

/// A TCP address by the parser of the redis crate; it decodes what is percent-encoded.
fn node(scheme: &str, user: &str, host: &str, db: &str) -> Result<ConnectionInfo, &'static str> {
    if !["redis", "rediss", "valkey", "valkeys"].contains(&scheme) || host.is_empty() {
        return Err(FORM);
    }
    format!("{scheme}://{user}{host}/{db}")
        .into_connection_info()
        .map_err(|_| FORM)
}

fn sentinel(scheme: &str, rest: &str) -> Result<StoreAddress, &'static str> {
    let parts = parts(rest);
    let (primary, db) = parts.path.split_once('/').unwrap_or((parts.path, ""));
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if primary.is_empty() || !primary.bytes().all(named) {
        return Err(
            "names no primary: redis+sentinel://host:26379/NAME, as in `sentinel monitor NAME`",
        );
    }
    let user = sentinel_user(parts.query)?;
    let nodes = parts
        .hosts
        .iter()
        .map(|host| {
            let port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
            let host = if port || host.is_empty() {
                (*host).to_owned()
            } else {
                format!("{host}:{SENTINEL_PORT}")
            };
            node(scheme, &user, &host, "")
        })
        .collect::<Result<Vec<_>, _>>()?;
    let login = node(scheme, parts.user, "localhost", db)?;
    Ok(StoreAddress {
        kind: Kind::Sentinel {
            primary: primary.to_owned(),
            login: login.redis_settings().clone(),
        },
        nodes,
    })
}

/// Credentials for the sentinels themselves, which have others than the servers.
fn sentinel_user(query: &str) -> Result<String, &'static str> {
    let (mut user, mut password) = ("", "");
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sentinel_username", value)) => user = value,
            Some(("sentinel_password", value)) => password = value,
            _ => {
                return Err(
                    "has an unknown parameter: it takes sentinel_username and sentinel_password",
                );
            }
        }
    }
    let odd = |text: &str| text.contains(['@', ':', '/']);
    if odd(user) || odd(password) {
        return Err(
            "has a name or password for the sentinels with : / or @ in it: write them as %3A, %2F and %40",
        );
    }
    Ok(match (user, password) {
        ("", "") => String::new(),
        (user, password) => format!("{user}:{password}@"),
    })
}

fn cluster(scheme: &str, rest: &str) -> Result<StoreAddress, &'static str> {
    let parts = parts(rest);
    if !["", "0"].contains(&parts.path) || !parts.query.is_empty() {
        return Err("is a cluster's, which has no numbered databases and no parameters");
    }
    let nodes = parts.hosts.iter();
    let nodes = nodes.map(|host| node(scheme, parts.user, host, ""));
    Ok(StoreAddress {
        kind: Kind::Cluster,
        nodes: nodes.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    /// What is made of an address, in one line.
    fn shown(address: &str) -> String {
        let parsed = match StoreAddress::parse(address) {
            Ok(parsed) => parsed,
            Err(said) => {
                assert!(!said.contains("hush"), "{said}");
                return said.to_owned();
            }
        };
        let login = |settings: &RedisConnectionInfo| {
            format!(
                "{}:{}/{}",
                settings.username().unwrap_or_default(),
                settings.password().unwrap_or_default(),
                settings.db()
            )
        };
        let kind = match &parsed.kind {
            Kind::Server => "server".to_owned(),
            Kind::Cluster => "cluster".to_owned(),
            Kind::Sentinel {
                primary,
                login: own,
            } => format!("{primary} {}", login(own)),
        };
        let nodes: Vec<String> = parsed
            .nodes
            .iter()
            .map(|node| format!("{} {}", node.addr(), login(node.redis_settings())))
            .collect();
        let tls = if parsed.is_tls() { " tls" } else { "" };
        let password = if parsed.has_password() {
            " password"
        } else {
            ""
        };
        format!("{kind}; {}{tls}{password}", nodes.join(", "))
    }

    #[test]
    fn addresses_say_what_is_where() {
        for (address, wanted) in [
            ("redis://10.0.0.7", "server; 10.0.0.7:6379 :/0"),
            (
                "rediss://:hush@s.example:1/3",
                "server; s.example:1 :hush/3 tls password",
            ),
            ("unix:///run/redis.sock", "server; /run/redis.sock :/0"),
            (
                "redis+sentinel://a:1,b/main",
                "main :/0; a:1 :/0, b:26379 :/0",
            ),
            (
                "rediss+sentinel://app:hu%40sh@a,[::1]/main/2",
                "main app:hu@sh/2; a:26379 :/0, ::1:26379 :/0 tls password",
            ),
            (
                "valkey+sentinel://[::1]:5/m?sentinel_password=hu%2Fsh",
                "m :/0; ::1:5 :hu/sh/0 password",
            ),
            (
                "redis+sentinel://a/m?sentinel_username=watch&sentinel_password=hush",
                "m :/0; a:26379 watch:hush/0 password",
            ),
            ("redis+cluster://a:1,b:2", "cluster; a:1 :/0, b:2 :/0"),
            (
                "valkeys+cluster://:hush@a,b/0",
                "cluster; a:6379 :hush/0, b:6379 :hush/0 tls password",
            ),
        ] {
            assert_eq!(shown(address), wanted, "{address}");
        }
        for (address, words) in [
            ("", "such as"),
            ("redis://", "such as"),
            ("http://10.0.0.7", "such as"),
            ("redis+other://hush", "such as"),
            ("unix+sentinel:///run/redis.sock", "such as"),
            ("http+sentinel://a/m", "such as"),
            ("redis+sentinel://a,,b/m", "such as"),
            ("redis+sentinel://a:port/m", "such as"),
            ("redis+sentinel://:hush@a", "names no primary"),
            ("redis+sentinel://a/m m", "names no primary"),
            ("redis+sentinel://a/m/x", "such as"),
            ("redis+sentinel://a/m?password=hush", "unknown parameter"),
            ("redis+sentinel://a/m?sentinel_password=hush@x", "%40"),
            ("redis+cluster://:hush@", "such as"),
            ("redis+cluster://a/3", "no numbered databases"),
            ("rediss+cluster://:hush@a/#insecure", "fragment"),
        ] {
            assert!(
                shown(address).contains(words),
                "{address}: {}",
                shown(address)
            );
        }
    }
}
