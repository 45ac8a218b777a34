//! Stopping: the signal, and how long it waits for what is in flight.

use std::pin::Pin;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the source of tokens gives open connections after the signal to stop, and work on disks when all is over.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Resolves when connections have had their grace after the signal, or at another signal: who sends two is in a hurry.
pub(crate) async fn late(stopped: oneshot::Receiver<Again>, grace: Duration) {
    match stopped.await {
        Ok(again) => tokio::select! {
            () = tokio::time::sleep(grace) => {}
            () = again => {}
        },
        Err(_) => std::future::pending().await,
    }
}

/// The signal after the one that came.
pub(crate) type Again = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Waits for another signal, from the call on.
pub(crate) fn again() -> Again {
    Box::pin(signal())
}

/// Resolves at Ctrl-C and at SIGTERM: from the call on, which comes before anyone is told the port.
#[cfg(unix)]
pub(crate) fn signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let caught = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = caught else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
