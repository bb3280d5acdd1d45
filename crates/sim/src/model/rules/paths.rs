//! Which transmissions a rule is about.

use std::collections::BTreeSet;

/// A set of nodes, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSet(Vec<u64>);

impl NodeSet {
    /// Whether a node is in it.
    #[inline]
    pub fn contains(&self, node: u32) -> bool {
        self.0.get(node as usize / 64).is_some_and(|word| word >> (node % 64) & 1 == 1)
    }
}

impl FromIterator<u32> for NodeSet {
    fn from_iter<I: IntoIterator<Item = u32>>(nodes: I) -> NodeSet {
        let mut words = Vec::new();
        for node in nodes {
            let at = node as usize / 64;
            words.resize(words.len().max(at + 1), 0);
            words[at] |= 1 << (node % 64);
        }
        NodeSet(words)
    }
}

/// A set of (from, to).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairSet(BTreeSet<(u32, u32)>);

impl PairSet {
    /// Whether this direction of this pair is in it.
    pub fn contains(&self, from: u32, to: u32) -> bool {
        self.0.contains(&(from, to))
    }
}

impl FromIterator<(u32, u32)> for PairSet {
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(pairs: I) -> PairSet {
        PairSet(pairs.into_iter().collect())
    }
}

/// The paths that a rule is about. A path has a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paths {
    /// All.
    All,
    /// All from these nodes.
    From(NodeSet),
    /// All to these nodes.
    To(NodeSet),
    /// All from or to these nodes.
    Touching(NodeSet),
    /// From the first to the second.
    Between(NodeSet, NodeSet),
    /// These alone.
    Pairs(PairSet),
    /// Those between nodes of different groups; each node's group, by its number. Nodes that are not in
    /// the list are in group 0.
    Apart(Vec<u8>),
}

impl Paths {
    /// Whether the path from one node to another is meant.
    #[inline]
    pub fn contain(&self, from: u32, to: u32) -> bool {
        match self {
            Paths::All => true,
            Paths::From(nodes) => nodes.contains(from),
            Paths::To(nodes) => nodes.contains(to),
            Paths::Touching(nodes) => nodes.contains(from) || nodes.contains(to),
            Paths::Between(here, there) => here.contains(from) && there.contains(to),
            Paths::Pairs(pairs) => pairs.contains(from, to),
            Paths::Apart(group_of) => group(group_of, from) != group(group_of, to),
        }
    }
}

fn group(group_of: &[u8], node: u32) -> u8 {
    group_of.get(node as usize).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_set_contains_what_it_was_made_of(
            nodes in proptest::collection::btree_set(0u32..300, 0..20)
        ) {
            let set: NodeSet = nodes.iter().copied().collect();
            prop_assert!((0..400).all(|node| set.contains(node) == nodes.contains(&node)));
        }
    }

    /// Which of the paths among four nodes are meant.
    fn meant(paths: &Paths) -> Vec<(u32, u32)> {
        let all = (0..4).flat_map(|from| (0..4).map(move |to| (from, to)));
        all.filter(|&(from, to)| from != to && paths.contain(from, to)).collect()
    }

    #[test]
    fn paths_have_a_direction() {
        let nodes = |nodes: &[u32]| nodes.iter().copied().collect::<NodeSet>();
        assert_eq!(meant(&Paths::From(nodes(&[2]))), [(2, 0), (2, 1), (2, 3)]);
        assert_eq!(meant(&Paths::To(nodes(&[2]))), [(0, 2), (1, 2), (3, 2)]);
        assert_eq!(meant(&Paths::Between(nodes(&[0, 1]), nodes(&[3]))), [(0, 3), (1, 3)]);
        assert_eq!(meant(&Paths::Pairs([(3, 0)].into_iter().collect())), [(3, 0)]);
        assert_eq!(meant(&Paths::Touching(nodes(&[2]))).len(), 6);
        assert_eq!(meant(&Paths::All).len(), 12);
    }

    #[test]
    fn groups_are_apart_in_both_directions() {
        let apart = Paths::Apart(vec![1, 0, 1]);
        assert_eq!(meant(&apart), [(0, 1), (0, 3), (1, 0), (1, 2), (2, 1), (2, 3), (3, 0), (3, 2)]);
    }
}
