//! `rumormill sim replay`: what stands in a log.

mod filter;
mod out;
mod shown;
mod step;

use crate::args::Usage;
use clap::Args;
use filter::Filter;
use out::Out;
use rumormill_sim::log::{Find, Journey, LogError, Reader};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use step::Step;

/// Arguments of `sim replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// The log, as `rumormill sim run --log FILE` writes it
    log: PathBuf,
    #[command(flatten)]
    filter: Filter,
    /// Print the way of one message as a tree: its id, the beginning of it, `first` or `last`
    #[arg(long, value_name = "ID", conflicts_with_all = ["node", "kind", "from", "to", "step"])]
    message: Option<String>,
    /// Wait for Enter after each line; needs a terminal
    #[arg(long, conflicts_with = "json")]
    step: bool,
    /// Print the lines as they stand in the log; with --message, one line of JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let step = match args.step {
        true => {
            Some(Step::new().ok_or_else(|| Usage("--step needs a terminal to wait at".into()))?)
        }
        false => None,
    };
    match &args.message {
        Some(typed) => args.journey(typed)?,
        None => args.lines(step)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl ReplayArgs {
    fn lines(&self, mut step: Option<Step>) -> anyhow::Result<()> {
        let (mut log, mut out) = (open(&self.log)?, Out::new());
        let mut shown = 0_u64;
        while let Some(entry) = log.next().map_err(|error| fault(&self.log, error))? {
            if !self.filter.takes(&entry.line) {
                continue;
            }
            shown += 1;
            let goes_on = match self.json {
                true => out.line(entry.text)?,
                false => out.line(&shown::line(&entry.line))?,
            };
            if !goes_on || !step.as_mut().map_or(Ok(true), |step| step.wait(&mut out))? {
                return Ok(());
            }
        }
        out.flush()?;
        if shown == 0 {
            eprintln!("no line of the log is of that kind");
        }
        tell_cut(&log);
        Ok(())
    }

    fn journey(&self, typed: &str) -> anyhow::Result<()> {
        let fault = |error| fault(&self.log, error);
        let (mut log, mut find) = (open(&self.log)?, Find::new(typed));
        while let Some(entry) = log.next().map_err(fault)? {
            find.look(&entry.line);
        }
        let mut journey = Journey::new(&find.id()?);
        let mut log = open(&self.log)?;
        while let Some(entry) = log.next().map_err(fault)? {
            journey.add(&entry.line);
        }
        let mut out = Out::new();
        match self.json {
            true => out.line(&serde_json::to_string(&journey)?)?,
            false => journey.tree().lines().try_fold(true, |goes_on, line| match goes_on {
                true => out.line(&crate::printed::plain(line)),
                false => Ok(false),
            })?,
        };
        out.flush()?;
        tell_cut(&log);
        Ok(())
    }
}

fn open(path: &Path) -> anyhow::Result<Reader<BufReader<File>>> {
    let file = File::open(path).map_err(|error| fault(path, error.into()))?;
    Reader::new(BufReader::with_capacity(1 << 16, file)).map_err(|error| fault(path, error))
}

fn fault(path: &Path, error: LogError) -> anyhow::Error {
    anyhow::anyhow!("{} {error}", path.display())
}

fn tell_cut<R: std::io::BufRead>(log: &Reader<R>) {
    if let Some(number) = log.cut_off() {
        eprintln!("the log was cut off in line {number}, which is left out");
    }
}
