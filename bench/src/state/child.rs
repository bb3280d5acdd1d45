//! One side, in its own process and namespace.

use super::chitchat_side::Chitchats;
use super::counted::Counted;
use super::network::Network;
use super::rumormill_side::{Reconcilers, Rumormills};
use super::{Args, Side};
use anyhow::{Context, bail};
use rumormill_bench::process::cpu_seconds;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long a network may take to know of everybody, or of one value.
const PATIENCE: Duration = Duration::from_secs(120);

/// After everybody knows everybody, so long until the network counts as idle.
const REST: Duration = Duration::from_secs(10);

/// What one run found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Whose.
    pub side: Side,
    /// How many nodes.
    pub nodes: u16,
    /// What each sent while nothing happened, headers of all layers included, in 1,000 bytes a second.
    pub sent_kb_per_s: f64,
    /// Processor time of all nodes together meanwhile, in seconds a second.
    pub cpu: f64,
    /// From a set until all others had heard of it, in milliseconds, each time.
    pub converged_ms: Vec<f64>,
}

/// Measures one side, and prints what it found as JSON.
pub fn run(side: Side, args: &Args) -> anyhow::Result<()> {
    let nodes = *args.nodes.first().context("a number of nodes is needed")?;
    // A hundred nodes have more connections than the usual soft limit of open files.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let found = runtime.block_on(async {
        match side {
            Side::Chitchat => measure::<Chitchats>(side, nodes, args).await,
            Side::Rumormill => measure::<Rumormills>(side, nodes, args).await,
            Side::RumormillReconcile => measure::<Reconcilers>(side, nodes, args).await,
        }
    })?;
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}

async fn measure<N: Network>(side: Side, nodes: u16, args: &Args) -> anyhow::Result<Run> {
    let counted = Arc::new(Counted::default());
    let network = N::start(nodes, args.interval, counted.clone()).await?;
    let started = Instant::now();
    while !network.is_complete().await? {
        if started.elapsed() > PATIENCE {
            bail!("after {PATIENCE:?} not everybody knows everybody");
        }
        sleep(Duration::from_millis(100)).await;
    }
    sleep(REST).await;
    let (sent, busy, at) = (sent_bytes()?, cpu_seconds(), Instant::now());
    sleep(args.watch).await;
    let watched = at.elapsed().as_secs_f64();
    let sent_kb_per_s = (sent_bytes()? - sent) as f64 / 1000.0 / watched / f64::from(nodes);
    let cpu = (cpu_seconds() - busy) / watched;
    let mut converged_ms = Vec::new();
    for set in 0..args.sets {
        let value = format!("The {set:03}th Man, by Greene");
        counted.expect(&value);
        let at = Instant::now();
        network.set(set as usize * 7 % usize::from(nodes), &value).await?;
        let heard = counted.wait_for(usize::from(nodes) - 1);
        timeout(PATIENCE, heard).await.context("a value did not reach everybody")?;
        converged_ms.push(at.elapsed().as_secs_f64() * 1000.0);
        // So that the next one finds the network at another point of its round.
        sleep(Duration::from_millis(230)).await;
    }
    Ok(Run { side, nodes, sent_kb_per_s, cpu, converged_ms })
}

/// What the loopback of this namespace has sent.
fn sent_bytes() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/net/dev")?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("lo:"));
    let sent = line.and_then(|line| line.split_whitespace().nth(8));
    sent.and_then(|sent| sent.parse().ok()).context("/proc/net/dev does not tell of lo")
}
