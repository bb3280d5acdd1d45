//! Where durable cells live.
//!
//! A store takes numbered writes of small cells and acknowledges them in order; one acknowledgement
//! covers all before it. Until a write is acknowledged, a crash may keep or lose it, whatever
//! becomes of the others. [`Memory`] is for tests and for nodes that needn't remember; [`Disk`] is a
//! file.

mod disk;
mod memory;

pub use disk::{Disk, FILE_NAME, Labels, OpenError};
pub use memory::Memory;

use rumormill_core::{Bytes, Cell, Why};
use tokio::sync::mpsc;

/// Keeps durable cells. Neither method waits.
pub trait Store: Send + 'static {
    /// Called once, before the first write: where to acknowledge, and how many writes can be open.
    fn start(&mut self, acks: Acks);

    /// Writes a cell. Numbers rise by one, from 1; never more are open than [`Acks::bound`].
    fn write(&mut self, number: u64, cell: Cell, bytes: Bytes);
}

/// What became of some writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The last write that this is about; it covers all before it that have no answer yet.
    pub up_to: u64,
    /// Durable, or why not.
    pub result: Result<(), Why>,
}

/// Where a store acknowledges. Sending never fails for want of room: there is one place a write.
#[derive(Clone, Debug)]
pub struct Acks {
    sender: mpsc::Sender<Ack>,
}

impl Acks {
    /// A driver's end and a store's end, for at most `bound` open writes.
    pub fn channel(bound: usize) -> (Acks, mpsc::Receiver<Ack>) {
        let (sender, receiver) = mpsc::channel(bound.max(1));
        (Acks { sender }, receiver)
    }

    /// The most writes that can be open.
    pub fn bound(&self) -> usize {
        self.sender.max_capacity()
    }

    /// Acknowledges, from any thread. Says whether anybody still listens.
    pub fn send(&self, ack: Ack) -> bool {
        self.sender.try_send(ack).is_ok()
    }
}
