//! Runs the server.

use crate::cli::{Arguments, Command};
use crate::connections::{self, FEW, many};
use crate::log::{self, Log};
use crate::port::{listen, write_port};
use crate::stop::{GRACE, again, late, signal};
use crate::{commands, source};
use exo365_endpoint::{Config, Endpoint, Problem};
use std::path::Path;
use tokio::sync::oneshot;

/// Runs the endpoint until a signal stops it, or a command.
///
/// # Errors
/// Why the endpoint cannot start, or why the command failed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Problem> {
    // A command prints its results: its log is for errors only.
    let serves = match &arguments.command {
        None => true,
        Some(Command::AppToken(asked)) => asked.listen.is_some(),
        Some(_) => false,
    };
    let log = log::start(if serves { "info" } else { "error" })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::Machine(format!("the runtime does not start: {error}")))?;
    let config = arguments.config.as_path();
    let outcome = match &arguments.command {
        None => Config::load(config).and_then(|config| {
            runtime.block_on(serve(config, arguments.port_file.as_deref(), &log))
        }),
        Some(Command::Check { app_only }) => commands::examine(config, *app_only, &runtime),
        Some(Command::AppToken(asked)) => {
            runtime.block_on(source::run(config, asked, arguments.port_file.as_deref()))
        }
        Some(Command::Sessions { what }) => commands::sessions(config, what, &runtime),
    };
    runtime.shutdown_timeout(GRACE);
    outcome
}

/// Serves until the signal to stop. Then it accepts no more connections, closes idle ones, and finishes the requests and
/// renewals in flight, within the grace period.
async fn serve(config: Config, port_file: Option<&Path>, log: &Log) -> Result<(), Problem> {
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
        let operations = endpoint.operations().into();
        tracing::info!(address = ?listener.local_addr().ok(), "metrics are listening");
        // It ends with the process.
        let never = std::future::pending();
        tokio::spawn(connections::serve(listener, operations, FEW, never));
    }
    let asked = signal();
    if let Some(file) = port_file {
        write_port(file, open.port())?;
    }
    tracing::info!(address = %open, "listening");
    let (stopping, stopped) = oneshot::channel();
    let stopped_endpoint = endpoint.clone();
    let server = connections::serve(listener, endpoint.direct(), many(), async move {
        asked.await;
        stopped_endpoint.stop();
        tracing::info!("stopping");
        // If nobody listens, the server has ended already.
        let _ = stopping.send(again());
    });
    let whole = async {
        server.await;
        endpoint.settled().await;
        tracing::info!("stopped");
        Ok(())
    };
    tokio::select! {
        served = whole => served,
        () = log.watch() => Ok(()),
        () = late(stopped, grace) => {
            tracing::warn!("stopped: what was still in flight is cut");
            Ok(())
        }
    }
}
