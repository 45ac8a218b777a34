//! Options of the tenant.

use std::path::PathBuf;
use std::time::Duration;

use crate::directory::step_up::StepUp;
use crate::directory::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Registration};
use crate::ids;

/// Random bytes of a client secret that is made.
const SECRET_BYTES: usize = 32;

/// How much data the mailboxes hold at the start.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Seed {
    /// About 200 messages, a few series, 25 contacts.
    #[default]
    Small,
    /// The small set and some 2,000 messages.
    Full,
    /// The small set and this many messages in the first inbox.
    Messages(usize),
    /// The items of a file or a folder (JSON, `.eml`, `.ics`, `.vcf`), and nothing else.
    Files(PathBuf),
}

impl std::str::FromStr for Seed {
    type Err = String;

    /// `small`, `full`, `N-messages`, or the path of a file or folder.
    fn from_str(text: &str) -> Result<Self, String> {
        let count = text
            .strip_suffix("-messages")
            .and_then(|count| count.parse().ok());
        match (text, count) {
            ("small", _) => Ok(Self::Small),
            ("full", _) => Ok(Self::Full),
            (_, Some(count)) if count <= 1_000_000 => Ok(Self::Messages(count)),
            (path, None) if std::path::Path::new(path).exists() => Ok(Self::Files(path.into())),
            (other, _) => Err(format!(
                "`{other}` is not a seed; use small, full, a number such as 5000-messages, or a file or folder that exists"
            )),
        }
    }
}

/// The response headers that pages can read (CORS).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CorsProfile {
    /// The headers that Graph exposes, and `Retry-After`.
    #[default]
    Generous,
    /// As reported from browsers: no `Retry-After`; no exposed headers for Outlook.
    Strict,
}

/// Options of the tenant.
#[derive(Clone)]
pub struct Options {
    /// Origin in issued URLs (issuer, next links), without a trailing slash.
    pub origin: String,
    /// Application id of the registration.
    pub client_id: String,
    /// Secret of the registration.
    pub client_secret: String,
    /// Whether the signing key is made at the start, in place of the one in the source that everybody has.
    pub own_signing_key: bool,
    /// Certificate of the registration (DER), for client assertions.
    pub client_certificate: Option<Vec<u8>>,
    /// Redirect URIs of the web platform.
    pub redirect_uris: Vec<String>,
    /// Redirect URIs of the single-page platform (code redeemed in the browser).
    pub spa_redirect_uris: Vec<String>,
    /// Redirect URIs of the mobile and desktop platform (a public client, which has no secret).
    pub public_redirect_uris: Vec<String>,
    /// Whether the application may get tokens by device code without a secret ("Allow public client flows").
    pub allow_public_client: bool,
    /// URL loaded in a hidden frame when the user signs out.
    pub frontchannel_logout: Option<String>,
    /// Whether the second use of a refresh token revokes its whole family.
    pub strict_rotation: bool,
    /// Operations that need a second factor.
    pub step_up: Vec<StepUp>,
    /// Whether a batch may be neither wholly parallel nor wholly sequential, which the service refuses.
    pub mixed_batches: bool,
    /// Whether the items of a batch start at once, not four at a time.
    pub batch_all_at_once: bool,
    /// The response headers that pages can read.
    pub cors: CorsProfile,
    /// How much data to start with.
    pub seed: Seed,
    /// Latency of each API call. The call counts for the concurrency limit meanwhile.
    pub latency: Duration,
    /// Time between sending a message and its delivery, by the clock of the tenant.
    pub delivery_lag: Duration,
    /// Latency of each item of a batch.
    pub item_latency: Duration,
    /// File that keeps the mailboxes between runs.
    pub data: Option<PathBuf>,
}

impl Options {
    /// The registration that the tenant has by its options.
    pub(crate) fn registration(&self) -> Registration {
        Registration {
            secret: Some(self.client_secret.clone()),
            certificate: self.client_certificate.clone(),
            redirect_uris: self.redirect_uris.clone(),
            spa_redirect_uris: self.spa_redirect_uris.clone(),
            public_redirect_uris: self.public_redirect_uris.clone(),
            allow_public_client: self.allow_public_client,
            frontchannel_logout: self.frontchannel_logout.clone(),
            ..Registration::new(self.client_id.clone())
        }
    }

    /// For a tenant that other machines reach: a signing key and a client secret that are made at the start, in place
    /// of those in the source.
    #[must_use]
    pub fn with_own_secrets(self) -> Self {
        Self {
            client_secret: ids::token(SECRET_BYTES),
            own_signing_key: true,
            ..self
        }
    }
}

impl std::fmt::Debug for Options {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("origin", &self.origin)
            .field("client_id", &self.client_id)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            origin: "http://localhost".to_owned(),
            client_id: DEFAULT_CLIENT_ID.to_owned(),
            client_secret: DEFAULT_CLIENT_SECRET.to_owned(),
            own_signing_key: false,
            client_certificate: None,
            redirect_uris: vec![
                "http://localhost/".to_owned(),
                "http://localhost/index.html".to_owned(),
            ],
            spa_redirect_uris: Vec::new(),
            public_redirect_uris: Vec::new(),
            allow_public_client: false,
            frontchannel_logout: None,
            strict_rotation: false,
            step_up: Vec::new(),
            mixed_batches: false,
            batch_all_at_once: false,
            cors: CorsProfile::default(),
            seed: Seed::default(),
            latency: Duration::ZERO,
            delivery_lag: Duration::ZERO,
            item_latency: Duration::ZERO,
            data: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_parse_and_debug_hides_the_secret() {
        assert_eq!("small".parse(), Ok(Seed::Small));
        assert_eq!("100000-messages".parse(), Ok(Seed::Messages(100_000)));
        assert!("many".parse::<Seed>().is_err());
        assert_eq!("src".parse(), Ok(Seed::Files("src".into())));
        assert!("99999999-messages".parse::<Seed>().is_err());
        assert!(!format!("{:?}", Options::default()).contains(DEFAULT_CLIENT_SECRET));
    }

    #[test]
    fn own_secrets_are_long_and_nobody_elses() {
        let secret = || Options::default().with_own_secrets().client_secret;
        assert!(secret().len() >= 43);
        assert_ne!(secret(), secret());
        assert!(Options::default().with_own_secrets().own_signing_key);
    }
}
