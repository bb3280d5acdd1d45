//! What no topology can be made of.

use std::fmt;

/// A full graph of more nodes would have more than 50 million edges.
pub const FULL_NODES_MAX: u32 = 10_000;

/// A node's region is one byte.
pub const REGIONS_MAX: u32 = 256;

/// Numbers that no graph has. Nothing was made; each says what must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopologyError {
    /// There is nobody to link.
    NoNodes,
    /// More than [`FULL_NODES_MAX`] nodes can't all be linked to each other.
    TooFull {
        /// How many nodes.
        nodes: u32,
    },
    /// A ring has more than `2·each_side` nodes, and links to at least one on each side.
    RingWidth {
        /// How many nodes.
        nodes: u32,
        /// How many neighbours on each side.
        each_side: u32,
    },
    /// Each edge adds two to the sum of all degrees, so `nodes·degree` is even.
    OddDegrees {
        /// How many nodes.
        nodes: u32,
        /// The degree of each.
        degree: u32,
    },
    /// Nobody has more neighbours than there are others.
    DegreeTooHigh {
        /// How many nodes; in regions, those of the smallest region.
        nodes: u32,
        /// The degree.
        degree: u32,
    },
    /// Half the sum of all degrees is above 2³¹ − 1.
    TooManyEdges,
    /// A newcomer links to at least one of those before, and to fewer than there are nodes.
    NewcomerLinks {
        /// How many nodes.
        nodes: u32,
        /// How many links a newcomer makes.
        links: u32,
    },
    /// There are 1 to [`REGIONS_MAX`] regions, none of them empty.
    RegionCount {
        /// How many nodes.
        nodes: u32,
        /// How many regions.
        regions: u32,
    },
    /// Several regions have links across, fewer than there are pairs; one region has none.
    LinksAcross {
        /// How many regions.
        regions: u32,
        /// The mean number of links of a node to other regions.
        across: u32,
    },
    /// A hundred draws gave no connected graph. Another seed may.
    Unlucky,
}

impl fmt::Display for TopologyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TopologyError as E;
        match *self {
            E::NoNodes => f.write_str("there must be at least one node"),
            E::TooFull { nodes } => {
                write!(f, "a full graph has at most {FULL_NODES_MAX} nodes, not {nodes}")
            }
            E::RingWidth { nodes, each_side } => write!(
                f,
                "a ring of {nodes} nodes has 1 to {} neighbours on each side, not {each_side}",
                nodes.saturating_sub(1) / 2
            ),
            E::OddDegrees { nodes, degree } => write!(
                f,
                "{nodes} nodes can't all have {degree} neighbours: one of the two must be even"
            ),
            E::DegreeTooHigh { nodes, degree } => {
                write!(f, "the degree must be below the {nodes} nodes there are, not {degree}")
            }
            E::TooManyEdges => f.write_str("there must be fewer than 2^31 edges"),
            E::NewcomerLinks { nodes, links } => write!(
                f,
                "a newcomer's links must be at least 1 and below the {nodes} nodes, not {links}"
            ),
            E::RegionCount { nodes, regions } => {
                let most = REGIONS_MAX.min(nodes);
                write!(f, "{nodes} nodes have 1 to {most} regions, not {regions}")
            }
            E::LinksAcross { regions: 1, .. } => f.write_str("one region has no links across"),
            E::LinksAcross { regions, across } => write!(
                f,
                "a node has at least 1 link across {regions} regions and fewer than there are \
                 nodes in others, not {across}"
            ),
            E::Unlucky => f.write_str("no connected graph was found: choose another seed"),
        }
    }
}

impl std::error::Error for TopologyError {}

/// The number of edges of `nodes` with a mean degree, rounded down.
pub(super) fn edges_of(nodes: u32, degree: u32) -> Result<u32, TopologyError> {
    let edges = u64::from(nodes) * u64::from(degree) / 2;
    u32::try_from(edges).ok().filter(|&edges| edges < 1 << 31).ok_or(TopologyError::TooManyEdges)
}

/// Nobody to link, or more neighbours than others.
pub(super) fn check_degree(nodes: u32, degree: u32) -> Result<(), TopologyError> {
    match nodes {
        0 => Err(TopologyError::NoNodes),
        _ if degree >= nodes => Err(TopologyError::DegreeTooHigh { nodes, degree }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_must_be() {
        let said = |error: TopologyError| error.to_string();
        assert_eq!(
            said(TopologyError::RingWidth { nodes: 6, each_side: 3 }),
            "a ring of 6 nodes has 1 to 2 neighbours on each side, not 3"
        );
        assert_eq!(
            said(TopologyError::OddDegrees { nodes: 5, degree: 3 }),
            "5 nodes can't all have 3 neighbours: one of the two must be even"
        );
        assert_eq!(
            said(TopologyError::LinksAcross { regions: 1, across: 2 }),
            "one region has no links across"
        );
    }

    #[test]
    fn edges_are_counted_without_overflow() {
        assert_eq!(edges_of(1_000_000, 8), Ok(4_000_000));
        assert_eq!(edges_of(u32::MAX, u32::MAX), Err(TopologyError::TooManyEdges));
        assert_eq!(edges_of(1 << 31, 2), Err(TopologyError::TooManyEdges));
    }
}
