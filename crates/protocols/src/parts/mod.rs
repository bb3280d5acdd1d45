//! What several protocols need: pure, and no machine by itself.

pub mod backoff;
pub mod config_error;
pub mod digest;
pub mod flow;
pub mod own_version;
pub mod settings;
pub mod token_bucket;
