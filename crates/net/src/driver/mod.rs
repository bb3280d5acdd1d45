//! Drives any [`Protocol`] on tokio: one task owns the machine, its timers and its queues.
//!
//! ```text
//!   let (handle, driver) = drive(Parts { machine, transport, arrivals, .. });
//!   tokio::spawn(driver);
//!   let told = handle.command(command).await?;          // what the machine emitted meanwhile
//!   let peers = handle.inspect(|machine, driver| driver.peers()).await?;
//!   while let Some(told) = events.next().await { .. }   // Told::Event, or Told::Gap if too slow
//!   handle.shutdown().await;
//! ```
//!
//! How a turn of the loop goes is told in `turn.rs`; what the machine may do is `shell.rs`; what a
//! wire's end takes with it is `flow.rs`.
//!
//! # What every queue does when it is full
//!
//! | queue | bound | then |
//! |---|---|---|
//! | arrivals | [`Settings::inbox`] | the transport waits, and reads no more from its peers |
//! | a peer's outbox | [`Settings::outbox`] | by class: see [`Outbox`](rumormill_core::driver::Outbox) |
//! | a wire | one batch | the outbox waits |
//! | commands | [`Settings::asks`] | [`Handle::command`] waits, [`Handle::try_command`] says so |
//! | events | [`Settings::events`] | the slow listener has a [gap](Told::Gap) |
//! | requests, answers, checks, writes | [`Settings`] | answered at once as overloaded |
//!
//! Whatever is dropped is counted with its reason in [`Counters`].

mod arrivals;
mod counters;
mod flow;
mod handle;
mod open;
mod own_address;
mod settings;
mod shell;
mod turn;
mod verifying;
mod view;
mod wires;

pub use counters::{Counters, Dropped, Traffic};
pub use handle::{Ended, Events, Handle, NoOutcome, NotTaken, Told};
pub use own_address::OwnAddress;
pub use settings::{BatchLimits, NoEntropy, Parts, Settings, VerifyLimits};
pub use view::{DriverView, LinkView, PeerView, Queues};

use rumormill_core::Protocol;
use shell::Shell;
use tokio::sync::{broadcast, mpsc};
use turn::Driver;

/// Makes a driver and a handle to it. The caller spawns the future on a tokio runtime; it ends after
/// [`Handle::shutdown`], or when the last handle is dropped. Dropping the future is a crash: wires
/// close, and of the durable writes not acknowledged any may be kept.
///
/// The machine is given `Start` when the future is first polled; events emitted since then reach
/// whoever called [`Handle::events`] before.
pub fn drive<P: Protocol>(
    parts: Parts<P>,
) -> (Handle<P>, impl Future<Output = ()> + Send + use<P>) {
    let (asks, asked) = mpsc::channel(parts.settings.asks.max(1));
    let (events, _) = broadcast::channel(parts.settings.events.max(1));
    let handle = Handle::new(asks, events.downgrade());
    (handle, async move { Driver::new(Shell::assemble(parts, events), asked).run().await })
}
