//! Any [`Protocol`](rumormill_core::Protocol) in virtual time: many nodes, one process, and the same
//! seed gives the same run.
//!
//! ```text
//!   add_node, start, command,      ┌─────────┐  next node, its earliest ┌──────────────┐
//!   crash, restart, cut  ────────► │  Queue  │ ───────────────────────► │ Turn: one    │
//!                                  └─────────┘        a batch           │ node's inputs│
//!                                       ▲                               └──────┬───────┘
//!                                       │  arrivals, timers, answers           │ handle, settle
//!                                       └──────────── Context (Effects) ◄──────┘
//! ```
//!
//! What decides a run is its [`Config`], the machines and the calls from outside, nothing else:
//!
//! - Time is cut into windows, in which nothing gets from one node to another. In a window nodes take
//!   their turns one after the other; what is due for one is ordered by (time, arrivals before timers,
//!   sender, sender's own count). So the order doesn't depend on who was handled first, and one node's
//!   batch touches that node alone.
//! - A node draws from its own stream; a link's fate is drawn from (seed, sender, receiver, sender's
//!   count). So no draw depends on the order of execution either.
//! - Nothing takes no time: even the driver's own answer takes [`FLOOR`]. So a machine that asks again
//!   at once can't stop the clock.
//!
//! A protocol of your own is simulated by [`run()`]; [`mod@run`] runs scenarios of the nodes that come with
//! Rumormill.
//!
//! [`Network::trace_hash`] folds all inputs and events of all nodes: equal hashes, equal runs.
//!
//! ```
//! # use rumormill_core::{Class, Effects, Fingerprint, Input, Message, Protocol, Target, Name};
//! use rumormill_core::{Duration, Time};
//! use rumormill_sim::{Config, Network};
//! # #[derive(Clone, Debug)] struct Hello;
//! # impl Message for Hello {
//! #     fn wire_len(&self) -> usize { 5 }
//! #     fn kind(&self) -> &'static str { "hello" }
//! # }
//! # #[derive(Clone)] struct Greeter;
//! # impl Protocol for Greeter {
//! #     type Message = Hello; type Token = (); type Command = Target; type Event = &'static str;
//! #     fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
//! #         match input {
//! #             Input::Command(target) => fx.dial(target, ()),
//! #             Input::LinkUp(_, peer, _, Some(())) => _ = fx.send(peer, Class::Forward, Hello),
//! #             Input::Message(..) => fx.emit("greeted"),
//! #             _ => {}
//! #         }
//! #     }
//! #     fn fingerprint(&self, _: &mut Fingerprint) {}
//! # }
//! let mut network = Network::new(Config::default(), |_node, _cells| Greeter);
//! for _ in 0..2 {
//!     let node = network.add();
//!     network.start(node);
//! }
//! network.command(0, Target::Name(Name::Number(1)));
//! let mut events = Vec::new();
//! let mut seen = |node, _, event: &&'static str| events.push((node, *event));
//! network.run_until(Time::ZERO + Duration::from_secs(1), &mut seen);
//! assert_eq!(events, [(1, "greeted")]);
//! ```

pub mod books;
pub mod check;
mod codec;
mod engine;
pub mod lens;
pub mod log;
pub mod measure;
pub mod model;
mod nodes;
pub mod outcome;
pub mod own;
mod readers;
pub mod report;
pub mod run;
pub mod scenario;
pub mod search;

pub use engine::{
    At, Betrayal, BetrayalId, Config, Counters, Dialling, FLOOR, Load, Make, Network, Observer,
    Places, Retell, Silence, Traffic, Unseen,
};
pub use own::run;
