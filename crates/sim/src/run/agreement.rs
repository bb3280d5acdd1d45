//! How long nodes need until they know the same.

use super::build;
use crate::model::{Graph, graph::UNREACHED};
use crate::scenario::{LatencyConfig, Scenario};
use rumormill_core::Duration;
use rumormill_node::{BroadcastConfig, DiscoveryConfig, StateConfig};

/// The spans after which it may be demanded that live nodes agree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// Who lost each other has met again by then, at the latest.
    pub to_meet: Duration,
    /// Who is linked has told each other all by then: three exchanges, where they succeed.
    pub to_tell: Duration,
    /// Whether it is said of dials that so many fail that even at the start it takes long to meet.
    pub meets_late: bool,
}

/// How long a dial takes at most, and an exchange: where answers come later, none comes.
const DIAL: Duration = Duration::from_secs(5);

/// More attempts than that are never waited for.
const ATTEMPTS_MAX: u32 = 1000;

/// What the nodes of a scenario need; nothing if nothing makes them agree.
pub(super) fn needs(scenario: &Scenario, graph: &Graph) -> Option<Needs> {
    let StateConfig::Registers(registers) = &scenario.node.state else { return None };
    if 2 * usual_latency(&scenario.network.latency) >= DIAL {
        return None;
    }
    let backoff = match &scenario.node.discovery {
        DiscoveryConfig::PeerList(list) => &list.backoff,
        DiscoveryConfig::Roster(roster) => &roster.backoff,
    };
    let dials = attempts(scenario.network.dial_failure);
    // A question and its answer, either of which may be lost.
    let arrives = 1.0 - build::loss(&scenario.network.loss).mean();
    let exchanges = 3 * nearly_surely(1.0 - arrives * arrives);
    let tells = exchanges.saturating_mul(steps(scenario, graph));
    Some(Needs {
        to_meet: (backoff.most + DIAL).saturating_mul(dials),
        to_tell: registers.sync_interval?.saturating_mul(tells),
        meets_late: dials > 1,
    })
}

/// How long about half of all takes; in the world it is short.
fn usual_latency(latency: &LatencyConfig) -> Duration {
    match latency {
        LatencyConfig::Constant(span) => *span,
        LatencyConfig::Uniform(uniform) => (uniform.from + uniform.to) / 2,
        LatencyConfig::Lognormal(shape) => shape.median,
        LatencyConfig::Regions(_) => Duration::ZERO,
    }
}

/// About how many attempts it takes until one succeeds; below two it is one.
fn attempts(failure: f64) -> u32 {
    ((1.0 / (1.0 - failure).max(1e-6)) as u32).max(1)
}

/// How many attempts it takes until one succeeds, but for once in twenty.
fn nearly_surely(failure: f64) -> u32 {
    let (mut left, mut attempts) = (failure, 1);
    while left > 0.05 && attempts < ATTEMPTS_MAX {
        (left, attempts) = (left * failure, attempts + 1);
    }
    attempts
}

/// How many exchanges lie between the farthest nodes, one after the other. A broadcast goes as far as
/// its hops reach, and repair goes the rest, a hop an exchange. Where nodes find each other, each knows
/// all in the end.
fn steps(scenario: &Scenario, graph: &Graph) -> u32 {
    let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
    match scenario.is_discovering() {
        true => 1,
        false => 1 + diameter(graph).saturating_sub(u32::from(flood.ttl)),
    }
}

/// At least half of the diameter, and all of it in a tree: from the node that is farthest from the
/// first.
fn diameter(graph: &Graph) -> u32 {
    let hops = graph.hops_from(0).into_iter().zip(0..);
    let farthest = hops.filter(|(hops, _)| *hops != UNREACHED).max();
    farthest.map_or(0, |(_, node)| graph.eccentricity(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::topology::{bootstrap_chain, ring};

    fn needs_of(text: &str, graph: &Graph) -> Option<Needs> {
        let text = format!("node.discovery = \"roster\"\n{text}");
        needs(&Scenario::parse("a.toml", &text).unwrap(), graph)
    }

    fn seconds(needs: Option<Needs>) -> u64 {
        needs.unwrap().to_tell.as_secs()
    }

    #[test]
    fn repair_goes_where_a_flood_does_not_reach() {
        let text = "node.state = { registers = { sync_interval = \"5 s\" } }";
        assert_eq!(seconds(needs_of(text, &bootstrap_chain(9).unwrap())), 15);
        assert_eq!(seconds(needs_of(text, &bootstrap_chain(40).unwrap())), 15 * (1 + 39 - 8));
        assert_eq!(seconds(needs_of(text, &ring(40, 2).unwrap())), 15 * (1 + 10 - 8));
    }

    #[test]
    fn it_takes_longer_where_half_is_lost() {
        let text = "node.state = { registers = { sync_interval = \"5 s\" } }\nnetwork.loss = ";
        let with = |loss: &str| seconds(needs_of(&format!("{text}{loss}"), &ring(9, 2).unwrap()));
        assert_eq!([with("0.0"), with("0.01"), with("0.1"), with("0.5")], [15, 15, 30, 165]);
    }

    #[test]
    fn who_is_seldom_reached_is_met_late() {
        let ring = ring(9, 2).unwrap();
        let with = |failure: &str| needs_of(&format!("network.dial_failure = {failure}"), &ring);
        assert!(!with("0.02").unwrap().meets_late);
        let [rarely, often] = ["0.9", "0.02"].map(|failure| with(failure).unwrap().to_meet);
        assert!(rarely >= 9 * often);
        assert_eq!(needs_of("node.state = \"none\"", &ring), None);
        let far = "network.latency = { uniform = { from = \"0 s\", to = \"60 s\" } }";
        assert_eq!(needs_of(far, &ring), None, "no dial is answered in time");
    }
}
