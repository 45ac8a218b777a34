//! What all requests share.

use crate::clock::Clock;
use crate::config::Config;
use crate::exchange::Codes;
use crate::flight::Flights;
use crate::keys::Keys;
use crate::problem::Problem;
use crate::record::Sessions;
use crate::renewal::Outcome;
use crate::seal::Seal;
use crate::store::{Failed, FileStore};
use crate::upstream::Upstream;
use crate::window::Window;
use exo365_core::error::{Code, Error};
use std::sync::Arc;
use std::time::Duration;

/// How often ended sessions are swept out.
const SWEEP: Duration = Duration::from_secs(3600);

/// The endpoint, running.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) sessions: Sessions,
    pub(crate) upstream: Upstream,
    pub(crate) keys: Keys,
    pub(crate) window: Window,
    pub(crate) flights: Arc<Flights<Outcome>>,
    pub(crate) touches: Arc<Flights<()>>,
    pub(crate) codes: Codes,
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
            store: Box::new(FileStore::open(&config.database)?),
            seal: Seal::open(&config.seal)?,
            idle: config.idle,
            lifetime: config.lifetime,
        };
        let app = Arc::new(Self {
            upstream: Upstream::new()?,
            keys: Keys::new(clock.clone()),
            window: Window::default(),
            flights: Arc::default(),
            touches: Arc::default(),
            codes: Codes::default(),
            sessions,
            config,
            clock,
        });
        sweep(&app);
        Ok(app)
    }
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
                tracing::info!(ended, "ended sessions are swept out");
            }
            drop(app);
            tokio::time::sleep(SWEEP).await;
        }
    });
}

impl From<Failed> for Error {
    fn from(_: Failed) -> Self {
        Self::new(
            Code::ServiceUnavailable,
            "the endpoint's session store has trouble",
        )
    }
}
