//! Why a file can't be used.

use super::Labels;
use super::tables::FORMAT;
use rumormill_core::Why;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why the cells' file can't be used. Nothing was changed in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "the data directory {path} is in use by another node: stop that one, or give this one a \
         data directory of its own (--data-dir)"
    )]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// Its labels are others than ours.
    #[error("{path} belongs to another: it says {found:?}; give each a data directory of its own")]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// All that it says of whose it is.
        found: Labels,
    },
    /// It is damaged.
    #[error(
        "{path} is damaged ({what}): move it away to start afresh; what this node had stored is then lost"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// Another version of this program wrote it.
    #[error(
        "{path} has format {found} and this program reads format {FORMAT}: run the version that wrote it, or move the file away"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// This user may not.
    #[error(
        "no permission to use {path}: give this user the right to write it, or choose another data directory (--data-dir)"
    )]
    NoPermission {
        /// The file, or its directory.
        path: PathBuf,
    },
    /// There is no room.
    #[error(
        "no room on the disk for {path}: free some, or choose another data directory (--data-dir)"
    )]
    DiskFull {
        /// The file, or its directory.
        path: PathBuf,
    },
    /// The system says something else.
    #[error("can't use {path}: {source}")]
    Io {
        /// The file, or its directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What went wrong with the file, before it is said which file.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("another process has it")]
    Locked,
    #[error("{0}")]
    Corrupt(String),
    #[error("it has format {0}")]
    Format(u64),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Failure {
    /// What is said to whoever opens the file at that path.
    pub fn told_of(self, path: &Path) -> OpenError {
        let file = path.to_owned();
        match self {
            Failure::Locked => OpenError::Locked { path: path.parent().unwrap_or(path).to_owned() },
            Failure::Corrupt(what) => OpenError::Corrupt { path: file, what },
            Failure::Format(found) => OpenError::Format { path: file, found },
            Failure::Io(error) => from_io(path, error),
        }
    }

    /// What is said to whoever wrote a cell.
    pub fn why(&self) -> Why {
        match self {
            Failure::Io(error) if is_full(error) => Why::Full,
            _ => Why::NotStored,
        }
    }
}

impl From<redb::Error> for Failure {
    fn from(error: redb::Error) -> Failure {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Failure::Locked,
            redb::Error::UpgradeRequired(found) => Failure::Format(found.into()),
            redb::Error::Io(error) => Failure::Io(error),
            other => Failure::Corrupt(other.to_string()),
        }
    }
}

impl From<redb::DatabaseError> for Failure {
    fn from(error: redb::DatabaseError) -> Failure {
        redb::Error::from(error).into()
    }
}

/// What is said to whoever opens what is at that path.
pub(super) fn from_io(path: &Path, source: io::Error) -> OpenError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenError::NoPermission { path }
        }
        // What redb says of a file that is none of its own, or ends too early.
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            OpenError::Corrupt { path, what: source.to_string() }
        }
        _ if is_full(&source) => OpenError::DiskFull { path },
        _ => OpenError::Io { path, source },
    }
}

fn is_full(error: &io::Error) -> bool {
    let full = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge];
    full.contains(&error.kind())
}
