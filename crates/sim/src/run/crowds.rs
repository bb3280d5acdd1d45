//! Who joins a network later: crowds of sybils, and twins.

use super::choose;
use crate::scenario::{Scenario, What};
use rumormill_core::Duration;
use std::collections::BTreeSet;

/// The crowds of a scenario, in the order in which they join. Nodes are numbered as they join.
pub(super) struct Crowds {
    seed: u64,
    /// How many nodes there are before any joins; sybils are linked to these.
    nodes: usize,
    /// The number after the last of each crowd, and with how many nodes each of it is linked. Twins know
    /// whom the others know.
    crowds: Vec<(usize, usize)>,
}

impl Crowds {
    pub fn of(scenario: &Scenario) -> Crowds {
        let nodes = scenario.network.nodes;
        let joining = scenario.faults.iter().filter_map(|fault| match &fault.what {
            What::Sybil(sybil) => Some((fault.at, (sybil.nodes, sybil.links))),
            What::Twins(twins) => Some((fault.at, (twins.who.count_of(nodes), 0))),
            _ => None,
        });
        let mut joining: Vec<(Duration, _)> = joining.collect();
        // Of the same time, in the order of the file: as they act.
        joining.sort_by_key(|(at, _)| *at);
        let numbered = joining.into_iter().scan(nodes, |next, (_, (count, links))| {
            *next += count;
            Some((*next, links))
        });
        Crowds { seed: scenario.seed, nodes, crowds: numbered.collect() }
    }

    /// How many nodes there are in the end.
    pub fn nodes_in_the_end(&self) -> usize {
        self.crowds.last().map_or(self.nodes, |(end, _)| *end)
    }

    /// Whom a sybil knows when it joins; in rising order.
    pub fn known_to(&self, node: usize) -> Vec<usize> {
        let crowd = self.crowds.partition_point(|(end, _)| *end <= node);
        let links = self.crowds.get(crowd).map_or(0, |(_, links)| *links).min(self.nodes);
        let mut rng = choose::draws(self.seed, *b"know", node);
        let (mut known, nodes) = (BTreeSet::new(), self.nodes as u64);
        while known.len() < links {
            known.insert(rng.below(nodes) as usize);
        }
        known.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_crowd_has_its_own_number_of_links() {
        let text = "
            network.nodes = 10
            [[fault]]
            at = \"2 s\"
            sybil = { nodes = 3, links = 10 }
            [[fault]]
            at = \"1 s\"
            sybil = { nodes = 2, links = 4 }";
        let crowds = Crowds::of(&Scenario::parse("a.toml", text).unwrap());
        let links: Vec<usize> = (10..16).map(|node| crowds.known_to(node).len()).collect();
        assert_eq!((links, crowds.nodes_in_the_end()), (vec![4, 4, 10, 10, 10, 0], 15));
        assert_ne!(crowds.known_to(10), crowds.known_to(11));
        assert!(crowds.known_to(10).is_sorted() && crowds.known_to(12).iter().all(|it| *it < 10));
    }
}
