//! `app-token`: prints one token, or serves tokens on a loopback address.

use crate::cli::AppToken;
use crate::connections::{self, FEW};
use crate::port::{listen, write_port};
use crate::stop::{GRACE, again, late, signal};
use exo365_endpoint::app_only::{AppOnly, Choice, KEY, source};
use exo365_endpoint::{Problem, Secret};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use tokio::sync::oneshot;

/// Runs `app-token`.
///
/// # Errors
/// What is wrong with the configuration; [`Problem::Token`] where there is no token.
pub(crate) async fn run(
    config: &Path,
    asked: &AppToken,
    port_file: Option<&Path>,
) -> Result<(), Problem> {
    let choice = Choice {
        tenant: asked.tenant.as_deref(),
        resource: asked.resource.as_deref(),
    };
    let application = AppOnly::load(config, &choice)?;
    match asked.listen {
        Some(address) => serve(application, (address, port_file), asked).await,
        None => print(&application).await,
    }
}

async fn print(application: &AppOnly) -> Result<(), Problem> {
    let token = application.token(false).await.map_err(|error| {
        Problem::Token(format!("there is no token: {error}. {}", error.remedy()))
    })?;
    // A pipe that was closed is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{}", token.token.reveal());
    Ok(())
}

async fn serve(
    application: AppOnly,
    (address, port_file): (SocketAddr, Option<&Path>),
    asked: &AppToken,
) -> Result<(), Problem> {
    if !address.ip().is_loopback() {
        return Err(Problem::Config(
            "tokens of the application are for this machine: --listen takes 127.0.0.1 or [::1]"
                .into(),
        ));
    }
    let routes = source(application, key(asked.key_file.as_deref())?)?;
    let listener = listen(address, "--listen").await?;
    let open = listener
        .local_addr()
        .map_err(|error| Problem::Listen(error.to_string()))?;
    let signal = signal();
    if let Some(file) = port_file {
        write_port(file, open.port())?;
    }
    tracing::info!(address = %open, "tokens of the application are given to services of this machine");
    let (stopping, stopped) = oneshot::channel();
    let server = connections::serve(listener, routes.into(), FEW, async move {
        signal.await;
        // If nobody listens, the server has ended already.
        let _ = stopping.send(again());
    });
    tokio::select! {
        () = server => Ok(()),
        () = late(stopped, GRACE) => Ok(()),
    }
}

fn key(file: Option<&Path>) -> Result<Secret, Problem> {
    let variable = std::env::var(KEY)
        .ok()
        .filter(|text| !text.trim().is_empty());
    match (variable, file) {
        (Some(text), None) => Ok(Secret::new(text.trim().into())),
        (None, Some(file)) => Secret::from_file(file),
        (None, None) => Err(Problem::Secret(format!(
            "services prove themselves by a key: set the environment variable {KEY}, or name a file by --key-file"
        ))),
        (Some(_), Some(_)) => Err(Problem::Secret(format!(
            "the key is given twice: by {KEY} and by --key-file"
        ))),
    }
}
