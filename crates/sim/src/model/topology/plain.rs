//! Topologies without chance.

use super::{FULL_NODES_MAX, Pair, TopologyError};
use crate::model::Graph;

/// Each node knows the one before: how a network looks that was bootstrapped by hand, one after the
/// other. The source is the favourite-books network, whose nodes are started so.
pub fn bootstrap_chain(nodes: u32) -> Result<Graph, TopologyError> {
    let edges: Vec<Pair> = (1..nodes).map(|node| (node - 1, node)).collect();
    if nodes == 0 { Err(TopologyError::NoNodes) } else { Ok(Graph::of_simple(nodes, &edges)) }
}

/// Everybody knows everybody, up to [`FULL_NODES_MAX`] nodes.
pub fn full(nodes: u32) -> Result<Graph, TopologyError> {
    match nodes {
        0 => Err(TopologyError::NoNodes),
        1..=FULL_NODES_MAX => Ok(complete(nodes)),
        _ => Err(TopologyError::TooFull { nodes }),
    }
}

/// Each node knows the nearest `each_side` on both sides of a ring: the lattice that Watts and
/// Strogatz start from ("Collective dynamics of 'small-world' networks", 1998).
pub fn ring(nodes: u32, each_side: u32) -> Result<Graph, TopologyError> {
    if each_side == 0 || each_side > nodes.saturating_sub(1) / 2 {
        return Err(TopologyError::RingWidth { nodes, each_side });
    }
    super::error::edges_of(nodes, 2 * each_side)?;
    let after = |node: u32, step: u32| (u64::from(node) + u64::from(step)) % u64::from(nodes);
    let steps = (0..nodes).flat_map(|node| (1..=each_side).map(move |step| (node, step)));
    let edges: Vec<Pair> = steps.map(|(node, step)| (node, after(node, step) as u32)).collect();
    Ok(Graph::of_simple(nodes, &edges))
}

fn complete(nodes: u32) -> Graph {
    let others = |node: u32| (0..nodes).filter(move |&other| other != node);
    Graph::of_even_rows(nodes, nodes - 1, (0..nodes).flat_map(others).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_chain_is_as_long_as_it_has_links() {
        let chain = bootstrap_chain(5).unwrap();
        assert!(chain.edges().eq([(0, 1), (1, 2), (2, 3), (3, 4)]));
        assert_eq!((chain.eccentricity(0), chain.eccentricity(2)), (4, 2));
        assert_eq!(bootstrap_chain(1).unwrap().edge_count(), 0);
        assert_eq!(bootstrap_chain(0), Err(TopologyError::NoNodes));
    }

    #[test]
    fn all_are_one_hop_apart_in_a_full_graph() {
        let graph = full(7).unwrap();
        assert_eq!((graph.edge_count(), graph.eccentricity(3)), (21, 1));
        assert_eq!(full(1).unwrap().edge_count(), 0);
        assert_eq!(full(0), Err(TopologyError::NoNodes));
        assert_eq!(full(10_001), Err(TopologyError::TooFull { nodes: 10_001 }));
    }

    #[test]
    fn too_wide_a_ring_is_refused() {
        let refused = |nodes, each_side| ring(nodes, each_side).is_err();
        assert!(refused(0, 1) && refused(2, 1) && refused(6, 3) && refused(6, 0));
        assert!(refused(10, u32::MAX));
        assert_eq!(ring(7, 3), full(7));
    }

    proptest! {
        #[test]
        fn a_ring_is_regular_and_as_wide_as_it_must_be(nodes in 3u32..200, width in 1u32..99) {
            let each_side = 1 + (width - 1) % ((nodes - 1) / 2);
            let graph = ring(nodes, each_side).unwrap();
            prop_assert!((0..nodes).all(|node| graph.degree(node) as u32 == 2 * each_side));
            prop_assert_eq!(graph.eccentricity(0), (nodes / 2).div_ceil(each_side));
        }
    }
}
