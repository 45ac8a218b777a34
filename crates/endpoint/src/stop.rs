//! Stopping: the signals, and the grace period for requests in flight.

use std::pin::Pin;
use std::time::Duration;
use tokio::sync::oneshot;

/// Grace period of the token source after the signal to stop, and for disk writes at the very end.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Resolves when the grace period after the signal is over, or at a second signal.
pub(crate) async fn late(stopped: oneshot::Receiver<Again>, grace: Duration) {
    match stopped.await {
        Ok(again) => tokio::select! {
            () = tokio::time::sleep(grace) => {}
            () = again => {}
        },
        Err(_) => std::future::pending().await,
    }
}

/// A future that resolves at the next signal.
pub(crate) type Again = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Waits for the next signal, from the call on.
pub(crate) fn again() -> Again {
    Box::pin(signal())
}

/// Resolves at Ctrl-C and at SIGTERM. It catches signals from the call on, which comes before the port is published.
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
