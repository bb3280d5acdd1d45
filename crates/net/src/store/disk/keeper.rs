//! Keeps cells in the file, whatever becomes of it meanwhile.

use super::directory::Directory;
use super::error::Failure;
use super::shield::shielded;
use super::tables::{self, Contents};
use super::{Labels, Order};
use redb::Database;
use rumormill_core::Cells;

/// How the file is opened.
#[derive(Debug)]
pub(super) enum Opener {
    /// In that directory, with those labels.
    InDirectory(Directory, Labels),
    #[cfg(test)]
    OnPlatter(super::tests::Platter),
}

impl Opener {
    /// A file that somebody took away is made anew.
    fn open(&self) -> Result<Database, Failure> {
        match self {
            Opener::InDirectory(directory, labels) => {
                if !directory.has_file() {
                    directory.create(labels)?;
                }
                directory.open()
            }
            #[cfg(test)]
            Opener::OnPlatter(platter) => platter.open(),
        }
    }

    fn labels(&self) -> &Labels {
        match self {
            Opener::InDirectory(_, labels) => labels,
            #[cfg(test)]
            Opener::OnPlatter(platter) => platter.labels(),
        }
    }
}

/// The open file, and what it must hold.
///
/// After a failure redb does nothing any more, and the file may hold what was refused. So the next
/// write opens it again and first puts back what was acknowledged.
#[derive(Debug)]
pub(super) struct Keeper {
    // Closed before the directory is given free.
    database: Option<Database>,
    /// All that is acknowledged.
    kept: Cells,
    opener: Opener,
}

impl Keeper {
    /// Opens a file in which this was found; gives it the labels that it lacks.
    pub fn open(opener: Opener, found: &Contents) -> Result<Keeper, Failure> {
        let database = opener.open()?;
        let lacks = opener.labels().keys().any(|name| !found.labels.contains_key(name));
        let mut keeper = Keeper { database: Some(database), kept: found.cells.clone(), opener };
        if lacks {
            keeper.restore()?;
        }
        Ok(keeper)
    }

    /// Makes these cells durable, all or none of them; unless there is a crash before the next call:
    /// then what was refused may be found.
    pub fn keep(&mut self, orders: &[Order]) -> Result<(), Failure> {
        if self.database.is_none() {
            self.database = Some(self.opener.open()?);
            self.restore()?;
            tracing::info!("the cells' file is open again");
        }
        self.attempt(|database| tables::commit(database, orders))?;
        orders.iter().for_each(|order| self.kept.insert(order.cell, order.bytes.clone()));
        Ok(())
    }

    /// As after a failure.
    #[cfg(test)]
    pub fn break_down(&mut self) {
        self.database = None;
    }

    fn restore(&mut self) -> Result<(), Failure> {
        let (labels, kept) = (self.opener.labels().clone(), self.kept.clone());
        self.attempt(|database| tables::restore(database, &labels, &kept))
    }

    /// Closes the file if that fails.
    fn attempt(
        &mut self,
        work: impl FnOnce(&Database) -> Result<(), redb::Error>,
    ) -> Result<(), Failure> {
        let database = self.database.take();
        self.database = Some(shielded(|| {
            let database = database.ok_or(redb::Error::DatabaseClosed)?;
            work(&database)?;
            Ok(database)
        })?);
        Ok(())
    }
}
