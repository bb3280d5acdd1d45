//! Random regular graphs: everybody has the same number of neighbours.
//!
//! The pairing model (Bollobás, "A probabilistic proof of an asymptotic formula for the number of
//! labelled regular graphs", 1980): each node has `degree` loose ends, and all ends are paired at
//! random. Some pairs are no edges of a simple graph, about `(degree² − 1) / 4` whatever the number of
//! nodes. Those are repaired by switching (McKay and Wormald, "Uniform generation of random regular
//! graphs of moderate degree", 1990):
//!
//! ```text
//!   a ~~~ b   a bad pair, perhaps a = b          a     b
//!                                         ──►    │     │
//!   x ─── y   any edge                           x     y
//! ```
//!
//! *Not promised:* that each graph is exactly as likely. That holds as the number of nodes grows.

use super::TopologyError;
use super::error::{check_degree, edges_of};
use crate::model::Graph;
use rumormill_core::Rng;

/// Draws until a graph is connected. With three neighbours or more nearly every first one is.
const GRAPHS_MAX: u32 = 100;

/// Edges tried for one switch.
const SWITCHES_MAX: u32 = 10_000;

/// A graph in which each node has `degree` neighbours. With three or more it is connected; with two
/// it falls into rings, with one into pairs.
///
/// ```
/// use rumormill_core::{Rng, RngKey};
/// use rumormill_sim::model::topology;
/// let graph = topology::random_regular(1000, 8, &mut Rng::new(RngKey::of_node(7, 0), 0))?;
/// assert!((0..1000).all(|node| graph.degree(node) == 8));
/// # Ok::<(), topology::TopologyError>(())
/// ```
pub fn random_regular(nodes: u32, degree: u32, rng: &mut Rng) -> Result<Graph, TopologyError> {
    check_degree(nodes, degree)?;
    edges_of(nodes, degree)?;
    if !(u64::from(nodes) * u64::from(degree)).is_multiple_of(2) {
        return Err(TopologyError::OddDegrees { nodes, degree });
    }
    let graphs = (0..GRAPHS_MAX).filter_map(|_| sparse_or_dense(nodes, degree, rng));
    let mut fitting = graphs.filter(|graph| degree < 3 || graph.is_connected());
    fitting.next().ok_or(TopologyError::Unlucky)
}

/// Where more than half of all edges are there, those that are not are drawn.
fn sparse_or_dense(nodes: u32, degree: u32, rng: &mut Rng) -> Option<Graph> {
    let absent = nodes - 1 - degree;
    if degree <= absent {
        return Rows::paired(nodes, degree, rng).map(Rows::into_graph);
    }
    let without = Rows::paired(nodes, absent, rng)?.into_graph();
    let all = (0..nodes).flat_map(|node| (0..nodes).map(move |other| (node, other)));
    let present = all.filter(|&(node, other)| node != other && !without.are_linked(node, other));
    let targets = present.map(|(_, other)| other).collect();
    Some(Graph::of_even_rows(nodes, degree, targets))
}

/// The neighbours so far, `degree` places for each node.
struct Rows {
    degree: u32,
    targets: Vec<u32>,
    filled: Vec<u32>,
}

impl Rows {
    /// All loose ends paired; nothing if the bad pairs could not be repaired.
    fn paired(nodes: u32, degree: u32, rng: &mut Rng) -> Option<Rows> {
        let mut ends: Vec<u32> =
            (0..nodes).flat_map(|node| (0..degree).map(move |_| node)).collect();
        rng.shuffle(&mut ends);
        let mut rows =
            Rows { degree, targets: vec![0; ends.len()], filled: vec![0; nodes as usize] };
        let mut bad = Vec::new();
        for pair in ends.chunks_exact(2) {
            if rows.fit(pair[0], pair[1]) {
                rows.link(pair[0], pair[1]);
            } else {
                bad.push((pair[0], pair[1]));
            }
        }
        let repaired = bad.into_iter().all(|(a, b)| rows.switch(a, b, rng));
        repaired.then_some(rows)
    }

    fn into_graph(self) -> Graph {
        Graph::of_even_rows(self.filled.len() as u32, self.degree, self.targets)
    }

    /// Whether an edge may be made.
    fn fit(&self, a: u32, b: u32) -> bool {
        a != b && !self.row(a).contains(&b)
    }

    fn link(&mut self, a: u32, b: u32) {
        self.push(a, b);
        self.push(b, a);
    }

    /// Puts an edge `x — y` asunder and links both to a pair that is none.
    fn switch(&mut self, a: u32, b: u32, rng: &mut Rng) -> bool {
        for _ in 0..SWITCHES_MAX {
            let x = rng.below(self.filled.len() as u64) as u32;
            let Some(&y) = rng.pick(self.row(x)) else { continue };
            if self.fit(a, x) && self.fit(b, y) {
                self.replace(x, y, a);
                self.replace(y, x, b);
                self.push(a, x);
                self.push(b, y);
                return true;
            }
        }
        false
    }

    fn row(&self, node: u32) -> &[u32] {
        let start = (node * self.degree) as usize;
        &self.targets[start..start + self.filled[node as usize] as usize]
    }

    fn push(&mut self, node: u32, target: u32) {
        let filled = &mut self.filled[node as usize];
        self.targets[(node * self.degree + *filled) as usize] = target;
        *filled += 1;
    }

    fn replace(&mut self, node: u32, old: u32, new: u32) {
        let at = self.row(node).iter().position(|&target| target == old).expect("they are linked");
        self.targets[node as usize * self.degree as usize + at] = new;
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng;
    use super::*;
    use proptest::prelude::{prop_assert, prop_assume, proptest};

    fn is_simple(graph: &Graph) -> bool {
        (0..graph.nodes()).all(|node| {
            let neighbours = graph.neighbours(node);
            let rising = neighbours.windows(2).all(|pair| pair[0] < pair[1]);
            rising && neighbours.iter().all(|&other| other != node && graph.are_linked(other, node))
        })
    }

    proptest! {
        #[test]
        fn it_is_simple_regular_and_connected(nodes in 1u32..60, degree in 0u32..60, seed: u64) {
            let degree = degree % nodes;
            prop_assume!(nodes * degree % 2 == 0);
            let graph = random_regular(nodes, degree, &mut rng(seed)).unwrap();
            prop_assert!(is_simple(&graph));
            prop_assert!((0..nodes).all(|node| graph.degree(node) as u32 == degree));
            prop_assert!(degree < 3 || graph.is_connected());
        }
    }

    #[test]
    fn ten_thousand_of_degree_eight() {
        let graph = random_regular(10_000, 8, &mut rng(1)).unwrap();
        assert!(is_simple(&graph) && graph.is_connected());
        // Seven new ones from each at each hop, until they meet: log₇ 10,000 is 4.7.
        assert!((5..=8).contains(&graph.eccentricity(0)));
    }

    #[test]
    fn all_graphs_are_about_as_likely() {
        // Of the 70 cubic graphs on six labelled nodes, 60 are prisms and 10 are K₃,₃.
        let mut rng = rng(2);
        let is_prism = |graph: &Graph| {
            graph
                .edges()
                .any(|(a, b)| (0..6).any(|c| graph.are_linked(a, c) && graph.are_linked(b, c)))
        };
        let prisms = (0..7000).filter(|_| is_prism(&random_regular(6, 3, &mut rng).unwrap()));
        let prisms = prisms.count();
        assert!((5500..6500).contains(&prisms), "{prisms}");
    }

    #[test]
    fn the_same_draws_make_the_same_graph() {
        let made = |seed| random_regular(50, 4, &mut rng(seed)).unwrap();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert_eq!(random_regular(10, 3, &mut rng(1)).unwrap().neighbours(0), [3, 7, 8]);
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let refused = |nodes, degree| random_regular(nodes, degree, &mut rng(1)).unwrap_err();
        assert_eq!(refused(0, 0), TopologyError::NoNodes);
        assert_eq!(refused(8, 8), TopologyError::DegreeTooHigh { nodes: 8, degree: 8 });
        assert_eq!(refused(5, 3), TopologyError::OddDegrees { nodes: 5, degree: 3 });
        assert_eq!(refused(u32::MAX, 2), TopologyError::TooManyEdges);
    }

    #[test]
    fn draws_without_chance_end() {
        let mut zeros = Rng::scripted(Vec::new());
        assert!(
            random_regular(10, 4, &mut zeros).is_ok_and(|graph| is_simple(&graph))
                || random_regular(10, 4, &mut zeros) == Err(TopologyError::Unlucky)
        );
    }
}
