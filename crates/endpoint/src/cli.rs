//! The flags. Secrets are never among them: everyone on the machine can read a command line.

use std::path::PathBuf;

/// The token endpoint of exo365: keeps the client secret and the refresh tokens, gives pages short-lived access tokens.
///
/// Without a command it serves. The client secret is read from the environment variable `EXO365_CLIENT_SECRET` or from
/// the file that `client_secret_file` names. `EXO365_LOG` sets the least level of the log: error, warn, info (the
/// default), debug.
#[derive(clap::Parser, Debug)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The configuration (TOML).
    #[arg(long, default_value = "endpoint.toml", global = true)]
    pub(crate) config: PathBuf,
    /// Write the port to this file once it is open.
    #[arg(long)]
    pub(crate) port_file: Option<PathBuf>,
}

/// What it does in place of serving.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Try the registration and the configuration at the sign-in service, and say what to change.
    Check,
    /// Sessions in the database of an endpoint that is stopped.
    Sessions {
        #[command(subcommand)]
        what: Sessions,
    },
}

/// What is done with sessions.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Sessions {
    /// Who is signed in: session, tenant id, object id, and the times of sign-in, last use and end.
    List,
    /// End all sessions of a user.
    Revoke {
        /// The user's object id.
        #[arg(long, value_name = "OID")]
        user: String,
    },
}
