//! The random numbers of one transmission.
//!
//! They come from a counter-based generator: a number is a function of (key, counter), so there is
//! no state to set up or to keep, and no order of execution that could matter. It is Philox2x64
//! (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with 7
//! rounds; the paper found that 6 pass BigCrush. A block of two numbers costs some ten nanoseconds,
//! an unused [`LinkDraws`] nothing.
//!
//! *Not promised:* that nobody can guess them. Nothing that a machine sees as random comes from
//! here; machines draw from core's `Rng`.

/// The multiplier of Philox2x64, and what its key grows by each round, as the paper gives them.
const MULTIPLIER: u64 = 0xD2B7_4407_B1CE_6E93;
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;
const ROUNDS: u32 = 7;

/// Blocks a transmission has: its number is shifted by as many bits.
const BLOCK_BITS: u32 = 16;

/// The draws of one transmission, keyed by (seed, sender, receiver, the sender's own count).
///
/// Equal keys give equal draws, whoever asks, in whatever order transmissions are judged. Give each
/// transmission another count (below 2⁴⁸), and draw fewer than 131,072 numbers for it.
///
/// ```
/// use rumormill_sim::model::LinkDraws;
/// let mut draws = LinkDraws::new(7, 1, 2, 42);
/// let mut again = LinkDraws::new(7, 1, 2, 42);
/// assert_eq!(draws.below(1000), again.below(1000));
/// ```
#[derive(Clone, Debug)]
pub struct LinkDraws {
    key: u64,
    counter: [u64; 2],
    spare: Option<u64>,
}

impl LinkDraws {
    /// The draws of the transmission number `count` of node `from`, to node `to`. Nothing is computed
    /// before something is drawn.
    #[inline]
    pub fn new(seed: u64, from: u32, to: u32, count: u64) -> LinkDraws {
        let path = u64::from(from) << 32 | u64::from(to);
        LinkDraws { key: seed, counter: [path, count << BLOCK_BITS], spare: None }
    }

    /// 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let [first, second] = philox(self.counter, self.key);
        self.counter[1] = self.counter[1].wrapping_add(1);
        self.spare = Some(second);
        first
    }

    /// A number below `bound`, each as likely but for a bias of `bound / 2⁶⁴`; zero for a bound of
    /// zero. One number is drawn, so what comes after doesn't depend on `bound`.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// True with this probability, in steps of 2⁻⁵³: never for 0 and less, always for 1 and more.
    /// One number is drawn.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        (self.next_u64() >> 11) < (probability * (1u64 << 53) as f64) as u64
    }

    /// A number in `0.0..1.0`, a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

#[inline]
fn philox([mut left, mut right]: [u64; 2], mut key: u64) -> [u64; 2] {
    for _ in 0..ROUNDS {
        let product = u128::from(left) * u128::from(MULTIPLIER);
        left = (product >> 64) as u64 ^ key ^ right;
        right = product as u64;
        key = key.wrapping_add(WEYL);
    }
    [left, right]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn philox_gives_the_known_answers() {
        // Those of the authors' library Random123 for "philox2x64 7".
        let ones = u64::MAX;
        let pi = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];
        assert_eq!(philox([0, 0], 0), [0xb41d_a69f_bfef_c666, 0x511e_9ce1_a553_4056]);
        assert_eq!(philox([ones, ones], ones), [0xa469_6cc0_4462_015d, 0x7247_82da_e171_69e9]);
        let answer = [0x98ed_1534_392b_f372, 0x6752_8b15_6888_2fd5];
        assert_eq!(philox(pi, 0xa409_3822_299f_31d0), answer);
    }

    #[test]
    fn golden_draws() {
        let mut draws = LinkDraws::new(1, 2, 3, 4);
        let words = [draws.next_u64(), draws.next_u64(), draws.next_u64()];
        let below: Vec<u64> = (0..8).map(|_| draws.below(10)).collect();
        assert_eq!(words, [10839296918769345451, 14643603622328101802, 1628457904228923849]);
        assert_eq!(below, [3, 6, 3, 0, 4, 2, 4, 5]);
    }

    #[test]
    fn every_part_of_the_key_counts() {
        let first = |seed, from, to, count| LinkDraws::new(seed, from, to, count).next_u64();
        let one = first(1, 2, 3, 4);
        let others = [first(2, 2, 3, 4), first(1, 3, 2, 4), first(1, 2, 4, 4), first(1, 2, 3, 5)];
        assert!(!others.contains(&one));
    }

    /// The sum of squared deviations over expectations, for `draw` into 64 cells.
    fn chi_square(draws: u32, mut draw: impl FnMut(u32) -> u64) -> f64 {
        let mut cells = [0u32; 64];
        (0..draws).for_each(|number| cells[draw(number) as usize] += 1);
        let expected = f64::from(draws) / 64.0;
        cells.iter().map(|&cell| (f64::from(cell) - expected).powi(2) / expected).sum()
    }

    #[test]
    fn draws_are_even_along_each_part_of_the_key() {
        // 63 degrees of freedom: above 120 once in 60,000 times, below 24 as seldom.
        let even = |sum: f64| assert!((24.0..120.0).contains(&sum), "{sum}");
        let mut draws = LinkDraws::new(5, 0, 1, 0);
        even(chi_square(64_000, |_| draws.below(64)));
        even(chi_square(64_000, |number| LinkDraws::new(u64::from(number), 0, 1, 0).below(64)));
        even(chi_square(64_000, |number| LinkDraws::new(5, number, 1, 0).below(64)));
        even(chi_square(64_000, |number| LinkDraws::new(5, 0, number, 0).below(64)));
        even(chi_square(64_000, |number| LinkDraws::new(5, 0, 1, u64::from(number)).below(64)));
        even(chi_square(64_000, |number| LinkDraws::new(5, number, 1, 0).next_u64() & 63));
    }

    #[test]
    fn two_draws_of_one_transmission_are_independent() {
        let sum = chi_square(64_000, |number| {
            let mut draws = LinkDraws::new(5, 0, 1, u64::from(number));
            draws.below(8) * 8 + draws.below(8)
        });
        assert!((24.0..120.0).contains(&sum), "{sum}");
    }

    #[test]
    fn chances_are_met() {
        let hits = |probability| {
            let hit = |&count: &u64| LinkDraws::new(9, 0, 1, count).chance(probability);
            (0..100_000).filter(hit).count()
        };
        assert_eq!([hits(0.0), hits(-1.0), hits(f64::NAN)], [0, 0, 0]);
        assert_eq!([hits(1.0), hits(2.0)], [100_000, 100_000]);
        assert!((950..1050).contains(&hits(0.01)), "{}", hits(0.01));
        assert!((49_500..50_500).contains(&hits(0.5)), "{}", hits(0.5));
    }

    proptest! {
        #[test]
        fn below_is_below(seed: u64, count in 0u64..1 << 48, bound: u64) {
            let mut draws = LinkDraws::new(seed, 1, 2, count);
            prop_assert!(draws.below(bound) < bound.max(1));
            prop_assert!((0.0..1.0).contains(&draws.unit()));
        }
    }
}
