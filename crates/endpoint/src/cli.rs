//! The command line. It never takes a secret, since everyone on the machine can read a command line.

use std::path::PathBuf;

/// The token endpoint of exo365. It keeps the client secret and the refresh tokens, and gives pages short-lived access tokens.
///
/// Without a command it serves. It reads the client secret from the environment variable `EXO365_CLIENT_SECRET` or from
/// the file that `client_secret_file` names. `EXO365_LOG` sets the lowest level that is logged: error, warn, info (the
/// default), debug.
#[derive(clap::Parser, Debug)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The configuration file (TOML).
    #[arg(long, default_value = "endpoint.toml", global = true)]
    pub(crate) config: PathBuf,
    /// Write the port to this file once it is open.
    #[arg(long, global = true)]
    pub(crate) port_file: Option<PathBuf>,
}

/// Commands, which run instead of serving.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Test the registration and the configuration at the sign-in service, and print what has to be changed.
    Check {
        /// Services need tokens of the application itself: report it as wrong, not as a note, if the application gets none.
        #[arg(long)]
        app_only: bool,
    },
    /// Print a token for the application itself (client credentials), or serve such tokens to services on this machine.
    AppToken(AppToken),
    /// List or end sessions, in the shared store or in the database of an endpoint that is stopped.
    Sessions {
        #[command(subcommand)]
        what: Sessions,
    },
}

/// Options of `app-token`.
#[derive(clap::Args, Debug)]
pub(crate) struct AppToken {
    /// The tenant's id or domain; overrides the configuration.
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// The API's identifier; overrides the configuration.
    #[arg(long)]
    pub(crate) resource: Option<String>,
    /// Serve tokens at this loopback address by `POST /token`. The key is in `EXO365_APP_KEY` or in `--key-file`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// The file with the key that services send as bearer token; only its owner may read it.
    #[arg(long, value_name = "FILE", requires = "listen")]
    pub(crate) key_file: Option<PathBuf>,
}

/// Commands for sessions.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Sessions {
    /// List the sessions: session, tenant id, object id, and the times of sign-in, last use and end.
    List,
    /// End all sessions of a user.
    Revoke {
        /// The user's object id.
        #[arg(long, value_name = "OID")]
        user: String,
    },
}
