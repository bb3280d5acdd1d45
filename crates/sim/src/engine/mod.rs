//! The engine: nodes, links and time.

mod betrayal;
mod config;
mod context;
mod counters;
mod disk;
mod draws;
mod event;
mod exchange;
mod links;
mod network;
mod node;
mod observer;
mod peers;
mod send;
mod shared;
mod trace;
mod turn;
mod twins;
mod uplink;
mod wheel;

pub use betrayal::{Betrayal, BetrayalId, Retell, Silence};
pub use config::{Config, Dialling, Places};
pub use counters::{Counters, Load, Traffic};
pub use network::{Make, Network};
pub use observer::{At, Observer, Unseen};
pub use shared::FLOOR;

pub(crate) use draws::key;
pub(crate) use wheel::WINDOW_MAX;
