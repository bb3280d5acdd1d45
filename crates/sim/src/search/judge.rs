//! Whether a run failed.

use crate::outcome::Outcome;
use crate::scenario::{Scenario, What};
use rumormill_node::{BroadcastConfig, StateConfig};
use rumormill_protocols::broadcast::flood::Fanout;

/// What is wrong with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What found it: a checker's name, `unexplained` for a due delivery that nothing excuses, `too-far` for
    /// a message that went beyond its hops, `panic`, `run`. Failures of one kind are alike.
    pub kind: String,
    /// What it says, for people.
    pub detail: String,
    /// How far the run was, in nanoseconds; nothing, if it was over.
    pub at_ns: Option<u64>,
}

impl Failure {
    pub(super) fn other(kind: &str, detail: String) -> Failure {
        Failure { kind: kind.into(), detail, at_ns: None }
    }
}

/// What is wrong with that run of that scenario, if anything is: what the checkers found, and what its
/// figures show.
pub fn judge(scenario: &Scenario, outcome: &Outcome) -> Option<Failure> {
    let found = outcome.violations.first().map(|violation| Failure {
        kind: violation.checker.clone(),
        detail: violation.detail.clone(),
        at_ns: Some(violation.at_ns),
    });
    found.or_else(|| unexplained(scenario, outcome)).or_else(|| too_far(scenario, outcome))
}

/// Deliveries that are missing though somebody could and should have made them. Where links come and go it
/// is not known for certain who could when.
fn unexplained(scenario: &Scenario, outcome: &Outcome) -> Option<Failure> {
    let is_missing = |reason: &str| reason == "unexplained";
    let example = outcome.missing.examples.iter().find(|missing| is_missing(&missing.reason));
    let example = example.filter(|_| scenario.faults.is_empty() && tells_all(scenario));
    example.map(|missing| {
        let node = missing.node;
        Failure::other(
            "unexplained",
            format!("node {node} lacks {}: {}", missing.message, missing.detail),
        )
    })
}

fn tells_all(scenario: &Scenario) -> bool {
    let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
    flood.fanout == Fanout::All
}

/// A message that came over more hops than it may take. Only broadcast brings it, and nobody lies.
fn too_far(scenario: &Scenario, outcome: &Outcome) -> Option<Failure> {
    let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
    let is_honest = |what: &What| {
        matches!(
            what,
            What::Crash(_)
                | What::Restart(_)
                | What::Churn(_)
                | What::Partition(_)
                | What::Heal(_)
                | What::OneWay(_)
                | What::Slow(_)
                | What::Skew(_)
        )
    };
    let is_alone = matches!(scenario.node.state, StateConfig::None);
    if !is_alone || !scenario.faults.iter().all(|fault| is_honest(&fault.what)) {
        return None;
    }
    let most = u32::from(flood.ttl) + 1;
    let hops = outcome.broadcasts.iter().filter_map(|of| Some(of.hops?.max)).max()?;
    (hops > most).then(|| Failure::other("too-far", format!("{hops} hops, of {most} at most")))
}
