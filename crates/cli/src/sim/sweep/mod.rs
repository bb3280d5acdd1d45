//! `rumormill sim sweep` and `sim merge`: a scenario over a grid of settings.
//!
//! ```text
//!   scenario, --vary ─► Plan: every point is sound ─► Folder: sweep.json, runs.ndjson ─┐
//!                         │                             ▲ a line a run, as it is done  │ resumed
//!                         └─► work, on all cores ───────┘ ◄────────────────────────────┘
//!                                                       │ all are there
//!   shards: folders of other machines ─► merge ─────────┴─► results.csv, report.html
//! ```
//!
//! A run is known by its number in the grid, and what came of it belongs to no machine. So it doesn't
//! matter who did which run, nor when.

mod folder;
mod manifest;
mod merge;
mod plan;
mod results;
mod shard;
mod vary;
mod work;

pub use merge::{MergeArgs, merge};

use super::cores::cores;
use super::given::Given;
use crate::args::values::whole;
use crate::printed::print;
use clap::Args;
use folder::Folder;
use plan::Plan;
use results::Told;
use rumormill_sim::report::sweep::Axis;
use serde_json::json;
use shard::Shard;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use vary::{RUNS_MAX, axis};
use work::Ended;

/// As the shell has it for who was ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Arguments of `sim sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    #[command(flatten)]
    given: Given,
    /// What to vary: anything that --set can set, and its values, parted by commas, or a range 2..8 or
    /// 2..8:2 with both ends. Repeatable: all combinations are run, the last varies fastest
    #[arg(long, value_name = "PATH=VALUES", required_unless_present = "seeds", value_parser = axis)]
    vary: Vec<Axis>,
    /// Run each point with so many seeds, from the scenario's on; the report has their medians
    #[arg(long, value_name = "N", value_parser = seeds)]
    seeds: Option<usize>,
    /// Where the results go. What is there of the same sweep is not run again
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many runs go on at a time [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = |text: &str| whole(text, 1..=1024))]
    jobs: Option<u16>,
    /// Run one part of several, to be joined with `sim merge`: 2/8 is the second of eight
    #[arg(long, value_name = "I/N", value_parser = Shard::parse)]
    shard: Option<Shard>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

fn seeds(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=RUNS_MAX).contains(number));
    number.ok_or_else(|| format!("must be a whole number from 1 to {RUNS_MAX}"))
}

/// Runs what is not done yet. Exit code 1 if a promise was broken or a run could not be done.
pub fn run(args: &SweepArgs) -> anyhow::Result<ExitCode> {
    let plan = Plan::new(&args.given, &args.vary, args.seeds)?;
    let manifest = plan.manifest(args.shard)?;
    let mut folder = Folder::claim(&args.out, manifest)?;
    let there = folder.done();
    let jobs = args.jobs.map_or_else(cores, usize::from);
    if work::work(&Arc::new(plan), &mut folder, jobs)? == Ended::Interrupted {
        eprintln!("interrupted: {}; the same command goes on with the rest", folder.kept());
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let told = Told { json: args.json, now: folder.done() - there };
    match folder.manifest().shard {
        None => told.finish(&args.out, folder.finished()),
        Some(shard) => tell_shard(&folder, shard, args.json),
    }
}

/// A part alone has no results: what is said of it is what came of its runs.
fn tell_shard(folder: &Folder, shard: Shard, json: bool) -> anyhow::Result<ExitCode> {
    let (runs, bad) = (folder.done(), folder.bad());
    match json {
        true => print(&format!("{}\n", json!({ "shard": shard, "runs": runs, "bad": bad })))?,
        false => print(&format!(
            "shard {shard}: all its {runs} runs are done, {bad} of them broke a promise or failed; \
             join the shards with `rumormill sim merge`\n"
        ))?,
    }
    Ok(ExitCode::from(u8::from(bad > 0)))
}
