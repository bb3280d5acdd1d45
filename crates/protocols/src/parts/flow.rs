//! How much to exchange with one peer, and when to leave it alone.
//!
//! The flow control of van Renesse et al. (see [`digest`](super::digest)): a budget that grows while
//! exchanges are answered in time and halves when they are not, so that a slow peer is told less at a
//! time, and one that doesn't answer is asked less often.

use super::backoff::Backoff;
use core::time::Duration;
use rumormill_core::{Rng, Time};

/// The least budget: one round trip should bring something.
const LEAST: usize = 4 << 10;

/// Where a peer starts that nothing is known of.
const START: usize = 64 << 10;

/// How it goes with one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    budget: usize,
    failures: u32,
    /// Not asked before.
    resting_until: Time,
}

impl Default for Flow {
    fn default() -> Self {
        Flow { budget: START, failures: 0, resting_until: Time::ZERO }
    }
}

impl Flow {
    /// How many bytes of news to ask for and to tell at a time.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Whether it may be asked.
    pub fn is_rested(&self, now: Time) -> bool {
        now >= self.resting_until
    }

    /// An exchange was answered after `took`. In time: within `patience`.
    pub fn answered(&mut self, took: Duration, patience: Duration, budget_max: usize) {
        self.failures = 0;
        self.budget = match took <= patience {
            true => self.budget.saturating_mul(2),
            false => self.budget / 2,
        }
        .min(budget_max)
        .max(LEAST.min(budget_max));
    }

    /// An exchange failed: it rests for an interval, twice as long each time, up to a minute.
    pub fn failed(&mut self, now: Time, interval: Duration, rng: &mut Rng) {
        self.failures += 1;
        self.budget = (self.budget / 2).max(LEAST);
        let most = Duration::from_secs(60).max(interval);
        let wait = Backoff { least: interval, most }.wait(self.failures, rng);
        self.resting_until = now + wait;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::RngKey;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_fast_peer_gets_more_and_a_slow_one_less() {
        let mut flow = Flow::default();
        (0..9).for_each(|_| flow.answered(SECOND / 2, SECOND, 1 << 20));
        assert_eq!(flow.budget(), 1 << 20);
        (0..20).for_each(|_| flow.answered(SECOND * 2, SECOND, 1 << 20));
        assert_eq!(flow.budget(), LEAST);
        flow.answered(SECOND * 2, SECOND, 1000);
        assert_eq!(flow.budget(), 1000, "never above the bound");
    }

    #[test]
    fn who_fails_rests_longer_each_time() {
        let (mut flow, mut rng) = (Flow::default(), Rng::new(RngKey::of_node(1, 1), 1));
        flow.failed(Time::ZERO, SECOND, &mut rng);
        assert!(!flow.is_rested(Time::ZERO) && flow.is_rested(Time::ZERO + SECOND * 2));
        (0..9).for_each(|_| flow.failed(Time::ZERO, SECOND, &mut rng));
        assert!(!flow.is_rested(Time::ZERO + SECOND * 40));
        assert!(flow.is_rested(Time::ZERO + SECOND * 61));
        flow.answered(SECOND, SECOND, 1 << 20);
        flow.failed(Time::ZERO, SECOND, &mut rng);
        assert!(flow.is_rested(Time::ZERO + SECOND * 2), "an answer forgives");
    }
}
