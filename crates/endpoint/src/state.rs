//! What all requests share.

use crate::base::clock::Clock;
use crate::base::metrics::{End, Metrics};
use crate::base::problem::Problem;
use crate::config::Config;
use crate::http::limits::Limits;
use crate::routes::exchange::Codes;
use crate::routes::proxy::Api;
use crate::session::cooldown::{self, Rest};
use crate::session::record::Sessions;
use crate::session::renewal::{Outcome, Waiting};
use crate::session::single_flight::Flights;
use crate::store::seal::Seal;
use crate::store::{Failed, FileStore, RedisStore, Store};
use crate::upstream::metadata::Keys;
use crate::upstream::tenants::Tenants;
use crate::upstream::token_client::Desk;
use crate::upstream::transport::Upstream;
use exo365_core::error::{Code, Error};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How often ended sessions are swept out.
const SWEEP: Duration = Duration::from_secs(3600);
/// When to come back where the store is away, in seconds.
const RETRY: u32 = 2;

/// The endpoint, running.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) sessions: Sessions,
    pub(crate) upstream: Upstream,
    pub(crate) api: Api,
    pub(crate) keys: Keys,
    pub(crate) tenants: Tenants,
    pub(crate) desk: Desk,
    /// Sessions in whose renewals the service saw a loop.
    pub(crate) loops: Rest,
    /// Sessions whose new token the API refused as well.
    pub(crate) refused: Rest,
    pub(crate) flights: Arc<Flights<Outcome>>,
    pub(crate) touches: Arc<Flights<()>>,
    pub(crate) waiting: Waiting,
    pub(crate) codes: Codes,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    /// Somebody asked it to stop: it serves, but wants no more.
    pub(crate) stopping: AtomicBool,
}

/// Shared by all requests.
pub(crate) type App = Arc<State>;

impl State {
    /// Opens database and keys.
    ///
    /// # Errors
    /// Why the endpoint cannot start.
    pub(crate) fn open(config: Config, clock: Clock) -> Result<App, Problem> {
        let sessions = Sessions {
            store: store(&config, &clock)?,
            seal: Seal::open(&config.seal)?,
            idle: config.idle,
            lifetime: config.lifetime,
        };
        let upstream = Upstream::new()?;
        let app = Arc::new(Self {
            desk: Desk::new(&config.public, &config.credential, &upstream, &clock),
            upstream,
            api: Api::new()?,
            keys: Keys::new(clock.clone()),
            tenants: Tenants::new(clock.clone()),
            loops: Rest::new(cooldown::LOOP),
            refused: Rest::new(cooldown::REFUSED),
            flights: Arc::default(),
            touches: Arc::default(),
            waiting: Waiting::default(),
            codes: Codes::default(),
            metrics: Metrics::default(),
            stopping: AtomicBool::new(false),
            limits: Limits::new(config.limits.0, config.limits.1),
            sessions,
            config,
            clock,
        });
        if app.config.proxies.is_empty() && app.config.strict_transport && app.config.limits.0 > 0 {
            tracing::warn!(
                "behind a proxy that `proxies` does not list, everyone has its address: the limit per address is off"
            );
        }
        sweep(&app);
        Ok(app)
    }
}

fn store(config: &Config, clock: &Clock) -> Result<Box<dyn Store>, Problem> {
    Ok(match &config.store {
        Some(address) => Box::new(RedisStore::open(
            address.reveal(),
            config.store_ca.as_deref(),
            clock.clone(),
        )?),
        None => Box::new(FileStore::open(&config.database)?),
    })
}

/// Sweeps while the endpoint lives; not where there is no runtime to do it in.
fn sweep(app: &App) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let app = Arc::downgrade(app);
    runtime.spawn(async move {
        loop {
            let Some(app) = app.upgrade() else { return };
            if let Ok(ended @ 1..) = app.sessions.store.sweep(app.clock.now()).await {
                app.metrics.ended(End::Swept, ended);
                tracing::info!(ended, "ended sessions are swept out");
            }
            drop(app);
            tokio::time::sleep(SWEEP).await;
        }
    });
}

impl From<Failed> for Error {
    fn from(_: Failed) -> Self {
        let mut error = Self::new(
            Code::ServiceUnavailable,
            "the endpoint's session store has trouble",
        );
        error.detail_mut().retry_after_seconds = Some(RETRY);
        error
    }
}
