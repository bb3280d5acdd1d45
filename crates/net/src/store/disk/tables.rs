//! What is in the file: the cells, and what it says of itself.

use super::error::Failure;
use super::{Labels, Order};
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, TableError,
};
use rumormill_core::{Bytes, Cell, Cells};

const CELLS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("cells");
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
const LABELS: TableDefinition<'_, &str, &str> = TableDefinition::new("labels");
const FORMAT_KEY: &str = "format";

/// Rises with each change that an older program would misread.
pub(super) const FORMAT: u64 = 1;

/// All that is in a file.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub labels: Labels,
    pub cells: Cells,
}

/// Makes a new file one of ours.
pub(super) fn begin(database: &Database, labels: &Labels) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(ABOUT)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(CELLS)?;
    label(&mut transaction.open_table(LABELS)?, labels)?;
    Ok(transaction.commit()?)
}

/// Reads all, if the format is ours.
pub(super) fn read(database: &Database) -> Result<Contents, Failure> {
    let transaction = database.begin_read().map_err(redb::Error::from)?;
    match format(&transaction)? {
        Some(FORMAT) => Ok(contents(&transaction)?),
        Some(found) => Err(Failure::Format(found)),
        None => Err(Failure::Corrupt("it doesn't say which format it has".into())),
    }
}

fn format(transaction: &ReadTransaction) -> Result<Option<u64>, redb::Error> {
    match transaction.open_table(ABOUT) {
        Ok(about) => Ok(about.get(FORMAT_KEY)?.map(|format| format.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn contents(transaction: &ReadTransaction) -> Result<Contents, redb::Error> {
    let mut contents = Contents::default();
    for entry in transaction.open_table(CELLS)?.iter()? {
        let (path, bytes) = entry?;
        contents.cells.insert(Cell::from_path(path.value()), Bytes::copy_from_slice(bytes.value()));
    }
    match transaction.open_table(LABELS) {
        Ok(labels) => {
            for entry in labels.iter()? {
                let (name, text) = entry?;
                contents.labels.insert(name.value().into(), text.value().into());
            }
        }
        // Older programs wrote none.
        Err(TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(contents)
}

/// Makes these cells durable, twice: whichever of the last two commits redb finds after a crash or
/// damage has them.
pub(super) fn commit(database: &Database, orders: &[Order]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut cells = transaction.open_table(CELLS)?;
        for order in orders {
            cells.insert(order.cell.path(), order.bytes.as_ref())?;
        }
    }
    transaction.commit()?;
    Ok(database.begin_write()?.commit()?)
}

/// Gives a file the labels that it lacks, and these cells and no others: what was refused may have
/// come as far as the file.
pub(super) fn restore(
    database: &Database,
    labels: &Labels,
    kept: &Cells,
) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    label(&mut transaction.open_table(LABELS)?, labels)?;
    {
        let mut cells = transaction.open_table(CELLS)?;
        let is_kept = |path| kept.view().get(Cell::from_path(path)).is_some();
        cells.retain(|path, _| is_kept(path))?;
        for (cell, bytes) in kept.iter() {
            put(&mut cells, cell, bytes)?;
        }
    }
    transaction.commit()?;
    Ok(database.begin_write()?.commit()?)
}

fn put(
    cells: &mut Table<'_, u32, &'static [u8]>,
    cell: Cell,
    bytes: &Bytes,
) -> Result<(), redb::Error> {
    let is_there = cells.get(cell.path())?.is_some_and(|has| has.value() == bytes.as_ref());
    if !is_there {
        cells.insert(cell.path(), bytes.as_ref())?;
    }
    Ok(())
}

fn label(
    table: &mut Table<'_, &'static str, &'static str>,
    labels: &Labels,
) -> Result<(), redb::Error> {
    for (name, text) in labels {
        table.insert(name.as_str(), text.as_str())?;
    }
    Ok(())
}
