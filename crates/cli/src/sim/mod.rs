//! `rumormill sim`: scenarios, in virtual time.
//!
//! ```text
//!   scenario.toml, flags ─► Given ─► Scenario ─► run, once or once a contender ─► Outcome
//!                                     │                                             │
//!                                     └─► log ─► replay            table, JSON, report
//!
//!   the same with axes ─► sweep: a run for each point, over shards ─► merge ─► CSV, report
//! ```

mod command;
mod compare;
mod cores;
mod given;
mod memory;
mod merge;
mod place;
mod progress;
mod replay;
mod run;
mod search;
mod sweep;
mod told;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Arguments of `sim`.
#[derive(Args, Debug)]
pub struct SimArgs {
    #[command(subcommand)]
    command: SimCommand,
}

#[derive(Subcommand, Debug)]
enum SimCommand {
    /// Run a scenario and print what came of it; exit code 1 if a promise was broken
    #[command(after_help = "Examples:\n  rumormill sim run scenarios/books-100.toml\n  \
                      rumormill sim run scenarios/lossy.toml --seed 8 --set network.loss=0.02 --report lossy.html\n  \
                      rumormill sim run scenarios/flood-1k.toml --nodes 200 --json")]
    Run(run::RunArgs),
    /// Run a scenario with several broadcasts, on the same network and seed, and print them side by side
    #[command(
        after_help = "Examples:\n  rumormill sim compare scenarios/flood-1k.toml --with flood,scenarios/fanout-1k.toml\n  \
                      rumormill sim compare scenarios/fanout-1k.toml --nodes 100 --with flood --json"
    )]
    Compare(compare::CompareArgs),
    /// Run a scenario for every combination of some settings; can be stopped, resumed and spread
    #[command(
        after_help = "Examples:\n  rumormill sim sweep a.toml --vary node.broadcast.flood.fanout=2..8 --seeds 10 --out sweep\n  \
                      rumormill sim sweep a.toml --vary network.loss=0,0.05 --vary 'fault[0].for=10s,20s' --out sweep\n  \
                      rumormill sim sweep scenarios/fanout-1k.toml --vary seed=1..100 --shard 2/8 --out shard-2"
    )]
    Sweep(sweep::SweepArgs),
    /// Join the shards of a sweep
    #[command(
        after_help = "Examples:\n  rumormill sim merge shard-1 shard-2 shard-3 --out sweep\n  \
                      rumormill sim merge shard-* --out sweep --json"
    )]
    Merge(sweep::MergeArgs),
    /// Run many small networks in which much goes wrong, until a promise breaks or the time is over, and
    /// make what broke as small as can be; exit code 1 if something broke
    #[command(after_help = "Examples:\n  rumormill sim search --budget 10min\n  \
                      rumormill sim search scenarios/partition-heal.toml --cases 1000 --json")]
    Search(search::SearchArgs),
    /// Show what stands in the log of a run, or the way of one message as a tree
    #[command(after_help = "Examples:\n  rumormill sim replay run.ndjson --message first\n  \
                      rumormill sim replay run.ndjson --node 3 --kind rumor --from 20s --to 25s\n  \
                      rumormill sim replay run.ndjson --step")]
    Replay(replay::ReplayArgs),
}

/// Does it.
pub fn run(args: SimArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        SimCommand::Run(args) => run::run(&args),
        SimCommand::Compare(args) => compare::run(&args),
        SimCommand::Sweep(args) => sweep::run(&args),
        SimCommand::Merge(args) => sweep::merge(&args),
        SimCommand::Search(args) => search::run(&args),
        SimCommand::Replay(args) => replay::run(&args),
    }
}
