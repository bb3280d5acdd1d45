//! `rumormill sim search`: many small networks in which much goes wrong, until something breaks.

use super::command::Command;
use super::cores::{Turns, cores};
use crate::args::Usage;
use crate::printed::print;
use anyhow::Context;
use clap::Args;
use rumormill_config::read_text;
use rumormill_core::Duration;
#[cfg(feature = "planted")]
use rumormill_core::planted::Bug;
use rumormill_sim::search::{Case, Finding};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

/// Arguments of `sim search`.
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// A scenario whose settings stay as they are; what it leaves out is drawn. Without, all is
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The first seed; the next case has the next one
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Stop after so long
    #[arg(long, value_name = "SPAN", default_value = "1 min", value_parser = span)]
    budget: Duration,
    /// Stop after so many cases
    #[arg(long, value_name = "N")]
    cases: Option<usize>,
    /// Run so many cases at once; by default one a core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Where a finding is written, as a scenario
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Run a case so often at most, to make it smaller; 0 leaves it as it was drawn
    #[arg(long, value_name = "N", default_value_t = 500)]
    shrink: usize,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Plant that bug, to see that it is found
    #[cfg(feature = "planted")]
    #[arg(long, value_name = "BUG", value_parser = bug)]
    plant: Option<Bug>,
}

fn span(text: &str) -> Result<Duration, String> {
    rumormill_protocols::parts::settings::parse_span(text)
        .ok_or_else(|| "write it like \"10 min\"".into())
}

#[cfg(feature = "planted")]
fn bug(name: &str) -> Result<Bug, String> {
    let names = Bug::ALL.map(Bug::name).join(", ");
    Bug::named(name).ok_or_else(|| format!("it is one of {names}"))
}

/// What all workers share.
struct Hunt<'a> {
    args: &'a SearchArgs,
    base: &'a str,
    started: Instant,
    turns: Turns,
    found: Mutex<Option<Finding>>,
}

/// Searches, on all cores; exit code 1 if something was found.
pub fn run(args: &SearchArgs) -> anyhow::Result<ExitCode> {
    let base = match &args.file {
        Some(file) => read_text(file).map_err(|error| Usage(error.to_string()))?,
        None => String::new(),
    };
    // What is wrong with the base is wrong usage, and told before anything runs.
    Case::draw(&base, args.seed).map_err(|error| Usage(error.to_string()))?;
    if !args.out.is_dir() {
        return Err(Usage(format!("--out {} is no directory", args.out.display())).into());
    }
    let hunt = Hunt {
        args,
        base: &base,
        started: Instant::now(),
        turns: Turns::new(args.cases.unwrap_or(usize::MAX)),
        found: Mutex::new(None),
    };
    let jobs = args.jobs.map_or_else(cores, usize::from);
    quietly(|| {
        thread::scope(|scope| {
            (0..jobs).for_each(|_| _ = scope.spawn(|| hunt.work()));
        });
    });
    hunt.tell()
}

/// A case that panics is a finding: what the panic says stands there, not on the terminal.
fn quietly(work: impl FnOnce()) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    work();
    std::panic::set_hook(usual);
}

impl Hunt<'_> {
    fn work(&self) {
        self.plant();
        while let Some(seed) = self.take() {
            let Ok(case) = Case::draw(self.base, seed) else { continue };
            let Some(failure) = case.fails() else { continue };
            let mut found = self.found.lock().expect("nobody panics while holding it");
            if found.is_none() {
                *found = Some(case.shrink(failure, self.args.shrink));
            }
            return;
        }
    }

    #[cfg(feature = "planted")]
    fn plant(&self) {
        rumormill_core::planted::plant(self.args.plant);
    }

    #[cfg(not(feature = "planted"))]
    fn plant(&self) {}

    /// The next seed, while there is time and nothing is found.
    fn take(&self) -> Option<u64> {
        let is_found = self.found.try_lock().map_or(true, |found| found.is_some());
        let is_over = self.started.elapsed() >= self.args.budget;
        let turn = if is_found || is_over { None } else { self.turns.take() }?;
        Some(self.args.seed.wrapping_add(turn as u64))
    }

    fn tell(self) -> anyhow::Result<ExitCode> {
        let (cases, seconds) = (self.turns.taken(), self.started.elapsed().as_secs_f64());
        let found = self.found.into_inner().expect("nobody panics while holding it");
        let Some(finding) = found else {
            return tell_nothing(self.args, cases, seconds);
        };
        let place = write(&self.args.out, &finding)?;
        let command = Command::new(["rumormill", "sim", "run"]).path(&place).to_string();
        match self.args.json {
            true => print(&format!("{}\n", document(&finding, cases, seconds, &command)))?,
            false => print(&sentences(&finding, cases, &command))?,
        }
        Ok(ExitCode::from(1))
    }
}

fn tell_nothing(args: &SearchArgs, cases: usize, seconds: f64) -> anyhow::Result<ExitCode> {
    match args.json {
        true => {
            print(&format!("{}\n", json!({ "cases": cases, "seconds": seconds, "finding": null })))?
        }
        false => print(&format!("nothing found in {cases} cases ({seconds:.0} s)\n"))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(dir: &Path, finding: &Finding) -> anyhow::Result<PathBuf> {
    let place = dir.join(format!("found-{}-{}.toml", finding.failure.kind, finding.case.seed));
    fs::write(&place, finding.case.text())
        .with_context(|| format!("the finding can't be written to {}", place.display()))?;
    Ok(place)
}

fn document(finding: &Finding, cases: usize, seconds: f64, command: &str) -> serde_json::Value {
    json!({
        "cases": cases,
        "seconds": seconds,
        "finding": {
            "kind": finding.failure.kind,
            "detail": finding.failure.detail,
            "at_ns": finding.failure.at_ns,
            "seed": finding.case.seed.to_string(),
            "shrinking_runs": finding.runs,
            "scenario": finding.case.text(),
            "command": command,
        },
    })
}

fn sentences(finding: &Finding, cases: usize, command: &str) -> String {
    let Finding { failure, case, runs } = finding;
    let at = failure.at_ns.map(|nanos| format!(" at {:.6} s", nanos as f64 / 1e9));
    let at = at.unwrap_or_default();
    format!(
        "{}{at}: {}\n\nseed {}, after {cases} cases; made smaller in {runs} runs:\n\n{}\nshow it again: {command}\n",
        failure.kind,
        failure.detail,
        case.seed,
        case.text()
    )
}
