//! The runtime: drives any [`Protocol`](rumormill_core::Protocol) on tokio.
//!
//! ```text
//!   Handle ── commands, inspections ──► ┌────────┐ ──► Transport   dial, send, request, close
//!   Events ◄──────────── events ─────── │ driver │ ◄── Arrival     messages, links, answers
//!                                       │ 1 task │ ──► Store       durable cells
//!                                       └────────┘ ──► verify      signatures, beside the loop
//! ```
//!
//! 1. [`driver`]: one task that owns the machine and its timers: [`drive`](driver::drive).
//! 2. [`transport`]: what carries messages. Bring your own, or use one of those here.
//! 3. [`store`]: where durable cells live: memory or a file.
//! 4. [`mod@drive`]: a machine of your own over TCP, in one call.
//! 5. [`transport::http`] and [`server`]: the favourite-books network, both halves of it.
//! 6. [`control`]: what programs ask of a running node.
//!
//! Nothing but the last two know which protocol it drives.

pub mod control;
pub mod drive;
pub mod driver;
pub mod server;
pub mod store;
pub mod transport;

pub use drive::drive;
