//! When to stop.

use std::future::Future;

/// Resolves at Ctrl-C, and on Unix at SIGTERM too. From the call on, not only from the first poll,
/// they no longer end the process at once.
#[cfg(unix)]
pub fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn heard(signal: std::io::Result<Signal>) {
        match signal {
            Ok(mut signal) => drop(signal.recv().await),
            // Then it ends us as the system has it.
            Err(_) => std::future::pending().await,
        }
    }
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = heard(interrupt) => {}
            () = heard(terminate) => {}
        }
    }
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
pub fn asked_to_stop() -> impl Future<Output = ()> {
    async { drop(tokio::signal::ctrl_c().await) }
}
