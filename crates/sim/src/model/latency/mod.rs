//! How long a transmission takes when nothing goes wrong.

mod log_normal;
mod regions;
mod world;

pub use log_normal::LogNormal;
pub use regions::{RegionFault, RegionMatrix, Regions};

use super::LinkDraws;
use rumormill_core::Duration;

/// How long anything takes from one node to another, one way.
///
/// ```
/// use rumormill_core::Duration;
/// use rumormill_sim::model::{Latency, LinkDraws};
/// let latency = Latency::Uniform(Duration::from_millis(10), Duration::from_millis(30));
/// let drawn = latency.draw(1, 2, &mut LinkDraws::new(7, 1, 2, 0));
/// assert!(drawn >= latency.least() && drawn < Duration::from_millis(30));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Latency {
    /// Always the same.
    Constant(Duration),
    /// Anything from the first to below the second, each as likely; the first, if the second is not
    /// above it.
    Uniform(Duration, Duration),
    /// Mostly around the median, now and then much longer.
    LogNormal(LogNormal),
    /// By where the two nodes live.
    Regions(Regions),
}

impl Latency {
    /// That of one transmission.
    #[inline]
    pub fn draw(&self, from: u32, to: u32, draws: &mut LinkDraws) -> Duration {
        match self {
            Latency::Constant(always) => *always,
            Latency::Uniform(from, below) => {
                *from + nanos(draws.below(whole_nanos(below.saturating_sub(*from))))
            }
            Latency::LogNormal(distribution) => distribution.draw(draws),
            Latency::Regions(regions) => regions.draw(from, to, draws),
        }
    }

    /// The least that can be drawn: within this span nobody can hear of anything that others do now.
    pub fn least(&self) -> Duration {
        match self {
            Latency::Constant(always) => *always,
            Latency::Uniform(from, _) => *from,
            Latency::LogNormal(distribution) => distribution.least(),
            Latency::Regions(regions) => regions.matrix().least(),
        }
    }
}

fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn whole_nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    fn draws(count: u64) -> LinkDraws {
        LinkDraws::new(1, 2, 3, count)
    }

    fn each() -> [Latency; 4] {
        let regions = Regions::by_population(RegionMatrix::world(), 1, 50);
        [
            Latency::Constant(20 * MS),
            Latency::Uniform(10 * MS, 30 * MS),
            Latency::LogNormal(LogNormal::new(20 * MS, 0.5)),
            Latency::Regions(regions),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_faster_than_the_least(from in 0u32..50, to in 0u32..50, count: u32) {
            for latency in each() {
                let drawn = latency.draw(from, to, &mut draws(u64::from(count)));
                prop_assert!(drawn >= latency.least() && drawn < Duration::from_secs(1));
            }
        }
    }

    #[test]
    fn uniform_is_even_from_end_to_end() {
        let latency = Latency::Uniform(10 * MS, 30 * MS);
        let drawn: Vec<Duration> =
            (0..10_000).map(|count| latency.draw(0, 1, &mut draws(count))).collect();
        assert!(drawn.iter().all(|drawn| (10 * MS..30 * MS).contains(drawn)));
        let mean = drawn.iter().sum::<Duration>() / 10_000;
        assert!((19_800..20_200).contains(&mean.as_micros()), "{mean:?}");
    }

    #[test]
    fn an_empty_range_is_its_start() {
        let latency = |from, below| Latency::Uniform(from, below).draw(0, 1, &mut draws(0));
        assert_eq!((latency(MS, MS), latency(2 * MS, MS)), (MS, 2 * MS));
    }

    #[test]
    fn golden_latencies() {
        let drawn = each().map(|latency| latency.draw(4, 5, &mut draws(6)).as_nanos());
        assert_eq!(drawn, [20_000_000, 20_983_353, 21_274_469, 62_767_547]);
    }
}
