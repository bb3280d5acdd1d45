//! Broadcast: what is new, spread to everybody.

pub mod flood;
