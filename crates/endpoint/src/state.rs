//! The state that all requests share. Each handler takes the parts that it needs, by axum's `FromRef`.

use crate::base::clock::Clock;
use crate::base::metrics::{Metrics, SessionEnd};
use crate::base::problem::Problem;
use crate::config::Config;
use crate::http::limits::Limits;
use crate::session::codes::Codes;
use crate::session::cooldown::{self, Cooldown};
use crate::session::opened::Opened;
use crate::session::record::Sessions;
use crate::session::renewal::Renewals;
use crate::session::sign_outs::SignOuts;
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

/// Interval for removing ended sessions.
const SWEEP: Duration = Duration::from_secs(3600);

/// The state of a running endpoint. A clone is the same state.
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
    pub(crate) sign_outs: SignOuts,
    /// Sessions whose renewed token the API refused too.
    pub(crate) refused: Arc<Cooldown>,
    pub(crate) codes: Arc<Codes>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Arc<Metrics>,
    /// The endpoint was told to stop: it still serves, but is not ready for more.
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

    /// The same with an open store.
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
            scopes: sorted(&config.public.scopes),
            opened: Opened::default(),
        });
        let config = Arc::new(config);
        let metrics = Arc::new(Metrics::default());
        let upstream = Upstream::new()?;
        let token_client = Arc::new(TokenClient::of_endpoint(
            &config, &upstream, &clock, &metrics,
        ));
        let state = Self {
            renewals: Renewals::new(&config, &clock, &sessions, &token_client, &metrics),
            sign_outs: SignOuts::new(&sessions, &metrics),
            token_client,
            upstream,
            api: Arc::new(Api::new(&config)?),
            keys: Arc::new(MetadataCache::new(clock.clone())),
            tenants: Arc::new(AllowedTenants::new(&config, clock.clone())),
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

    /// Removes ended sessions at intervals, if there is a runtime to do it in.
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

/// In one order, so that a list that was written in another is the same.
fn sorted(scopes: &[String]) -> Vec<String> {
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
