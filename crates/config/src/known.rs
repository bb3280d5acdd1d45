//! The settings that there are.

use crate::scope::Scope;
use rumormill_protocols::parts::settings::{Key, Nested};

/// A setting, a table or a plane.
#[derive(Clone, Debug)]
pub struct Known {
    /// The path to it, its table first: `node.broadcast.flood.ttl`.
    pub path: String,
    /// What is known of it.
    pub key: Key,
}

impl Known {
    /// The variable that sets it.
    ///
    /// ```
    /// let ttl = rumormill_config::known("node.broadcast.flood.ttl").unwrap();
    /// assert_eq!(ttl.variable(), "RUMORMILL_NODE__BROADCAST__FLOOD__TTL");
    /// ```
    pub fn variable(&self) -> String {
        let name = self.path.replace('.', "__").replace('-', "_").to_ascii_uppercase();
        format!("RUMORMILL_{name}")
    }

    /// Whether it has a value of its own: whether it is no table.
    pub fn is_setting(&self) -> bool {
        matches!(self.key.nested, Nested::Value | Nested::Text | Nested::OneOf(_))
    }

    /// What its value must be.
    pub fn must(&self) -> String {
        self.key.must()
    }

    /// Its default, as it is written in a file.
    pub fn default(&self) -> Option<String> {
        self.key.default()
    }
}

/// The one of a node at that path.
pub fn known(path: &str) -> Option<Known> {
    Scope::NODE.known(path)
}
