//! What all tasks of one transport share.

use super::TcpConfig;
use super::hello::Hello;
use super::wire::{End, Order};
use crate::transport::{Arrival, Arrivals, ExchangeId, WireId, WireIds};
use rumormill_core::{Codec, Protocol};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Held by the transport and each of its tasks.
pub(super) struct Shared<P: Protocol> {
    pub hello: Hello,
    pub codec: Codec<P::Message>,
    pub config: TcpConfig,
    pub wires: WireIds,
    arrivals: Arrivals<P>,
    open: Mutex<Open<P>>,
    /// Goes with the last who holds this.
    _alive: mpsc::Sender<()>,
}

/// What the driver can speak of.
struct Open<P: Protocol> {
    ends: BTreeMap<WireId, End<P::Message>>,
    /// Over which wire each request went: its answer comes over no other. The driver cancels those
    /// whose wire is gone, so there are no more of them than it has under way.
    asked: BTreeMap<ExchangeId, WireId>,
}

impl<P: Protocol> Shared<P> {
    pub fn new(
        hello: Hello,
        codec: Codec<P::Message>,
        config: TcpConfig,
        arrivals: Arrivals<P>,
        wires: WireIds,
        alive: mpsc::Sender<()>,
    ) -> Shared<P> {
        let open = Mutex::new(Open { ends: BTreeMap::new(), asked: BTreeMap::new() });
        Shared { hello, codec, config, wires, arrivals, open, _alive: alive }
    }

    /// Waits for room. A driver that is gone needs not be told.
    pub async fn tell(&self, arrival: Arrival<P>) {
        let _ = self.arrivals.send(arrival).await;
    }

    pub fn attach(&self, wire: WireId, end: End<P::Message>) {
        self.lock().ends.insert(wire, end);
    }

    pub fn detach(&self, wire: WireId) -> Option<End<P::Message>> {
        self.lock().ends.remove(&wire)
    }

    /// The driver has one batch under way at a time, and its place is reserved; of a wire that is gone it
    /// will hear.
    pub fn order(&self, wire: WireId, order: Order<P::Message>) {
        if let Some(end) = self.lock().ends.get(&wire) {
            end.order(order);
        }
    }

    /// Sends a request; false if too many wait to be sent.
    pub fn ask(&self, wire: WireId, exchange: ExchangeId, message: P::Message) -> bool {
        let mut open = self.lock();
        // A wire that is gone takes its exchanges with it: the driver is told of that.
        let Some(end) = open.ends.get(&wire) else { return true };
        let taken = end.ask(exchange, message);
        if taken {
            open.asked.insert(exchange, wire);
        }
        taken
    }

    /// Whether this is an answer that we wait for from there; it is taken.
    pub fn take_asked(&self, wire: WireId, exchange: ExchangeId) -> bool {
        let mut open = self.lock();
        let is_theirs = open.asked.get(&exchange) == Some(&wire);
        is_theirs && open.asked.remove(&exchange).is_some()
    }

    pub fn forget(&self, exchange: ExchangeId) {
        self.lock().asked.remove(&exchange);
    }

    fn lock(&self) -> MutexGuard<'_, Open<P>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
