//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use exo365_tenant::{CorsProfile, DEFAULT_CLIENT_ID, Options, Seed, StepUp};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// A local tenant: emulates Microsoft's sign-in service and mailboxes on this machine
#[derive(clap::Parser, Debug)]
#[command(version)]
pub(crate) struct Arguments {
    /// Port to listen on; 0 uses a free port
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Address to listen on. Where other machines reach it, such as 0.0.0.0, the tenant makes a signing key and a client
    /// secret of its own at the start, and prints the secret
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) listen: IpAddr,
    /// File to which the port is written when it is open
    #[arg(long)]
    pub(crate) port_file: Option<PathBuf>,
    /// Host name in issued URLs
    #[arg(long, default_value = "localhost")]
    pub(crate) host: String,
    /// Use https, with a certificate of a local authority that is created at the start
    #[arg(long)]
    pub(crate) tls: bool,
    /// File to which the certificate of that authority is written (PEM)
    #[arg(long, requires = "tls")]
    pub(crate) tls_cert_out: Option<PathBuf>,
    /// Data at the start: `small`, `full`, a number such as `5000-messages`, or a file or folder of your own (JSON,
    /// .eml, .ics, .vcf)
    #[arg(long, default_value = "small")]
    seed: Seed,
    /// Client id of the registration
    #[arg(long, default_value = DEFAULT_CLIENT_ID)]
    client_id: String,
    /// Environment variable with the client secret
    #[arg(long, value_name = "VAR")]
    client_secret_env: Option<String>,
    /// Certificate of the registration (PEM), for client assertions
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<PathBuf>,
    /// Further redirect URI of the web platform; http://localhost/ and http://localhost/index.html are
    /// registered (repeatable)
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Redirect URI of the single-page platform (repeatable)
    #[arg(long)]
    spa_redirect_uri: Vec<String>,
    /// Redirect URI of the mobile and desktop platform, a public client (repeatable)
    #[arg(long)]
    public_redirect_uri: Vec<String>,
    /// Allow public client flows: device code without a secret
    #[arg(long)]
    public_client: bool,
    /// Front-channel logout URL of the application
    #[arg(long)]
    frontchannel_logout: Option<String>,
    /// Revoke all refresh tokens of a family when one of them is used twice
    #[arg(long)]
    strict_rotation: bool,
    /// Operation that needs a second factor, such as 'PATCH /me/mailboxSettings' (repeatable)
    #[arg(long, value_name = "OPERATION")]
    step_up: Vec<StepUp>,
    /// Take batches that are neither wholly parallel nor wholly sequential, which the service refuses
    #[arg(long)]
    mixed_batches: bool,
    /// Start all items of a batch at once, not four at a time
    #[arg(long)]
    batch_all_at_once: bool,
    /// Response headers that pages can read
    #[arg(long, default_value = "generous", value_parser = ["generous", "strict"])]
    cors: String,
    /// Latency of each API call, in milliseconds
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Time between sending a message and its delivery, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    delivery_lag: u64,
    /// Latency of each item of a batch, in milliseconds
    #[arg(long, default_value_t = 0)]
    item_latency_ms: u64,
    /// File that keeps the mailboxes between runs
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Arguments {
    /// Whether other machines reach the tenant.
    fn beyond_loopback(&self) -> bool {
        !self.listen.is_loopback()
    }

    /// Whether the client secret is made at the start, so that it has to be said.
    pub(crate) fn makes_secret(&self) -> bool {
        self.beyond_loopback() && self.client_secret_env.is_none()
    }

    /// The options of the tenant.
    ///
    /// # Errors
    /// The variable of the secret is not set, or the certificate is not valid.
    pub(crate) fn options(&self) -> Result<Options, String> {
        let mut base = Options::default();
        if self.beyond_loopback() {
            base = base.with_own_secrets();
        }
        if let Some(secret) = self.client_secret()? {
            base.client_secret = secret;
        }
        let mut options = Options {
            client_id: self.client_id.clone(),
            client_certificate: self.certificate()?,
            spa_redirect_uris: self.spa_redirect_uri.clone(),
            public_redirect_uris: self.public_redirect_uri.clone(),
            allow_public_client: self.public_client,
            frontchannel_logout: self.frontchannel_logout.clone(),
            strict_rotation: self.strict_rotation,
            step_up: self.step_up.clone(),
            mixed_batches: self.mixed_batches,
            batch_all_at_once: self.batch_all_at_once,
            seed: self.seed.clone(),
            delivery_lag: Duration::from_secs(self.delivery_lag),
            latency: Duration::from_millis(self.latency_ms),
            item_latency: Duration::from_millis(self.item_latency_ms),
            data: self.data.clone(),
            ..base
        };
        if self.cors == "strict" {
            options.cors = CorsProfile::Strict;
        }
        options
            .redirect_uris
            .extend(self.redirect_uri.iter().cloned());
        Ok(options)
    }

    /// The secret in the variable that `--client-secret-env` names.
    fn client_secret(&self) -> Result<Option<String>, String> {
        let read = |name: &String| {
            std::env::var(name).map_err(|_| {
                format!(
                    "the environment variable {name} is not set; set it to the client secret, or leave out \
                     --client-secret-env"
                )
            })
        };
        self.client_secret_env.as_ref().map(read).transpose()
    }

    fn certificate(&self) -> Result<Option<Vec<u8>>, String> {
        let read = |file: &PathBuf| {
            CertificateDer::from_pem_file(file)
                .map(|certificate| certificate.to_vec())
                .map_err(|_| format!("{} is not a certificate in PEM; name another file with --client-certificate", file.display()))
        };
        self.client_certificate.as_ref().map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser as _;
    use exo365_tenant::DEFAULT_CLIENT_SECRET;

    use super::*;

    fn arguments(words: &[&str]) -> Arguments {
        Arguments::try_parse_from([&["exo365-tenant"], words].concat()).unwrap()
    }

    #[test]
    fn only_a_tenant_that_other_machines_reach_makes_its_key_and_secret() {
        for (words, own) in [
            (&[][..], false),
            (&["--listen", "127.0.0.1"], false),
            (&["--listen", "::1"], false),
            (&["--listen", "0.0.0.0"], true),
            (&["--listen", "::"], true),
            (&["--listen", "192.0.2.7"], true),
        ] {
            let arguments = arguments(words);
            let options = arguments.options().unwrap();
            assert_eq!(options.own_signing_key, own, "{words:?}");
            assert_eq!(
                options.client_secret != DEFAULT_CLIENT_SECRET,
                own,
                "{words:?}"
            );
            assert_eq!(arguments.makes_secret(), own, "{words:?}");
        }
    }

    #[test]
    fn a_secret_that_is_given_is_kept_and_not_said() {
        // A variable that is there wherever cargo runs tests.
        let given = std::env::var("CARGO_MANIFEST_DIR").unwrap();
        let arguments = arguments(&[
            "--listen",
            "0.0.0.0",
            "--client-secret-env",
            "CARGO_MANIFEST_DIR",
        ]);
        let options = arguments.options().unwrap();
        assert!(options.own_signing_key && options.client_secret == given);
        assert!(!arguments.makes_secret());
    }
}
