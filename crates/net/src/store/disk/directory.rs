//! The data directory: for one user, and for one node at a time.

use super::error::{Failure, OpenError, from_io};
use super::overlay::Overlay;
use super::shield::shielded;
use super::tables::{self, Contents};
use super::{FILE_NAME, Labels};
use redb::{Builder, Database};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Whoever uses the directory has this file locked.
const LOCK_NAME: &str = "lock";

/// A file that is being made.
const FRESH_NAME: &str = "cells.new";

/// How much of the file redb keeps in memory.
const CACHE_BYTES: usize = 4 << 20;

/// A data directory that is ours until this is dropped.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Makes it, if it isn't there, and locks it.
    pub fn claim(path: &Path) -> Result<Directory, OpenError> {
        make(path).map_err(|error| from_io(path, error))?;
        let lock_path = path.join(LOCK_NAME);
        let lock = private().create(true).open(&lock_path);
        let lock = lock.map_err(|error| from_io(&lock_path, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked { path: path.to_owned() });
            }
            // Then redb's own lock has to do.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(from_io(&lock_path, error)),
        }
        Ok(Directory { path: path.to_owned(), _lock: lock })
    }

    /// Where the cells are.
    pub fn file(&self) -> PathBuf {
        self.path.join(FILE_NAME)
    }

    /// Whether there is anything of that name.
    pub fn has_file(&self) -> bool {
        self.file().symlink_metadata().is_ok()
    }

    /// Makes the file under another name first: a crash leaves none, and not half a one.
    pub fn create(&self, labels: &Labels) -> Result<(), Failure> {
        let fresh = self.path.join(FRESH_NAME);
        let made = self.create_as(&fresh, labels);
        if made.is_err() {
            // It may hold the room that others need.
            let _ = std::fs::remove_file(&fresh);
        }
        made
    }

    fn create_as(&self, fresh: &Path, labels: &Labels) -> Result<(), Failure> {
        match std::fs::remove_file(fresh) {
            // What an earlier start left when it broke off.
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        private().create_new(true).open(fresh)?;
        shielded(|| {
            let database = builder().create(fresh)?;
            tables::begin(&database, labels)?;
            Ok(database.close()?)
        })?;
        std::fs::rename(fresh, self.file())?;
        Ok(sync(&self.path)?)
    }

    /// All that is in the file, once it is found to be whole. Nothing is changed in it.
    pub fn read(&self) -> Result<Contents, OpenError> {
        let path = self.file();
        let file = File::open(&path).map_err(|error| from_io(&path, error))?;
        let found = Overlay::new(file).map_err(Failure::from).and_then(read_over);
        found.map_err(|error| error.told_of(&path))
    }

    /// The file, to be written.
    pub fn open(&self) -> Result<Database, Failure> {
        shielded(|| Ok(builder().open(self.file())?))
    }
}

/// All that is in the file below an overlay, once every page that it refers to is found to be whole.
pub(super) fn read_over(overlay: Overlay) -> Result<Contents, Failure> {
    if overlay.is_empty() {
        return Err(Failure::Corrupt("it is empty".into()));
    }
    shielded(|| {
        let database = builder().set_check_integrity_on_open(true).create_with_backend(overlay)?;
        tables::read(&database)
    })
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a directory durable, where that can be asked for.
#[cfg(unix)]
fn sync(dir: &Path) -> io::Result<()> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    let impossible = [ErrorKind::PermissionDenied, ErrorKind::InvalidInput, ErrorKind::Unsupported];
    synced.or_else(|error| if impossible.contains(&error.kind()) { Ok(()) } else { Err(error) })
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
