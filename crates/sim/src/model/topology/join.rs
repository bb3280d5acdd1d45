//! Making a graph connected.

use super::Pair;
use crate::model::Graph;
use rumormill_core::Rng;
use std::cmp::Reverse;

/// The graph of these edges, and of one more for each smaller component: from a random node of it to a
/// random node of the largest.
pub(super) fn connected(nodes: u32, edges: &[Pair], rng: &mut Rng) -> Graph {
    let graph = Graph::of_simple(nodes, edges);
    let mut components = graph.components();
    if components.len() <= 1 {
        return graph;
    }
    components.sort_by_key(|component| Reverse(component.len()));
    let (largest, smaller) = components.split_at(1);
    let node_of = |component: &[u32], rng: &mut Rng| *rng.pick(component).expect("it has a node");
    let more = smaller.iter().map(|other| (node_of(&largest[0], rng), node_of(other, rng)));
    let all: Vec<Pair> = edges.iter().copied().chain(more).collect();
    Graph::of_simple(nodes, &all)
}
