//! Opening the port, serving, stopping.

use crate::cli::Arguments;
use exo365_endpoint::{Config, Problem, site};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How long open connections get after the signal to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Runs the endpoint until a signal stops it.
///
/// # Errors
/// Why it cannot start.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Problem> {
    start_log()?;
    let config = Config::load(&arguments.config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::Machine(format!("the runtime does not start: {error}")))?;
    let outcome = runtime.block_on(serve(config, arguments.port_file.as_deref()));
    runtime.shutdown_timeout(GRACE);
    outcome
}

fn start_log() -> Result<(), Problem> {
    let wanted = std::env::var("EXO365_LOG").unwrap_or_else(|_| "info".into());
    let level: LevelFilter = wanted.parse().map_err(|_| {
        Problem::Config("EXO365_LOG is error, warn, info, debug, trace or off".into())
    })?;
    // Libraries below may print headers when they are asked for details: they are not asked.
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("exo365_endpoint", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .init();
    Ok(())
}

async fn serve(config: Config, port_file: Option<&Path>) -> Result<(), Problem> {
    let address = config.listen();
    let listener = listen(address).await?;
    let app = site(config)?;
    let open = listener
        .local_addr()
        .map_err(|error| Problem::Listen(error.to_string()))?;
    if let Some(file) = port_file {
        write_port(file, open.port())?;
    }
    tracing::info!(address = %open, "listening");
    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        signal().await;
        tracing::info!("stopping");
        // Nobody listening means that it is over already.
        let _ = stopping.send(());
    });
    tokio::select! {
        served = server => served.map_err(|error| Problem::Listen(format!("serving failed: {error}"))),
        () = late(stopped) => Ok(()),
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        Problem::Listen(match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("port {port} is taken: stop what runs there, or choose another in `listen`")
            }
            _ => format!("{address} cannot be listened on ({error}): check `listen`"),
        })
    })
}

/// Written beside and renamed: whoever waits for the file never reads half a number.
fn write_port(file: &Path, port: u16) -> Result<(), Problem> {
    let half = file.with_extension("part");
    std::fs::write(&half, port.to_string())
        .and_then(|()| std::fs::rename(&half, file))
        .map_err(|error| Problem::Listen(format!("{} cannot be written: {error}", file.display())))
}

/// Resolves when connections have had their grace after the signal.
async fn late(stopped: oneshot::Receiver<()>) {
    match stopped.await {
        Ok(()) => tokio::time::sleep(GRACE).await,
        Err(_) => std::future::pending().await,
    }
}

/// Resolves at Ctrl-C and at SIGTERM.
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

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
