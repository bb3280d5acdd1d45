//! What is told of an outcome, and how it ends the command.

use super::memory;
use super::place::{self, Place};
use crate::printed::print;
use clap::Args;
use rumormill_sim::outcome::{Outcome, table};
use rumormill_sim::report;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How an outcome is told.
#[derive(Args, Clone, Debug)]
pub struct Told {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Write a page with plots, too
    #[arg(long, value_name = "OUT.html")]
    report: Option<PathBuf>,
}

impl Told {
    /// Finds out whether the report can be written. It must be none of those other files.
    pub fn place(&self, others: &[(&str, Option<&Path>)]) -> anyhow::Result<Option<Place>> {
        let report = self.report.as_deref();
        place::apart(&[others, &[("report", report)]].concat())?;
        report.map(|path| Place::new("report", path)).transpose()
    }

    /// Tells it. A promise that was broken is a failure.
    pub fn tell(&self, mut outcome: Outcome, report: Option<Place>) -> anyhow::Result<ExitCode> {
        outcome.peak_rss_bytes = memory::peak();
        if let Some(place) = report {
            place.write(&report::html(&outcome))?;
        }
        match self.json {
            false => print(&table(std::slice::from_ref(&outcome)))?,
            true => {
                print(&format!("{}\n", outcome.json()))?;
                for violation in &outcome.violations {
                    eprintln!("violation of {}: {}", violation.checker, violation.replay);
                }
            }
        }
        Ok(ExitCode::from(u8::from(!outcome.violations.is_empty())))
    }
}
