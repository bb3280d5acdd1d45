//! Whether there are nodes left to crash. Churn takes whom it finds and is not counted.

use super::{Sound, unsound};
use crate::scenario::{NodeSet, Scenario, What};
use rumormill_core::Duration;

/// How many go down, or come up again.
enum Change {
    Up(usize),
    AllUp,
    Down(usize, String),
}

pub(super) fn check(scenario: &Scenario) -> Sound {
    let nodes = scenario.network.nodes;
    let mut changes = changes(scenario);
    // Of the same time, those of the file's order: who comes up by `for` is put before who goes down.
    changes.sort_by_key(|(at, change)| (*at, matches!(change, Change::Down(..))));
    let mut down = 0;
    for (_, change) in changes {
        match change {
            Change::Up(count) => down -= count.min(down),
            Change::AllUp => down = 0,
            Change::Down(count, path) if count > nodes - down => {
                let up = nodes - down;
                let why = format!("crashes {count} nodes, but only {up} of {nodes} are up by then");
                return unsound(path, why);
            }
            Change::Down(count, _) => down += count,
        }
    }
    Ok(())
}

fn changes(scenario: &Scenario) -> Vec<(Duration, Change)> {
    let nodes = scenario.network.nodes;
    let mut changes = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        match &fault.what {
            What::Crash(who) => {
                let count = who.count_of(nodes);
                changes.push((fault.at, Change::Down(count, path(who, index, "crash"))));
                let again = fault.lasts.map(|lasts| (fault.at + lasts, Change::Up(count)));
                changes.extend(again);
            }
            What::Restart(restart) => {
                let count = restart.who.as_ref().map(|who| who.count_of(nodes));
                changes.push((fault.at, count.map_or(Change::AllUp, Change::Up)));
            }
            What::Amnesia(amnesia) => {
                let count = amnesia.who.count_of(nodes);
                let path = path(&amnesia.who, index, "amnesia.who");
                changes.push((fault.at, Change::Down(count, path)));
                changes.push((fault.at + amnesia.down, Change::Up(count)));
            }
            _ => {}
        }
    }
    changes
}

fn path(who: &NodeSet, index: usize, what: &str) -> String {
    let path = format!("fault[{index}].what.{what}");
    match who {
        NodeSet::Random(_) => path + ".random",
        NodeSet::Share(_) => path + ".share",
        NodeSet::Nodes(_) => path,
    }
}
