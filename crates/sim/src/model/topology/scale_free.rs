//! Scale-free graphs: a few hubs, many with few links.

use super::error::edges_of;
use super::{Pair, TopologyError};
use crate::model::Graph;
use rumormill_core::Rng;

/// Nodes come one after the other, and each makes `links` to those before, to who has more links more
/// likely (Barabási and Albert, "Emergence of Scaling in Random Networks", 1999). The first
/// `links + 1` all know each other. The graph is connected, and everybody has at least `links`.
///
/// A newcomer's targets are ends of edges drawn at random, which is to draw nodes by their degree
/// (Batagelj and Brandes, "Efficient generation of large random networks", 2005).
pub fn scale_free(nodes: u32, links: u32, rng: &mut Rng) -> Result<Graph, TopologyError> {
    if links == 0 || links >= nodes {
        return Err(TopologyError::NewcomerLinks { nodes, links });
    }
    edges_of(nodes, links.saturating_mul(2))?;
    let first = 0..=links;
    let mut edges: Vec<Pair> =
        first.flat_map(|high| (0..high).map(move |low| (low, high))).collect();
    let mut targets = Vec::with_capacity(links as usize);
    for newcomer in links + 1..nodes {
        targets.clear();
        while targets.len() < links as usize {
            let target = end_of_any(&edges, rng);
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        edges.extend(targets.iter().map(|&target| (target, newcomer)));
    }
    Ok(Graph::of_simple(nodes, &edges))
}

fn end_of_any(edges: &[Pair], rng: &mut Rng) -> u32 {
    let end = rng.below(2 * edges.len() as u64);
    let (low, high) = edges[(end / 2) as usize];
    if end.is_multiple_of(2) { low } else { high }
}

#[cfg(test)]
mod tests {
    use super::super::rng;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_connected_and_has_its_edges(nodes in 2u32..150, links in 1u32..10, seed: u64) {
            let links = 1 + (links - 1) % (nodes - 1);
            let graph = scale_free(nodes, links, &mut rng(seed)).unwrap();
            let expected = links * (links + 1) / 2 + (nodes - links - 1) * links;
            prop_assert_eq!(graph.edge_count(), expected as usize);
            prop_assert!(graph.is_connected());
            prop_assert!((0..nodes).all(|node| graph.degree(node) as u32 >= links));
        }
    }

    #[test]
    fn degrees_fall_with_their_cube() {
        let graph = scale_free(20_000, 3, &mut rng(1)).unwrap();
        let at_least = |degree| (0..20_000).filter(|&node| graph.degree(node) >= degree).count();
        // The share of degrees of at least k is m(m + 1) / (k(k + 1)): 12 in 110, 12 in 930.
        assert!((2000..2370).contains(&at_least(10)), "{}", at_least(10));
        assert!((210..310).contains(&at_least(30)), "{}", at_least(30));
        assert!(at_least(150) > 0, "there are hubs");
    }

    #[test]
    fn the_same_draws_make_the_same_graph() {
        let made = |seed| scale_free(50, 2, &mut rng(seed)).unwrap();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let refused = |nodes, links| scale_free(nodes, links, &mut rng(1)).unwrap_err();
        assert_eq!(refused(5, 0), TopologyError::NewcomerLinks { nodes: 5, links: 0 });
        assert_eq!(refused(5, 5), TopologyError::NewcomerLinks { nodes: 5, links: 5 });
        assert_eq!(refused(u32::MAX, 1 << 30), TopologyError::TooManyEdges);
    }
}
