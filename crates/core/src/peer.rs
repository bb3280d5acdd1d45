//! Handles for peers, and sets and maps over them.

use alloc::vec::Vec;
use core::fmt;

const INDEX_BITS: u32 = 20;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

/// A peer, as this node's driver numbers it: a dense index (20 bits) and a generation (12 bits).
///
/// The index makes sets of peers bit sets and maps vectors. The generation rises each time an index
/// is given to another peer, so that a late answer or timer never hits the newcomer. A handle means
/// nothing to another node: what a peer is called there is its [`Name`](crate::Name).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(u32);

impl Peer {
    /// Whoever the driver can't tell: a browser or `curl` on an HTTP port. It has no link, so
    /// sending to it is always dropped, but it can ask, and can be answered. Drivers never give
    /// index 0 to anybody else.
    pub const STRANGER: Peer = Peer(0);

    /// The most peers a driver can number at once, the stranger included.
    pub const MAX: usize = 1 << INDEX_BITS;

    /// A handle from its parts; both are cut to their widths. For drivers and tests.
    pub const fn new(index: u32, generation: u16) -> Peer {
        Peer((generation as u32) << INDEX_BITS | (index & INDEX_MASK))
    }

    /// The dense index.
    pub const fn index(self) -> usize {
        (self.0 & INDEX_MASK) as usize
    }

    /// The generation, 0…4095.
    pub const fn generation(self) -> u16 {
        (self.0 >> INDEX_BITS) as u16
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation() {
            0 => write!(f, "p{}", self.index()),
            generation => write!(f, "p{}.{generation}", self.index()),
        }
    }
}

/// A set of peers: a bit set over the index. Iterates in order of index.
///
/// It holds the live generation of each index only: remove a peer when it goes, before its index
/// can come back.
///
/// ```
/// use rumormill_core::{Peer, PeerSet};
/// let (a, b) = (Peer::new(3, 0), Peer::new(70, 2));
/// let mut set = PeerSet::default();
/// assert!(set.insert(b) && set.insert(a) && !set.insert(a));
/// assert_eq!(set.indices().collect::<Vec<_>>(), [3, 70]);
/// assert!(set.remove(a) && !set.contains(a));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerSet {
    words: Vec<u64>,
}

impl PeerSet {
    /// Adds a peer; says whether it is new.
    pub fn insert(&mut self, peer: Peer) -> bool {
        let (word, bit) = place(peer);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Removes a peer; says whether it was there.
    pub fn remove(&mut self, peer: Peer) -> bool {
        let had = self.contains(peer);
        let (word, bit) = place(peer);
        if had {
            self.words[word] &= !bit;
        }
        had
    }

    /// Whether the peer is there.
    pub fn contains(&self, peer: Peer) -> bool {
        let (word, bit) = place(peer);
        self.words.get(word).is_some_and(|set| set & bit != 0)
    }

    /// How many peers.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The indices, rising.
    pub fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        })
    }
}

fn place(peer: Peer) -> (usize, u64) {
    (peer.index() / 64, 1 << (peer.index() % 64))
}

/// A map from peers: a vector over the index. Iterates in order of index.
///
/// An entry belongs to one generation; asking with another finds nothing, and inserting under a
/// newer one replaces it.
#[derive(Clone, Debug)]
pub struct PeerMap<V> {
    slots: Vec<Option<(Peer, V)>>,
    len: usize,
}

impl<V> Default for PeerMap<V> {
    fn default() -> Self {
        PeerMap { slots: Vec::new(), len: 0 }
    }
}

impl<V> PeerMap<V> {
    /// Puts a value; gives back what this very peer had.
    pub fn insert(&mut self, peer: Peer, value: V) -> Option<V> {
        if peer.index() >= self.slots.len() {
            self.slots.resize_with(peer.index() + 1, || None);
        }
        match self.slots[peer.index()].replace((peer, value)) {
            Some((old, value)) => (old == peer).then_some(value),
            None => {
                self.len += 1;
                None
            }
        }
    }

    /// The peer's value.
    pub fn get(&self, peer: Peer) -> Option<&V> {
        match self.slots.get(peer.index()) {
            Some(Some((held, value))) if *held == peer => Some(value),
            _ => None,
        }
    }

    /// The peer's value, to change.
    pub fn get_mut(&mut self, peer: Peer) -> Option<&mut V> {
        match self.slots.get_mut(peer.index()) {
            Some(Some((held, value))) if *held == peer => Some(value),
            _ => None,
        }
    }

    /// Takes the peer's value out.
    pub fn remove(&mut self, peer: Peer) -> Option<V> {
        self.get(peer)?;
        self.len -= 1;
        self.slots[peer.index()].take().map(|(_, value)| value)
    }

    /// Whether the peer has a value.
    pub fn contains(&self, peer: Peer) -> bool {
        self.get(peer).is_some()
    }

    /// How many peers have one.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All of them, by index.
    pub fn iter(&self) -> impl Iterator<Item = (Peer, &V)> + '_ {
        self.slots.iter().flatten().map(|(peer, value)| (*peer, value))
    }

    /// All of them, by index, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Peer, &mut V)> + '_ {
        self.slots.iter_mut().flatten().map(|(peer, value)| (*peer, value))
    }

    /// The peers, by index.
    pub fn peers(&self) -> impl Iterator<Item = Peer> + '_ {
        self.iter().map(|(peer, _)| peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_handle_finds_nothing() {
        let (old, new) = (Peer::new(5, 1), Peer::new(5, 2));
        let mut map = PeerMap::default();
        map.insert(old, "old");
        assert_eq!(map.insert(new, "new"), None, "the old peer's value is not the new one's");
        assert_eq!((map.get(old), map.get(new), map.len()), (None, Some(&"new"), 1));
        assert_eq!(map.remove(old), None);
        assert_eq!(map.remove(new), Some("new"));
        assert!(map.is_empty());
    }

    #[test]
    fn a_handle_keeps_its_parts() {
        let peer = Peer::new(Peer::MAX as u32 - 1, 4095);
        assert_eq!((peer.index(), peer.generation()), (Peer::MAX - 1, 4095));
        assert_eq!(core::mem::size_of::<Peer>(), 4);
    }
}
