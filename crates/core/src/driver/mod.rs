//! What every driver of a machine shares, so that all answer its effects alike.
//!
//! A driver holds one [`Peers`] table, one [`Outbox`] a peer (the simulator: a busy link),
//! [`Timers`], [`Pending`] numbers for what is under way, and [`Draws`] for
//! randomness (the simulator: [`Calls`]). All are pure.

mod draws;
mod outbox;
mod peers;
mod pending;
mod timers;

pub use draws::{Calls, Draws};
pub use outbox::{Frame, Outbox, OutboxLimits, Pushed};
pub use peers::Peers;
pub use pending::Pending;
pub use timers::Timers;
