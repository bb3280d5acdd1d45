//! Broadcasts in simulated networks: Rumormill's simulator beside that of iroh-gossip 0.101.
//!
//! ```text
//! cargo run --release --bin simulate                                   # the table of docs/performance.md
//! cargo run --release --bin simulate -- --nodes 1000 --broadcasts 5    # less
//! ```
//!
//! Both run the protocol code that they ship, in virtual time, on one thread. Each run has a process of its
//! own, so that its memory can be told; runs alternate between the sides.

mod child;
mod iroh_side;
mod rumormill_side;
mod spent;
mod table;

use anyhow::{Context, bail, ensure};
use clap::{Parser, ValueEnum};
use std::process::{Command, ExitCode, Stdio};

/// That of the command `rumormill`, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Broadcasts in simulated networks.
#[derive(Parser, Clone, Debug)]
struct Args {
    /// How many nodes, one run of each side for each number
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000])]
    nodes: Vec<usize>,
    /// How many broadcasts are measured, one after the other
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    broadcasts: u32,
    /// How many come before them, so that a tree can form
    #[arg(long, default_value_t = 5)]
    warm_up: u32,
    /// How often all this is done, each time with another seed
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// One line of JSON for each run instead of the table
    #[arg(long)]
    json: bool,
    /// Only this side, in this process: how each is started
    #[arg(long, hide = true)]
    side: Option<Side>,
    /// What that run draws from
    #[arg(long, hide = true, default_value_t = 1)]
    seed: u64,
}

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
enum Side {
    /// HyParView and Plumtree.
    IrohGossip,
    /// A flood over a fixed graph.
    Rumormill,
    /// The same, with all checkers on, as they are by default.
    RumormillChecked,
    /// The first, with every message really written and read.
    RumormillEncoded,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    match args.side {
        Some(side) => child::run(side, &args)?,
        None => compare(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(args: &Args) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for nodes in &args.nodes {
        ensure!(*nodes > 8, "each node has 8 neighbours: {nodes} nodes are too few");
        for seed in 1..=args.rounds {
            for side in Side::value_variants() {
                let run = run_alone(*side, *nodes, seed, args)?;
                if args.json {
                    println!("{}", serde_json::to_string(&run)?);
                } else {
                    let cpu_ms = run.broadcast.cpu_s * 1000.0;
                    eprintln!("{nodes} nodes, {side:?}: {cpu_ms:.1} ms of CPU a broadcast");
                }
                all.push(run);
            }
        }
    }
    if !args.json {
        println!("{}", table::of(&all));
    }
    Ok(())
}

/// Runs one side in a process of its own.
fn run_alone(side: Side, nodes: usize, seed: u64, args: &Args) -> anyhow::Result<child::Run> {
    let side = side.to_possible_value().context("every side has a name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--side", side.get_name(), "--nodes", &nodes.to_string()])
        .args(["--seed", &seed.to_string(), "--warm-up", &args.warm_up.to_string()])
        .args(["--broadcasts", &args.broadcasts.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("a run of {} with {nodes} nodes and seed {seed} failed", side.get_name());
    }
    serde_json::from_slice(&output.stdout).context("a run said something else than its figures")
}
