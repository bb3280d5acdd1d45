//! For tests of machines: a recording double of a driver, and the contract tests of drivers.

pub mod contract;
mod recorder;

pub use recorder::{Effect, Recorder};
