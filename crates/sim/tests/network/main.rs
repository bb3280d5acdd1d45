//! Tests of whole simulated networks.

mod chatter;
mod determinism;
mod faults;
