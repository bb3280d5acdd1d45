//! What workloads and faults draw.

use crate::engine;
use crate::model::arithmetic::ln;
use crate::scenario::{NodeSet, SizeConfig};
use rumormill_core::{Duration, Rng};

/// The draws of one source: of its kind, and of its place among those of its kind.
pub(super) fn draws(seed: u64, kind: [u8; 4], place: usize) -> Rng {
    Rng::new(engine::key(seed, u32::MAX, place as u64, kind), 0)
}

/// Some of those to whom it can happen, which are given in rising order; fewer if there are no more. In
/// rising order too.
pub(super) fn some(
    set: &NodeSet,
    nodes: usize,
    mut among: Vec<usize>,
    rng: &mut Rng,
) -> Vec<usize> {
    let mut chosen = match set {
        NodeSet::Nodes(named) => {
            named.iter().copied().filter(|node| among.binary_search(node).is_ok()).collect()
        }
        drawn => {
            let count = drawn.count_of(nodes).min(among.len());
            rng.sample(&mut among, count).to_vec()
        }
    };
    chosen.sort_unstable();
    chosen
}

/// How long it is until the next of events that come at a rate, each at any time: so many a second.
pub(super) fn until_next(rate: f64, rng: &mut Rng) -> Duration {
    // Not zero, whose logarithm there is none of.
    let unit = 1.0 - rng.unit();
    Duration::from_nanos((-ln(unit) / rate * 1e9).max(1.0) as u64)
}

/// How large a payload is.
pub(super) fn size(size: &SizeConfig, rng: &mut Rng) -> usize {
    match size {
        SizeConfig::Always(bytes) => *bytes,
        SizeConfig::Uniform(sizes) => {
            sizes.from + rng.below((sizes.to - sizes.from) as u64 + 1) as usize
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_there_are() {
        let mut rng = draws(1, *b"test", 0);
        let among = vec![1, 3, 5];
        assert_eq!(some(&NodeSet::Random(9), 100, among.clone(), &mut rng), [1, 3, 5]);
        assert_eq!(some(&NodeSet::Nodes(vec![5, 2, 1]), 100, among.clone(), &mut rng), [1, 5]);
        assert_eq!(some(&NodeSet::Share(0.02), 100, among, &mut rng).len(), 2);
    }

    #[test]
    fn events_come_at_their_rate() {
        let mut rng = draws(1, *b"test", 0);
        let total: Duration = (0..10_000).map(|_| until_next(4.0, &mut rng)).sum();
        assert!((2400..2600).contains(&total.as_secs()), "10,000 at 4 a second: {total:?}");
    }
}
