//! The gossip protocols of Rumormill, each a sans-IO machine in a folder of its own.
//!
//! A node answers three questions, one *plane* each. Every protocol of a plane speaks that plane's
//! [vocabulary](planes), so one line of configuration swaps it for another:
//!
//! | plane | question | protocols |
//! |---|---|---|
//! | [`discovery`] | who is out there? | [`peer_list`](discovery::peer_list), [`roster`](discovery::roster) |
//! | [`broadcast`] | what is new? | [`flood`](broadcast::flood) |
//! | [`state`] | what is true? | [`registers`](state::registers) |
//!
//! Protocols never import each other; what several need lives in [`parts`].

#![no_std]

extern crate alloc;

pub mod broadcast;
pub mod discovery;
pub mod parts;
pub mod planes;
mod rumor;
pub mod state;

pub use parts::config_error::ConfigError;
pub use rumor::{Life, Rumor, RumorId, Subject, VERSION_MAX};
