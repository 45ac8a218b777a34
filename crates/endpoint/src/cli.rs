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
    #[arg(long, global = true)]
    pub(crate) port_file: Option<PathBuf>,
}

/// What it does in place of serving.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Try the registration and the configuration at the sign-in service, and say what to change.
    Check {
        /// Services need tokens of the application itself: that it gets none is wrong, and no note.
        #[arg(long)]
        app_only: bool,
    },
    /// A token for the application in its own name, on stdout; or a source of them for services of this machine.
    AppToken(AppToken),
    /// Sessions: in the shared store, or in the database of an endpoint that is stopped.
    Sessions {
        #[command(subcommand)]
        what: Sessions,
    },
}

/// Whose token, and how it is given.
#[derive(clap::Args, Debug)]
pub(crate) struct AppToken {
    /// The tenant's id or domain, before the configured one.
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// The API's identifier, before the configured one.
    #[arg(long)]
    pub(crate) resource: Option<String>,
    /// Serve tokens at this loopback address, by `POST /token`; the key is in `EXO365_APP_KEY` or in `--key-file`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// The file with the key that services send as bearer, readable by its owner only.
    #[arg(long, value_name = "FILE", requires = "listen")]
    pub(crate) key_file: Option<PathBuf>,
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
