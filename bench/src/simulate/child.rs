//! One side, in its own process.

use super::spent::Spent;
use super::{Args, Side, iroh_side, rumormill_side};
use anyhow::Context;
use rumormill_bench::process;
use serde::{Deserialize, Serialize};

/// How large each payload is, in bytes.
pub const PAYLOAD_BYTES: usize = 512;

/// Latencies are between these, in milliseconds, each as likely.
pub const LATENCY_MS: (u64, u64) = (10, 50);

/// The network that both sides make, and what is broadcast in it.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// How many nodes there are.
    pub nodes: usize,
    /// What all is drawn from.
    pub seed: u64,
    /// Broadcasts that are not measured.
    pub warm_up: u32,
    /// Broadcasts that are.
    pub broadcasts: u32,
}

/// What a side found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// Until the network was ready to broadcast.
    pub bootstrap: Spent,
    /// For each broadcast.
    pub broadcast: Spent,
    /// Messages of all kinds that nodes handled, for each broadcast.
    pub messages: f64,
    /// The share of the deliveries that came true.
    pub delivered: f64,
    /// Receipts of payloads for each delivery.
    pub copies_per_delivery: f64,
    /// The longest way of any delivery; 1 from the publisher to its neighbour.
    pub hops_max: u32,
}

/// What one run found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Whose.
    pub side: Side,
    /// How many nodes.
    pub nodes: usize,
    /// What it drew from.
    pub seed: u64,
    /// The most memory that was resident, without what was at the start, in bytes a node.
    pub bytes_per_node: f64,
    /// All else.
    #[serde(flatten)]
    pub figures: Figures,
}

impl std::ops::Deref for Run {
    type Target = Figures;

    fn deref(&self) -> &Figures {
        &self.figures
    }
}

/// Measures one side, and prints what it found as JSON.
pub fn run(side: Side, args: &Args) -> anyhow::Result<()> {
    let nodes = *args.nodes.first().context("a number of nodes is needed")?;
    let &Args { seed, warm_up, broadcasts, .. } = args;
    let task = Task { nodes, seed, warm_up, broadcasts };
    let base = process::resident_bytes()?;
    let figures = match side {
        Side::IrohGossip => iroh_side::run(task),
        Side::Rumormill => rumormill_side::run(task, false, false)?,
        Side::RumormillChecked => rumormill_side::run(task, true, false)?,
        Side::RumormillEncoded => rumormill_side::run(task, false, true)?,
    };
    let bytes_per_node = (process::peak_resident_bytes()? - base) / nodes as f64;
    let found = Run { side, nodes, seed, bytes_per_node, figures };
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}
