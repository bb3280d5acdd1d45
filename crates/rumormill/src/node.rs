//! A running node.

use crate::topic::Subscription;
use crate::{Address, Builder, Ended, NotReady, PublishError, Receipt, State};
use rumormill_core::{Target, Verdict};
use rumormill_net::control;
use rumormill_net::driver::{Events, Handle};
use rumormill_net::transport::http::port_of;
use rumormill_node::{AnyNode, NodeCommand};
use rumormill_protocols::RumorId;
use rumormill_protocols::parts::acquaintance::Footing;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

pub use rumormill_net::driver::Told;

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
        control::publish(self.handle(), topic, data).await
    }

    /// What is published on a topic from now on, by others.
    pub fn subscribe(&self, topic: &str) -> Subscription {
        Subscription::new(topic, self.events())
    }

    /// The judgement on a delivery, where the node was built to wait for one.
    pub async fn judge(&self, id: RumorId, verdict: Verdict) -> Result<(), Ended> {
        self.handle().command(NodeCommand::Judge(id, verdict)).await.map(drop)
    }

    /// Everything that the node tells, as it happens; slow listeners are told how much they missed.
    pub fn events(&self) -> Events<AnyNode> {
        self.handle().events()
    }

    /// Makes a node known, as if it had been given to bootstrap from.
    pub async fn add_peer(&self, address: Address) -> Result<(), Ended> {
        let add = NodeCommand::AddPeer(Target::Address(address));
        self.handle().command(add).await.map(drop)
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
            for known in node.discovery().acquaintances() {
                match known.footing {
                    Footing::Neighbour => standing.up += 1,
                    Footing::Down { .. } => standing.down += 1,
                    _ if known.is_verified => standing.reserve += 1,
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
