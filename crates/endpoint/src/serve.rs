//! Serving.

use crate::cli::{Arguments, Command};
use crate::port::{listen, write_port};
use crate::stop::{GRACE, again, late, signal};
use crate::{commands, source};
use axum::serve::ListenerExt as _;
use exo365_endpoint::{Config, Endpoint, Problem};
use std::net::SocketAddr;
use std::path::Path;
use tokio::sync::oneshot;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Runs the endpoint until a signal stops it, or a command.
///
/// # Errors
/// Why it cannot start, or what the command met.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Problem> {
    // What a command has to say is its output.
    let serves = match &arguments.command {
        None => true,
        Some(Command::AppToken(asked)) => asked.listen.is_some(),
        Some(_) => false,
    };
    start_log(if serves { "info" } else { "error" })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::Machine(format!("the runtime does not start: {error}")))?;
    let config = arguments.config.as_path();
    let outcome = match &arguments.command {
        None => Config::load(config)
            .and_then(|config| runtime.block_on(serve(config, arguments.port_file.as_deref()))),
        Some(Command::Check { app_only }) => commands::examine(config, *app_only, &runtime),
        Some(Command::AppToken(asked)) => {
            runtime.block_on(source::run(config, asked, arguments.port_file.as_deref()))
        }
        Some(Command::Sessions { what }) => commands::sessions(config, what, &runtime),
    };
    runtime.shutdown_timeout(GRACE);
    outcome
}

fn start_log(usual: &str) -> Result<(), Problem> {
    let wanted = std::env::var("EXO365_LOG").unwrap_or_else(|_| usual.into());
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

/// Serves until the signal. Then nobody new comes in, idle connections are closed, and what is in flight is finished, as far
/// as the grace lasts; a renewal as well whose page has gone.
async fn serve(config: Config, port_file: Option<&Path>) -> Result<(), Problem> {
    let listener = listen(config.listen(), "listen").await?;
    let operator = match config.metrics_listen() {
        Some(address) => Some(listen(address, "metrics_listen").await?),
        None => None,
    };
    let grace = config.shutdown_grace();
    let endpoint = Endpoint::open(config)?;
    let open = listener
        .local_addr()
        .map_err(|error| Problem::Listen(error.to_string()))?;
    if let Some(listener) = operator {
        let operations = endpoint.operations();
        tracing::info!(address = ?listener.local_addr().ok(), "metrics are listening");
        tokio::spawn(async move { axum::serve(listener, operations).await });
    }
    let asked = signal();
    if let Some(file) = port_file {
        write_port(file, open.port())?;
    }
    tracing::info!(address = %open, "listening");
    let (stopping, stopped) = oneshot::channel();
    // Limits are by address: the routes have to know it.
    let app = endpoint
        .site()
        .into_make_service_with_connect_info::<SocketAddr>();
    // An answer that passes is sent in pieces: each shall go at once, not when the one before has arrived.
    let listener = listener.tap_io(|connection| {
        // A connection that is gone says so at its first use.
        let _ = connection.set_nodelay(true);
    });
    let stopped_endpoint = endpoint.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        asked.await;
        stopped_endpoint.stop();
        tracing::info!("stopping");
        // Nobody listening means that it is over already.
        let _ = stopping.send(again());
    });
    let whole = async {
        server
            .await
            .map_err(|error| Problem::Listen(format!("serving failed: {error}")))?;
        endpoint.settled().await;
        tracing::info!("stopped");
        Ok(())
    };
    tokio::select! {
        served = whole => served,
        () = late(stopped, grace) => {
            tracing::warn!("stopped: what was still in flight is cut");
            Ok(())
        }
    }
}
