//! A scenario, run.
//!
//! ```text
//!   Scenario ──► graph, nodes ──► Network ◄── workload: commands at their times
//!                                    │    ◄── faults: what happens when, healed when
//!                                    ▼
//!                            measurements, checkers, log     each sees every transition
//!                                    │
//!                                    ▼
//!                                 Outcome
//! ```
//!
//! Workloads and faults are sources of actions: each says when it acts next, and the run goes from one
//! action to the next. What a source draws comes from a stream of its own, so that another fault in a
//! scenario doesn't change what is published.

mod agreement;
mod build;
mod choose;
mod crowds;
mod faults;
mod source;
mod stage;
#[cfg(test)]
mod tests;
mod watch;
mod workloads;

use crate::outcome::Outcome;
use crate::scenario::Scenario;
use rumormill_core::{Duration, Time};
use source::Source;
use stage::Stage;
use std::io;

/// How a scenario is run.
pub struct Options<'a> {
    /// Whether every message is really written and read back.
    pub encode: bool,
    /// The real time since some start: what a run takes is measured with it. The simulator itself
    /// reads no clock.
    pub clock: &'a dyn Fn() -> Duration,
    /// Where the run's log goes.
    pub log: Option<&'a mut dyn io::Write>,
    /// The command that runs this again: violations name it.
    pub replay: String,
    /// What the contender is called, where several are compared; empty: as its protocol.
    pub label: String,
    /// Is told now and then how far the run is.
    pub progress: Option<&'a mut dyn FnMut(Progress)>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The time in the run.
    pub simulated: Duration,
    /// When it ends.
    pub end: Duration,
    /// How many inputs were handled.
    pub events: u64,
}

/// Why a sound scenario was not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No such network was found. Choose another seed, degree or size.
    #[error("the network can't be made: {0}")]
    Topology(#[from] crate::model::topology::TopologyError),
    /// Over HTTP a name is a port. Take fewer nodes, or don't encode.
    #[error("messages of {nodes} nodes can't be written: a name is a port, so there may be {most}")]
    TooManyToEncode {
        /// How many there are.
        nodes: usize,
        /// How many there may be.
        most: usize,
    },
    /// More is to be remembered than fits. Take fewer nodes or messages.
    #[error("{0}")]
    TooLarge(String),
    /// The log could not be written. What was written of it is no whole log.
    #[error("the log can't be written: {0}")]
    Log(io::Error),
}

/// How often it is told how far a run is, at most.
const STEPS: u32 = 200;

/// Runs a scenario to its end, or to the first violation.
///
/// ```
/// use rumormill_core::Duration;
/// use rumormill_sim::run::{Options, run};
/// use rumormill_sim::scenario::Scenario;
/// let text = "
/// node.discovery = \"roster\"
/// node.state = \"none\"
/// network.nodes = 20
/// [[workload]]
/// kind = \"once\"
/// ";
/// let scenario = Scenario::parse("once.toml", text).unwrap();
/// let outcome = run(&scenario, Options::default()).unwrap();
/// assert_eq!(outcome.broadcasts[0].delivery_ratio, Some(1.0));
/// assert_eq!(outcome.hash, run(&scenario, Options::default()).unwrap().hash);
/// ```
pub fn run(scenario: &Scenario, options: Options<'_>) -> Result<Outcome, RunError> {
    let Options { encode, clock, log, replay, label, progress } = options;
    let mut stage = Stage::new(scenario, encode, log, (&label, &replay))?;
    let mut sources = workloads::of(scenario);
    sources.extend(faults::of(scenario));
    let started = clock();
    let mut ticker = Ticker { end: scenario.end(), next: Duration::ZERO, progress };
    perform(&mut stage, &mut sources, &mut ticker);
    let took = clock().saturating_sub(started);
    let faults = sources.iter().filter_map(|source| source.outcome(&stage)).collect();
    stage.finish(scenario, faults, took, &replay)
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            encode: false,
            clock: &|| Duration::ZERO,
            log: None,
            replay: String::new(),
            label: String::new(),
            progress: None,
        }
    }
}

/// How long the quiet at the end has to be until live nodes must agree: long enough to meet, and to tell
/// each other all. Nothing if nothing makes them agree.
pub(crate) fn quiet_needed(scenario: &Scenario) -> Option<Duration> {
    let (graph, _) = build::graph(scenario).ok()?;
    let needs = agreement::needs(scenario, &graph)?;
    Some(needs.to_meet.saturating_add(needs.to_tell))
}

/// Lets the sources act, each at its time, and the network run in between.
fn perform(stage: &mut Stage<'_>, sources: &mut [Box<dyn Source>], ticker: &mut Ticker<'_>) {
    let end = Time::ZERO + ticker.end;
    loop {
        let due = sources.iter().enumerate().filter_map(|(at, source)| Some((source.next()?, at)));
        let Some((time, at)) = due.min().filter(|(time, _)| *time <= end) else { break };
        ticker.run_until(stage, time);
        if stage.is_done() {
            return;
        }
        sources[at].act(stage);
        for node in stage.take_started() {
            sources.iter_mut().for_each(|source| source.started(node, stage.now()));
        }
    }
    ticker.run_until(stage, end);
    ticker.tell(stage);
}

/// Tells how far the run is.
struct Ticker<'a> {
    end: Duration,
    /// When it tells again.
    next: Duration,
    progress: Option<&'a mut dyn FnMut(Progress)>,
}

impl Ticker<'_> {
    fn run_until(&mut self, stage: &mut Stage<'_>, until: Time) {
        while stage.step(until) {
            if self.next <= stage.now().since(Time::ZERO) {
                self.tell(stage);
            }
        }
    }

    fn tell(&mut self, stage: &Stage<'_>) {
        let Some(progress) = &mut self.progress else { return };
        let simulated = stage.now().since(Time::ZERO);
        self.next = simulated + self.end / STEPS;
        progress(Progress { simulated, end: self.end, events: stage.events() });
    }
}
