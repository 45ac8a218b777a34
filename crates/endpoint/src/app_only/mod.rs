//! Tokens for the application in its own name (client credentials): for services, never for pages.
//!
//! An administrator grants the application its rights in one tenant; the token acts with all of them, on every
//! mailbox that the tenant's policy lets it reach. No route of the endpoint gives such a token: it is had by
//! this type, by `exo365-endpoint app-token`, or by the [source] that the command can serve on this machine.
//!
//! ```no_run
//! # async fn get() -> Result<(), Box<dyn std::error::Error>> {
//! use exo365_endpoint::app_only::{AppOnly, Choice};
//! let application = AppOnly::load("endpoint.toml".as_ref(), &Choice::default())?;
//! let token = application.token(false).await.map_err(|error| error.to_string())?;
//! println!("good for {} seconds", token.expires_in);
//! # Ok(())
//! # }
//! ```

mod source;

pub use source::{KEY, source};

use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::{self, Secret, Service};
use crate::session::record::{AccessToken, TokenSpec, seconds_until};
use crate::session::single_flight::SingleFlight;
use crate::store::Key;
use crate::upstream::authority;
use crate::upstream::token_client::{self, About, TokenClient};
use crate::upstream::transport::Upstream;
use exo365_core::error::{Code, Error};
use exo365_core::wire::{Identity, PageConfig};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A token that is younger than this many seconds is given even after a refusal.
const YOUNG: u64 = 5;
/// The rest after the service saw a loop, in seconds.
const LOOP: u32 = 60;

/// What goes before the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice<'a> {
    /// Id or domain of the tenant.
    pub tenant: Option<&'a str>,
    /// Identifier of the API; the configured one where none is named.
    pub resource: Option<&'a str>,
}

/// A token, as it is handed out.
#[derive(Clone, Debug)]
pub struct AppToken {
    /// Opaque.
    pub token: Secret,
    /// Seconds from now.
    pub expires_in: u32,
    /// What it is good for, where the service says so.
    pub scopes: Vec<String>,
}

/// The application itself. It caches one token, and concurrent requests share a renewal.
#[derive(Clone)]
pub struct AppOnly(Arc<Inner>);

struct Inner {
    public: PageConfig,
    resource: String,
    token_client: TokenClient,
    clock: Clock,
    flights: Arc<SingleFlight<Result<AccessToken, Error>>>,
    held: Mutex<Option<AccessToken>>,
}

impl AppOnly {
    /// Reads `file`, of which only the client, its proof and the clouds count, and the environment.
    ///
    /// # Errors
    /// [`Problem::Config`], [`Problem::Secret`], [`Problem::Machine`].
    pub fn load(file: &Path, choice: &Choice<'_>) -> Result<Self, Problem> {
        let environment = |name: &str| std::env::var(name).ok();
        let folder = file.parent().unwrap_or(Path::new(""));
        let text = config::text(file, environment)?;
        Self::parse(&text, folder, environment, choice)
    }

    /// Reads TOML text; `environment` gives the variables, paths are relative to `folder`.
    ///
    /// # Errors
    /// As [`AppOnly::load`].
    pub fn parse(
        text: &str,
        folder: &Path,
        environment: impl Fn(&str) -> Option<String>,
        choice: &Choice<'_>,
    ) -> Result<Self, Problem> {
        let chosen = (choice.tenant, choice.resource);
        let service = Service::parse(text, folder, environment, chosen)?;
        Self::at(&service, Clock::system())
    }

    pub(crate) fn at(service: &Service, clock: Clock) -> Result<Self, Problem> {
        let upstream = Upstream::new()?;
        // v2 names permissions below the API, and writes the slash between itself.
        let resource = match service.public.identity {
            Identity::V1 => service.resource.as_str(),
            Identity::V2 => service.resource.trim_end_matches('/'),
        };
        Ok(Self(Arc::new(Inner {
            token_client: TokenClient::new(&service.public, &service.credential, &upstream, &clock),
            resource: resource.into(),
            public: service.public.clone(),
            clock,
            flights: Arc::default(),
            held: Mutex::default(),
        })))
    }

    /// The token; a new one if the API `refused` the previous one.
    ///
    /// # Errors
    /// The service's refusal: [`Code::Misconfigured`] most often; [`Code::Throttled`], [`Code::ServiceUnavailable`].
    pub async fn token(&self, refused: bool) -> Result<AppToken, Error> {
        let now = self.0.clock.now();
        if let Some(held) = self.0.fresh(refused, now) {
            return Ok(hand_out(&held, now));
        }
        let inner = Arc::clone(&self.0);
        let name = (Key([0; 32]), TokenSpec::default());
        let work = || async move { inner.renew(refused).await };
        let renewed = self.0.flights.join(name, work).await?;
        let now = self.0.clock.now();
        renewed.map(|held| hand_out(&held, now))
    }
}

fn hand_out(held: &AccessToken, now: u64) -> AppToken {
    AppToken {
        token: Secret::new(held.token.reveal().to_owned()),
        expires_in: seconds_until(held.expires_at, now),
        scopes: held.granted.clone(),
    }
}

impl Inner {
    fn held(&self) -> MutexGuard<'_, Option<AccessToken>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, refused: bool, now: u64) -> Option<AccessToken> {
        let held = self.held().clone()?;
        let good = if refused {
            now < held.taken_at + YOUNG
        } else {
            held.is_fresh(now)
        };
        good.then_some(held)
    }

    async fn renew(&self, refused: bool) -> Result<AccessToken, Error> {
        let now = self.clock.now();
        if let Some(held) = self.fresh(refused, now) {
            return Ok(held);
        }
        let form = authority::app_form(&self.public, &self.resource);
        match self
            .token_client
            .request_tokens(&form, About::Application)
            .await
        {
            Ok(tokens) => {
                let cached = AccessToken::new(&TokenSpec::default(), &tokens, now);
                *self.held() = Some(cached.clone());
                Ok(cached)
            }
            Err(refusal) => {
                let error = refusal.error;
                if token_client::is_loop(&error) {
                    self.token_client.begin_pause(About::Application, LOOP);
                }
                // A token that is still valid for a short time is better than none.
                let passes = matches!(
                    error.code,
                    Code::InvalidResponse | Code::ServiceUnavailable | Code::Throttled
                );
                let old = self.held().clone().filter(|held| held.is_valid(now));
                old.filter(|_| passes && !refused).ok_or(error)
            }
        }
    }
}
