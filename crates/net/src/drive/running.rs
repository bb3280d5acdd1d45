//! A node that runs.

use crate::driver::{Events, Handle};
use crate::transport::tcp::Closing;
use rumormill_core::{Address, Protocol};
use std::net::SocketAddr;
use std::ops::Deref;
use tokio::task::JoinHandle;

/// A node that runs; all that its [`Handle`] can do, it can. Dropped, it ends in good order, if no clone of
/// its handle is left.
pub struct Running<P: Protocol> {
    /// What the machine told since its start.
    pub events: Events<P>,
    handle: Handle<P>,
    driver: JoinHandle<()>,
    closing: Closing,
    bound: Option<SocketAddr>,
}

impl<P: Protocol> Running<P> {
    pub(super) fn new(
        handle: Handle<P>,
        driver: impl Future<Output = ()> + Send + 'static,
        closing: Closing,
        bound: Option<SocketAddr>,
    ) -> Running<P> {
        // Whoever has the events first misses none.
        let events = handle.events();
        Running { events, handle, driver: tokio::spawn(driver), closing, bound }
    }

    /// Where it listens, as it is bound; nothing if it only dials.
    pub fn address(&self) -> Option<Address> {
        self.bound.map(|address| Address::new(&address.to_string()))
    }

    /// A handle, for other tasks.
    pub fn handle(&self) -> Handle<P> {
        self.handle.clone()
    }

    /// Ends it in good order: see [`Handle::shutdown`]. When this returns its sockets are closed and its
    /// tasks have ended.
    pub async fn shutdown(self) {
        self.handle.shutdown().await;
        self.end().await;
    }

    /// Stops it dead, as a crash would: links break, and of writes under way any may be kept. When this
    /// returns its sockets are closed and its tasks have ended.
    pub async fn kill(self) {
        self.driver.abort();
        self.end().await;
    }

    async fn end(self) {
        // It was asked to end, or aborted.
        let _ = self.driver.await;
        self.closing.done().await;
    }
}

impl<P: Protocol> Deref for Running<P> {
    type Target = Handle<P>;

    fn deref(&self) -> &Handle<P> {
        &self.handle
    }
}
