//! Opens the port, serves requests, and stops.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use exo365_tenant::Tenant;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::PrivateKeyDer;

use crate::cli::Arguments;

/// Time for open connections after the signal to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);
/// Time between a change and the next write of the data file.
const SAVE_DELAY: Duration = Duration::from_millis(250);

/// Time between two looks at the notifications that wait.
const RETRY_PERIOD: Duration = Duration::from_secs(1);

/// Runs the tenant until a signal stops it.
///
/// # Errors
/// A message with the cause.
pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime does not start: {error}"))?;
    let outcome = runtime.block_on(serve(arguments));
    runtime.shutdown_timeout(SHUTDOWN_GRACE);
    outcome
}

async fn serve(arguments: &Arguments) -> Result<(), String> {
    let options = arguments.options()?;
    let made_secret = arguments
        .makes_secret()
        .then(|| options.client_secret.clone());
    let tenant = Tenant::new(options)?;
    let address = SocketAddr::from((arguments.listen, arguments.port));
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("{address} cannot be opened ({error}); choose another port with --port, or address with --listen")
    })?;
    let port = listener
        .local_addr()
        .map_err(|error| error.to_string())?
        .port();
    let scheme = if arguments.tls { "https" } else { "http" };
    let origin = format!("{scheme}://{}:{port}", arguments.host);
    tenant.set_origin(&origin);
    listener
        .set_nonblocking(true)
        .map_err(|error| error.to_string())?;
    let handle = axum_server::Handle::new();
    tokio::spawn(stop(handle.clone()));
    tokio::spawn(save_changes(tenant.clone()));
    tokio::spawn(retry_hooks(tenant.clone()));
    let service = tenant.router().into_make_service();
    let tls = if arguments.tls {
        Some(tls(arguments)?)
    } else {
        None
    };
    if let Some(file) = &arguments.port_file {
        // The rename is atomic: a reader never sees half a number.
        let half = file.with_extension("part");
        std::fs::write(&half, port.to_string())
            .and_then(|()| std::fs::rename(&half, file))
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    if let Some(secret) = made_secret {
        println!("client secret, made for this run: {secret}");
    }
    println!("listening on {origin}");
    let served = match tls {
        Some(config) => {
            axum_server::from_tcp_rustls(listener, config)
                .map_err(|error| error.to_string())?
                .handle(handle)
                .serve(service)
                .await
        }
        None => {
            axum_server::from_tcp(listener)
                .map_err(|error| error.to_string())?
                .handle(handle)
                .serve(service)
                .await
        }
    };
    served.map_err(|error| format!("serving failed: {error}"))?;
    tenant.persist().await
}

/// Stops the server at a signal.
async fn stop(handle: axum_server::Handle<SocketAddr>) {
    signal().await;
    handle.graceful_shutdown(Some(SHUTDOWN_GRACE));
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Repeats what a hook did not take, when its time has come.
async fn retry_hooks(tenant: Tenant) {
    let mut ticks = tokio::time::interval(RETRY_PERIOD);
    loop {
        ticks.tick().await;
        tenant.call_hooks().await;
    }
}

/// Writes the data file after changes.
async fn save_changes(tenant: Tenant) {
    loop {
        tenant.changed().await;
        tokio::time::sleep(SAVE_DELAY).await;
        if let Err(message) = tenant.persist().await {
            eprintln!("exo365-tenant: {message}");
        }
    }
}

/// Creates a local authority and its certificate for the loopback host names.
fn tls(arguments: &Arguments) -> Result<axum_server::tls_rustls::RustlsConfig, String> {
    let wrong = |error: rcgen::Error| format!("the certificate cannot be made: {error}");
    let authority_key = KeyPair::generate().map_err(wrong)?;
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "exo365 local tenant authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_cert = authority.self_signed(&authority_key).map_err(wrong)?;
    if let Some(file) = &arguments.tls_cert_out {
        std::fs::write(file, authority_cert.pem())
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    let names = vec![
        arguments.host.clone(),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
    ];
    let key = KeyPair::generate().map_err(wrong)?;
    let mut params = CertificateParams::new(names).map_err(wrong)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "exo365 local tenant");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let issuer = Issuer::from_params(&authority, &authority_key);
    let certificate = params.signed_by(&key, &issuer).map_err(wrong)?;
    let chain = vec![certificate.der().clone(), authority_cert.der().clone()];
    let private = PrivateKeyDer::try_from(key.serialize_der())
        .map_err(|error| format!("the key cannot be used: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, private)
        })
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(axum_server::tls_rustls::RustlsConfig::from_config(
        Arc::new(config),
    ))
}
