//! Whether what is published can be.

use super::{Sound, no_node, unsound};
use crate::scenario::{DAY, OnceConfig, Publishers, Scenario, Sender, Workload};
use rumormill_protocols::parts::settings::span_text;

pub(super) fn check(scenario: &Scenario) -> Sound {
    let nodes = scenario.network.nodes;
    for (index, workload) in scenario.workloads.iter().enumerate() {
        let path = format!("workload[{index}]");
        match workload {
            Workload::Publish(publish) => {
                check_publishers(publish.publishers, &format!("{path}.publish"), nodes)?;
            }
            Workload::Registers(registers) => {
                check_publishers(registers.publishers, &format!("{path}.registers"), nodes)?;
            }
            Workload::Once(once) => check_sender(once, &path, nodes)?,
            Workload::Books(_) | Workload::Trace(_) => {}
        }
        let end = workload.end();
        if end > DAY {
            let why = format!("publishes until {}, but a run is of 1 day at most", span_text(end));
            return unsound(path, why);
        }
    }
    Ok(())
}

fn check_publishers(publishers: Publishers, path: &str, nodes: usize) -> Sound {
    let count = publishers.count_of(nodes);
    match count <= nodes {
        true => Ok(()),
        false => {
            let path = format!("{path}.publishers");
            unsound(path, format!("is {count}, but there are {nodes} nodes"))
        }
    }
}

fn check_sender(once: &OnceConfig, path: &str, nodes: usize) -> Sound {
    match once.node {
        Sender::Number(number) if number >= nodes => {
            unsound(format!("{path}.once.node"), no_node(number, nodes))
        }
        _ => Ok(()),
    }
}
