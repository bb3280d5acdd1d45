//! Log-normal latencies: what measurements of the Internet look like, with a long tail upwards.
//!
//! A log-normal number is `median · e^(σz)`, `z` standard normal. `z` is the quantile of an even draw,
//! by the rational approximation PPND7 of Wichura ("Algorithm AS 241: The Percentage Points of the
//! Normal Distribution", 1988), good to about 7 digits. It needs a logarithm in the tails; that and the
//! exponential are our own, so all platforms draw the same.

use super::whole_nanos;
use crate::model::LinkDraws;
use crate::model::arithmetic::{exp, ln, polynomial};
use rumormill_core::Duration;

/// Where the distribution is cut off on both sides, in standard deviations of its logarithm.
const CUT: f64 = 4.0;

/// The share of a normal distribution below −4.
const BELOW_CUT: f64 = 3.167_124_183_311_992e-5;

/// A log-normal latency, cut off at four standard deviations (of its logarithm) on both sides: six in
/// a hundred thousand would be outside. So it is never below `median / e^(4σ)`, nor above
/// `median · e^(4σ)`.
///
/// ```
/// use rumormill_core::Duration;
/// use rumormill_sim::model::LogNormal;
/// let latency = LogNormal::new(Duration::from_millis(50), 0.5);
/// assert_eq!(latency.least().as_micros(), 6_766);
/// assert_eq!(latency.most().as_micros(), 369_452);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    /// In nanoseconds.
    median: f64,
    sigma: f64,
    most: Duration,
}

impl LogNormal {
    /// Half of all latencies are below `median`; `sigma`, at least 0, is the standard deviation of
    /// their logarithm. 0.5 puts the 99th percentile at 3.2 times the median, 1.0 at ten times.
    pub fn new(median: Duration, sigma: f64) -> LogNormal {
        LogNormal { median: whole_nanos(median) as f64, sigma: sigma.max(0.0), most: Duration::MAX }
    }

    /// The same, but what is longer is as long as this.
    pub fn at_most(self, most: Duration) -> LogNormal {
        LogNormal { most, ..self }
    }

    /// One latency.
    pub fn draw(&self, draws: &mut LinkDraws) -> Duration {
        let share = BELOW_CUT + draws.unit() * (1.0 - 2.0 * BELOW_CUT);
        self.at(normal_quantile(share))
    }

    /// The least there is.
    pub fn least(&self) -> Duration {
        self.at(-CUT)
    }

    /// The most there is.
    pub fn most(&self) -> Duration {
        self.at(CUT)
    }

    fn at(&self, deviations: f64) -> Duration {
        let deviations = deviations.clamp(-CUT, CUT);
        let drawn = Duration::from_nanos((self.median * exp(self.sigma * deviations)) as u64);
        drawn.min(self.most)
    }
}

/// Below which number this share of a standard normal distribution lies; for shares from 10⁻¹⁰ to
/// 1 − 10⁻¹⁰.
fn normal_quantile(share: f64) -> f64 {
    let middle = share - 0.5;
    if middle.abs() <= 0.425 {
        let r = 0.180625 - middle * middle;
        let above = polynomial(r, &[3.3871327179, 50.434271938, 159.29113202, 59.109374720]);
        return middle * above / polynomial(r, &[1.0, 17.895169469, 78.757757664, 67.187563600]);
    }
    let tail = if middle < 0.0 { share } else { 1.0 - share };
    let r = (-ln(tail)).sqrt() - 1.6;
    let above = polynomial(r, &[1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103]);
    let quantile = above / polynomial(r, &[1.0, 0.73700164250, 0.12021132975]);
    if middle < 0.0 { -quantile } else { quantile }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIAN: Duration = Duration::from_millis(50);

    /// Drawn, in rising order.
    fn sorted(sigma: f64) -> Vec<f64> {
        let latency = LogNormal::new(MEDIAN, sigma);
        let draw = |count| latency.draw(&mut LinkDraws::new(3, 1, 2, count)).as_secs_f64();
        let mut drawn: Vec<f64> = (0..100_000).map(draw).collect();
        drawn.sort_by(f64::total_cmp);
        drawn
    }

    #[test]
    fn quantiles_are_those_of_tables() {
        let close = |share, expected: f64| {
            assert!((normal_quantile(share) - expected).abs() < 1e-6, "{share}");
        };
        close(0.5, 0.0);
        close(0.841_344_746_068_543, 1.0);
        close(0.025, -1.959_963_984_540_054);
        close(0.99, 2.326_347_874_040_841);
        close(0.999, 3.090_232_306_167_813);
        close(BELOW_CUT, -CUT);
    }

    #[test]
    fn percentiles_are_those_of_the_distribution() {
        let drawn = sorted(0.5);
        let close = |at: usize, deviations: f64| {
            let expected = 0.05 * (0.5 * deviations).exp();
            assert!((drawn[at] / expected - 1.0).abs() < 0.02, "{at}: {}", drawn[at]);
        };
        close(10_000, -1.281_55);
        close(50_000, 0.0);
        close(90_000, 1.281_55);
        close(99_000, 2.326_35);
    }

    #[test]
    fn it_is_cut_off_on_both_sides() {
        let (latency, drawn) = (LogNormal::new(MEDIAN, 1.0), sorted(1.0));
        assert!(drawn[0] >= latency.least().as_secs_f64());
        assert!(drawn[99_999] <= latency.most().as_secs_f64());
        assert!((latency.most().as_secs_f64() / 0.05 - 54.598).abs() < 0.01, "e⁴");
    }

    #[test]
    fn without_spread_it_is_constant() {
        let latency = LogNormal::new(MEDIAN, 0.0);
        assert_eq!(latency.draw(&mut LinkDraws::new(1, 2, 3, 4)), MEDIAN);
        assert_eq!((latency.least(), latency.most()), (MEDIAN, MEDIAN));
        assert_eq!(LogNormal::new(MEDIAN, -1.0), latency);
    }

    #[test]
    fn its_bits_are_the_same_everywhere() {
        let bits = [0.001, 0.06, 0.3, 0.9999].map(|share| normal_quantile(share).to_bits());
        let (low, high) = (bits[0], bits[3]);
        assert_eq!((low, high), (13_837_513_039_382_752_840, 4_615_556_899_541_388_303));
        assert_eq!(bits[1..3], [13_833_052_933_016_913_558, 13_826_270_636_431_001_869]);
    }
}
