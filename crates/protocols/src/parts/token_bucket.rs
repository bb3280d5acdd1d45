//! How often something may be done.

use core::time::Duration;
use rumormill_core::Time;

/// Allows `burst` at once and one more every `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBucket {
    burst: u32,
    every: Duration,
    /// When the bucket will be full again: one number says it all.
    full_at: Time,
}

impl TokenBucket {
    /// A full one.
    pub fn new(burst: u32, every: Duration) -> TokenBucket {
        TokenBucket { burst, every, full_at: Time::ZERO }
    }

    /// Takes one, or says how long until there is one.
    pub fn take(&mut self, now: Time) -> Result<(), Duration> {
        let missing = self.full_at.since(now);
        let most = self.every.saturating_mul(self.burst.saturating_sub(1));
        if missing > most {
            return Err(missing - most);
        }
        self.full_at = now + missing + self.every;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_rate() {
        let mut bucket = TokenBucket::new(2, Duration::from_secs(1));
        let now = Time::ZERO;
        assert_eq!([bucket.take(now), bucket.take(now)], [Ok(()), Ok(())]);
        assert_eq!(bucket.take(now), Err(Duration::from_secs(1)));
        let later = now + Duration::from_secs(1);
        assert_eq!(bucket.take(later), Ok(()));
        assert!(bucket.take(later).is_err());
    }
}
