//! A running node.

use crate::topic::{Receipt, Subscription};
use crate::{Address, Builder, Ended, NodeEvent, NotReady, PublishError, State};
use rumormill_core::{Target, Verdict};
use rumormill_net::driver::{Events, Handle};
use rumormill_net::transport::http::port_of;
use rumormill_node::{AnyDiscovery, AnyNode, NodeCommand, Plane};
use rumormill_protocols::RumorId;
use rumormill_protocols::discovery::peer_list::Standing;
use rumormill_protocols::planes::BroadcastEvent;
use rumormill_wire::json::topic_payload;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

pub use rumormill_net::driver::Told;

/// The most bytes of data in one message: in base64, with a topic and the message's other fields, it
/// fits in the 1 MiB that nodes take.
const DATA_MAX: usize = 768_000;

/// The most bytes of a payload as it stands on the wire.
pub(crate) const PAYLOAD_MAX: usize = (1 << 20) - 1024;

/// A node that runs. Clones lead to the same; it ends with the last of them.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub handle: Handle<AnyNode>,
    pub own: Address,
    pub server: AbortHandle,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Node {
    /// Settings of a node to be.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(inner: Inner) -> Node {
        Node { inner: Arc::new(inner) }
    }

    pub(crate) fn handle(&self) -> &Handle<AnyNode> {
        &self.inner.handle
    }

    /// Where others reach it.
    pub fn address(&self) -> Address {
        self.inner.own.clone()
    }

    /// Its port, which is its name.
    pub fn port(&self) -> u16 {
        port_of(&self.inner.own).unwrap_or_default()
    }

    /// The shared state.
    pub fn state(&self) -> State {
        State::new(self.clone())
    }

    /// Publishes data on a topic. The receipt says to how many neighbours it was queued, and to whom
    /// not and why; none is up → `queued` is 0, and nobody will hear it.
    pub async fn publish(&self, topic: &str, data: &[u8]) -> Result<Receipt, PublishError> {
        static TICKETS: AtomicU64 = AtomicU64::new(1);
        let ticket = TICKETS.fetch_add(1, Ordering::Relaxed);
        let (payload, topic) = (topic_payload(topic, data), Arc::from(topic));
        if data.len() > DATA_MAX || payload.len() > PAYLOAD_MAX {
            return Err(PublishError::TooLarge { len: data.len(), max: DATA_MAX });
        }
        // Listen first: where the version is not durable yet, the receipt comes later than the answer.
        let mut events = self.events();
        let publish = NodeCommand::Publish { topic, payload, ticket };
        let told = self.handle().command(publish).await.map_err(Ended::from)?;
        if let Some(receipt) = told.into_iter().find_map(|event| receipt_of(event, ticket)) {
            return receipt;
        }
        loop {
            match events.next().await {
                Some(Told::Event(event)) => {
                    if let Some(receipt) = receipt_of(event, ticket) {
                        return receipt;
                    }
                }
                Some(Told::Gap(_)) => return Err(PublishError::Missed),
                None => return Err(PublishError::Ended(Ended)),
            }
        }
    }

    /// What is published on a topic from now on, by others.
    pub fn subscribe(&self, topic: &str) -> Subscription {
        Subscription::new(topic, self.events())
    }

    /// The judgement on a delivery, where the node was built to wait for one.
    pub async fn judge(&self, id: RumorId, verdict: Verdict) -> Result<(), Ended> {
        Ok(self.handle().command(NodeCommand::Judge(id, verdict)).await.map(drop)?)
    }

    /// Everything that the node tells, as it happens; slow listeners are told how much they missed.
    pub fn events(&self) -> Events<AnyNode> {
        self.handle().events()
    }

    /// Makes a node known, as if it had been given to bootstrap from.
    pub async fn add_peer(&self, address: Address) -> Result<(), Ended> {
        let add = NodeCommand::AddPeer(Target::Address(address));
        Ok(self.handle().command(add).await.map(drop)?)
    }

    /// Waits until that many peers are up.
    pub async fn wait_ready(&self, wanted: usize, within: Duration) -> Result<(), NotReady> {
        let deadline = Instant::now() + within;
        let mut events = self.events();
        loop {
            let standing = self.standing(wanted, within).await;
            if standing.up >= wanted {
                return Ok(());
            }
            match timeout_at(deadline, events.next()).await {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return Err(standing),
            }
        }
    }

    async fn standing(&self, wanted: usize, waited: Duration) -> NotReady {
        let mut standing = NotReady { up: 0, wanted, waited, reserve: 0, down: 0, unverified: 0 };
        let counted = self.handle().inspect(move |node, _| {
            let AnyDiscovery::PeerList(peers) = node.discovery();
            for known in peers.known() {
                match known.standing {
                    Standing::Up { neighbour: true, .. } => standing.up += 1,
                    Standing::Down { .. } => standing.down += 1,
                    _ if known.is_verified() => standing.reserve += 1,
                    _ => standing.unverified += 1,
                }
            }
            standing
        });
        counted.await.unwrap_or(standing)
    }

    /// Ends the node in good order: what is queued is sent, what is to be durable is written.
    pub async fn shutdown(&self) {
        self.inner.server.abort();
        self.handle().shutdown().await;
    }
}

fn receipt_of(event: NodeEvent, ours: u64) -> Option<Result<Receipt, PublishError>> {
    match event {
        Plane::Broadcast(BroadcastEvent::Published { ticket, id, tally }) if ticket == ours => {
            let dropped = tally.dropped.into_iter().map(|(_, why)| why).collect();
            Some(Ok(Receipt { id, queued: tally.queued as usize, dropped }))
        }
        Plane::Broadcast(BroadcastEvent::PublishRefused { ticket, .. }) if ticket == ours => {
            Some(Err(PublishError::TooMany))
        }
        _ => None,
    }
}
