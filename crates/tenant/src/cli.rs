//! The flags.

use std::path::PathBuf;
use std::time::Duration;

use exo365_tenant::{CorsProfile, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, Seed, StepUp};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// A tenant in a box: Microsoft's sign-in service and mailboxes, played on this machine.
#[derive(clap::Parser, Debug)]
pub(crate) struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Write the port to this file once it is open.
    #[arg(long)]
    pub(crate) port_file: Option<PathBuf>,
    /// Host name in issued URLs.
    #[arg(long, default_value = "localhost")]
    pub(crate) host: String,
    /// Serve https with a certificate of a local authority made at start.
    #[arg(long)]
    pub(crate) tls: bool,
    /// Write the certificate of that authority here (PEM).
    #[arg(long, requires = "tls")]
    pub(crate) tls_cert_out: Option<PathBuf>,
    /// `small`, `full` or `N-messages`.
    #[arg(long, default_value = "small")]
    seed: Seed,
    /// Application id of the registration.
    #[arg(long, default_value = DEFAULT_CLIENT_ID)]
    client_id: String,
    /// Environment variable that holds the client secret.
    #[arg(long, value_name = "VAR")]
    client_secret_env: Option<String>,
    /// File with the certificate of the registration (PEM), for client assertions.
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<PathBuf>,
    /// A redirect URI of the web platform, beside http://localhost/ and /index.html (repeatable).
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// A redirect URI of the single-page platform (repeatable).
    #[arg(long)]
    spa_redirect_uri: Vec<String>,
    /// Front-channel logout URL of the application.
    #[arg(long)]
    frontchannel_logout: Option<String>,
    /// A refresh token that is used twice kills its family.
    #[arg(long)]
    strict_rotation: bool,
    /// An operation that wants a second factor: 'PATCH /me/mailboxSettings' (repeatable).
    #[arg(long, value_name = "OPERATION")]
    step_up: Vec<StepUp>,
    /// What pages may read: `generous` or `strict`.
    #[arg(long, default_value = "generous", value_parser = ["generous", "strict"])]
    cors: String,
    /// Milliseconds that each API call takes.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Milliseconds that each item of a batch takes.
    #[arg(long, default_value_t = 0)]
    item_latency_ms: u64,
    /// Keep the mailboxes in this file between runs.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Arguments {
    /// The options of the tenant.
    ///
    /// # Errors
    /// A sentence where the variable of the secret is not set, or the certificate is none.
    pub(crate) fn options(&self) -> Result<Options, String> {
        let client_secret = match &self.client_secret_env {
            None => DEFAULT_CLIENT_SECRET.to_owned(),
            Some(name) => std::env::var(name)
                .map_err(|_| format!("the environment variable {name} is not set"))?,
        };
        let mut options = Options {
            client_id: self.client_id.clone(),
            client_secret,
            client_certificate: self.certificate()?,
            spa_redirect_uris: self.spa_redirect_uri.clone(),
            frontchannel_logout: self.frontchannel_logout.clone(),
            strict_rotation: self.strict_rotation,
            step_up: self.step_up.clone(),
            seed: self.seed,
            latency: Duration::from_millis(self.latency_ms),
            item_latency: Duration::from_millis(self.item_latency_ms),
            data: self.data.clone(),
            ..Options::default()
        };
        if self.cors == "strict" {
            options.cors = CorsProfile::Strict;
        }
        options
            .redirect_uris
            .extend(self.redirect_uri.iter().cloned());
        Ok(options)
    }

    fn certificate(&self) -> Result<Option<Vec<u8>>, String> {
        let read = |file: &PathBuf| {
            CertificateDer::from_pem_file(file)
                .map(|certificate| certificate.to_vec())
                .map_err(|_| format!("{} is no certificate in PEM", file.display()))
        };
        self.client_certificate.as_ref().map(read).transpose()
    }
}
