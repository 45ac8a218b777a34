//! The library that does the cryptography of TLS.

/// Chooses *ring*. An application that mounts the router may have chosen another before: then that one is used.
pub(crate) fn install_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
