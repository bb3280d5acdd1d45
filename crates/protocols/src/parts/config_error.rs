//! What is wrong with a setting.

use alloc::format;
use alloc::string::String;
use core::fmt::Debug;

/// A setting out of its bounds. Nothing was made; set another value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is {value}, but must be {bound}")]
pub struct ConfigError {
    /// The setting, with its protocol: `flood.seen_entries`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// What it must be.
    pub bound: String,
}

/// Fails if a setting is below its least value.
pub fn at_least<T: PartialOrd + Debug>(
    key: &'static str,
    value: T,
    least: T,
) -> Result<(), ConfigError> {
    match value >= least {
        true => Ok(()),
        false => Err(ConfigError {
            key,
            value: format!("{value:?}"),
            bound: format!("at least {least:?}"),
        }),
    }
}
