//! What a protocol may do.

use crate::{Address, Bytes, Gone, LinkId, Peer, Protocol, ReplyTo, Rng, Target, Time, Why};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

/// What a machine can do to the world; the driver owns it.
///
/// No method waits. What takes time is answered by an [`Input`](crate::Input) that carries the token
/// given here.
pub trait Effects<P: Protocol> {
    /// The time, the same throughout one call of `handle`.
    fn now(&self) -> Time;

    /// Random numbers, made on first use: the stream is fixed by the node's key and its count of
    /// calls, so one node's draws never depend on another's.
    fn rng(&mut self) -> &mut Rng;

    /// Sends over the newest link to `to` that may send. The answer is a receipt: see [`Sent`].
    fn send(&mut self, to: Peer, class: Class<P::Token>, message: P::Message) -> Sent;

    /// Sends one message to many; it is encoded once.
    fn send_all(&mut self, to: &[Peer], class: Class<P::Token>, message: P::Message) -> Tally {
        let mut tally = Tally::default();
        for peer in to {
            tally.add(*peer, self.send(*peer, class, message.clone()));
        }
        tally
    }

    /// Asks, and is told by `Response(token, …)` exactly once unless [cancelled](Effects::cancel): by
    /// the answer, at the deadline, or when the link it went over dies.
    fn request(&mut self, to: Peer, message: P::Message, token: P::Token);

    /// Answers a request. A second answer is ignored. Without one the driver refuses in our place
    /// after half of the deadline, so that the asker hears so before it gives up by itself.
    fn reply(&mut self, to: ReplyTo, answer: Result<P::Message, Why>);

    /// Fires `Timer(token)` once, after at least this long. Timers can't be cancelled: let the token
    /// carry a generation and ignore stale ones.
    fn set_timer(&mut self, after: Duration, token: P::Token);

    /// Checks a signature beside the machine; answered by `Verified`.
    fn verify(&mut self, job: Verify, token: P::Token);

    /// Writes a small durable cell; answered by `Persisted`. Writes are acknowledged in order, and an
    /// answer covers all before it. Until then a crash may keep any subset of them.
    fn persist(&mut self, cell: Cell, bytes: Bytes, token: P::Token);

    /// A request or verdict that is no longer wanted: its answer will not come.
    fn cancel(&mut self, token: P::Token);

    /// Tells the layer above.
    fn emit(&mut self, event: P::Event);

    /// Opens a link; answered by `LinkUp` with the token, or `DialFailed`. For discovery alone.
    fn dial(&mut self, target: Target, token: P::Token);

    /// Closes one link: nothing more goes over it, and `LinkDown` with `gone` follows. The other end is
    /// told that we [left](Gone::Left). For discovery alone.
    fn close(&mut self, link: LinkId, gone: Gone);

    /// Closes every link to a peer, as [failed](Gone::Failed) for this reason.
    fn disconnect(&mut self, peer: Peer, why: Why);

    /// Where this node can be dialled, as its driver knows it now.
    fn own_address(&self) -> Option<Address>;
}

/// How a message queues towards its peer. Classes have shares of the link, not ranks, so that none
/// starves another: see [`Outbox`](crate::driver::Outbox).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class<T> {
    /// What keeps both ends in step (subscribe, graft). Never dropped: if it doesn't fit, the link
    /// is closed as slow.
    Control,
    /// A publish of our own. Never evicted; if its link dies first, `Lost` names the token.
    Own(T),
    /// Somebody else's message on its way. Evicted, oldest first, when room is needed.
    Forward,
    /// Gossip that can be repeated later. Evicted before forwards.
    Lazy,
    /// The newest word on something: replaces the queued one of the same token.
    Digest(T),
}

impl<T> Class<T> {
    /// The same class with its token changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Class<U> {
        match self {
            Class::Control => Class::Control,
            Class::Own(token) => Class::Own(change(token)),
            Class::Forward => Class::Forward,
            Class::Lazy => Class::Lazy,
            Class::Digest(token) => Class::Digest(change(token)),
        }
    }
}

/// What became of a send. A receipt never lies: `Queued` is on its way unless its link dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Queued.
    Queued,
    /// Queued, but something older and evictable had to give way: the peer is slower than we are.
    Pressured,
    /// Not queued.
    Dropped(Why),
}

/// Receipts of one message to many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many outboxes took it, the pressured ones included.
    pub queued: u32,
    /// How many of those had to let go of something else.
    pub pressured: u32,
    /// Who did not get it, and why.
    pub dropped: Vec<(Peer, Why)>,
}

impl Tally {
    /// Counts one receipt.
    pub fn add(&mut self, peer: Peer, sent: Sent) {
        match sent {
            Sent::Queued => self.queued += 1,
            Sent::Pressured => {
                self.queued += 1;
                self.pressured += 1;
            }
            Sent::Dropped(why) => self.dropped.push((peer, why)),
        }
    }
}

/// An Ed25519 signature to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// Who sent it: a peer that failed once is checked singly from then on.
    pub from: Peer,
    /// The signer's public key.
    pub key: [u8; 32],
    /// The signature.
    pub signature: [u8; 64],
    /// What is signed.
    pub message: Bytes,
}

/// A small durable cell of one machine, named by a path of slots: its own number, then that of each
/// layer it is part of.
///
/// ```
/// use rumormill_core::Cell;
/// const VERSION: Cell = Cell::new(1);
/// assert_ne!(VERSION.within(2), VERSION.within(3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(u32);

impl Cell {
    /// The cell `number` of a machine.
    pub const fn new(number: u8) -> Cell {
        Cell(number as u32)
    }

    /// The same cell as the layer above sees it, which holds the machine in `slot`. Four levels.
    pub const fn within(self, slot: u8) -> Cell {
        assert!(self.0 >> 24 == 0, "cells nest four levels deep");
        Cell(self.0 << 8 | slot as u32)
    }

    /// The path as one number: what a store keeps it under.
    pub const fn path(self) -> u32 {
        self.0
    }

    /// The cell of a stored path.
    pub const fn from_path(path: u32) -> Cell {
        Cell(path)
    }
}

/// All cells of one node, as they were read back when it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(BTreeMap<Cell, Bytes>);

impl Cells {
    /// Puts a cell.
    pub fn insert(&mut self, cell: Cell, bytes: Bytes) {
        self.0.insert(cell, bytes);
    }

    /// The view of the outermost machine.
    pub fn view(&self) -> CellsView<'_> {
        CellsView { cells: self, slots: [0; 3], depth: 0 }
    }

    /// All of them, by path.
    pub fn iter(&self) -> impl Iterator<Item = (Cell, &Bytes)> + '_ {
        self.0.iter().map(|(cell, bytes)| (*cell, bytes))
    }
}

/// What one machine may read back of its own cells.
///
/// ```
/// use rumormill_core::{Bytes, Cell, Cells};
/// let mut cells = Cells::default();
/// cells.insert(Cell::new(1).within(7), Bytes::from_static(b"mine"));
/// assert_eq!(cells.view().within(7).get(Cell::new(1)).unwrap(), "mine");
/// assert_eq!(cells.view().within(8).get(Cell::new(1)), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CellsView<'a> {
    cells: &'a Cells,
    slots: [u8; 3],
    depth: usize,
}

impl<'a> CellsView<'a> {
    /// The view of the machine that the owner of this one holds in `slot`.
    pub fn within(mut self, slot: u8) -> CellsView<'a> {
        assert!(self.depth < self.slots.len(), "cells nest four levels deep");
        self.slots[self.depth] = slot;
        self.depth += 1;
        self
    }

    /// The cell's bytes.
    pub fn get(&self, cell: Cell) -> Option<&'a Bytes> {
        let inner_first = self.slots[..self.depth].iter().rev();
        self.cells.0.get(&inner_first.fold(cell, |cell, slot| cell.within(*slot)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_views_read_what_nested_cells_wrote() {
        let mut cells = Cells::default();
        cells.insert(Cell::new(1).within(2).within(3), Bytes::from_static(b"deep"));
        let view = cells.view().within(3).within(2);
        assert_eq!(view.get(Cell::new(1)).unwrap(), "deep");
        assert_eq!(cells.view().within(2).within(3).get(Cell::new(1)), None);
    }
}
