//! Why a node did not start.

use crate::driver::NoEntropy;
use crate::store::OpenError;
use crate::transport::tcp::BadIntroduction;
use std::io;

/// Why a node did not start; nothing runs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriveError {
    /// It can't listen there. Choose another place, or port 0.
    #[error("can't listen on {at}: {source}")]
    Listen {
        /// Where.
        at: String,
        /// What the system says.
        source: io::Error,
    },
    /// Its data directory can't be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Its name can't be said.
    #[error(transparent)]
    Introduction(#[from] BadIntroduction),
    /// The system gave no random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}
