//! The program as its users run it: real processes on real ports, killed and started again.
//!
//! Nothing here waits by sleeping for a while and hoping: every wait is for a condition, with a
//! deadline that a loaded machine keeps. A test's processes, ports and files are its own, and end
//! with it.

mod harness;

mod by_hand;
mod config;
mod convergence;
mod crash;
mod data;
mod deploy;
#[cfg(target_os = "linux")]
mod full_disk;
mod help;
mod kill;
mod lines;
mod options;
mod orphans;
mod refusals;
mod restart;
mod roster;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod screen_ends;
mod search;
mod sim;
mod sim_files;
mod state;
mod sweep;
#[cfg(target_os = "linux")]
mod sweep_full_disk;
mod sweep_shards;
mod up;
