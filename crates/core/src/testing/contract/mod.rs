//! The contract tests: what every driver owes every machine, each shown by one tiny machine.
//!
//! A driver's tests implement [`World`] and call [`run_all`]. The expectations are the same for
//! virtual time and for tokio, so a machine that works in the one works in the other.

mod script;

pub use script::{Entry, Links, Log, Net, Script, Step, World, address, name};
