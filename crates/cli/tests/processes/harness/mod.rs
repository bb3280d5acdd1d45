//! What the tests stand on.

mod http;
mod member;
mod network;
mod ports;
mod process;
#[cfg(unix)]
mod terminal;
mod wait;

pub use http::{get, order, post};
pub use member::{Member, message};
pub use network::{Network, Node, versions_at};
pub use ports::listens;
pub use process::{Process, processes_with, send};
#[cfg(unix)]
pub use terminal::Terminal;
pub use wait::{SOON, until};
