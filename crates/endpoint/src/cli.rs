//! The flags. Secrets are never among them: everyone on the machine can read a command line.

use std::path::PathBuf;

/// The token endpoint of exo365: keeps the client secret and the refresh tokens, gives pages short-lived access tokens.
///
/// The client secret is read from the environment variable `EXO365_CLIENT_SECRET` or from the file that
/// `client_secret_file` names. `EXO365_LOG` sets the least level of the log: error, warn, info (the default), debug.
#[derive(clap::Parser, Debug)]
pub(crate) struct Arguments {
    /// The configuration (TOML).
    #[arg(long, default_value = "endpoint.toml")]
    pub(crate) config: PathBuf,
    /// Write the port to this file once it is open.
    #[arg(long)]
    pub(crate) port_file: Option<PathBuf>,
}
