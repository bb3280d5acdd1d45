//! Which nodes can find each other: those that are linked by who knows whom.

use crate::engine::Network;
use rumormill_node::AnyNode;
use rumormill_protocols::parts::acquaintance::Acquaintance;
use std::collections::BTreeMap;

/// Parts nodes into groups: two are in one if either knows where the other is, or both are in one with a
/// third. What those know who are not asked counts nothing.
pub(super) fn groups(network: &Network<AnyNode>, nodes: &[usize]) -> Vec<Vec<usize>> {
    let places: BTreeMap<usize, usize> =
        nodes.iter().zip(0..).map(|(node, at)| (*node, at)).collect();
    let mut union = Union((0..nodes.len()).collect());
    for (at, node) in nodes.iter().enumerate() {
        let known = network.machine(*node).discovery().acquaintances();
        let known = known.iter().filter_map(|known| number(network, known));
        for other in known.filter_map(|other| places.get(&other)) {
            union.join(at, *other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    nodes.iter().enumerate().for_each(|(at, node)| {
        groups.entry(union.root(at)).or_default().push(*node);
    });
    groups.into_values().collect()
}

/// Which node somebody means.
fn number(network: &Network<AnyNode>, known: &Acquaintance) -> Option<usize> {
    let config = network.config();
    let by_address = || known.address.as_ref().and_then(config.places.number);
    let number = known.name.as_ref().and_then(|name| name.number()).or_else(by_address)?;
    number.checked_sub(config.base).map(|node| node as usize)
}

/// Disjoint sets, by the place of one of each; paths are halved on the way (Tarjan and van Leeuwen 1984).
struct Union(Vec<usize>);

impl Union {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_has_one_root() {
        let mut union = Union((0..6).collect());
        for (one, other) in [(4, 5), (1, 2), (2, 4), (3, 3)] {
            union.join(one, other);
        }
        assert_eq!([0, 1, 2, 3, 4, 5].map(|at| union.root(at)), [0, 1, 1, 3, 1, 1]);
    }
}
