//! Cells in a file.
//!
//! ```text
//!   open: lock the directory ─► read the file without changing it ─► is it whole, of our format, ours?
//!                                                                            └─► open it for writing
//!   write ──(what has gathered)──► one transaction ─► an empty one ─► acknowledged
//!                                        └─(failed)─► refused; the next write opens the file anew
//! ```
//!
//! The file is redb's: pages with checksums, of which a commit replaces copies and then, in one
//! place, the root. After a crash redb takes the newest commit that is whole: the last, or else the
//! one before it. So that neither lacks anything acknowledged, each commit is followed by an empty
//! one ([`tables::commit`]).
//!
//! A file that is refused is left as it was, byte for byte: it is first opened over an overlay that
//! keeps redb's changes in memory ([`overlay`]).

mod directory;
mod error;
mod keeper;
mod overlay;
mod shield;
mod tables;
#[cfg(test)]
mod tests;

pub use error::OpenError;

use super::{Ack, Acks, Store};
use directory::Directory;
use keeper::{Keeper, Opener};
use rumormill_core::{Bytes, Cell, Cells};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// The file's name in a node's data directory.
pub const FILE_NAME: &str = "cells.redb";

/// What a file says of whose it is: texts by their names.
pub type Labels = BTreeMap<String, String>;

/// Cells in `<data_dir>/cells.redb`.
///
/// A thread of its own commits what has gathered since its last commit in one durable transaction:
/// under load many writes share one wait for the disk. After a failure it opens the file anew for the
/// next write, so that it goes on once there is room again. Dropping it waits for the last commit.
#[derive(Debug)]
pub struct Disk {
    path: PathBuf,
    keeper: Option<Keeper>,
    writer: Option<Writer>,
}

#[derive(Debug)]
struct Writer {
    orders: SyncSender<Order>,
    thread: JoinHandle<()>,
}

/// A write to be done.
struct Order {
    number: u64,
    cell: Cell,
    bytes: Bytes,
}

impl Disk {
    /// Opens or makes the file in `data_dir`, which is made if it isn't there, both for this user
    /// alone; gives all that is in it. A new file is given the labels, an older one those that it
    /// lacks; one that has others is not ours. Blocks for as long as the disk takes.
    ///
    /// ```
    /// # let dir = tempfile::tempdir().unwrap();
    /// use rumormill_net::store::Disk;
    /// let (disk, cells) = Disk::open(dir.path(), &[("node", "7001")]).unwrap();
    /// assert_eq!(cells.iter().count(), 0);
    /// # drop(disk);
    /// assert!(Disk::open(dir.path(), &[("node", "7002")]).is_err());
    /// ```
    pub fn open(data_dir: &Path, labels: &[(&str, &str)]) -> Result<(Disk, Cells), OpenError> {
        let owned = |(name, text): &(&str, &str)| (String::from(*name), String::from(*text));
        let labels: Labels = labels.iter().map(owned).collect();
        let directory = Directory::claim(data_dir)?;
        let path = directory.file();
        if !directory.has_file() {
            directory.create(&labels).map_err(|error| error.told_of(&path))?;
        }
        let found = directory.read()?;
        if labels.iter().any(|(name, text)| found.labels.get(name).is_some_and(|has| has != text)) {
            return Err(OpenError::NotOurs { path, found: found.labels });
        }
        let opener = Opener::InDirectory(directory, labels);
        let keeper = Keeper::open(opener, &found).map_err(|error| error.told_of(&path))?;
        Ok((Disk { path, keeper: Some(keeper), writer: None }, found.cells))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for Disk {
    fn start(&mut self, acks: Acks) {
        let Some(keeper) = self.keeper.take() else { return };
        let (orders, work) = sync_channel(acks.bound());
        let path = self.path.clone();
        let thread = std::thread::spawn(move || write_all(&path, keeper, &work, &acks));
        self.writer = Some(Writer { orders, thread });
    }

    fn write(&mut self, number: u64, cell: Cell, bytes: Bytes) {
        if let Some(writer) = &self.writer {
            // There is a place for each open write.
            let _ = writer.orders.try_send(Order { number, cell, bytes });
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let Some(Writer { orders, thread }) = self.writer.take() else { return };
        drop(orders);
        let _ = thread.join();
    }
}

/// Writes until the store is dropped.
fn write_all(path: &Path, mut keeper: Keeper, work: &Receiver<Order>, acks: &Acks) {
    while let Ok(first) = work.recv() {
        let orders: Vec<Order> = std::iter::once(first).chain(work.try_iter()).collect();
        let up_to = orders[orders.len() - 1].number;
        let result = keeper.keep(&orders).map_err(|error| {
            tracing::error!(path = %path.display(), %error, cells = orders.len(), "cells not stored");
            error.why()
        });
        acks.send(Ack { up_to, result });
    }
}
