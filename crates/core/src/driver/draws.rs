//! One node's randomness.

use crate::{Rng, RngKey};

/// A node's calls of `handle` and `settle`, counted, and the key that it draws from: each call has a
/// stream of its own. That is all that must be kept of a node's randomness between calls; a
/// driver of very many nodes keeps the count alone, makes the [`Rng`] of one call when it draws, and
/// forgets it after.
#[derive(Clone, Debug)]
pub struct Calls {
    key: RngKey,
    count: u64,
}

impl Calls {
    /// No call so far.
    pub fn new(key: RngKey) -> Calls {
        Calls { key, count: 0 }
    }

    /// So many calls so far: for a driver that keeps no more of a node than the count.
    pub fn after(key: RngKey, count: u64) -> Calls {
        Calls { key, count }
    }

    /// To be called before each `handle` and `settle`.
    pub fn next_call(&mut self) {
        self.count += 1;
    }

    /// This call's random numbers, from the first one on.
    pub fn rng(&self) -> Rng {
        Rng::new(self.key, self.count)
    }
}

/// [`Calls`] with the random numbers of the call that is under way, made only when it draws: for a
/// driver of one node.
#[derive(Clone, Debug)]
pub struct Draws {
    calls: Calls,
    made: Option<Rng>,
}

impl Draws {
    /// Draws from this key on.
    pub fn new(key: RngKey) -> Draws {
        Draws { calls: Calls::new(key), made: None }
    }

    /// To be called before each `handle` and `settle`.
    pub fn next_call(&mut self) {
        self.calls.next_call();
        self.made = None;
    }

    /// This call's random numbers.
    pub fn rng(&mut self) -> &mut Rng {
        self.made.get_or_insert_with(|| self.calls.rng())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_on_drawing_and_the_next_one_has_its_own_stream() {
        let key = RngKey::of_node(1, 2);
        let (mut draws, mut calls) = (Draws::new(key), Calls::new(key));
        for _ in 0..3 {
            draws.next_call();
            calls.next_call();
            let mut once = calls.rng();
            let drawn = [draws.rng().next_u64(), draws.rng().next_u64()];
            assert_eq!(drawn, [once.next_u64(), once.next_u64()]);
        }
    }
}
