//! Choosing pairs of nodes, no pair twice.

use super::Pair;
use rumormill_core::Rng;

/// The pairs that may be chosen, each as (low, high).
pub(super) struct Pairs<'a> {
    /// How many there are.
    pub size: u64,
    /// All of them.
    pub all: &'a dyn Fn() -> Vec<Pair>,
    /// One of them, each as likely.
    pub draw: &'a dyn Fn(&mut Rng) -> Pair,
}

impl Pairs<'_> {
    /// `count` of them, each set as likely. Where that is a large part of all, they are listed and
    /// sampled; else they are drawn, and drawn again where one came twice.
    pub fn choose(&self, count: u32, rng: &mut Rng) -> Vec<Pair> {
        if u64::from(count) * 4 > self.size {
            return rng.sample(&mut (self.all)(), count as usize).to_vec();
        }
        let mut chosen = Vec::with_capacity(count as usize);
        while chosen.len() < count as usize {
            let missing = count as usize - chosen.len();
            chosen.extend((0..missing).map(|_| (self.draw)(rng)));
            chosen.sort_unstable();
            chosen.dedup();
        }
        chosen
    }
}

/// `count` pairs of `nodes`.
pub(super) fn choose_among(nodes: u32, count: u32, rng: &mut Rng) -> Vec<Pair> {
    let pairs = Pairs {
        size: u64::from(nodes) * u64::from(nodes.saturating_sub(1)) / 2,
        all: &|| (0..nodes).flat_map(|low| (low + 1..nodes).map(move |high| (low, high))).collect(),
        draw: &|rng| two_of(nodes, rng),
    };
    pairs.choose(count, rng)
}

/// Two different nodes; there must be two.
pub(super) fn two_of(nodes: u32, rng: &mut Rng) -> Pair {
    let first = rng.below(u64::from(nodes)) as u32;
    let second = rng.below(u64::from(nodes) - 1) as u32;
    // The last stands in for the first: so all others are as likely.
    let second = if second == first { nodes - 1 } else { second };
    (first.min(second), first.max(second))
}

#[cfg(test)]
mod tests {
    use super::super::rng;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_many_different_pairs_as_asked_for(nodes in 2u32..40, share in 0u32..=100, seed: u64) {
            let count = nodes * (nodes - 1) / 2 * share / 100;
            let mut chosen = choose_among(nodes, count, &mut rng(seed));
            chosen.sort_unstable();
            chosen.dedup();
            prop_assert_eq!(chosen.len(), count as usize);
            prop_assert!(chosen.iter().all(|&(low, high)| low < high && high < nodes));
        }
    }

    #[test]
    fn each_pair_is_as_likely() {
        let mut rng = rng(1);
        let mut counts = [0u32; 16];
        for _ in 0..60_000 {
            let (low, high) = two_of(4, &mut rng);
            counts[(low * 4 + high) as usize] += 1;
        }
        let pairs = [1, 2, 3, 6, 7, 11].map(|at| counts[at]);
        assert!(pairs.iter().all(|count| (9_600..10_400).contains(count)), "{pairs:?}");
    }
}
