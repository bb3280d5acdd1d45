//! What is wrong with a setting.

use alloc::format;
use alloc::string::String;

/// A setting out of its bounds. Nothing was made; set another value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is {value}, but must be {bound}")]
pub struct ConfigError {
    /// The setting, with the path to it: `node.broadcast.flood.seen_entries`.
    pub key: String,
    /// Its value, as it is written in a file.
    pub value: String,
    /// What it must be: `at least 1`.
    pub bound: String,
}

impl ConfigError {
    /// The same error, seen from the table that holds this one.
    pub fn within(mut self, table: &str) -> ConfigError {
        self.key = format!("{table}.{}", self.key);
        self
    }
}
