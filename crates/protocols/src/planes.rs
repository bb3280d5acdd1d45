//! The vocabulary of each plane: what any protocol that fills it is asked for, and what it tells.
//!
//! The node routes between them (see `rumormill-node`); nobody else knows two planes at once.
//!
//! ```text
//!            Up, Down                     Arrived                    Learn
//! discovery ──────────► broadcast, state  broadcast ───────► node ──────────► state
//!            ◄──────────                            ◄───────       ◄──────────
//!             Heard                        Judge, Seen, Spread      Judged, Reconciled, Publish
//! ```

use crate::{Life, Rumor, RumorId};
use alloc::sync::Arc;
use rumormill_core::{
    Address, Bytes, Gone, Link, Name, Peer, Protocol, Tally, Target, Verdict, Why,
};

/// A protocol of the discovery plane.
pub trait Discovery: Protocol<Command = DiscoveryCommand, Event = DiscoveryEvent> {}

/// A protocol of the broadcast plane.
pub trait Broadcast: Protocol<Command = BroadcastCommand, Event = BroadcastEvent> {}

/// A protocol of the state plane.
pub trait State: Protocol<Command = StateCommand, Event = StateEvent> {}

impl<P: Protocol<Command = DiscoveryCommand, Event = DiscoveryEvent>> Discovery for P {}
impl<P: Protocol<Command = BroadcastCommand, Event = BroadcastEvent>> Broadcast for P {}
impl<P: Protocol<Command = StateCommand, Event = StateEvent>> State for P {}

/// What discovery is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscoveryCommand {
    /// Something new of this origin came from that peer: it lives, and may be worth knowing.
    Heard(Peer, Name),
    /// The layer above knows somebody.
    Add(Target),
}

/// What discovery tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscoveryEvent {
    /// This peer may be used.
    Up(Peer, Link),
    /// This peer may no longer be used.
    Down(Peer, Gone),
    /// Somebody we count on (given by configuration, or reached before) can't be dialled for the first
    /// time since it could; it is tried again.
    Unreachable(Target, Why),
    /// Two nodes of one name: the one at `refused` is not used. A name must be one node's in a
    /// network, so whoever runs them has to rename one.
    Clash {
        /// The name.
        name: Name,
        /// Where the one that we keep to is; ourselves, perhaps.
        kept: Option<Address>,
        /// Where the other is.
        refused: Option<Address>,
    },
}

/// What broadcast is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BroadcastCommand {
    /// Publish data on a topic. Answered by [`BroadcastEvent::Published`] with the ticket.
    Publish {
        /// The topic.
        topic: Arc<str>,
        /// The data.
        payload: Bytes,
        /// The caller's own number for it.
        ticket: u64,
    },
    /// Spread an update of the node's own state, made by the state plane.
    Spread(Arc<Rumor>),
    /// The judgement on what [arrived](BroadcastEvent::Arrived).
    Judge(RumorId, Verdict),
    /// The state plane got this one on its own way, from that peer: neither fetch nor deliver it again.
    Seen(Arc<Rumor>, Peer),
}

/// What broadcast tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BroadcastEvent {
    /// A rumor was heard for the first time. It waits to be judged, and is forwarded if it is accepted.
    Arrived(Arc<Rumor>, Peer),
    /// A copy of a rumor that is known.
    Duplicate(RumorId, Peer),
    /// A publish of ours was not taken.
    PublishRefused {
        /// The caller's own number.
        ticket: u64,
        /// Why not.
        why: Why,
    },
    /// A publish of ours is on its way.
    Published {
        /// The caller's own number.
        ticket: u64,
        /// The rumor's id.
        id: RumorId,
        /// To whom it was queued, and to whom not and why.
        tally: Tally,
    },
    /// A publish of ours that was queued to a peer died with its link.
    Lost(RumorId, Peer),
}

/// What the state plane is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateCommand {
    /// Broadcast brought an update. Answered by [`StateEvent::Judged`].
    Learn(Arc<Rumor>, Peer),
    /// Set or remove a register of our own. Answered by [`StateEvent::Stored`] or
    /// [`StateEvent::SetRefused`] with the ticket.
    Set {
        /// The caller's own number for it.
        ticket: u64,
        /// Its key.
        key: Arc<str>,
        /// Its value, as it stands on the wire.
        payload: Bytes,
        /// How long it holds; [removed](Life::Removed), if it is to be removed.
        life: Life,
    },
}

/// What the state plane tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateEvent {
    /// Spread this.
    Publish(Arc<Rumor>),
    /// The judgement on what broadcast brought.
    Judged(RumorId, Verdict),
    /// Repair brought this one: broadcast need not.
    Reconciled(Arc<Rumor>, Peer),
    /// Something new is known. On every way: broadcast, repair, our own.
    Learned(Arc<Rumor>, Peer),
    /// An update that is not above what is known.
    Stale(RumorId, Peer),
    /// Somebody knew a later version of ourselves than we did: we go on above it.
    Adopted {
        /// The version heard.
        version: u64,
        /// From whom.
        from: Peer,
    },
    /// A claim that can't be true, and is dropped.
    Refused(RumorId, Peer, Why),
    /// An exchange with a peer ended, and brought so many news; or failed.
    Synced(Peer, Result<usize, Why>),
    /// A register of our own is durable, and is spread from now on.
    Stored {
        /// The caller's own number.
        ticket: u64,
        /// The version that says so, or a later one that took its place meanwhile.
        version: u64,
    },
    /// Others say that we set this register, and we did not: it is being removed.
    Denied(Arc<str>),
    /// So many durable cells of ours could not be read: what they said is lost.
    Unreadable(u64),
    /// A register is no longer shown: its time is over.
    Expired(Arc<Rumor>),
    /// A register of our own was not set; it says what it said before.
    SetRefused {
        /// The caller's own number.
        ticket: u64,
        /// Its key.
        key: Arc<str>,
        /// Why not.
        why: Why,
    },
    /// Own versions could not be made durable: nothing of ours is published until they are.
    NotDurable(Why),
}
