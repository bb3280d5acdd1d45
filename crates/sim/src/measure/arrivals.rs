//! When deliveries happened: how long they took, and the last.

use hdrhistogram::Histogram;
use rumormill_core::Time;

/// Deliveries, each noted when it happens.
pub(super) struct Arrivals {
    /// In nanoseconds.
    latencies: Histogram<u64>,
    longest: u64,
    /// The last.
    pub last: Time,
}

/// Three digits of a latency are kept.
const DIGITS: u8 = 3;

/// The longest that is told from longer ones: two days, twice the longest workload.
const NANOS_MAX: u64 = 2 * 86_400 * 1_000_000_000;

/// How many points a curve has at most.
pub(super) const POINTS_MAX: usize = 200;

impl Arrivals {
    pub fn new() -> Arrivals {
        let latencies = Histogram::new_with_max(NANOS_MAX, DIGITS).expect("bounds in order");
        Arrivals { latencies, longest: 0, last: Time::ZERO }
    }

    pub fn note(&mut self, published: Time, now: Time) {
        let nanos = now.since(published).as_nanos() as u64;
        self.latencies.saturating_record(nanos);
        self.longest = self.longest.max(nanos);
        self.last = self.last.max(now);
    }

    pub fn is_empty(&self) -> bool {
        self.latencies.is_empty()
    }

    /// In milliseconds, what that share of deliveries is not above.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        millis(self.latencies.value_at_quantile(share).min(self.longest))
    }

    /// Milliseconds, and the share of deliveries that took at most so long; rising, from nothing. Where
    /// there are too many points, those are left out that are less than a half percent above the last.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let (total, steps) = (self.latencies.len(), POINTS_MAX as u128 - 1);
        let (mut points, mut so_far, mut last) = (Vec::new(), 0, 0);
        for bucket in self.latencies.iter_recorded() {
            so_far += bucket.count_since_last_iteration();
            let step = u128::from(so_far) * steps / u128::from(total);
            if step > last {
                let nanos = bucket.value_iterated_to().min(self.longest);
                points.push((millis(nanos), so_far as f64 / total as f64));
                last = step;
            }
        }
        if !points.is_empty() {
            points.insert(0, (0.0, 0.0));
        }
        points
    }
}

fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rumormill_core::Duration;

    fn of(millis: &[u64]) -> Arrivals {
        let mut arrivals = Arrivals::new();
        let now = |ms| Time::ZERO + Duration::from_millis(ms);
        millis.iter().for_each(|ms| arrivals.note(Time::ZERO, now(*ms)));
        arrivals
    }

    #[test]
    fn a_hand_full() {
        assert!(of(&[]).is_empty() && of(&[]).curve().is_empty());
        let arrivals = of(&[10, 20, 20, 40]);
        assert_eq!((arrivals.quantile_ms(0.5) * 10.0).round(), 200.0);
        assert_eq!(arrivals.quantile_ms(1.0), 40.0);
        let curve = arrivals.curve();
        assert_eq!(curve.iter().map(|point| point.1).collect::<Vec<_>>(), [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(curve.iter().map(|point| point.0.round()).sum::<f64>(), 70.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn curves_rise_and_are_short(millis in prop::collection::vec(1..1_000_000u64, 1..500)) {
            let curve = of(&millis).curve();
            prop_assert!(curve.len() <= POINTS_MAX && curve.last().unwrap().1 == 1.0);
            prop_assert!(curve.is_sorted() && curve.windows(2).all(|two| two[0].0 < two[1].0));
        }
    }
}
