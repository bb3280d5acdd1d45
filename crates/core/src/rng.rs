//! Random numbers that replay.

use alloc::vec::Vec;
use core::time::Duration;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng};

/// What a node's random numbers grow from. In the simulator it is made of (seed, node); in the
/// runtime it comes from the operating system, so that ids can't be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RngKey(pub [u8; 32]);

impl RngKey {
    /// The key of one node in a simulation.
    pub fn of_node(seed: u64, node: u64) -> RngKey {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&node.to_le_bytes());
        RngKey(key)
    }
}

/// Random numbers: ChaCha8, whose stream is specified, with our own derived draws, so that a
/// dependency's new version can never change a run. Or draws from a byte string, so that a fuzzer
/// can steer a whole network.
///
/// ```
/// use rumormill_core::{Rng, RngKey};
/// let mut rng = Rng::new(RngKey::of_node(7, 3), 42);
/// let mut again = Rng::new(RngKey::of_node(7, 3), 42);
/// assert_eq!(rng.below(1000), again.below(1000));
/// ```
#[derive(Clone, Debug)]
pub struct Rng(Source);

#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a stream is the common case, and needs no allocation"
)]
enum Source {
    Stream(ChaCha8Rng),
    Script { bytes: Vec<u8>, at: usize },
}

impl Rng {
    /// The stream number `stream` of a key: drivers count calls of `handle` and `settle` with it.
    pub fn new(key: RngKey, stream: u64) -> Rng {
        let mut source = ChaCha8Rng::from_seed(key.0);
        source.set_stream(stream);
        Rng(Source::Stream(source))
    }

    /// Draws that come from `bytes`, and zeros after them.
    pub fn scripted(bytes: Vec<u8>) -> Rng {
        Rng(Source::Script { bytes, at: 0 })
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        match &mut self.0 {
            Source::Stream(source) => source.next_u64(),
            Source::Script { bytes, at } => {
                let mut word = [0; 8];
                let left = bytes.get(*at..).unwrap_or_default();
                let taken = left.len().min(8);
                word[..taken].copy_from_slice(&left[..taken]);
                *at += taken;
                u64::from_le_bytes(word)
            }
        }
    }

    /// A number below `bound`, each as likely (Lemire 2019, without the last bit of bias: the
    /// product's low half is redrawn where it must be). Zero for a bound of zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                // A script that has run out draws zeros for ever: take what there is.
                if self.is_spent() {
                    break;
                }
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// True with this probability; 53 bits of it count.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number in `0.0..1.0`, a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A span around `middle`, evenly between `middle·(1 − share)` and `middle·(1 + share)`: jitter,
    /// so that nodes started together don't act together.
    pub fn jitter(&mut self, middle: Duration, share: f64) -> Duration {
        middle.mul_f64(1.0 + share.clamp(0.0, 1.0) * (self.unit() * 2.0 - 1.0))
    }

    /// Shuffles in place (Fisher-Yates from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// Moves `count` items, drawn at random, to the front in random order, and gives them; all of
    /// them if there are fewer.
    pub fn sample<'a, T>(&mut self, items: &'a mut [T], count: usize) -> &'a mut [T] {
        let count = count.min(items.len());
        for at in 0..count {
            let rest = (items.len() - at) as u64;
            items.swap(at, at + self.below(rest) as usize);
        }
        &mut items[..count]
    }

    /// One of them; none if there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u64) as usize)
    }

    fn is_spent(&self) -> bool {
        matches!(&self.0, Source::Script { bytes, at } if *at >= bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng() -> Rng {
        Rng::new(RngKey::of_node(1, 2), 3)
    }

    #[test]
    fn golden_draws() {
        let mut rng = rng();
        let words: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        let below: Vec<u64> = (0..8).map(|_| rng.below(10)).collect();
        let mut items: Vec<u8> = (0..8).collect();
        rng.shuffle(&mut items);
        let sample = rng.sample(&mut [1, 2, 3, 4, 5], 3).to_vec();
        let jitter = rng.jitter(Duration::from_secs(10), 0.1).as_micros();
        assert_eq!(words, [4367042811517480074, 13939824937453826806, 2285782542413819855]);
        assert_eq!(below, [1, 6, 0, 3, 2, 6, 3, 9]);
        assert_eq!(items, [1, 4, 5, 7, 6, 3, 0, 2]);
        assert_eq!((sample, jitter), (alloc::vec![1, 5, 3], 10_290_477));
    }

    #[test]
    fn streams_and_nodes_differ() {
        let first = |node, stream| Rng::new(RngKey::of_node(1, node), stream).next_u64();
        assert_ne!(first(2, 3), first(2, 4));
        assert_ne!(first(2, 3), first(3, 3));
    }

    #[test]
    fn draws_are_even() {
        let mut rng = rng();
        let mut counts = [0u32; 6];
        (0..60_000).for_each(|_| counts[rng.below(6) as usize] += 1);
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }

    #[test]
    fn nothing_to_draw_from_is_no_panic() {
        assert_eq!(rng().below(0), 0);
        assert_eq!(rng().pick::<u8>(&[]), None);
        assert!(rng().sample::<u8>(&mut [], 3).is_empty());
    }

    #[test]
    fn a_script_steers_and_then_draws_zeros() {
        let mut rng = Rng::scripted(alloc::vec![0, 0, 0, 0, 0, 0, 0, 0x80]);
        assert_eq!((rng.below(10), rng.below(10), rng.below(3)), (5, 0, 0));
    }
}
