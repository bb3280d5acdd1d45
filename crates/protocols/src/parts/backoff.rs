//! When to try again.

use crate::parts::config_error::ConfigError;
use crate::parts::settings::{Span, span_text};
use alloc::format;
use core::time::Duration;
use rumormill_core::Rng;

crate::settings! {
    /// Doubling waits between two bounds, with jitter, so that many who lost the same peer don't knock
    /// together when it is back.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Backoff {
        /// The wait after the first failure.
        least: Duration as Span = Duration::from_secs(1),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
        /// The longest wait; not below `least`.
        most: Duration as Span = Duration::from_secs(60),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
    }
    relations Backoff::check_order;
}

impl Backoff {
    fn check_order(&self) -> Result<(), ConfigError> {
        let [least, most] = [self.least, self.most].map(span_text);
        match self.least <= self.most {
            true => Ok(()),
            false => Err(ConfigError {
                key: "most".into(),
                value: format!("\"{most}\""),
                bound: format!("at least `least`, which is {least}"),
            }),
        }
    }

    /// The wait after that many failures in a row (at least one): `least·2^(failures − 1)` up to
    /// `most`, then a quarter more or less, and never outside the bounds.
    pub fn wait(&self, failures: u32, rng: &mut Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let middle = self.least.saturating_mul(1 << doublings).min(self.most);
        rng.jitter(middle, 0.25).clamp(self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::RngKey;

    #[test]
    fn doubles_between_its_bounds() {
        let backoff = Backoff { least: Duration::from_secs(1), most: Duration::from_secs(60) };
        let mut rng = Rng::new(RngKey::of_node(1, 1), 1);
        for (failures, from, to) in
            [(1, 1.0, 1.25), (3, 3.0, 5.0), (7, 45.0, 60.0), (99, 45.0, 60.0)]
        {
            let wait = backoff.wait(failures, &mut rng).as_secs_f64();
            assert!((from..=to).contains(&wait), "{failures} failures: {wait} s");
        }
    }
}
