//! Work for all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

/// How many there are.
pub fn cores() -> usize {
    available_parallelism().map_or(1, Into::into)
}

/// Turns at pieces of work that are numbered from 0. Each is taken once, whoever takes it.
pub struct Turns {
    next: AtomicUsize,
    pieces: usize,
}

impl Turns {
    /// At so many pieces.
    pub fn new(pieces: usize) -> Turns {
        Turns { next: AtomicUsize::new(0), pieces }
    }

    /// How many were taken.
    pub fn taken(&self) -> usize {
        self.next.load(Ordering::Relaxed).min(self.pieces)
    }

    /// The next piece that nobody has taken.
    pub fn take(&self) -> Option<usize> {
        let piece = self.next.fetch_add(1, Ordering::Relaxed);
        (piece < self.pieces).then_some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once() {
        let turns = Turns::new(2);
        let taken: Vec<_> = std::iter::from_fn(|| turns.take()).collect();
        assert_eq!((taken, turns.take(), turns.taken()), (vec![0, 1], None, 2));
    }
}
