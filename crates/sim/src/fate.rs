//! What becomes of one transmission: when it arrives, if it does.

use crate::config::{Config, Latency};
use rumormill_core::{Duration, Rng, RngKey};

/// The draws of one transmission, keyed by (seed, sender, receiver, the sender's count), so that they
/// don't depend on the order in which nodes are handled. Made only when something is drawn.
pub(crate) struct Fate<'a> {
    config: &'a Config,
    path: (u32, u32),
    number: u64,
    rng: Option<Rng>,
}

/// A stream gives up no attempt, but 2⁶⁰ times the first delay is for ever.
const ATTEMPTS_MAX: u32 = 60;

impl<'a> Fate<'a> {
    pub fn new(config: &'a Config, path: (u32, u32), number: u64) -> Fate<'a> {
        Fate { config, path, number, rng: None }
    }

    /// How long it takes over a stream, and how many attempts were lost before: loss is delay.
    pub fn over_stream(&mut self) -> (Duration, u32) {
        let (mut delay, mut wait, mut lost) = (self.latency(), self.config.retransmission, 0);
        while lost < ATTEMPTS_MAX && self.chance(self.config.loss) {
            delay = delay.saturating_add(wait);
            wait = wait.saturating_mul(2);
            lost += 1;
        }
        (delay, lost)
    }

    /// How long a datagram takes; nothing if it is lost.
    pub fn of_datagram(&mut self) -> Option<Duration> {
        if self.chance(self.config.loss) { None } else { Some(self.latency()) }
    }

    /// How long the second copy of a datagram takes, if there is one.
    pub fn of_copy(&mut self) -> Option<Duration> {
        if self.chance(self.config.duplication) { self.of_datagram() } else { None }
    }

    fn latency(&mut self) -> Duration {
        match self.config.latency {
            Latency::Constant(latency) => latency,
            Latency::Uniform(from, below) => {
                let width = u64::try_from(below.saturating_sub(from).as_nanos());
                from + Duration::from_nanos(self.rng().below(width.unwrap_or(u64::MAX)))
            }
        }
    }

    fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.rng().chance(probability)
    }

    fn rng(&mut self) -> &mut Rng {
        let (from, to) = self.path;
        let (seed, number) = (self.config.seed, self.number);
        self.rng.get_or_insert_with(|| Rng::new(key(seed, from, u64::from(to), *b"link"), number))
    }
}

/// The key of draws that are about a node but not its own.
pub(crate) fn key(seed: u64, node: u32, detail: u64, purpose: [u8; 4]) -> RngKey {
    let mut key = RngKey::of_node(seed, u64::from(node));
    key.0[16..24].copy_from_slice(&detail.to_le_bytes());
    key.0[24..28].copy_from_slice(&purpose);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn loss_over_a_stream_doubles_its_delay() {
        let config = Config { loss: 0.5, latency: Latency::Constant(MS), ..Config::default() };
        let mut longest = 0;
        for number in 0..10_000 {
            let (delay, lost) = Fate::new(&config, (1, 2), number).over_stream();
            assert_eq!(delay, MS + config.retransmission * ((1 << lost) - 1));
            longest = longest.max(lost);
        }
        assert!(longest >= 8, "half of 10,000, eight times over, is 39");
    }

    #[test]
    fn latency_is_within_its_range_and_differs_by_path() {
        let config = Config { latency: Latency::Uniform(MS, 3 * MS), ..Config::default() };
        let draw = |path, number| Fate::new(&config, path, number).of_datagram().unwrap();
        assert!((0..1000).all(|number| (MS..3 * MS).contains(&draw((1, 2), number))));
        assert_eq!(draw((1, 2), 7), draw((1, 2), 7));
        assert_ne!(draw((1, 2), 7), draw((2, 1), 7));
        assert_ne!(draw((1, 2), 7), draw((1, 2), 8));
    }
}
