//! The log, on stderr: lines are written by a thread of its own, so that nobody waits for whoever reads them.

use exo365_endpoint::Problem;
use std::time::Duration;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Lines that wait to be written; beyond that the newest are lost.
const WAITING: usize = 4096;
/// How often the log says how many lines it lost.
const LOOK: Duration = Duration::from_secs(5);

/// The log while it lasts: dropping it writes what waits, if somebody reads.
pub(crate) struct Log {
    _guard: WorkerGuard,
    lost: ErrorCounter,
}

/// Starts it; `usual` is the level where `EXO365_LOG` is not set.
///
/// # Errors
/// [`Problem::Config`] for a level that is none.
pub(crate) fn start(usual: &str) -> Result<Log, Problem> {
    let wanted = std::env::var("EXO365_LOG").unwrap_or_else(|_| usual.into());
    let level: LevelFilter = wanted.parse().map_err(|_| {
        Problem::Config("EXO365_LOG is error, warn, info, debug, trace or off".into())
    })?;
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING)
        .thread_name("log")
        .finish(std::io::stderr());
    let lost = writer.error_counter();
    // Libraries below may print headers when they are asked for details: they are not asked.
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("exo365_endpoint", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .init();
    Ok(Log {
        _guard: guard,
        lost,
    })
}

impl Log {
    /// Says how many lines were lost, for as long as it is polled.
    pub(crate) async fn watch(&self) {
        let mut told = 0;
        loop {
            tokio::time::sleep(LOOK).await;
            let lost = self.lost.dropped_lines();
            if lost > told {
                tracing::warn!(
                    lines = lost - told,
                    "lines of the log were lost: whoever reads it was too slow"
                );
                told = lost;
            }
        }
    }
}
