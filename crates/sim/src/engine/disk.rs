//! A node's durable cells.

use rumormill_core::{Bytes, Cell, Cells, Duration, Rng, Time};
use std::collections::VecDeque;

/// What is durable, and what is being written: one write after the other.
#[derive(Debug)]
pub(crate) struct Disk<T> {
    cells: Cells,
    writes: VecDeque<(Cell, Bytes, T)>,
    /// What the latest writes replaced, the latest last.
    replaced: VecDeque<(Cell, Option<Bytes>)>,
    busy_until: Time,
}

impl<T> Default for Disk<T> {
    fn default() -> Self {
        let (writes, replaced) = (VecDeque::new(), VecDeque::new());
        Disk { cells: Cells::default(), writes, replaced, busy_until: Time::ZERO }
    }
}

impl<T> Disk<T> {
    /// A copy of somebody's.
    pub fn of(cells: Cells) -> Disk<T> {
        Disk { cells, ..Disk::default() }
    }

    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Begins a write; says when it will be done.
    pub fn write(&mut self, write: (Cell, Bytes, T), now: Time, takes: Duration) -> Time {
        self.writes.push_back(write);
        self.busy_until = self.busy_until.max(now) + takes;
        self.busy_until
    }

    /// The oldest write is durable; gives its token. So many writes can be forgotten later.
    pub fn written(&mut self, forgettable: usize) -> Option<T> {
        let (cell, bytes, token) = self.writes.pop_front()?;
        self.put(cell, bytes, forgettable);
        Some(token)
    }

    fn put(&mut self, cell: Cell, bytes: Bytes, forgettable: usize) {
        if forgettable > 0 {
            let before = self.cells.iter().find(|(other, _)| *other == cell);
            self.replaced.push_back((cell, before.map(|(_, bytes)| bytes.clone())));
            self.replaced.drain(..self.replaced.len().saturating_sub(forgettable));
        }
        self.cells.insert(cell, bytes);
    }

    /// Forgets all that was durable.
    pub fn lose(&mut self) {
        (self.cells, self.replaced) = Default::default();
    }

    /// Forgets the latest writes, up to so many: each cell is again what it was before. Says how many
    /// those were.
    pub fn forget(&mut self, writes: usize) -> usize {
        let kept = self.replaced.len().saturating_sub(writes);
        let forgotten = self.replaced.split_off(kept);
        for (cell, before) in forgotten.iter().rev() {
            let others = self.cells.iter().filter(|(other, _)| other != cell);
            let before = before.iter().map(|bytes| (*cell, bytes));
            self.cells = cells(others.chain(before));
        }
        forgotten.len()
    }

    /// Keeps any of the writes under way, in their order, and forgets the others.
    pub fn crash(&mut self, now: Time, forgettable: usize, mut rng: Rng) {
        for (cell, bytes, _) in std::mem::take(&mut self.writes) {
            if rng.chance(0.5) {
                self.put(cell, bytes, forgettable);
            }
        }
        self.busy_until = now;
    }
}

fn cells<'a>(all: impl Iterator<Item = (Cell, &'a Bytes)>) -> Cells {
    let mut cells = Cells::default();
    all.for_each(|(cell, bytes)| cells.insert(cell, bytes.clone()));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn disk(writes: &[(u8, u8)], forgettable: usize) -> Disk<()> {
        let mut disk = Disk::default();
        for (cell, byte) in writes {
            let write = (Cell::new(*cell), Bytes::copy_from_slice(&[*byte]), ());
            disk.write(write, Time::ZERO, Duration::ZERO);
            assert_eq!(disk.written(forgettable), Some(()));
        }
        disk
    }

    proptest! {
        /// What is left is what the first writes alone would have left, in whatever steps the others
        /// are forgotten; and no more can be than is remembered.
        #[test]
        fn what_is_forgotten_is_the_end(
            writes in prop::collection::vec((0u8..4, any::<u8>()), 0..20),
            forgets in prop::collection::vec(0usize..12, 0..3),
            forgettable in 0usize..12,
        ) {
            let mut forgetful = disk(&writes, forgettable);
            let forgotten: usize = forgets.iter().map(|count| forgetful.forget(*count)).sum();
            let wanted: usize = forgets.iter().sum();
            prop_assert_eq!(forgotten, wanted.min(forgettable).min(writes.len()));
            let kept = disk(&writes[..writes.len() - forgotten], 0);
            prop_assert_eq!(forgetful.cells(), kept.cells());
        }
    }
}
