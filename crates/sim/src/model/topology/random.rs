//! A random graph of a mean degree.

use super::TopologyError;
use super::error::{check_degree, edges_of};
use super::join::connected;
use super::pairs::choose_among;
use crate::model::Graph;
use rumormill_core::Rng;

/// `nodes·degree / 2` edges, each set of them as likely: G(n, m) of Erdős and Rényi ("On Random
/// Graphs", 1959).
///
/// Such a graph may fall into pieces: with a mean degree of `d` about one node in `eᵈ` is alone.
/// A real overlay would not leave them so. Therefore one edge more is made for each smaller piece, to
/// the largest. So the graph is always connected, and its mean degree may be a little above `degree`.
///
/// ```
/// use rumormill_core::{Rng, RngKey};
/// use rumormill_sim::model::topology;
/// let graph = topology::random(100, 6, &mut Rng::new(RngKey::of_node(7, 0), 0))?;
/// assert!(graph.is_connected() && graph.edge_count() >= 300);
/// # Ok::<(), topology::TopologyError>(())
/// ```
pub fn random(nodes: u32, degree: u32, rng: &mut Rng) -> Result<Graph, TopologyError> {
    check_degree(nodes, degree)?;
    let edges = choose_among(nodes, edges_of(nodes, degree)?, rng);
    Ok(connected(nodes, &edges, rng))
}

#[cfg(test)]
mod tests {
    use super::super::rng;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_connected_and_has_its_mean_degree(
            nodes in 1u32..200, degree in 0u32..20, seed: u64
        ) {
            let degree = degree % nodes;
            let graph = random(nodes, degree, &mut rng(seed)).unwrap();
            let asked = (nodes * degree / 2) as usize;
            prop_assert!(graph.is_connected());
            prop_assert!((asked..asked + nodes as usize).contains(&graph.edge_count()));
        }
    }

    #[test]
    fn degrees_are_spread_as_by_chance() {
        let graph = random(10_000, 6, &mut rng(3)).unwrap();
        let squares = |node| (graph.degree(node) as f64 - 6.0).powi(2);
        let variance = (0..10_000).map(squares).sum::<f64>() / 10_000.0;
        assert!((5.5..6.5).contains(&variance), "binomial: near its mean, not {variance}");
    }

    #[test]
    fn the_same_draws_make_the_same_graph() {
        let made = |seed| random(50, 4, &mut rng(seed)).unwrap();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let refused = |nodes, degree| random(nodes, degree, &mut rng(1)).unwrap_err();
        assert_eq!(refused(0, 0), TopologyError::NoNodes);
        assert_eq!(refused(4, 4), TopologyError::DegreeTooHigh { nodes: 4, degree: 4 });
    }
}
