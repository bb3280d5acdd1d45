//! Which nodes are meant.

use rumormill_protocols::parts::settings::{Count, List, Number};
use std::collections::BTreeSet;

rumormill_protocols::choice! {
    /// Some of the nodes. What is random is drawn from the seed, among those that it can happen to.
    #[derive(Clone, Debug, PartialEq)]
    pub enum NodeSet, bare "nodes" {
        /// So many at random.
        "random" => Random: usize as Count = 1, from 1, to 4_000_000,
        /// So large a share of all, at random; one at least.
        "share" => Share: f64 as Number = 0.1, being is_share => "a number above 0 and at most 1",
        /// Those of these numbers.
        "nodes" => Nodes: Vec<usize> as List<Count> = Vec::new(),
            being are_different => "a list of at least one node's number, each once",
    }
}

fn is_share(share: &f64) -> bool {
    *share > 0.0 && *share <= 1.0
}

#[allow(clippy::ptr_arg, reason = "a rule is given the value as it is")]
fn are_different(nodes: &Vec<usize>) -> bool {
    !nodes.is_empty() && nodes.iter().collect::<BTreeSet<_>>().len() == nodes.len()
}

impl NodeSet {
    /// How many they are, of so many in all.
    ///
    /// ```
    /// use rumormill_sim::scenario::NodeSet;
    /// assert_eq!(NodeSet::Share(0.2).count_of(1000), 200);
    /// assert_eq!(NodeSet::Share(0.01).count_of(10), 1);
    /// assert_eq!(NodeSet::Nodes(vec![3, 5]).count_of(10), 2);
    /// ```
    pub fn count_of(&self, nodes: usize) -> usize {
        match self {
            NodeSet::Random(count) => *count,
            NodeSet::Share(share) => ((nodes as f64 * share).round() as usize).max(1),
            NodeSet::Nodes(nodes) => nodes.len(),
        }
    }
}
