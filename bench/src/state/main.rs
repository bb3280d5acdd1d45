//! Versioned state at rest and at work: Rumormill beside chitchat 0.10, the same nodes, the same
//! interval, the same registers, on this machine.
//!
//! ```text
//! cargo run --release --bin state                     # the table of docs/performance.md
//! cargo run --release --bin state -- --nodes 10,20    # fewer
//! ```
//!
//! Each side runs in a process of its own, alone in a network namespace, so that the kernel's count of
//! the loopback's bytes is what its nodes sent, all headers included. Runs alternate between the sides.

mod child;
mod chitchat_side;
mod counted;
mod network;
mod rumormill_side;
mod table;

use anyhow::{Context, bail};
use clap::{Parser, ValueEnum};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// Versioned state, idle and when something is set.
#[derive(Parser, Clone, Debug)]
struct Args {
    /// How many nodes, one run of each side for each number
    #[arg(long, value_delimiter = ',', default_values_t = [10, 20, 40, 100])]
    nodes: Vec<u16>,
    /// How often each node compares its state with others
    #[arg(long, default_value = "100ms", value_parser = humantime::parse_duration)]
    interval: Duration,
    /// How long the idle network is watched
    #[arg(long, default_value = "20s", value_parser = humantime::parse_duration)]
    watch: Duration,
    /// How many times a value is set and waited for
    #[arg(long, default_value_t = 20)]
    sets: u32,
    /// How often all this is done
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// One line of JSON for each run instead of the table
    #[arg(long)]
    json: bool,
    /// Only this side, in this process: how each is started
    #[arg(long, hide = true)]
    side: Option<Side>,
}

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
enum Side {
    /// chitchat, over UDP.
    Chitchat,
    /// Rumormill over HTTP, as it is by default.
    Rumormill,
    /// Rumormill with as little broadcast as there can be: one copy to one neighbour. What is learned,
    /// reconciliation brought.
    RumormillReconcile,
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
        for _ in 0..args.runs {
            for side in [Side::Chitchat, Side::Rumormill, Side::RumormillReconcile] {
                let run = run_alone(side, *nodes, args)?;
                if args.json {
                    println!("{}", serde_json::to_string(&run)?);
                } else {
                    eprintln!("{nodes} nodes, {side:?}: {:.1} KB/s a node", run.sent_kb_per_s);
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

/// Runs one side in a process and a network namespace of its own.
fn run_alone(side: Side, nodes: u16, args: &Args) -> anyhow::Result<child::Run> {
    let own = std::env::current_exe()?;
    let side = side.to_possible_value().context("every side has a name")?;
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c"])
        .arg("ip link set lo up && exec \"$0\" \"$@\"")
        .arg(own)
        .args(["--side", side.get_name(), "--nodes", &nodes.to_string()])
        .args(["--interval", &humantime::format_duration(args.interval).to_string()])
        .args(["--watch", &humantime::format_duration(args.watch).to_string()])
        .args(["--sets", &args.sets.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot make a network namespace (unshare and ip are needed)")?;
    if !output.status.success() {
        bail!("a run of {} with {nodes} nodes failed", side.get_name());
    }
    serde_json::from_slice(&output.stdout).context("a run said something else than its figures")
}
