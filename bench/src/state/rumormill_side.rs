//! Rumormill, over HTTP on the loopback.

use super::counted::Counted;
use super::network::{KEY, Network, first_value};
use rumormill::{Fanout, Node};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

/// Its nodes.
pub struct Rumormills(Vec<Node>);

/// The same, told apart by type: with as little broadcast as there can be.
pub struct Reconcilers(Rumormills);

async fn start(
    nodes: u16,
    interval: Duration,
    counted: Arc<Counted>,
    broadcast: bool,
) -> anyhow::Result<Rumormills> {
    let mut all: Vec<Node> = Vec::new();
    for number in 0..nodes {
        let mut builder = Node::builder().sync_interval(Some(interval));
        if !broadcast {
            builder = builder.fanout(Fanout::Random(NonZeroU16::MIN)).ttl(0);
        }
        if let Some(before) = all.last() {
            builder = builder.bootstrap([before.address()]);
        }
        let node = builder.spawn().await?;
        tokio::spawn(listen(node.clone(), counted.clone()));
        node.state().set(KEY, first_value(number.into())).await?;
        all.push(node);
    }
    Ok(Rumormills(all))
}

async fn listen(node: Node, counted: Arc<Counted>) {
    let own = u64::from(node.port());
    let mut changes = node.state().watch();
    drop(node);
    while let Some(change) = changes.next().await {
        if let Some(value) = change.value.as_ref().and_then(|value| value.as_str())
            && change.origin != own
        {
            counted.hear(value);
        }
    }
}

impl Network for Rumormills {
    async fn start(nodes: u16, interval: Duration, counted: Arc<Counted>) -> anyhow::Result<Self> {
        start(nodes, interval, counted, true).await
    }

    async fn is_complete(&self) -> anyhow::Result<bool> {
        for node in &self.0 {
            if node.state().all().await?.len() < self.0.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn set(&self, node: usize, value: &str) -> anyhow::Result<()> {
        self.0[node].state().set(KEY, value).await?;
        Ok(())
    }
}

impl Network for Reconcilers {
    async fn start(nodes: u16, interval: Duration, counted: Arc<Counted>) -> anyhow::Result<Self> {
        start(nodes, interval, counted, false).await.map(Reconcilers)
    }

    async fn is_complete(&self) -> anyhow::Result<bool> {
        self.0.is_complete().await
    }

    async fn set(&self, node: usize, value: &str) -> anyhow::Result<()> {
        self.0.set(node, value).await
    }
}
