//! `rumormill sim merge`: the shards of a sweep, as if it had been run by one.

use super::folder::{self, MANIFEST, RUNS, foreign, load};
use super::manifest::Manifest;
use super::results::Told;
use crate::args::Usage;
use crate::sim::place::Place;
use anyhow::Context;
use clap::Args;
use rumormill_sim::report::sweep::Figures;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `sim merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// The directories of all shards, in any order
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Where the results go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// A shard that was read.
struct Part<'a> {
    dir: &'a Path,
    manifest: Manifest,
    runs: BTreeMap<usize, Figures>,
}

/// Joins them. What doesn't fit is refused before anything is written.
pub fn merge(args: &MergeArgs) -> anyhow::Result<ExitCode> {
    let parts: anyhow::Result<Vec<Part<'_>>> = args.dirs.iter().map(|dir| part(dir)).collect();
    let mut parts = parts?;
    parts.sort_by_key(|part| part.manifest.shard().index);
    fit(&parts)?;
    let whole = parts[0].manifest.whole();
    if let Some(other) = foreign(&args.out, &whole)? {
        return Err(Usage(other).into());
    }
    let runs: BTreeMap<usize, Figures> = parts.into_iter().flat_map(|part| part.runs).collect();
    write(&args.out, &whole, &runs)?;
    let told = Told { json: args.json, now: 0 };
    told.finish(&args.out, (whole, runs.into_values().collect()))
}

fn part(dir: &Path) -> anyhow::Result<Part<'_>> {
    let manifest = load(dir)?;
    let (runs, _) = folder::read(dir, &manifest)?;
    Ok(Part { dir, manifest, runs })
}

/// Whether each shard of one sweep is there once, with all its runs.
fn fit(parts: &[Part<'_>]) -> Result<(), Usage> {
    let first = &parts[0];
    let ours = env!("CARGO_PKG_VERSION");
    if first.manifest.version != ours {
        let (dir, theirs) = (first.dir.display(), &first.manifest.version);
        let why = format!("the runs in {dir} are of version {theirs}, and this is {ours}");
        return Err(Usage(format!("{why}: join them with the program that made them")));
    }
    for part in parts {
        let (a, b) = (part.dir.display(), first.dir.display());
        if let Some(why) = part.manifest.difference(&first.manifest) {
            return Err(Usage(format!("{a} is of another sweep than {b}: {why}")));
        }
        if part.manifest.shard().of != first.manifest.shard().of {
            let (ours, theirs) = (part.manifest.shard(), first.manifest.shard());
            return Err(Usage(format!("{a} is shard {ours}, but {b} is shard {theirs}")));
        }
    }
    are_all_there(parts)?;
    parts.iter().try_for_each(is_whole)
}

fn are_all_there(parts: &[Part<'_>]) -> Result<(), Usage> {
    for pair in parts.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if a.manifest.shard() == b.manifest.shard() {
            let (a, b, shard) = (a.dir.display(), b.dir.display(), a.manifest.shard());
            return Err(Usage(format!("{a} and {b} overlap: both are shard {shard}")));
        }
    }
    let of = parts[0].manifest.shard().of;
    let is_there = |index: &usize| parts.iter().any(|part| part.manifest.shard().index == *index);
    match (1..=of).find(|index| !is_there(index)) {
        None => Ok(()),
        Some(missing) => {
            Err(Usage(format!("shard {missing}/{of} is missing: {} of {of} are here", parts.len())))
        }
    }
}

fn is_whole(part: &Part<'_>) -> Result<(), Usage> {
    let (has, shard) = (part.runs.len(), part.manifest.shard());
    match shard.count(part.manifest.runs) {
        all if all == has => Ok(()),
        all => Err(Usage(format!(
            "{} has {has} of the {all} runs of shard {shard}: run it again, it goes on where it ended",
            part.dir.display()
        ))),
    }
}

/// As who had run all of it would have left it.
fn write(out: &Path, whole: &Manifest, runs: &BTreeMap<usize, Figures>) -> anyhow::Result<()> {
    let fault = || format!("the sweep cannot be written to {}", out.display());
    fs::create_dir_all(out).with_context(fault)?;
    let lines: anyhow::Result<String> =
        runs.iter().map(|(run, figures)| folder::line(whole, *run, figures)).collect();
    Place::new("runs", &out.join(RUNS))?.write(&lines?)?;
    Place::new("sweep", &out.join(MANIFEST))?.write(&whole.text()?)
}
