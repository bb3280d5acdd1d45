//! What goes wrong.
//!
//! A fault begins at its time, acts on while it lasts if it is of that kind, and is undone at its end.
//! It counts how often it really did something: a fault that never fired has shown nothing.

mod amnesia;
mod betrayals;
mod churn;
mod crash;
mod cut;
mod hostile;
mod liar;
mod pace;
#[cfg(test)]
mod tests;
mod twins;

use super::choose;
use super::source::Source;
use super::stage::Stage;
use crate::outcome::FaultOutcome;
use crate::scenario::{self, Scenario, What};
use rumormill_core::{Rng, Time};

/// The faults of a scenario.
pub(super) fn of(scenario: &Scenario) -> Vec<Box<dyn Source>> {
    let faults = scenario.faults.iter().enumerate();
    faults.map(|(place, fault)| timed(scenario, place, fault)).collect()
}

fn timed(scenario: &Scenario, place: usize, fault: &scenario::Fault) -> Box<dyn Source> {
    let rng = choose::draws(scenario.seed, *b"flt ", place);
    let begin = Time::ZERO + fault.at;
    Box::new(Timed {
        begin,
        end: fault.lasts.map(|lasts| begin + lasts),
        phase: Phase::Before,
        fault: fault_of(&fault.what, scenario.network.nodes),
        kind: kind_of(&fault.what),
        rng,
    })
}

fn fault_of(what: &What, nodes: usize) -> Box<dyn Fault> {
    match what {
        What::Crash(who) => Box::new(crash::Crash::new(who.clone())),
        What::Restart(restart) => Box::new(crash::Restart::new(restart.clone())),
        What::Churn(config) => Box::new(churn::Churn::new(config.clone())),
        What::Partition(parts) => Box::new(cut::Partition::new(parts.clone())),
        What::OneWay(config) => Box::new(cut::OneWay::new(config.clone())),
        What::Heal(what) => Box::new(cut::Heal::new(*what)),
        What::Slow(config) => Box::new(pace::Slow::new(config.clone())),
        What::Skew(config) => Box::new(pace::Skew::new(config.clone())),
        What::Censor(who) => Box::new(betrayals::Traitors::censors(who.clone())),
        What::Spam(config) => Box::new(hostile::Spam::new(config.clone())),
        What::Sybil(config) => Box::new(hostile::Sybil::new(config.clone())),
        What::Liar(config) => Box::new(liar::Liar::new(config.clone())),
        What::Twins(config) => Box::new(twins::Twins::new(config.clone(), nodes)),
        What::Equivocate(config) => Box::new(betrayals::Traitors::equivocators(config.clone())),
        What::Silence(config) => Box::new(betrayals::Traitors::silent(config.clone())),
        What::Amnesia(config) => Box::new(amnesia::Amnesia::new(config.clone())),
    }
}

fn kind_of(what: &What) -> &'static str {
    match what {
        What::Crash(_) => "crash",
        What::Restart(_) => "restart",
        What::Churn(_) => "churn",
        What::Partition(_) => "partition",
        What::OneWay(_) => "one-way",
        What::Heal(_) => "heal",
        What::Slow(_) => "slow",
        What::Skew(_) => "skew",
        What::Censor(_) => "censor",
        What::Spam(_) => "spam",
        What::Sybil(_) => "sybil",
        What::Liar(_) => "liar",
        What::Twins(_) => "twins",
        What::Equivocate(_) => "equivocate",
        What::Silence(_) => "silence",
        What::Amnesia(_) => "amnesia",
    }
}

/// Something that goes wrong, without its times.
pub(super) trait Fault {
    /// It begins.
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng);

    /// When it acts next, after it began.
    fn next(&self) -> Option<Time> {
        None
    }

    /// It is that time.
    fn act(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let _ = (stage, rng);
    }

    /// It is undone.
    fn end(&mut self, stage: &mut Stage<'_>) {
        let _ = stage;
    }

    /// How often it did something, and what that was.
    fn fired(&self, stage: &Stage<'_>) -> (u64, String);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    During,
    After,
}

/// A fault with its times.
struct Timed {
    begin: Time,
    end: Option<Time>,
    phase: Phase,
    fault: Box<dyn Fault>,
    kind: &'static str,
    rng: Rng,
}

impl Source for Timed {
    fn next(&self) -> Option<Time> {
        match self.phase {
            Phase::Before => Some(self.begin),
            Phase::During => self.fault.next().into_iter().chain(self.end).min(),
            // What it owes is still done: who crashed comes back.
            Phase::After => self.fault.next(),
        }
    }

    fn act(&mut self, stage: &mut Stage<'_>) {
        let now = stage.now();
        match self.phase {
            Phase::Before => {
                self.phase = Phase::During;
                self.fault.begin(stage, &mut self.rng);
            }
            Phase::During if self.end.is_some_and(|end| end <= now) => {
                self.phase = Phase::After;
                self.fault.end(stage);
            }
            Phase::During | Phase::After => self.fault.act(stage, &mut self.rng),
        }
    }

    fn outcome(&self, stage: &Stage<'_>) -> Option<FaultOutcome> {
        let (fired, detail) = match self.phase {
            Phase::Before => (0, "the run ended before".into()),
            _ => self.fault.fired(stage),
        };
        let at_ms = self.begin.since(Time::ZERO).as_secs_f64() * 1e3;
        Some(FaultOutcome { kind: self.kind.into(), at_ms, fired, detail })
    }
}
