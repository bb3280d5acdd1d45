//! A file as redb would have it, without touching it.
//!
//! redb repairs what it opens, and marks it as open; a file that isn't ours to use has to stay as it
//! was. So what redb writes to an overlay is kept in memory, and forgotten with it.

use redb::StorageBackend;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

const PAGE: usize = 4096;

/// What lies below an overlay.
#[derive(Debug)]
enum Below {
    File(File),
    #[cfg(test)]
    Bytes(std::sync::Arc<Vec<u8>>),
}

/// What reads as a file, and takes changes that never reach it.
#[derive(Debug)]
pub(super) struct Overlay {
    len_below: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    below: Below,
    len: u64,
    /// Up to here, what lies below still shows.
    shown: u64,
    /// Pages that were written, by number.
    pages: BTreeMap<u64, Box<[u8; PAGE]>>,
}

impl Overlay {
    /// Over a file.
    pub fn new(file: File) -> io::Result<Overlay> {
        let len = file.metadata()?.len();
        Ok(Overlay::over(Below::File(file), len))
    }

    /// Over bytes.
    #[cfg(test)]
    pub fn of(bytes: std::sync::Arc<Vec<u8>>) -> Overlay {
        let len = bytes.len() as u64;
        Overlay::over(Below::Bytes(bytes), len)
    }

    fn over(below: Below, len: u64) -> Overlay {
        let state = State { below, len, shown: len, pages: BTreeMap::new() };
        Overlay { len_below: len, state: Mutex::new(state) }
    }

    /// Whether nothing lies below.
    pub fn is_empty(&self) -> bool {
        self.len_below == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.lock();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > state.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (page, at, part) in parts(offset, out.len()) {
            state.read(page, at, &mut out[part])?;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.lock();
        if len < state.len {
            state.cut(len);
        }
        state.len = len;
        state.shown = state.shown.min(len);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        for (page, at, part) in parts(offset, data.len()) {
            let bytes = state.page(page)?;
            bytes[at..at + part.len()].copy_from_slice(&data[part]);
        }
        state.len = state.len.max(offset + data.len() as u64);
        Ok(())
    }
}

impl State {
    fn read(&mut self, page: u64, at: usize, out: &mut [u8]) -> io::Result<()> {
        match self.pages.get(&page) {
            Some(bytes) => out.copy_from_slice(&bytes[at..at + out.len()]),
            None => self.read_below(page * PAGE as u64 + at as u64, out)?,
        }
        Ok(())
    }

    /// What lies below; zeros beyond its end.
    fn read_below(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let there = self.shown.saturating_sub(offset).min(out.len() as u64) as usize;
        let (there, beyond) = out.split_at_mut(there);
        beyond.fill(0);
        match &mut self.below {
            Below::File(file) => {
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(there)
            }
            #[cfg(test)]
            Below::Bytes(bytes) => {
                let from = bytes.get(offset as usize..).unwrap_or_default();
                there.copy_from_slice(&from[..there.len()]);
                Ok(())
            }
        }
    }

    /// A page to be written.
    fn page(&mut self, page: u64) -> io::Result<&mut [u8; PAGE]> {
        if !self.pages.contains_key(&page) {
            let mut bytes = Box::new([0; PAGE]);
            self.read_below(page * PAGE as u64, &mut bytes[..])?;
            self.pages.insert(page, bytes);
        }
        Ok(self.pages.entry(page).or_insert_with(|| Box::new([0; PAGE])))
    }

    /// What lies beyond a new end reads as zeros, should the file grow again.
    fn cut(&mut self, len: u64) {
        let (page, at) = (len / PAGE as u64, (len % PAGE as u64) as usize);
        self.pages.split_off(&(page + 1));
        if let Some(bytes) = self.pages.get_mut(&page) {
            bytes[at..].fill(0);
        }
    }
}

/// The pages that a range touches: which, from where in it, and which part of the range that is.
fn parts(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let (page, at) = {
            let here = offset + from as u64;
            (here / PAGE as u64, (here % PAGE as u64) as usize)
        };
        let to = len.min(from + PAGE - at);
        let part = from..to;
        from = to;
        (!part.is_empty()).then_some((page, at, part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn read(overlay: &Overlay, offset: u64, len: usize) -> Vec<u8> {
        let mut out = vec![9; len];
        overlay.read(offset, &mut out).unwrap();
        out
    }

    #[test]
    fn what_is_written_is_read_and_what_lies_below_stays() {
        let below: Arc<Vec<u8>> = Arc::new((0..10_000).map(|at| at as u8).collect());
        let overlay = Overlay::of(below.clone());
        overlay.write(4090, &[200; 12]).unwrap();
        assert_eq!(read(&overlay, 4088, 16)[..2], below[4088..4090]);
        assert_eq!(read(&overlay, 4090, 12), [200; 12]);
        assert_eq!(read(&overlay, 4102, 4000), below[4102..8102]);
        assert!(overlay.read(9_999, &mut [0; 2]).is_err(), "beyond the end");
        overlay.set_len(4094).unwrap();
        overlay.set_len(20_000).unwrap();
        assert_eq!(read(&overlay, 4090, 4), [200; 4]);
        assert!(read(&overlay, 4094, 15_906).iter().all(|byte| *byte == 0), "cut, and grown again");
        overlay.write(19_999, &[1, 2]).unwrap();
        assert_eq!((overlay.len().unwrap(), read(&overlay, 20_000, 1)), (20_001, vec![2]));
    }
}
