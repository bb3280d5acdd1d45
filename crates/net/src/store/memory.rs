//! Cells that live as long as the process.

use super::{Ack, Acks, Store};
use rumormill_core::{Bytes, Cell, Cells, Duration};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio::time::sleep;

/// Cells in memory. A clone is the same store, so that a test can keep one while a driver has
/// another, crash it, and start again from what was left.
///
/// ```
/// # use rumormill_net::store::Memory;
/// let disk = Memory::default();
/// let survivor = disk.clone();
/// drop(disk);
/// assert_eq!(survivor.cells().iter().count(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    delay: Duration,
    shared: Arc<Mutex<Shared>>,
    work: Option<mpsc::Sender<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    cells: Cells,
    open: VecDeque<Write>,
    /// Rises with each crash and start, so that an older life's worker does nothing.
    life: u64,
}

#[derive(Debug)]
struct Write {
    number: u64,
    cell: Cell,
    bytes: Bytes,
}

impl Memory {
    /// An empty one whose writes take this long, one after the other.
    pub fn slow(delay: Duration) -> Memory {
        Memory { delay, ..Memory::default() }
    }

    /// What is durable now.
    pub fn cells(&self) -> Cells {
        self.lock().cells.clone()
    }

    /// Stops dead: of the open writes those are kept that `keep` says, by number; none will be
    /// acknowledged.
    pub fn crash(&self, keep: impl Fn(u64) -> bool) {
        let mut shared = self.lock();
        shared.life += 1;
        while let Some(write) = shared.open.pop_front() {
            if keep(write.number) {
                shared.cells.insert(write.cell, write.bytes);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the oldest open write, if this life still goes on.
    fn do_one(&self, life: u64) -> Option<u64> {
        let mut shared = self.lock();
        if shared.life != life {
            return None;
        }
        let write = shared.open.pop_front()?;
        shared.cells.insert(write.cell, write.bytes);
        Some(write.number)
    }
}

impl Store for Memory {
    fn start(&mut self, acks: Acks) {
        let (work, mut orders) = mpsc::channel(acks.bound());
        self.work = Some(work);
        let life = {
            let mut shared = self.lock();
            shared.open.clear();
            shared.life += 1;
            shared.life
        };
        let worker = Memory { work: None, ..self.clone() };
        tokio::spawn(async move {
            while orders.recv().await.is_some() {
                if !worker.delay.is_zero() {
                    sleep(worker.delay).await;
                }
                let Some(up_to) = worker.do_one(life) else { return };
                acks.send(Ack { up_to, result: Ok(()) });
            }
        });
    }

    fn write(&mut self, number: u64, cell: Cell, bytes: Bytes) {
        self.lock().open.push_back(Write { number, cell, bytes });
        if let Some(work) = &self.work {
            // There is a place for each open write.
            let _ = work.try_send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(store: &mut Memory, number: u64) {
        store.write(number, Cell::new(number as u8), Bytes::from_static(b"bytes"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_crash_keeps_what_was_acknowledged_and_any_of_the_rest() {
        let mut store = Memory::slow(Duration::from_millis(10));
        let (acks, mut acked) = Acks::channel(8);
        store.start(acks);
        (1..=3).for_each(|number| write(&mut store, number));
        assert_eq!(acked.recv().await, Some(Ack { up_to: 1, result: Ok(()) }));
        store.crash(|number| number == 3);
        let kept: Vec<u32> = store.cells().iter().map(|(cell, _)| cell.path()).collect();
        assert_eq!(kept, [1, 3]);
        assert_eq!(acked.recv().await, None, "nothing is acknowledged after a crash");
    }
}
