//! One node's randomness.

use crate::{Rng, RngKey};

/// Makes the random numbers of one node: a fresh stream for each call of `handle` or `settle`, numbered
/// by the node's own count of calls and made only when a call draws.
#[derive(Clone, Debug)]
pub struct Draws {
    key: RngKey,
    calls: u64,
    made: Option<Rng>,
}

impl Draws {
    /// Draws from this key on.
    pub fn new(key: RngKey) -> Draws {
        Draws { key, calls: 0, made: None }
    }

    /// To be called before each `handle` and `settle`.
    pub fn next_call(&mut self) {
        self.calls += 1;
        self.made = None;
    }

    /// This call's random numbers.
    pub fn rng(&mut self) -> &mut Rng {
        self.made.get_or_insert_with(|| Rng::new(self.key, self.calls))
    }
}
