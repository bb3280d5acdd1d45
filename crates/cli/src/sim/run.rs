//! `rumormill sim run`: one scenario, once.

use super::command::Command;
use super::given::Given;
use super::place;
use super::progress::{self, Bars};
use super::told::Told;
use clap::Args;
use rumormill_sim::outcome::Outcome;
use rumormill_sim::run::{self, Options, Progress, RunError};
use rumormill_sim::scenario::Scenario;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Where a log goes if the command that shows a violation again makes it.
const LOG: &str = "run.ndjson";

/// Arguments of `sim run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    told: Told,
    /// Write all that nodes are told and say, a line each: see `rumormill sim replay`
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let scenario = args.given.scenario()?;
    let log = args.log.as_deref();
    let report = args.told.place(&[("scenario", Some(&args.given.file)), ("log", log)])?;
    let log_file = log.map(place::log).transpose()?;
    let mut log_file = log_file.map(BufWriter::new);
    let contender = Contender {
        scenario: &scenario,
        encode: args.given.encode,
        label: String::new(),
        replay: replay(&args.given, &scenario, log),
    };
    let outcome = contender.run(log_file.as_mut(), &Bars::new())?;
    args.told.tell(outcome, report)
}

/// The command that shows it again, with its log.
fn replay(given: &Given, scenario: &Scenario, log: Option<&Path>) -> String {
    let mut command: Command = given.command("run", scenario);
    command.word("--log").path(log.unwrap_or(Path::new(LOG))).to_string()
}

/// One run of a scenario.
pub struct Contender<'a> {
    /// Which.
    pub scenario: &'a Scenario,
    /// Whether messages are written and read back.
    pub encode: bool,
    /// What tells it from the others, if there are others.
    pub label: String,
    /// The command that runs it again.
    pub replay: String,
}

impl Contender<'_> {
    /// Runs it to its end, or to the first violation.
    pub fn run(&self, log: Option<&mut BufWriter<File>>, bars: &Bars) -> Result<Outcome, RunError> {
        let started = Instant::now();
        let bar = bars.add(&self.label);
        let mut telling = bar.as_ref().map(progress::telling);
        let options = Options {
            encode: self.encode,
            clock: &|| started.elapsed(),
            log: log.map(|log| log as &mut dyn Write),
            replay: self.replay.clone(),
            label: self.label.clone(),
            progress: telling.as_mut().map(|telling| telling as &mut dyn FnMut(Progress)),
        };
        let outcome = run::run(self.scenario, options);
        bar.iter().for_each(|bar| bar.finish_and_clear());
        outcome
    }
}
