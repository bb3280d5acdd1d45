//! `rumormill sim`: scenarios, in virtual time.
//!
//! ```text
//!   scenario.toml, flags ─► Given ─► Scenario ─► run, once or once a contender ─► Outcome
//!                                     │                                             │
//!                                     └─► log ─► replay            table, JSON, report
//! ```

mod command;
mod compare;
mod given;
mod memory;
mod merge;
mod place;
mod progress;
mod replay;
mod run;
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
        SimCommand::Replay(args) => replay::run(&args),
    }
}
