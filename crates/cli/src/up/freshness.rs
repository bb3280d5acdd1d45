//! Whether what a node knows is as new as it can be.

use std::time::Duration;

/// How new something is, by how often it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As new as can be expected.
    Fresh,
    /// A change may have been missed.
    Ageing,
    /// Changes were missed.
    Stale,
}

impl Freshness {
    /// Of something that changes about every `interval`, a fifth more or less, and takes a moment
    /// to arrive.
    pub fn of(age: Duration, interval: Duration) -> Freshness {
        let on_the_way = Duration::from_secs(2);
        if age <= interval.saturating_mul(3) / 2 + on_the_way {
            Freshness::Fresh
        } else if age <= interval.saturating_mul(3).saturating_add(on_the_way) {
            Freshness::Ageing
        } else {
            Freshness::Stale
        }
    }

    /// What stands behind the age, for those who see no colours.
    pub fn mark(self) -> char {
        match self {
            Freshness::Fresh => ' ',
            Freshness::Ageing => '~',
            Freshness::Stale => '!',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_goes_by_the_interval() {
        let of =
            |age, interval| Freshness::of(Duration::from_secs(age), Duration::from_secs(interval));
        assert_eq!(of(12, 10), Freshness::Fresh);
        assert_eq!(of(17, 10), Freshness::Fresh);
        assert_eq!(of(18, 10), Freshness::Ageing);
        assert_eq!(of(32, 10), Freshness::Ageing);
        assert_eq!(of(33, 10), Freshness::Stale);
        assert_eq!(of(60, 3600), Freshness::Fresh);
        assert_eq!(Freshness::of(Duration::ZERO, Duration::MAX), Freshness::Fresh);
    }
}
