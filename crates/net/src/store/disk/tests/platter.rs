//! A disk that loses what was not synced, and tears what it was writing.

use crate::store::disk::Labels;
use crate::store::disk::error::Failure;
use redb::{Builder, Database, StorageBackend};
use rumormill_core::Rng;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard};

/// A disk with one file. A clone is the same disk.
#[derive(Clone, Debug, Default)]
pub(in crate::store::disk) struct Platter {
    labels: Labels,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What a crash can't take.
    synced: Vec<u8>,
    /// What is read.
    seen: Vec<u8>,
    /// What happened since.
    pending: Vec<Change>,
    /// After how many more changes every further one fails, and as what.
    until_failure: Option<(usize, ErrorKind)>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Len(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Len(len) => bytes.resize(*len, 0),
            Change::Write(at, data) => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
        }
    }

    /// Only its beginning.
    fn torn(&self, rng: &mut Rng) -> Change {
        match self {
            Change::Write(at, data) => {
                Change::Write(*at, data[..rng.below(data.len() as u64 + 1) as usize].to_vec())
            }
            whole @ Change::Len(_) => whole.clone(),
        }
    }
}

impl Platter {
    /// One on which that is the file, as after a restart.
    pub fn of(bytes: Vec<u8>) -> Platter {
        let platter = Platter::default();
        *platter.lock() = State { synced: bytes.clone(), seen: bytes, ..State::default() };
        platter
    }

    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    pub fn open(&self) -> std::result::Result<Database, Failure> {
        Ok(Builder::new().create_with_backend(self.clone())?)
    }

    /// From after that many more changes on, each fails.
    pub fn fail_after(&self, changes: usize, kind: ErrorKind) {
        self.lock().until_failure = Some((changes, kind));
    }

    /// All is well again.
    pub fn mend(&self) {
        self.lock().until_failure = None;
    }

    /// What a loss of power leaves: what was synced, and of the rest either all up to some instant,
    /// the last torn, or any of it.
    pub fn after_power_loss(&self, rng: &mut Rng) -> Vec<u8> {
        let state = self.lock();
        let mut bytes = state.synced.clone();
        let in_order = rng.chance(0.5);
        let whole = rng.below(state.pending.len() as u64 + 1) as usize;
        for (at, change) in state.pending.iter().enumerate() {
            match (in_order, at.cmp(&whole)) {
                (true, std::cmp::Ordering::Less) => change.apply(&mut bytes),
                (true, std::cmp::Ordering::Equal) => change.torn(rng).apply(&mut bytes),
                (true, std::cmp::Ordering::Greater) => {}
                (false, _) if rng.chance(0.5) => change.apply(&mut bytes),
                (false, _) => {}
            }
        }
        bytes
    }

    /// What the death of the process alone leaves: all that it wrote.
    pub fn after_death(&self) -> Vec<u8> {
        self.lock().seen.clone()
    }

    fn change(&self, change: Change) -> Result<()> {
        let mut state = self.lock();
        state.fail()?;
        change.apply(&mut state.seen);
        state.pending.push(change);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn fail(&mut self) -> Result<()> {
        match &mut self.until_failure {
            Some((0, kind)) => Err(Error::from(*kind)),
            Some((changes, _)) => {
                *changes -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl StorageBackend for Platter {
    fn len(&self) -> Result<u64> {
        Ok(self.lock().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let state = self.lock();
        let from = state.seen.get(offset as usize..).unwrap_or_default();
        let found = from.get(..out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.change(Change::Len(len as usize))
    }

    fn sync_data(&self) -> Result<()> {
        let mut state = self.lock();
        state.fail()?;
        let State { synced, pending, .. } = &mut *state;
        pending.drain(..).for_each(|change| change.apply(synced));
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.change(Change::Write(offset as usize, data.to_vec()))
    }
}
