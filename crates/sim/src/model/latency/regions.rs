//! Latencies by where nodes live.

use super::whole_nanos;
use super::world;
use crate::model::LinkDraws;
use rumormill_core::Duration;
use std::fmt;

/// What draws of a node's region are told apart by from those of transmissions: no node has this
/// number.
const REGION: u32 = u32::MAX;

/// How long it takes from region to region, and how many nodes live in each.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionMatrix {
    names: Vec<String>,
    /// One way without jitter, row by row.
    nanos: Vec<u64>,
    jitter: f64,
    shares: Vec<u32>,
}

/// What no matrix can be made of, or no node live in. Nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionFault {
    /// A matrix has 1 to 256 regions.
    Count {
        /// How many these are.
        regions: usize,
    },
    /// Each region has a name, a share and a latency to each.
    NotSquare,
    /// Somebody must live somewhere: the shares have a sum from 1 to 2³² − 1.
    Shares,
    /// Nodes live in regions that the matrix has: give it more, or the topology fewer.
    Unknown {
        /// The region.
        region: u8,
        /// How many there are.
        regions: usize,
    },
}

impl fmt::Display for RegionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegionFault::Count { regions } => {
                write!(f, "there must be 1 to 256 regions, not {regions}")
            }
            RegionFault::NotSquare => {
                f.write_str("each region must have a name, a share and a latency to each")
            }
            RegionFault::Shares => {
                f.write_str("the shares of the regions must have a sum from 1 to 2^32 - 1")
            }
            RegionFault::Unknown { region, regions } => {
                write!(f, "there is no region {region}: the {regions} are counted from 0")
            }
        }
    }
}

impl std::error::Error for RegionFault {}

impl RegionMatrix {
    /// Regions by name, share of all nodes (as weights), and round trip to each, themselves included.
    /// One way is half of that, and up to `jitter` of it more, drawn for each transmission.
    pub fn new(
        names: &[&str],
        shares: &[u32],
        round_trips: &[Vec<Duration>],
        jitter: f64,
    ) -> Result<RegionMatrix, RegionFault> {
        let regions = names.len();
        if !(1..=256).contains(&regions) {
            return Err(RegionFault::Count { regions });
        }
        let square =
            round_trips.len() == regions && round_trips.iter().all(|row| row.len() == regions);
        if !square || shares.len() != regions {
            return Err(RegionFault::NotSquare);
        }
        if !(1..1 << 32).contains(&shares.iter().copied().map(u64::from).sum::<u64>()) {
            return Err(RegionFault::Shares);
        }
        Ok(RegionMatrix {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            nanos: round_trips.iter().flatten().map(|&trip| whole_nanos(trip) / 2).collect(),
            jitter: jitter.max(0.0),
            shares: shares.to_vec(),
        })
    }

    /// Eleven regions of the world.
    ///
    /// The round trips are those between data centres of Amazon Web Services as
    /// <https://www.cloudping.co> publishes them, from the copy that the network simulator of
    /// jvm-libp2p carries (`AwsLatencies.kt`), the mean of both directions in whole milliseconds.
    /// Within a region 12 ms: what the same table has between neighbouring sites (Frankfurt and Paris 12,
    /// Ireland and London 13, Virginia and Ohio 13, Tokyo and Osaka 10). The jitter is a tenth, which
    /// is an assumption. These are data centres: homes are some ten milliseconds farther.
    ///
    /// The shares are those of Bitcoin's nodes in 2019 by continent, as the simulator SimBlock (Aoki et
    /// al., 2019) has them: North America 33 %, Europe 50 %, South America 1 %, Asia and the Pacific
    /// 12 %, Japan 2 %, Australia 2 %; here rounded, and split within a continent by us, with 1 % each
    /// for the Middle East and Africa, which that list doesn't tell apart.
    pub fn world() -> RegionMatrix {
        world::matrix()
    }

    /// How many regions there are.
    pub fn regions(&self) -> usize {
        self.names.len()
    }

    /// What a region is called.
    pub fn name(&self, region: u8) -> &str {
        &self.names[usize::from(region)]
    }

    /// From a region to a region, one way, without jitter.
    pub fn one_way(&self, from: u8, to: u8) -> Duration {
        Duration::from_nanos(self.nanos_between(from, to))
    }

    /// The least from anywhere to anywhere.
    pub fn least(&self) -> Duration {
        Duration::from_nanos(self.nanos.iter().copied().min().unwrap_or(0))
    }

    fn nanos_between(&self, from: u8, to: u8) -> u64 {
        self.nanos[usize::from(from) * self.regions() + usize::from(to)]
    }

    /// Where a node lives, drawn by the regions' shares from (seed, node) alone.
    pub fn region_of(&self, seed: u64, node: u32) -> u8 {
        let all = self.shares.iter().copied().map(u64::from).sum();
        let mut left = LinkDraws::new(seed, node, REGION, 0).below(all);
        let here = |share: u64| match left.checked_sub(share) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        };
        self.shares.iter().copied().map(u64::from).position(here).unwrap_or(0) as u8
    }
}

/// A matrix, and where each node lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    matrix: RegionMatrix,
    region_of: Vec<u8>,
    seed: u64,
}

impl Regions {
    /// Nodes live where the list says. Who comes later, and isn't in it, is drawn from `seed` by the
    /// shares.
    pub fn new(
        matrix: RegionMatrix,
        seed: u64,
        region_of: Vec<u8>,
    ) -> Result<Regions, RegionFault> {
        let regions = matrix.regions();
        match region_of.iter().find(|&&region| usize::from(region) >= regions) {
            Some(&region) => Err(RegionFault::Unknown { region, regions }),
            None => Ok(Regions { matrix, region_of, seed }),
        }
    }

    /// All nodes are drawn from `seed` by the shares; those of the first `nodes` are kept at hand.
    pub fn by_population(matrix: RegionMatrix, seed: u64, nodes: u32) -> Regions {
        let region_of = (0..nodes).map(|node| matrix.region_of(seed, node)).collect();
        Regions { matrix, region_of, seed }
    }

    /// Where a node lives.
    pub fn of(&self, node: u32) -> u8 {
        let drawn = || self.matrix.region_of(self.seed, node);
        self.region_of.get(node as usize).copied().unwrap_or_else(drawn)
    }

    /// How far the regions are from each other.
    pub fn matrix(&self) -> &RegionMatrix {
        &self.matrix
    }

    /// The latency of one transmission.
    pub fn draw(&self, from: u32, to: u32, draws: &mut LinkDraws) -> Duration {
        let least = self.matrix.nanos_between(self.of(from), self.of(to));
        let longer = least as f64 * (self.matrix.jitter * draws.unit());
        Duration::from_nanos(least + longer as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn two() -> RegionMatrix {
        let trips = [vec![2 * MS, 80 * MS], vec![90 * MS, 4 * MS]];
        RegionMatrix::new(&["east", "west"], &[3, 1], &trips, 0.5).unwrap()
    }

    #[test]
    fn latency_is_half_a_round_trip_and_jitter() {
        let regions = Regions::new(two(), 1, vec![0, 1]).unwrap();
        let draw =
            |from, to, count| regions.draw(from, to, &mut LinkDraws::new(1, from, to, count));
        assert!((0..1000).all(|count| (40 * MS..60 * MS).contains(&draw(0, 1, count))));
        assert!((0..1000).all(|count| (45 * MS..68 * MS).contains(&draw(1, 0, count))));
        assert!((0..1000).any(|count| draw(0, 1, count) > 58 * MS));
        assert_eq!((two().least(), two().name(1)), (MS, "west"));
    }

    #[test]
    fn nodes_live_where_they_are_put_or_drawn() {
        let put = Regions::new(two(), 1, vec![1, 1, 0]).unwrap();
        assert_eq!([put.of(0), put.of(1), put.of(2)], [1, 1, 0]);
        let drawn = Regions::by_population(two(), 1, 10_000);
        let west = (0..10_000).filter(|&node| drawn.of(node) == 1).count();
        assert!((2350..2650).contains(&west), "a quarter of them, not {west}");
        assert_eq!(drawn.of(20_000), two().region_of(1, 20_000));
        assert!(
            (0..100).all(|node| drawn.of(node) == Regions::by_population(two(), 1, 0).of(node))
        );
        assert!((0..100).any(|node| drawn.of(node) != two().region_of(2, node)));
    }

    #[test]
    fn impossible_regions_are_refused() {
        let fault = |names: &[&str], shares: &[u32], trips: &[Vec<Duration>]| {
            RegionMatrix::new(names, shares, trips, 0.0).unwrap_err()
        };
        assert_eq!(fault(&[], &[], &[]), RegionFault::Count { regions: 0 });
        assert_eq!(fault(&["a"], &[1], &[vec![]]), RegionFault::NotSquare);
        assert_eq!(fault(&["a"], &[], &[vec![MS]]), RegionFault::NotSquare);
        assert_eq!(fault(&["a"], &[0], &[vec![MS]]), RegionFault::Shares);
        let unknown = Regions::new(two(), 1, vec![0, 2]).unwrap_err();
        assert_eq!(unknown, RegionFault::Unknown { region: 2, regions: 2 });
    }
}
