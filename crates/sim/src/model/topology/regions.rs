//! Dense regions with few links between them.

use super::error::{check_degree, edges_of};
use super::join::connected;
use super::pairs::{Pairs, choose_among, two_of};
use super::{Pair, REGIONS_MAX, TopologyError};
use crate::model::Graph;
use rumormill_core::Rng;
use std::ops::Range;

/// A graph whose nodes live in regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regional {
    /// Who is linked to whom.
    pub graph: Graph,
    /// Each node's region, from 0.
    pub region_of: Vec<u8>,
}

/// Nodes in regions of the same size (to one node), neighbours in number being neighbours in place: in
/// each region a random graph of the mean degree `inside`, and between regions, any two of them,
/// `across` links a node on average. It is the stochastic block model with even blocks (Holland,
/// Laskey, Leinhardt, "Stochastic blockmodels: First steps", 1983) at fixed numbers of edges. As with
/// [`random`](super::random), pieces are joined to the largest by one edge each.
pub fn regions(
    nodes: u32,
    regions: u32,
    inside: u32,
    across: u32,
    rng: &mut Rng,
) -> Result<Regional, TopologyError> {
    let layout = Layout::new(nodes, regions)?;
    check_degree(nodes / regions, inside)?;
    let crossing = layout.crossing_of(across)?;
    edges_of(nodes, inside.saturating_add(across))?;
    let mut edges = Vec::new();
    for region in 0..regions {
        layout.fill(region, inside, &mut edges, rng)?;
    }
    edges.extend(layout.cross(crossing, rng));
    let region_of = (0..nodes).map(|node| layout.of(node) as u8).collect();
    Ok(Regional { graph: connected(nodes, &edges, rng), region_of })
}

/// Which nodes are in which region.
struct Layout {
    nodes: u32,
    regions: u32,
}

impl Layout {
    fn new(nodes: u32, regions: u32) -> Result<Layout, TopologyError> {
        match nodes {
            0 => Err(TopologyError::NoNodes),
            _ if regions == 0 || regions > REGIONS_MAX.min(nodes) => {
                Err(TopologyError::RegionCount { nodes, regions })
            }
            _ => Ok(Layout { nodes, regions }),
        }
    }

    fn of(&self, node: u32) -> u32 {
        (u64::from(node) * u64::from(self.regions) / u64::from(self.nodes)) as u32
    }

    fn members(&self, region: u32) -> Range<u32> {
        let first = |region: u32| {
            (u64::from(region) * u64::from(self.nodes)).div_ceil(u64::from(self.regions)) as u32
        };
        first(region)..first(region + 1)
    }

    /// How many links go across.
    fn crossing_of(&self, across: u32) -> Result<u32, TopologyError> {
        let regions = self.regions;
        let impossible = TopologyError::LinksAcross { regions, across };
        if (regions == 1) != (across == 0) {
            return Err(impossible);
        }
        let crossing = edges_of(self.nodes, across)?;
        if u64::from(crossing) > self.pairs_across() { Err(impossible) } else { Ok(crossing) }
    }

    fn pairs_across(&self) -> u64 {
        let square = |nodes: u32| u64::from(nodes) * u64::from(nodes);
        let within = (0..self.regions).map(|region| square(self.members(region).len() as u32));
        (square(self.nodes) - within.sum::<u64>()) / 2
    }

    /// The edges within a region.
    fn fill(
        &self,
        region: u32,
        degree: u32,
        edges: &mut Vec<Pair>,
        rng: &mut Rng,
    ) -> Result<(), TopologyError> {
        let Range { start, end } = self.members(region);
        let chosen = choose_among(end - start, edges_of(end - start, degree)?, rng);
        let region = connected(end - start, &chosen, rng);
        edges.extend(region.edges().map(|(low, high)| (start + low, start + high)));
        Ok(())
    }

    /// The edges between regions.
    fn cross(&self, count: u32, rng: &mut Rng) -> Vec<Pair> {
        let crosses = |&(a, b): &Pair| self.of(a) != self.of(b);
        let higher =
            |low: u32| (self.members(self.of(low)).end..self.nodes).map(move |high| (low, high));
        let pairs = Pairs {
            size: self.pairs_across(),
            all: &|| (0..self.nodes).flat_map(higher).collect(),
            draw: &|rng| {
                std::iter::repeat_with(|| two_of(self.nodes, rng)).find(crosses).expect("endless")
            },
        };
        pairs.choose(count, rng)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng;
    use super::*;
    use proptest::prelude::*;

    fn crossing(made: &Regional) -> usize {
        let region = |node: u32| made.region_of[node as usize];
        made.graph.edges().filter(|&(a, b)| region(a) != region(b)).count()
    }

    proptest! {
        #[test]
        fn links_are_where_they_should_be(
            nodes in 30u32..150, count in 2u32..6, across in 1u32..4, seed: u64
        ) {
            let made = regions(nodes, count, 4, across, &mut rng(seed)).unwrap();
            prop_assert!(made.graph.is_connected());
            let asked = (nodes * across / 2) as usize;
            prop_assert!((asked..asked + count as usize).contains(&crossing(&made)));
            let inside = made.graph.edge_count() - crossing(&made);
            prop_assert!(inside >= (nodes * 2 - count) as usize);
        }

        #[test]
        fn regions_have_the_same_size(nodes in 1u32..300, count in 1u32..40) {
            let count = count.min(nodes);
            let layout = Layout::new(nodes, count).unwrap();
            for region in 0..count {
                let members = layout.members(region);
                let sizes = [nodes / count, nodes.div_ceil(count)];
                prop_assert!(sizes.contains(&(members.len() as u32)));
                prop_assert!(members.clone().all(|node| layout.of(node) == region));
            }
        }
    }

    #[test]
    fn one_region_is_a_random_graph() {
        let made = regions(50, 1, 4, 0, &mut rng(1)).unwrap();
        assert_eq!((crossing(&made), made.region_of), (0, vec![0; 50]));
    }

    #[test]
    fn all_pairs_across_can_be_linked() {
        let made = regions(6, 3, 1, 4, &mut rng(1)).unwrap();
        assert_eq!((crossing(&made), made.graph.edge_count()), (12, 15));
    }

    #[test]
    fn the_same_draws_make_the_same_graph() {
        let made = |seed| regions(60, 3, 4, 1, &mut rng(seed)).unwrap();
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let refused = |nodes, count, inside, across| {
            regions(nodes, count, inside, across, &mut rng(1)).unwrap_err()
        };
        assert_eq!(refused(0, 1, 0, 0), TopologyError::NoNodes);
        assert_eq!(refused(5, 6, 0, 1), TopologyError::RegionCount { nodes: 5, regions: 6 });
        assert_eq!(refused(5, 0, 0, 1), TopologyError::RegionCount { nodes: 5, regions: 0 });
        assert_eq!(refused(7, 2, 3, 1), TopologyError::DegreeTooHigh { nodes: 3, degree: 3 });
        assert_eq!(refused(6, 2, 1, 0), TopologyError::LinksAcross { regions: 2, across: 0 });
        assert_eq!(refused(6, 2, 1, 4), TopologyError::LinksAcross { regions: 2, across: 4 });
        assert_eq!(refused(6, 1, 1, 1), TopologyError::LinksAcross { regions: 1, across: 1 });
    }
}
