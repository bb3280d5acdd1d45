//! A node's configuration: defaults, below a TOML file, below the environment, below flags. What stands
//! in a file beside the node's table, such as a scenario, is read alike: see [`Sheet`].
//!
//! ```
//! use rumormill_config::{Flag, Layers};
//! # fn main() -> Result<(), rumormill_config::LoadError> {
//! let text = "[node]\nbroadcast = { flood = { fanout = 4, ttl = 6 } }";
//! let variables = [("RUMORMILL_NODE__BROADCAST__FLOOD__FANOUT", "5")];
//! let flags = [Flag::new("--network", "node.network", "choir")];
//! let layers = Layers::default().file("node.toml", text)?.environment(variables)?.flags(&flags)?;
//! assert_eq!(layers.config().network, "choir");
//! assert_eq!(layers.value("node.broadcast.flood.fanout").unwrap(), "5");
//! let wrong = Layers::default().file("node.toml", "[node]\nbroadcast = { flood = { ttl = 999 } }");
//! let sentence = "node.toml line 2: node.broadcast.flood.ttl is 999, but must be from 0 to 255";
//! assert_eq!(wrong.unwrap_err().to_string(), sentence);
//! # Ok(()) }
//! ```
//!
//! Each layer is checked when it is added, together with those below it, so that an error is said of
//! the layer that brought it, with its file and line, its variable or its flag.
//!
//! What settings there are, and what is known of each, is said where they are used: in the
//! [`settings!`](rumormill_protocols::settings) of `node` and `protocols`. Here stands no name of a
//! setting.

mod assignment;
mod environment;
mod error;
mod file;
mod flag;
mod known;
mod layers;
mod lines;
mod lists;
mod made;
mod nearest;
mod reference;
mod scope;
mod sheet;
mod shown;
mod tree;

pub use error::{ChosenBy, Fault, LoadError, Origin};
pub use file::{FILE_BYTES_MAX, name_of, read_text};
pub use flag::Flag;
pub use known::{Known, known};
pub use layers::Layers;
pub use reference::{Row, rows, toml};
pub use sheet::Sheet;
