//! Who is linked to whom.

use std::fmt;

/// An undirected simple graph: no loops, no two edges between the same two nodes. It never changes.
///
/// It is kept as compressed sparse rows: the neighbours of all nodes one after the other in
/// `targets`, and where each node's begin in `offsets`. So it takes 4 bytes a node and 8 an edge.
///
/// ```
/// use rumormill_sim::model::Graph;
/// let path = Graph::from_edges(3, &[(0, 1), (2, 1)])?;
/// assert_eq!(path.neighbours(1), [0, 2]);
/// assert_eq!(path.eccentricity(0), 2);
/// # Ok::<(), rumormill_sim::model::graph::BadEdge>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

/// The hops to a node that can't be reached.
pub const UNREACHED: u32 = u32::MAX;

/// An edge that no simple graph has. Nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadEdge {
    /// Which of the edges, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub fault: EdgeFault,
}

/// What is wrong with an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeFault {
    /// It leads from a node to itself. Leave it out.
    Loop {
        /// The node.
        node: u32,
    },
    /// An earlier edge joins the same two, in this direction or the other. Leave it out.
    Duplicate {
        /// The lower node.
        low: u32,
        /// The higher one.
        high: u32,
    },
    /// There is no such node. Make the network larger, or correct the number.
    OutOfRange {
        /// The node.
        node: u32,
        /// How many there are.
        nodes: u32,
    },
}

impl fmt::Display for EdgeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EdgeFault::Loop { node } => write!(f, "node {node} is linked to itself"),
            EdgeFault::Duplicate { low, high } => {
                write!(f, "nodes {low} and {high} are linked already")
            }
            EdgeFault::OutOfRange { node, nodes } => {
                write!(f, "there is no node {node}: the {nodes} nodes are counted from 0")
            }
        }
    }
}

impl fmt::Display for BadEdge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "edge {}: {}", self.index, self.fault)
    }
}

impl std::error::Error for EdgeFault {}
impl std::error::Error for BadEdge {}

impl Graph {
    /// A graph of nodes `0..nodes` with these edges, each named once, in either direction. There may
    /// be 2³¹ − 1 edges.
    pub fn from_edges(nodes: u32, edges: &[(u32, u32)]) -> Result<Graph, BadEdge> {
        for (index, &edge) in edges.iter().enumerate() {
            check(nodes, edge).map_err(|fault| BadEdge { index, fault })?;
        }
        let graph = Graph::of_simple(nodes, edges);
        match graph.first_twin() {
            None => Ok(graph),
            Some(twin) => Err(second_of(twin, edges)),
        }
    }

    /// As [`from_edges`](Graph::from_edges), of edges that are known to be good: it counts, then
    /// places, then sorts each row.
    pub(super) fn of_simple(nodes: u32, edges: &[(u32, u32)]) -> Graph {
        let mut next = vec![0u32; nodes as usize + 1];
        for end in edges.iter().flat_map(|&(a, b)| [a, b]) {
            next[end as usize + 1] += 1;
        }
        for node in 0..nodes as usize {
            next[node + 1] += next[node];
        }
        let offsets = next.clone();
        let mut targets = vec![0; 2 * edges.len()];
        for (from, to) in edges.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            targets[next[from as usize] as usize] = to;
            next[from as usize] += 1;
        }
        Graph { offsets, targets }.sorted()
    }

    /// Of rows that all have the same length, one after the other.
    pub(super) fn of_even_rows(nodes: u32, degree: u32, targets: Vec<u32>) -> Graph {
        let offsets = (0..=nodes).map(|node| node * degree).collect();
        Graph { offsets, targets }.sorted()
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> u32 {
        self.offsets.len() as u32 - 1
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.targets.len() / 2
    }

    /// The neighbours of a node, in rising order.
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.targets[self.row(node)]
    }

    /// How many neighbours a node has.
    pub fn degree(&self, node: u32) -> usize {
        self.row(node).len()
    }

    /// Whether these two are linked.
    pub fn are_linked(&self, a: u32, b: u32) -> bool {
        self.neighbours(a).binary_search(&b).is_ok()
    }

    /// All edges as (low, high), in rising order.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.nodes()).flat_map(|low| {
            let neighbours = self.neighbours(low).iter();
            neighbours.filter(move |&&high| low < high).map(move |&high| (low, high))
        })
    }

    /// Whether each node can be reached from each. A graph of no nodes is connected.
    pub fn is_connected(&self) -> bool {
        self.nodes() == 0 || !self.hops_from(0).contains(&UNREACHED)
    }

    /// The connected components, each with its nodes in rising order, in the order of their lowest
    /// nodes.
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut hops = vec![UNREACHED; self.nodes() as usize];
        let mut components = Vec::new();
        for node in 0..self.nodes() {
            if hops[node as usize] == UNREACHED {
                let mut component = self.walk(node, &mut hops);
                component.sort_unstable();
                components.push(component);
            }
        }
        components
    }

    /// How many hops away each node is; [`UNREACHED`] where no path leads.
    pub fn hops_from(&self, from: u32) -> Vec<u32> {
        let mut hops = vec![UNREACHED; self.nodes() as usize];
        self.walk(from, &mut hops);
        hops
    }

    /// How many hops away the farthest node is that can be reached at all: no broadcast from here is
    /// complete in fewer.
    pub fn eccentricity(&self, from: u32) -> u32 {
        let mut hops = vec![UNREACHED; self.nodes() as usize];
        let last = self.walk(from, &mut hops).pop();
        last.map_or(0, |node| hops[node as usize])
    }

    /// Breadth first: notes the hops to each node not reached before, and gives those in the order
    /// they were reached.
    fn walk(&self, from: u32, hops: &mut [u32]) -> Vec<u32> {
        let mut reached = vec![from];
        hops[from as usize] = 0;
        let mut at = 0;
        while let Some(&node) = reached.get(at) {
            for &next in self.neighbours(node) {
                if hops[next as usize] == UNREACHED {
                    hops[next as usize] = hops[node as usize] + 1;
                    reached.push(next);
                }
            }
            at += 1;
        }
        reached
    }

    fn row(&self, node: u32) -> std::ops::Range<usize> {
        let node = node as usize;
        self.offsets[node] as usize..self.offsets[node + 1] as usize
    }

    fn sorted(mut self) -> Graph {
        for node in 0..self.nodes() {
            let row = self.row(node);
            self.targets[row].sort_unstable();
        }
        self
    }

    /// The first edge that is there twice.
    fn first_twin(&self) -> Option<(u32, u32)> {
        (0..self.nodes()).find_map(|node| {
            let twin = self.neighbours(node).windows(2).find(|pair| pair[0] == pair[1])?;
            Some((node, twin[0]))
        })
    }
}

fn check(nodes: u32, (a, b): (u32, u32)) -> Result<(), EdgeFault> {
    match a.max(b) {
        node if node >= nodes => Err(EdgeFault::OutOfRange { node, nodes }),
        node if a == b => Err(EdgeFault::Loop { node }),
        _ => Ok(()),
    }
}

/// Where the edge `(low, high)` stands for the second time.
fn second_of((low, high): (u32, u32), edges: &[(u32, u32)]) -> BadEdge {
    let same = |&(_, &(a, b)): &(usize, &(u32, u32))| (a.min(b), a.max(b)) == (low, high);
    let index = edges.iter().enumerate().filter(same).nth(1).map_or(0, |(index, _)| index);
    BadEdge { index, fault: EdgeFault::Duplicate { low, high } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn fault(nodes: u32, edges: &[(u32, u32)]) -> (usize, EdgeFault) {
        let bad = Graph::from_edges(nodes, edges).unwrap_err();
        (bad.index, bad.fault)
    }

    #[test]
    fn bad_edges_are_named() {
        assert_eq!(fault(3, &[(0, 1), (2, 2)]), (1, EdgeFault::Loop { node: 2 }));
        let outside = EdgeFault::OutOfRange { node: 3, nodes: 3 };
        assert_eq!(fault(3, &[(0, 1), (3, 0)]), (1, outside));
        let twice = EdgeFault::Duplicate { low: 0, high: 1 };
        assert_eq!(fault(3, &[(1, 0), (1, 2), (0, 1), (1, 0)]), (2, twice));
    }

    #[test]
    fn nobody_and_one_are_connected() {
        let graph = |nodes| Graph::from_edges(nodes, &[]).unwrap();
        assert!(graph(0).is_connected() && graph(1).is_connected() && !graph(2).is_connected());
        assert_eq!((graph(1).eccentricity(0), graph(0).components().len()), (0, 0));
    }

    #[test]
    fn components_and_hops_of_two_islands() {
        let graph = Graph::from_edges(6, &[(5, 0), (0, 3), (1, 4)]).unwrap();
        assert_eq!(graph.components(), [vec![0, 3, 5], vec![1, 4], vec![2]]);
        assert_eq!(graph.hops_from(5), [1, UNREACHED, UNREACHED, 2, UNREACHED, 0]);
        assert_eq!((graph.eccentricity(5), graph.eccentricity(2)), (2, 0));
        assert!(!graph.is_connected());
    }

    proptest! {
        #[test]
        fn a_graph_has_the_edges_it_was_made_of(
            edges in proptest::collection::btree_set((0u32..20, 0u32..20), 0..60)
        ) {
            let ordered = edges.iter().filter(|(a, b)| a != b).map(|&(a, b)| (a.min(b), a.max(b)));
            let expected: BTreeSet<_> = ordered.collect();
            let given: Vec<_> = expected.iter().map(|&(a, b)| (b, a)).collect();
            let graph = Graph::from_edges(20, &given).unwrap();
            prop_assert!(graph.edges().eq(expected.iter().copied()));
            prop_assert_eq!(graph.edge_count(), expected.len());
            for &(a, b) in &expected {
                prop_assert!(graph.are_linked(a, b) && graph.are_linked(b, a));
            }
            let degrees: usize = (0..20).map(|node| graph.degree(node)).sum();
            prop_assert_eq!(degrees, 2 * expected.len());
        }

        #[test]
        fn neighbours_are_one_hop_apart(
            edges in proptest::collection::btree_set((0u32..15, 15u32..30), 0..40)
        ) {
            let graph = Graph::from_edges(30, &edges.iter().copied().collect::<Vec<_>>()).unwrap();
            let hops = graph.hops_from(0);
            for (a, b) in graph.edges() {
                prop_assert!(hops[a as usize].abs_diff(hops[b as usize]) <= 1);
            }
            let sizes: usize = graph.components().iter().map(Vec::len).sum();
            prop_assert_eq!(sizes, 30);
            prop_assert_eq!(graph.is_connected(), graph.components().len() == 1);
        }
    }
}
