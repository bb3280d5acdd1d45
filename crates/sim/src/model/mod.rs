//! What a network is like, without the machines that live in it: who knows whom, how long a
//! transmission takes, whether it arrives.
//!
//! ```text
//!   topology ──► Graph        who is linked to whom, before anything runs
//!
//!   Transmission ──► Rules ──► Verdict        for each transmission, in the order of the rules
//!                      ▲          delay, fate, second copy
//!        Latency, Loss ┘
//!   LinkDraws                  the draws of one transmission, whoever asks first
//! ```
//!
//! Everything here is plain values and pure functions. Who makes them from a scenario checks what
//! was written there; who runs the network asks [`Rules`] and does what the verdict says.
//!
//! Nothing here differs between platforms: floating point is used with `+ − × ÷ √` alone, which
//! IEEE 754 rounds alike everywhere ([`arithmetic`] has the rest).
//!
//! *Not modelled:* bandwidth and queues (they are the links'), routers that several links share,
//! latencies that drift with the time of day.

pub mod arithmetic;
pub mod draws;
pub mod graph;
pub mod latency;
pub mod loss;
pub mod rules;
pub mod theory;
pub mod topology;

pub use draws::LinkDraws;
pub use graph::Graph;
pub use latency::{Latency, LogNormal, RegionMatrix, Regions};
pub use loss::{Loss, LossState};
pub use rules::{Fate, Lost, Paths, Rule, RuleId, Rules, Transmission, Verdict};
