//! A node's durable cells.

use rumormill_core::{Bytes, Cell, Cells, Duration, Rng, Time};
use std::collections::VecDeque;

/// What is durable, and what is being written: one write after the other.
#[derive(Debug)]
pub(crate) struct Disk<T> {
    cells: Cells,
    writes: VecDeque<(Cell, Bytes, T)>,
    busy_until: Time,
}

impl<T> Default for Disk<T> {
    fn default() -> Self {
        Disk { cells: Cells::default(), writes: VecDeque::new(), busy_until: Time::ZERO }
    }
}

impl<T> Disk<T> {
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Begins a write; says when it will be done.
    pub fn write(&mut self, write: (Cell, Bytes, T), now: Time, takes: Duration) -> Time {
        self.writes.push_back(write);
        self.busy_until = self.busy_until.max(now) + takes;
        self.busy_until
    }

    /// The oldest write is durable; gives its token.
    pub fn written(&mut self) -> Option<T> {
        let (cell, bytes, token) = self.writes.pop_front()?;
        self.cells.insert(cell, bytes);
        Some(token)
    }

    /// Forgets all that was durable.
    pub fn lose(&mut self) {
        self.cells = Cells::default();
    }

    /// Keeps any of the writes under way, in their order, and forgets the others.
    pub fn crash(&mut self, now: Time, mut rng: Rng) {
        for (cell, bytes, _) in self.writes.drain(..) {
            if rng.chance(0.5) {
                self.cells.insert(cell, bytes);
            }
        }
        self.busy_until = now;
    }
}
