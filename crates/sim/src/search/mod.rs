//! A search for runs in which something breaks.
//!
//! ```text
//!   seed ──► draw ──► Case ──► run ──► judge ──┬─ nothing ──► the next seed
//!                      ▲                       │
//!                      │                       └─ Failure ──► shrink ──► the smallest that fails alike
//!                      └── a candidate, a little smaller ◄──────┘
//! ```
//!
//! Every case is chaos, then calm. What goes wrong begins and ends while nodes still publish; after that
//! nothing is published, cut, slow or down, for as long as the protocols' own settings say that they need
//! to meet and to tell each other all: the backoff of a dial, and three exchanges for each step of the
//! way. So the checker of agreement is a checker of liveness, with a bound that nobody had to guess.
//!
//! A case is a scenario, as TOML. So a finding is a file that `rumormill sim run` takes, and it is shrunk
//! without knowing what stands in it: what is left out has its default, and what does not go together is
//! refused before it runs.
//!
//! Sources: FoundationDB's simulation, TigerBeetle's VOPR (chaos, then a core that must be live), and the
//! shrinking by smaller and fewer parts of QuickCheck (Claessen and Hughes 2000).

mod draw;
mod judge;
mod shrink;
#[cfg(test)]
mod tests;

pub use judge::{Failure, judge};

use crate::run::{Options, RunError, quiet_needed, run};
use crate::scenario::{LossConfig, Scenario};
use rumormill_config::LoadError;
use rumormill_core::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use toml::{Table, Value};

/// One scenario of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What its network, its nodes and its faults were drawn from.
    pub seed: u64,
    /// The scenario.
    table: Table,
    /// Whether it says itself how long the quiet at the end is.
    is_calm: bool,
}

/// Where transmissions are lost, an exchange may fail again and again: so many times as long is enough
/// for all that a search will ever run.
const LOSSY: u32 = 8;

/// A failure, and the smallest case that was found to fail alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What fails in it.
    pub failure: Failure,
    /// The case.
    pub case: Case,
    /// How many runs it took to make it so small.
    pub runs: usize,
}

impl Case {
    /// The case of a seed: what `base` says stays, all else is drawn. Fails if `base` is no scenario.
    ///
    /// ```
    /// use rumormill_sim::search::Case;
    /// let case = Case::draw("network.nodes = 5", 7).unwrap();
    /// assert_eq!(case.scenario().unwrap().network.nodes, 5);
    /// assert_eq!(case, Case::draw("network.nodes = 5", 7).unwrap());
    /// ```
    pub fn draw(base: &str, seed: u64) -> Result<Case, LoadError> {
        Scenario::parse("the base", base)?;
        let base: Table = base.parse().unwrap_or_default();
        let key = crate::engine::key(seed, u32::MAX, 0, *b"case");
        let table = draw::case(base, seed, &mut Rng::new(key, 0));
        let is_calm = table.contains_key("drain");
        let mut case = Case { seed, table, is_calm };
        case.leave_out_what_cannot_be();
        case.calmed()
    }

    /// The same with another scenario, if that is one.
    fn with(&self, table: Table) -> Option<Case> {
        Case { table, ..self.clone() }.calmed().ok()
    }

    /// As TOML: what `rumormill sim run` takes.
    pub fn text(&self) -> String {
        self.table.to_string()
    }

    /// The scenario. Fails on what does not go together.
    pub fn scenario(&self) -> Result<Scenario, LoadError> {
        Scenario::parse("case", &self.text())
    }

    /// Faults that don't go together: more crash than are up.
    fn leave_out_what_cannot_be(&mut self) {
        while self.scenario().is_err() {
            let faults = self.table.get_mut("fault").and_then(Value::as_array_mut);
            if faults.and_then(Vec::pop).is_none() {
                return;
            }
        }
    }

    /// The quiet at the end is as long as the nodes need.
    fn calmed(mut self) -> Result<Case, LoadError> {
        if !self.is_calm {
            self.table.remove("drain");
            let scenario = self.scenario()?;
            let needs = quiet_needed(&scenario).unwrap_or(scenario.drain);
            let is_lossy = scenario.network.loss != LossConfig::Uniform(0.0);
            let millis = needs.as_millis() * u128::from(if is_lossy { LOSSY } else { 1 }) + 1000;
            self.table.insert("drain".into(), format!("{millis} ms").into());
        }
        self.scenario().map(|_| self)
    }

    /// Runs it. What fails in it, if anything does; a panic is a failure too.
    pub fn fails(&self) -> Option<Failure> {
        let scenario = self.scenario().ok()?;
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&scenario, Options::default())));
        match outcome {
            Ok(Ok(outcome)) => judge(&scenario, &outcome),
            // A graph that is not found, or more than fits: nothing of the protocols.
            Ok(Err(RunError::Topology(_) | RunError::TooLarge(_))) => None,
            Ok(Err(error)) => Some(Failure::other("run", error.to_string())),
            Err(panic) => Some(Failure::other("panic", message(&*panic))),
        }
    }

    /// The smallest case that fails like this one, within so many runs.
    pub fn shrink(&self, failure: Failure, runs_max: usize) -> Finding {
        shrink::smallest(self.clone(), failure, runs_max)
    }
}

/// What a panic says.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
