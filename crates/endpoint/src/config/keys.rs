//! Names: the keys of the configuration file, and the environment variables of secrets.

/// Environment variable of the client secret.
pub(crate) const SECRET: &str = "EXO365_CLIENT_SECRET";
/// Environment variable of the sealing keys.
pub(crate) const SEAL_KEYS: &str = "EXO365_SEAL_KEYS";

/// Environment variable of the store's address, where a password is in it.
pub(crate) const STORE: &str = "EXO365_STORE_URL";

/// All keys of the file.
pub(super) const KEYS: [&str; 45] = [
    "api",
    "api_origin",
    "base",
    "behind_tls_proxy",
    "client_assertion",
    "client_certificate_file",
    "client_id",
    "client_key_file",
    "client_secret_file",
    "cloud",
    "cookie",
    "cross_origins",
    "database",
    "id_token_algorithms",
    "identity",
    "insecure_loopback",
    "limit_per_address",
    "limit_per_session",
    "listen",
    "login",
    "metrics_listen",
    "mode",
    "origins",
    "page",
    "page_images",
    "post_logout_redirect_uri",
    "preload_paths",
    "proxies",
    "proxy_header",
    "proxy_paths",
    "public_base",
    "redirect_uris",
    "resources",
    "scopes",
    "seal_keys_file",
    "secret_files",
    "session_idle_hours",
    "session_lifetime_days",
    "shutdown_grace_seconds",
    "store",
    "store_ca_file",
    "store_replicas",
    "store_url_file",
    "tenant",
    "tenants",
];
