//! What several protocols need: pure, and no machine by itself.

pub mod acquaintance;
pub mod backoff;
pub mod bounds;
pub mod config_error;
pub mod digest;
pub mod flow;
pub mod own_version;
pub mod peers;
pub mod settings;
pub mod token_bucket;
