//! What all requests share. Each handler takes out of it what it needs, by axum's `FromRef`.

use crate::base::clock::Clock;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::base::problem::Problem;
use crate::config::Config;
use crate::http::limits::Limits;
use crate::session::codes::Codes;
use crate::session::cooldown::{self, Cooldown};
use crate::session::record::Sessions;
use crate::session::renewal::Renewals;
use crate::store::seal::Seal;
use crate::store::{self, Store};
use crate::upstream::api::Api;
use crate::upstream::metadata::MetadataCache;
use crate::upstream::tenants::AllowedTenants;
use crate::upstream::token_client::TokenClient;
use crate::upstream::transport::Upstream;
use axum::extract::FromRef;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How often ended sessions are swept out.
const SWEEP: Duration = Duration::from_secs(3600);

/// The endpoint, running. A clone is the same endpoint.
#[derive(Clone, FromRef)]
pub(crate) struct State {
    pub(crate) config: Arc<Config>,
    pub(crate) clock: Clock,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) upstream: Upstream,
    pub(crate) api: Arc<Api>,
    pub(crate) keys: Arc<MetadataCache>,
    pub(crate) tenants: Arc<AllowedTenants>,
    pub(crate) token_client: Arc<TokenClient>,
    pub(crate) renewals: Renewals,
    /// Sessions whose new token the API refused as well.
    pub(crate) refused: Arc<Cooldown>,
    pub(crate) codes: Arc<Codes>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Arc<Metrics>,
    /// Somebody asked it to stop: it serves, but wants no more.
    pub(crate) stopping: Arc<AtomicBool>,
}

impl State {
    /// Opens database and keys.
    ///
    /// # Errors
    /// Why the endpoint cannot start.
    pub(crate) fn open(config: Config, clock: Clock) -> Result<Self, Problem> {
        let store = store::open(&config, &clock)?;
        Self::over(store, config, clock)
    }

    /// The same over a store that is open.
    ///
    /// # Errors
    /// As [`State::open`].
    pub(crate) fn over(
        store: Box<dyn Store>,
        config: Config,
        clock: Clock,
    ) -> Result<Self, Problem> {
        let sessions = Arc::new(Sessions {
            store,
            seal: Seal::open(&config.seal)?,
            idle: config.idle,
            lifetime: config.lifetime,
        });
        let config = Arc::new(config);
        let metrics = Arc::new(Metrics::default());
        let upstream = Upstream::new()?;
        let token_client = Arc::new(TokenClient::of_endpoint(
            &config, &upstream, &clock, &metrics,
        ));
        let state = Self {
            renewals: Renewals::new(&config, &clock, &sessions, &token_client, &metrics),
            token_client,
            upstream,
            api: Arc::new(Api::new()?),
            keys: Arc::new(MetadataCache::new(clock.clone())),
            tenants: Arc::new(AllowedTenants::new(clock.clone())),
            refused: Arc::new(Cooldown::new(cooldown::REFUSED)),
            codes: Arc::default(),
            metrics,
            stopping: Arc::default(),
            limits: Arc::new(Limits::new(&config, &clock)),
            sessions,
            config,
            clock,
        };
        let config = &state.config;
        if config.proxies.is_empty() && config.strict_transport && config.limits.0 > 0 {
            tracing::warn!(
                "behind a proxy that `proxies` does not list, everyone has its address: the limit per address is off"
            );
        }
        state.sweep();
        Ok(state)
    }

    /// Sweeps while the endpoint lives; not where there is no runtime to do it in.
    fn sweep(&self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let sessions = Arc::downgrade(&self.sessions);
        let (metrics, clock) = (Arc::clone(&self.metrics), self.clock.clone());
        runtime.spawn(async move {
            loop {
                let Some(sessions) = sessions.upgrade() else {
                    return;
                };
                if let Ok(ended @ 1..) = sessions.store.sweep(clock.now()).await {
                    metrics.ended(SessionEnd::Swept, ended);
                    tracing::info!(ended, "ended sessions are swept out");
                }
                drop(sessions);
                tokio::time::sleep(SWEEP).await;
            }
        });
    }
}
