//! What every driver of a machine shares, so that all answer its effects alike.
//!
//! A driver holds one [`Peers`] table, one [`Outbox`] a peer, [`Timers`], and [`Draws`] for randomness.
//! The simulator, which holds very many nodes, has a denser table over the same [`Handles`], an outbox
//! only where something waits, one queue for all, [`Calls`], and [`Pending`] numbers for what is under
//! way; the runtime needs deadlines for these, and has its own. All are pure.

mod draws;
mod handles;
mod outbox;
mod peers;
mod pending;
mod timers;

pub use draws::{Calls, Draws};
pub use handles::Handles;
pub use outbox::{Frame, Outbox, OutboxLimits, Pushed};
pub use peers::Peers;
pub use pending::Pending;
pub use timers::Timers;
