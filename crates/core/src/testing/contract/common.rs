//! What the tests share: a message, and how a log is read.

use crate::Message;
use alloc::vec::Vec;
use core::time::Duration;

/// A message that is told apart by its tag and takes `len` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    pub tag: u32,
    pub len: usize,
}

impl Message for Note {
    fn wire_len(&self) -> usize {
        self.len
    }

    fn kind(&self) -> &'static str {
        "note"
    }
}

/// A short one.
pub fn note(tag: u32) -> Note {
    Note { tag, len: 8 }
}

/// What a node told, without the times.
pub fn told<E: Clone>(entries: &[(Duration, E)]) -> Vec<E> {
    entries.iter().map(|(_, event)| event.clone()).collect()
}
