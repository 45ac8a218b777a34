//! The configuration: read, checked, and from then on relied on.

use super::credential::{self, Credential};
use super::file::File;
use super::public::{is_guid_or_domain, public};
use super::sealing::{SealSource, seal};
use super::secret::Secret;
use super::{addresses, file, network, page, proxy, store};
use crate::base::network::{Network, ProxyHeader};
use crate::base::problem::Problem;
use crate::base::random;
use axum::http::HeaderMap;
use exo365_core::text::base64url;
use exo365_core::wire::PageConfig;
use exo365_core::{flavor, id_token, origin};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Longest lifetime of a session, in days: an unused refresh token lives no longer.
const LONGEST: u32 = 90;
/// Longest grace period after the signal to stop, in seconds.
const LONGEST_GRACE: u32 = 3600;

/// The endpoint's configuration, checked. Made by [`Config::load`] or [`Config::parse`].
#[derive(Clone, Debug)]
pub struct Config {
    /// What pages learn.
    pub(crate) public: PageConfig,
    /// Tenant in the authority.
    pub(crate) tenant: String,
    pub(crate) credential: Credential,
    pub(crate) seal: SealSource,
    /// v1: what may be asked for; the API's own first.
    pub(crate) resources: Vec<String>,
    pub(crate) origins: Vec<String>,
    pub(crate) cross_origins: Vec<String>,
    /// Ids and domains of tenants that may sign in; all where empty.
    pub(crate) tenants: Vec<String>,
    pub(crate) algorithms: Vec<String>,
    pub(crate) post_logout: Option<String>,
    pub(crate) listen: SocketAddr,
    pub(crate) base: String,
    /// The same as browsers see it, where a proxy in front takes a prefix away.
    pub(crate) public_base: String,
    /// Browsers come over https: send `Strict-Transport-Security`.
    pub(crate) strict_transport: bool,
    /// The sign-in service runs on this machine, for tests.
    pub(crate) local_authority: bool,
    pub(crate) page: Option<PathBuf>,
    /// Where the page's images may come from besides its own origin, as sources of `img-src`.
    pub(crate) page_images: Vec<String>,
    pub(crate) database: PathBuf,
    /// Address of Redis or Valkey, in place of the database.
    pub(crate) store: Option<Secret>,
    /// Certificates that the store's has to come from, in PEM; the system's where there are none.
    pub(crate) store_ca: Option<Vec<u8>>,
    /// Replicas that have to hold a write before it counts; what fits the address where it is not given.
    pub(crate) store_replicas: Option<u32>,
    pub(crate) cookie: String,
    /// The name that it has between browser and endpoint on one machine, without TLS; none where browsers come over https.
    pub(crate) loopback_cookie: Option<String>,
    /// The name that version 0.1 gave it, read for one version more.
    pub(crate) old_cookie: Option<&'static str>,
    /// Seconds.
    pub(crate) idle: u64,
    /// Seconds.
    pub(crate) lifetime: u64,
    /// Proxies that may name the client's address.
    pub(crate) proxies: Vec<Network>,
    pub(crate) proxy_header: ProxyHeader,
    /// Requests per minute; 0 is no limit.
    pub(crate) limits: (u32, u32),
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) grace: Duration,
    /// Proxy mode: paths of the API that pages reach.
    pub(crate) proxy_paths: Vec<String>,
    /// Paths of the API that `/preload` asks for; none where it is switched off.
    pub(crate) preload_paths: Vec<String>,
    /// The headers of answers, once they are put together: of the endpoint's own, and of the API's.
    pub(crate) answer_headers: OnceLock<(HeaderMap, HeaderMap)>,
}

impl Config {
    /// Reads `file` and the environment. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`Problem::Config`], [`Problem::Secret`].
    pub fn load(file: &Path) -> Result<Self, Problem> {
        let environment = |name: &str| std::env::var(name).ok();
        let folder = file.parent().unwrap_or(Path::new(""));
        let config = Self::parse(&file::text(file, environment)?, folder, environment)?;
        if let Some(folder) = &config.page {
            page::page(folder, &[("the configuration", file.to_owned())])?;
        }
        Ok(config)
    }

    /// Reads TOML text; `environment` gives the variables, which go before the keys that they are named after. Paths are
    /// relative to `folder`.
    ///
    /// # Errors
    /// [`Problem::Config`], [`Problem::Secret`].
    pub fn parse(
        text: &str,
        folder: &Path,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        // Longer than others: one line for each setting, most of which are checked elsewhere.
        let mut file = File::read(text, &environment)?;
        file.normalize();
        let public = public(&file)?;
        let local_authority = public.cloud.login.starts_with("http://");
        let api = flavor::resource(public.api, &public.cloud.api);
        let resources = std::iter::once(api)
            .chain(file.resources.iter().cloned())
            .collect();
        check_addresses(&file)?;
        let (idle, lifetime) = lifetimes(&file)?;
        let database = folder.join(&file.database);
        let seal = seal(&file, folder, &database, &environment)?;
        let store = store::address(&file, folder, &environment)?;
        let store_ca = store::authority(&file, folder, store.as_ref())?;
        let store_replicas = store::replicas(&file, store.as_ref())?;
        store::same_keys(store.as_ref(), &seal)?;
        let proxy_paths = proxy::paths(&file, public.mode)?;
        let preload_paths = proxy::preload_paths(&file)?;
        let (proxies, proxy_header) = network::proxies(&file)?;
        let page = match &file.page {
            Some(page) => Some(page::page(
                &folder.join(page),
                &private(&file, folder, &database, &seal),
            )?),
            None => None,
        };
        Ok(Self {
            tenants: tenants(&file)?,
            algorithms: algorithms(&file.id_token_algorithms)?,
            base: base(&file.base)?,
            public_base: base(file.public_base.as_ref().unwrap_or(&file.base))?,
            cookie: cookie(&file)?,
            loopback_cookie: loopback_cookie(&file)?,
            old_cookie: file.cookie.is_none().then_some(COOKIE),
            credential: credential::credential(&file, folder, &environment)?,
            seal,
            store,
            store_ca,
            store_replicas,
            page,
            page_images: file.page_images,
            strict_transport: file.behind_tls_proxy,
            post_logout: file.post_logout_redirect_uri,
            tenant: file.tenant,
            origins: file.origins,
            cross_origins: file.cross_origins,
            listen: file.listen,
            public,
            resources,
            local_authority,
            database,
            idle,
            lifetime,
            proxies,
            proxy_header,
            limits: (file.limit_per_address, file.limit_per_session),
            metrics_listen: file.metrics_listen,
            grace: grace(file.shutdown_grace_seconds)?,
            proxy_paths,
            preload_paths,
            answer_headers: OnceLock::new(),
        })
    }

    /// The address that the binary listens on.
    #[must_use]
    pub const fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// The address of the operator's routes, where they are wanted.
    #[must_use]
    pub const fn metrics_listen(&self) -> Option<SocketAddr> {
        self.metrics_listen
    }

    /// How long what is in flight may take after the signal to stop.
    #[must_use]
    pub const fn shutdown_grace(&self) -> Duration {
        self.grace
    }
}

/// Checks that browsers come over https, or from this machine.
fn check_addresses(file: &File) -> Result<(), Problem> {
    if file.insecure_loopback && !file.listen.ip().is_loopback() {
        return Err(Problem::config(
            "insecure_loopback = true goes with a `listen` on 127.0.0.1",
        ));
    }
    if !file.insecure_loopback && !file.behind_tls_proxy {
        return Err(Problem::config(
            "browsers have to come over https: put a TLS proxy in front and say behind_tls_proxy = true \
             (or insecure_loopback = true for development on this machine)",
        ));
    }
    if file.origins.is_empty() && file.cross_origins.is_empty() {
        return Err(Problem::config(
            "`origins` lists the pages' origins, such as [\"https://app.contoso.example\"]",
        ));
    }
    for one in file.origins.iter().chain(&file.cross_origins) {
        origin::check(one, file.insecure_loopback)
            .map_err(|_| Problem::config("`origins` and `cross_origins` are https origins without path (http only for localhost, with insecure_loopback = true)"))?;
    }
    page::images(&file.page_images, file.insecure_loopback)?;
    if file.redirect_uris.is_empty() {
        return Err(Problem::config(
            "`redirect_uris` lists the redirect URIs of the app registration",
        ));
    }
    if let Some(odd) = file
        .redirect_uris
        .iter()
        .find(|uri| addresses::redirect_uri(uri).is_none())
    {
        return Err(Problem::config(format!(
            "the redirect URI {odd} does not arrive as it is written: it is an absolute https address without query \
             and fragment, such as https://app.contoso.example/"
        )));
    }
    for uri in file
        .redirect_uris
        .iter()
        .chain(&file.post_logout_redirect_uri)
    {
        let plain = uri.bytes().all(|byte| byte.is_ascii_graphic()) && !uri.contains('#');
        if !plain || origin::check(origin::of(uri), file.insecure_loopback).is_err() {
            return Err(Problem::config(
                "redirect URIs are absolute https addresses (http only for localhost, with insecure_loopback = true)",
            ));
        }
    }
    Ok(())
}

fn lifetimes(file: &File) -> Result<(u64, u64), Problem> {
    let (idle, lifetime) = (file.session_idle_hours, file.session_lifetime_days);
    if lifetime == 0 || lifetime > LONGEST || idle == 0 || idle > lifetime * 24 {
        return Err(Problem::config(format!(
            "`session_lifetime_days` is 1 to {LONGEST}, and `session_idle_hours` at least 1 and not longer than that"
        )));
    }
    Ok((u64::from(idle) * 3600, u64::from(lifetime) * 86_400))
}

fn grace(seconds: u32) -> Result<Duration, Problem> {
    if seconds > LONGEST_GRACE {
        return Err(Problem::config(format!(
            "`shutdown_grace_seconds` is 0 to {LONGEST_GRACE}"
        )));
    }
    Ok(Duration::from_secs(seconds.into()))
}

/// The allowed tenants; a tenant id as authority allows that one only.
fn tenants(file: &File) -> Result<Vec<String>, Problem> {
    let named = |name: &String| is_guid_or_domain(name) && name.contains('.');
    if !file
        .tenants
        .iter()
        .all(|tenant| id_token::is_guid(tenant) || named(tenant))
    {
        return Err(Problem::config(
            "`tenants` is a list of tenant ids or domains",
        ));
    }
    if file.tenants.is_empty() && id_token::is_guid(&file.tenant) {
        return Ok(vec![file.tenant.clone()]);
    }
    Ok(file.tenants.clone())
}

fn algorithms(names: &[String]) -> Result<Vec<String>, Problem> {
    let known = |name: &String| ["RS256", "PS256", "ES256"].contains(&name.as_str());
    if names.is_empty() || !names.iter().all(known) {
        return Err(Problem::config(
            "`id_token_algorithms` is a list of \"RS256\", \"PS256\", \"ES256\"",
        ));
    }
    Ok(names.to_vec())
}

fn base(path: &str) -> Result<String, Problem> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    let path = path.trim_end_matches('/');
    let odd = path.contains("//") || path.split('/').any(|part| part == "." || part == "..");
    if !path.starts_with('/') || !path.bytes().all(fits) || odd {
        return Err(Problem::config("`base` is a path such as /auth"));
    }
    Ok(path.into())
}

/// What the name of the cookie begins with, before the digest of client and base.
const COOKIE: &str = "__Host-Http-exo365";

/// The configured name; else one for this client and base, so that applications on one host keep apart.
fn cookie(file: &File) -> Result<String, Problem> {
    let Some(name) = &file.cookie else {
        return Ok(format!("{COOKIE}-{}", digest(file)?));
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !name.starts_with("__Host-") || name.len() > 64 || !name.bytes().all(fits) {
        return Err(Problem::config(
            "`cookie` is a name that begins with __Host- or __Host-Http-",
        ));
    }
    Ok(name.clone())
}

/// The name on this machine. `__Host-` wants `Secure`, and WebKit keeps no `Secure` cookie of `http://localhost`.
fn loopback_cookie(file: &File) -> Result<Option<String>, Problem> {
    if !file.insecure_loopback || file.behind_tls_proxy {
        return Ok(None);
    }
    Ok(Some(format!("exo365-{}", digest(file)?)))
}

/// Tells applications on one host apart.
fn digest(file: &File) -> Result<String, Problem> {
    let of = format!("{}\n{}", file.client_id, base(&file.base)?);
    Ok(base64url(&random::sha256(of.as_bytes())[..9]))
}

/// The files that no page may publish.
fn private(
    file: &File,
    folder: &Path,
    database: &Path,
    seal: &SealSource,
) -> Vec<(&'static str, PathBuf)> {
    let mut private = Vec::new();
    if file.store.is_none() && file.store_url_file.is_none() {
        private.push(("the database", database.to_owned()));
    }
    if let SealSource::KeyFile(keys) = seal {
        private.push(("the sealing keys", keys.clone()));
    }
    for (what, path) in [
        ("the client secret", &file.client_secret_file),
        ("the client's key", &file.client_key_file),
        ("the sealing keys", &file.seal_keys_file),
        ("the address of the store", &file.store_url_file),
    ] {
        private.extend(path.iter().map(|path| (what, folder.join(path))));
    }
    private
}
