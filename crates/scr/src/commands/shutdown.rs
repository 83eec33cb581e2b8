//! Orderly end of commands that run until they are stopped.

use std::time::Duration;

/// Time for running computations to end on shutdown.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// Waits for Ctrl-C or for the stop signal of a service manager.
pub(crate) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signal handlers the process is killed, which loses no data.
    let _ = interrupt.await;
}
