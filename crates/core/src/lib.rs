//! The contract between a gossip protocol and whatever drives it.
//!
//! A [`Protocol`] is a *sans-IO* state machine. It is handed one [`Input`] at a time and answers by
//! calling methods on an [`Effects`] value that belongs to its driver. It owns no clock, socket,
//! task, lock or source of randomness, so the very same code runs in the simulator (virtual time,
//! one process, same seed → same run) and in the runtime (tokio, real sockets).
//!
//! ```text
//!        Input ──────► Protocol::handle ──────► Effects
//!   message, timer,     changes its own       send, request, set_timer,
//!   link, answer,       state, nothing        persist, verify, dial, emit
//!   command             else
//! ```
//!
//! What a reader needs, in this order:
//!
//! 1. [`Protocol`] and [`Input`]: what a machine is and is told.
//! 2. [`Effects`], [`Class`] and [`Sent`]: what it may do and what it is answered.
//! 3. [`Peer`], [`Name`], [`Link`]: whom it talks to.
//! 4. [`Lift`]: how one machine is made of several.
//! 5. [`bounded`]: collections that a stranger can't make grow.
//! 6. [`driver`]: what every driver shares (peer table, outbox, exchanges). Machines don't need it.
//!
//! The crate is `no_std` and needs `alloc`.

#![no_std]

extern crate alloc;

pub mod bounded;
mod codec;
pub mod driver;
mod effects;
mod fingerprint;
mod lift;
mod link;
mod name;
mod peer;
#[doc(hidden)]
pub mod planted;
mod protocol;
mod reason;
mod rng;
#[cfg(feature = "testing")]
pub mod testing;
mod time;

pub use bytes::Bytes;
pub use codec::Codec;
pub use effects::{Cell, Cells, CellsView, Class, Effects, Sent, Tally, Verify};
pub use fingerprint::Fingerprint;
pub use lift::{Lift, Outlet, PassOn, Slot};
pub use link::{AddressGroup, Direction, Link, LinkId, LinkKind, RttRing};
pub use name::{Address, Name, Target};
pub use peer::{Peer, PeerMap, PeerSet};
pub use protocol::{Input, Message, Protocol, ReplyTo};
pub use reason::{Gone, Verdict, Why};
pub use rng::{Rng, RngKey};
pub use time::Time;

/// A span of time. Machines never see a date, only spans and [`Time`] since their start.
pub use core::time::Duration;
