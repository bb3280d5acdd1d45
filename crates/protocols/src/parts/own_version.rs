//! A counter that never repeats itself, not even after a crash.

use rumormill_core::planted::{Bug, is_planted};
use rumormill_core::{Bytes, Cell, CellsView};

/// How many versions are made durable ahead of use: a restart skips at most this many.
const BLOCK: u64 = 128;

/// Our own version counter, covered by a block persisted ahead: a version is only given out when a
/// durable cell says that the counter may have come that far. So writes are rare, and a restart goes
/// on above all that was ever used.
///
/// The owner persists [`to_persist`](OwnVersion::to_persist) whenever it is something, and calls
/// [`persisted`](OwnVersion::persisted) with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnVersion {
    next: u64,
    /// Up to and with this one, versions may be used.
    durable: u64,
    /// The write under way, if there is one.
    writing: Option<u64>,
}

impl OwnVersion {
    /// The counter that the cell left behind; a new one starts at version 1.
    pub fn restore(cells: CellsView<'_>, cell: Cell) -> OwnVersion {
        let stored = cells.get(cell).and_then(|bytes| bytes.as_ref().try_into().ok());
        let mut durable = stored.map_or(0, u64::from_be_bytes);
        if is_planted(Bug::VersionsAgain) {
            durable = durable.saturating_sub(BLOCK);
        }
        OwnVersion { next: durable + 1, durable, writing: None }
    }

    /// The next version, if it is durable.
    pub fn take(&mut self) -> Option<u64> {
        (self.next <= self.durable).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    /// The last version given out; 0 for none.
    pub fn last(&self) -> u64 {
        self.next - 1
    }

    /// Goes on above a version of ours that others know.
    pub fn adopt(&mut self, version: u64) {
        self.next = self.next.max(version + 1);
    }

    /// What has to be written now; half a block ahead, so that nobody waits for it.
    pub fn to_persist(&mut self) -> Option<Bytes> {
        if self.writing.is_some() || self.next + BLOCK / 2 <= self.durable {
            return None;
        }
        let upto = self.next + BLOCK - 1;
        self.writing = Some(upto);
        Some(Bytes::copy_from_slice(&upto.to_be_bytes()))
    }

    /// What became of the write.
    pub fn persisted(&mut self, done: bool) {
        if let Some(upto) = self.writing.take().filter(|_| done) {
            self.durable = self.durable.max(upto);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::Cells;

    const CELL: Cell = Cell::new(1);

    fn restored(cells: &Cells) -> OwnVersion {
        OwnVersion::restore(cells.view(), CELL)
    }

    #[test]
    fn gives_nothing_out_before_it_is_durable() {
        let mut version = restored(&Cells::default());
        assert_eq!(version.take(), None);
        assert!(version.to_persist().is_some());
        assert_eq!((version.take(), version.to_persist()), (None, None));
        version.persisted(true);
        assert_eq!((version.take(), version.take()), (Some(1), Some(2)));
    }

    #[test]
    fn a_restart_goes_on_above_all_that_was_used() {
        let (mut cells, mut used) = (Cells::default(), 0);
        for _ in 0..5 {
            let mut version = restored(&cells);
            for _ in 0..300 {
                if let Some(bytes) = version.to_persist() {
                    cells.insert(CELL, bytes);
                    version.persisted(true);
                }
                let taken = version.take().unwrap();
                assert!(taken > used);
                used = taken;
            }
        }
    }

    #[test]
    fn a_failed_write_is_written_again() {
        let mut version = restored(&Cells::default());
        let first = version.to_persist();
        version.persisted(false);
        assert_eq!((version.take(), version.to_persist()), (None, first));
    }

    #[test]
    fn an_adopted_version_waits_for_its_block_too() {
        let mut version = restored(&Cells::default());
        version.adopt(1_000_000);
        assert_eq!((version.last(), version.take()), (1_000_000, None));
        drop(version.to_persist());
        version.persisted(true);
        assert_eq!(version.take(), Some(1_000_001));
    }
}
