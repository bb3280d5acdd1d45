//! Whether there is a graph like that.

use super::{Sound, unsound};
use crate::scenario::{RegionsConfig, Scenario, Topology};

/// More could not be linked to each other in any memory.
const FULL_NODES_MAX: usize = 10_000;

const PATH: &str = "network.topology";

pub(super) fn check(scenario: &Scenario) -> Sound {
    let nodes = scenario.network.nodes;
    match &scenario.topology {
        Topology::BootstrapChain | Topology::Edges(_) => Ok(()),
        Topology::Full if nodes <= FULL_NODES_MAX => Ok(()),
        Topology::Full => {
            let why = format!("is full, which is for {FULL_NODES_MAX} nodes at most, not {nodes}");
            unsound(PATH, why)
        }
        Topology::Ring(ring) => enough(ring.each_side, 2, nodes, "ring.each_side"),
        Topology::RandomRegular(regular) => {
            let key = "random-regular.degree";
            enough(regular.degree, 1, nodes, key)?;
            even(nodes, regular.degree as usize, key)
        }
        Topology::Random(random) => enough(random.degree, 1, nodes, "random.degree"),
        Topology::ScaleFree(free) => enough(free.links, 1, nodes, "scale-free.links"),
        Topology::Regions(regions) => check_regions(regions, nodes),
    }
}

/// Fails unless there are more nodes than so many times a number.
fn enough(number: u32, times: usize, nodes: usize, key: &str) -> Sound {
    let count = number as usize * times;
    match count < nodes {
        true => Ok(()),
        false => unsound(
            format!("{PATH}.{key}"),
            format!("is {number}, which needs more than {count} nodes, but there are {nodes}"),
        ),
    }
}

fn even(nodes: usize, degree: usize, key: &str) -> Sound {
    if (nodes * degree).is_multiple_of(2) {
        return Ok(());
    }
    let why = format!(
        "is {degree}, but {nodes} nodes can't all have {degree} neighbours: one of the two must be even"
    );
    unsound(format!("{PATH}.{key}"), why)
}

fn check_regions(config: &RegionsConfig, nodes: usize) -> Sound {
    let [regions, inside, across] = [config.regions, config.inside, config.across];
    let at = |key: &str| format!("{PATH}.regions.{key}");
    let each = nodes / regions as usize;
    if each == 0 {
        return unsound(at("regions"), format!("is {regions}, but there are {nodes} nodes"));
    }
    if inside as usize >= each {
        return unsound(at("inside"), format!("is {inside}, but a region has {each} nodes"));
    }
    if (regions == 1) != (across == 0) {
        let why = "must be 0 where there is one region, and at least 1 where there are several";
        return unsound(at("across"), why);
    }
    let others = nodes - each;
    if across > 0 && across as usize >= others {
        return unsound(
            at("across"),
            format!("is {across}, but other regions have {others} nodes"),
        );
    }
    Ok(())
}
