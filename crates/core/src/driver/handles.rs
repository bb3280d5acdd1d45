//! Handles, given and taken back.

use crate::Peer;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Gives [`Peer`] handles: dense indices, each with a generation that rises whenever it is given to
/// another. Index 0 is the stranger's and never given.
///
/// ```
/// use rumormill_core::driver::Handles;
/// let mut handles = Handles::default();
/// let old = handles.give().unwrap();
/// handles.take_back(old);
/// let new = handles.give().unwrap();
/// assert_eq!(new.index(), old.index());
/// assert!(handles.is_given(new) && !handles.is_given(old));
/// ```
#[derive(Clone, Debug)]
pub struct Handles {
    generations: Vec<u16>,
    /// Freed indices, the longest free first, so that a handle's generations last.
    free: VecDeque<u32>,
}

impl Default for Handles {
    fn default() -> Self {
        Handles { generations: Vec::from([0]), free: VecDeque::new() }
    }
}

impl Handles {
    /// Gives one; nothing if all are given.
    pub fn give(&mut self) -> Option<Peer> {
        let index = match self.free.pop_front() {
            Some(index) => index,
            None if self.generations.len() < Peer::MAX => {
                self.generations.push(0);
                self.generations.len() as u32 - 1
            }
            None => return None,
        };
        Some(Peer::new(index, self.generations[index as usize]))
    }

    /// Takes one back; whoever still holds it holds nothing.
    pub fn take_back(&mut self, peer: Peer) {
        let generation = &mut self.generations[peer.index()];
        *generation = (*generation + 1) % 4096;
        self.free.push_back(peer.index() as u32);
    }

    /// The newest handle of an index.
    pub fn current(&self, index: u32) -> Option<Peer> {
        let generation = self.generations.get(index as usize)?;
        Some(Peer::new(index, *generation))
    }

    /// Whether a handle is given, or of the stranger.
    pub fn is_given(&self, peer: Peer) -> bool {
        self.generations.get(peer.index()) == Some(&peer.generation())
    }
}
