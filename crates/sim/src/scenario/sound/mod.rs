//! Whether the parts of a scenario go together. Each value is within its own bounds by now.

mod crashes;
mod cuts;
mod faults;
mod graph;
mod workloads;

use super::{NodeSet, Scenario};

/// What does not go together. Nothing was run.
#[derive(Debug)]
pub(super) struct Unsound {
    /// The setting that is best changed, as a path in the file.
    pub path: String,
    /// What is wrong with it: the rest of a sentence.
    pub why: String,
}

type Sound = Result<(), Unsound>;

fn unsound(path: impl Into<String>, why: impl Into<String>) -> Sound {
    Err(Unsound { path: path.into(), why: why.into() })
}

/// Fails on the first that does not go together.
pub(super) fn check(scenario: &Scenario) -> Sound {
    graph::check(scenario)?;
    workloads::check(scenario)?;
    faults::check(scenario)?;
    crashes::check(scenario)?;
    cuts::check(scenario)
}

/// Nodes at that path: there must be so many.
fn check_nodes(set: &NodeSet, path: &str, nodes: usize) -> Sound {
    match set {
        NodeSet::Random(count) if *count > nodes => {
            unsound(format!("{path}.random"), format!("is {count}, but there are {nodes} nodes"))
        }
        NodeSet::Nodes(numbers) => match numbers.iter().find(|number| **number >= nodes) {
            Some(number) => unsound(path, no_node(*number, nodes)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn no_node(number: usize, nodes: usize) -> String {
    format!("names node {number}, but the {nodes} nodes are numbered from 0 to {}", nodes - 1)
}
