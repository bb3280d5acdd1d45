//! Cells in a file.

use super::{Ack, Acks, Store};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use rumormill_core::{Bytes, Cell, Cells, Why};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// The file's name in a node's data directory.
pub const FILE_NAME: &str = "cells.redb";

const CELLS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("cells");
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
const FORMAT_KEY: &str = "format";

/// Rises with each change that an older program would misread.
const FORMAT: u64 = 1;

/// Cells in `<data_dir>/cells.redb`.
///
/// A thread of its own commits what has gathered since its last commit in one durable transaction:
/// under load many writes share one wait for the disk. Dropping it waits for the last commit.
#[derive(Debug)]
pub struct Disk {
    path: PathBuf,
    database: Option<Database>,
    writer: Option<Writer>,
}

#[derive(Debug)]
struct Writer {
    orders: SyncSender<Order>,
    thread: JoinHandle<()>,
}

struct Order {
    number: u64,
    cell: Cell,
    bytes: Bytes,
}

/// Why the cells' file can't be used. Nothing was changed in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "{path} is in use by another node: stop that one, or give this one a data directory of its own (--data-dir)"
    )]
    Locked {
        /// The file.
        path: PathBuf,
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

impl Disk {
    /// Opens or makes the file in `data_dir`, which is made if it isn't there; gives all that is in
    /// it. Blocks for as long as the disk takes.
    ///
    /// ```
    /// # let dir = tempfile::tempdir().unwrap();
    /// use rumormill_net::store::Disk;
    /// let (disk, cells) = Disk::open(dir.path()).unwrap();
    /// assert_eq!(cells.iter().count(), 0);
    /// ```
    pub fn open(data_dir: &Path) -> Result<(Disk, Cells), OpenError> {
        std::fs::create_dir_all(data_dir).map_err(|error| from_io(data_dir, error))?;
        let path = data_dir.join(FILE_NAME);
        let database = Database::create(&path).map_err(|error| from_redb(&path, error.into()))?;
        let found = stamp(&database).map_err(|error| from_redb(&path, error))?;
        if found != FORMAT {
            return Err(OpenError::Format { path, found });
        }
        let cells = read(&database).map_err(|error| from_redb(&path, error))?;
        Ok((Disk { path, database: Some(database), writer: None }, cells))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for Disk {
    fn start(&mut self, acks: Acks) {
        let Some(database) = self.database.take() else { return };
        let (orders, work) = sync_channel(acks.bound());
        let path = self.path.clone();
        let thread = std::thread::spawn(move || write_all(&path, &database, &work, &acks));
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
fn write_all(path: &Path, database: &Database, work: &Receiver<Order>, acks: &Acks) {
    while let Ok(first) = work.recv() {
        let orders: Vec<Order> = std::iter::once(first).chain(work.try_iter()).collect();
        let up_to = orders[orders.len() - 1].number;
        let result = commit(database, &orders).map_err(|error| {
            tracing::error!(path = %path.display(), %error, cells = orders.len(), "cells not stored");
            why(&error)
        });
        acks.send(Ack { up_to, result });
    }
}

fn commit(database: &Database, orders: &[Order]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut cells = transaction.open_table(CELLS)?;
        for order in orders {
            cells.insert(order.cell.path(), order.bytes.as_ref())?;
        }
    }
    Ok(transaction.commit()?)
}

/// The file's format; a new file is given ours.
fn stamp(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_write()?;
    let found = {
        let mut about = transaction.open_table(ABOUT)?;
        let found = about.get(FORMAT_KEY)?.map(|format| format.value());
        if found.is_none() {
            about.insert(FORMAT_KEY, FORMAT)?;
            transaction.open_table(CELLS)?;
        }
        found
    };
    match found {
        Some(found) => {
            transaction.abort()?;
            Ok(found)
        }
        None => {
            transaction.commit()?;
            Ok(FORMAT)
        }
    }
}

fn read(database: &Database) -> Result<Cells, redb::Error> {
    let mut cells = Cells::default();
    for entry in database.begin_read()?.open_table(CELLS)?.iter()? {
        let (path, bytes) = entry?;
        cells.insert(Cell::from_path(path.value()), Bytes::copy_from_slice(bytes.value()));
    }
    Ok(cells)
}

fn why(error: &redb::Error) -> Why {
    match error {
        redb::Error::Io(error) if is_full(error) => Why::Full,
        _ => Why::NotStored,
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

fn from_io(path: &Path, source: io::Error) -> OpenError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenError::NoPermission { path }
        }
        // What redb says of a file that is none of its own.
        ErrorKind::InvalidData => OpenError::Corrupt { path, what: source.to_string() },
        _ if is_full(&source) => OpenError::DiskFull { path },
        _ => OpenError::Io { path, source },
    }
}

fn from_redb(path: &Path, error: redb::Error) -> OpenError {
    match error {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => {
            OpenError::Locked { path: path.to_owned() }
        }
        redb::Error::UpgradeRequired(found) => {
            OpenError::Format { path: path.to_owned(), found: found.into() }
        }
        redb::Error::Io(source) => from_io(path, source),
        other => OpenError::Corrupt { path: path.to_owned(), what: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> (Disk, Cells) {
        Disk::open(dir).expect("opens")
    }

    #[tokio::test]
    async fn what_was_acknowledged_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let (mut disk, _) = open(dir.path());
        let (acks, mut acked) = Acks::channel(64);
        disk.start(acks);
        for number in 1..=40 {
            disk.write(
                number,
                Cell::new(number as u8 % 4),
                Bytes::copy_from_slice(&[number as u8]),
            );
        }
        let mut done = 0;
        while done < 40 {
            let ack = acked.recv().await.expect("the writer lives");
            assert!(ack.up_to > done && ack.result.is_ok());
            done = ack.up_to;
        }
        drop(disk);
        let (_, cells) = open(dir.path());
        let read: Vec<u8> =
            (0..4).map(|cell| cells.view().get(Cell::new(cell)).unwrap()[0]).collect();
        assert_eq!(read, [40, 37, 38, 39]);
    }

    #[test]
    fn a_second_node_is_told_that_it_is_locked() {
        let dir = tempfile::tempdir().unwrap();
        let _first = open(dir.path());
        let second = Disk::open(dir.path()).unwrap_err();
        assert!(matches!(second, OpenError::Locked { .. }), "{second}");
        assert!(second.to_string().contains("cells.redb"));
    }

    #[test]
    fn what_is_no_store_is_told_as_damaged() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE_NAME), b"I am a letter to my aunt.").unwrap();
        let error = Disk::open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
    }

    #[test]
    fn a_newer_format_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        {
            let (disk, _) = open(dir.path());
            let transaction = disk.database.as_ref().unwrap().begin_write().unwrap();
            transaction.open_table(ABOUT).unwrap().insert(FORMAT_KEY, 9).unwrap();
            transaction.commit().unwrap();
        }
        let error = Disk::open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::Format { found: 9, .. }), "{error:?}");
    }
}
