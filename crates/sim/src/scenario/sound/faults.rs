//! Whether what goes wrong can, each for itself.

use super::{Sound, check_nodes, unsound};
use crate::scenario::{Fault, NodeSet, Scenario, TwinsConfig, What};
use rumormill_protocols::parts::settings::span_text;

/// The most twins that are apart, times nodes.
const APART_MAX: usize = 4_000_000;

pub(super) fn check(scenario: &Scenario) -> Sound {
    for (index, fault) in scenario.faults.iter().enumerate() {
        check_time(scenario, fault, index)?;
        check_for(fault, index)?;
        for (path, set) in sets(fault, index) {
            check_nodes(&set, &path, scenario.network.nodes)?;
        }
        check_links(fault, index, scenario.network.nodes)?;
    }
    Ok(())
}

fn check_time(scenario: &Scenario, fault: &Fault, index: usize) -> Sound {
    let (at, end) = (fault.at, scenario.end());
    match at < end {
        true => Ok(()),
        false => {
            let [at, end] = [at, end].map(span_text);
            unsound(format!("fault[{index}].at"), format!("is {at}, but the run ends at {end}"))
        }
    }
}

/// What happens at once can't be undone after a while.
fn check_for(fault: &Fault, index: usize) -> Sound {
    let name = match (&fault.what, fault.lasts) {
        (What::Restart(_), Some(_)) => "a restart",
        (What::Heal(_), Some(_)) => "healing",
        (What::Amnesia(_), Some(_)) => "forgetting",
        _ => return Ok(()),
    };
    unsound(format!("fault[{index}].for"), format!("is set, but {name} is not undone again"))
}

/// The nodes that it names, with the paths to them.
fn sets(fault: &Fault, index: usize) -> Vec<(String, NodeSet)> {
    let at = |rest: &str| format!("fault[{index}].what.{rest}");
    match &fault.what {
        What::Crash(who) => vec![(at("crash"), who.clone())],
        What::Censor(who) => vec![(at("censor"), who.clone())],
        What::Restart(restart) => {
            restart.who.iter().map(|who| (at("restart.who"), who.clone())).collect()
        }
        What::Partition(parts) => {
            parts.first().map(|first| (at("partition"), first)).into_iter().collect()
        }
        What::OneWay(way) => {
            vec![(at("one-way.from"), way.from.clone()), (at("one-way.to"), way.to.clone())]
        }
        What::Slow(slow) => vec![(at("slow.who"), slow.who.clone())],
        What::Skew(skew) => vec![(at("skew.who"), skew.who.clone())],
        What::Spam(spam) => vec![(at("spam.who"), spam.who.clone())],
        What::Liar(liar) => vec![(at("liar.who"), liar.who.clone())],
        What::Twins(twins) => vec![(at("twins.who"), twins.who.clone())],
        What::Equivocate(liars) => vec![(at("equivocate.who"), liars.who.clone())],
        What::Silence(silence) => {
            vec![(at("silence.who"), silence.who.clone()), (at("silence.to"), silence.to.clone())]
        }
        What::Amnesia(amnesia) => vec![(at("amnesia.who"), amnesia.who.clone())],
        What::Churn(_) | What::Heal(_) | What::Sybil(_) => Vec::new(),
    }
}

/// Each way that is cut is remembered.
fn check_apart(twins: &TwinsConfig, index: usize, nodes: usize) -> Sound {
    let count = twins.who.count_of(nodes);
    match count.saturating_mul(nodes) <= APART_MAX {
        true => Ok(()),
        false => {
            let path = format!("fault[{index}].what.twins.apart");
            let why = format!(
                "is true, but {count} twins times {nodes} nodes are more than {APART_MAX}: take fewer \
                 twins or nodes"
            );
            unsound(path, why)
        }
    }
}

fn check_links(fault: &Fault, index: usize, nodes: usize) -> Sound {
    match &fault.what {
        What::Sybil(sybil) if sybil.links > nodes => {
            let path = format!("fault[{index}].what.sybil.links");
            unsound(path, format!("is {}, but there are {nodes} honest nodes", sybil.links))
        }
        What::Twins(twins) if twins.apart => check_apart(twins, index, nodes),
        What::Partition(crate::scenario::Parts::Groups(groups)) if *groups as usize > nodes => {
            let path = format!("fault[{index}].what.partition.groups");
            unsound(path, format!("is {groups}, but there are {nodes} nodes"))
        }
        _ => Ok(()),
    }
}
