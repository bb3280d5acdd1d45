//! A map and a set with fair eviction.

use super::{FairQueue, Limits};
use crate::{Peer, Time};
use core::hash::{BuildHasher, Hash};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The seed of a machine's hash maps. The runtime draws it from the operating system, so that nobody
/// can craft collisions; the simulator fixes it. No result ever depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashSeed(pub u64);

impl BuildHasher for HashSeed {
    type Hasher = <FixedState as BuildHasher>::Hasher;
    fn build_hasher(&self) -> Self::Hasher {
        FixedState::with_seed(self.0).build_hasher()
    }
}

/// A map within [`Limits`], each entry of one source.
#[derive(Clone, Debug)]
pub struct FairMap<K, V> {
    numbers: HashMap<K, u64, HashSeed>,
    entries: FairQueue<(K, V)>,
}

impl<K: Clone + Eq + Hash, V> FairMap<K, V> {
    /// An empty one.
    pub fn new(limits: Limits, seed: HashSeed) -> Self {
        FairMap { numbers: HashMap::with_hasher(seed), entries: FairQueue::new(limits) }
    }

    /// Adds an entry that counts `bytes`; says whether it is there then. It is not if the key is there
    /// already, if the entry alone is over the limit, or if it had to give way at once, being of the
    /// fullest source and the oldest of it. `gone` is handed what is too old or has to give way.
    pub fn insert(
        &mut self,
        source: Peer,
        (key, value): (K, V),
        bytes: usize,
        now: Time,
        mut gone: impl FnMut(K, V),
    ) -> bool {
        let FairMap { numbers, entries } = self;
        let mut forget = |(key, value): (K, V)| {
            numbers.remove(&key);
            gone(key, value);
        };
        entries.expire(now, &mut forget);
        if numbers.contains_key(&key) {
            return false;
        }
        let mut forget = |(key, value): (K, V)| {
            numbers.remove(&key);
            gone(key, value);
        };
        let number = entries.push(source, (key.clone(), value), bytes, now, &mut forget);
        let kept = number.filter(|number| entries.get(*number).is_some());
        if let Some(number) = kept {
            numbers.insert(key, number);
        }
        kept.is_some()
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(*self.numbers.get(key)?).map(|(_, value)| value)
    }

    /// The value of a key, to change in place; what it counts stays as it was.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(*self.numbers.get(key)?).map(|(_, value)| value)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.entries.remove(self.numbers.remove(key)?).map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &K) -> bool {
        self.numbers.contains_key(key)
    }

    /// Whether the key is there and not too old.
    pub fn is_fresh(&self, key: &K, now: Time) -> bool {
        self.numbers.get(key).is_some_and(|number| self.entries.is_fresh(*number, now))
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order of arrival, the oldest first: the one order that any may depend on.
    pub fn oldest_first(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + '_ {
        self.entries.oldest_first().map(|(key, value)| (key, value))
    }
}

/// The ids seen lately: a seen cache.
///
/// ```
/// use rumormill_core::bounded::{HashSeed, Limits, Seen};
/// use rumormill_core::{Duration, Peer, Time};
/// let window = Limits { entries: 1000, bytes: usize::MAX, age: Duration::from_secs(600) };
/// let mut seen = Seen::new(window, HashSeed::default());
/// assert!(seen.insert(Peer::STRANGER, 7, Time::ZERO));
/// assert!(!seen.insert(Peer::STRANGER, 7, Time::ZERO));
/// let later = Time::ZERO + Duration::from_secs(600);
/// assert!(seen.contains(&7, Time::ZERO) && !seen.contains(&7, later));
/// assert!(seen.insert(Peer::STRANGER, 7, later));
/// ```
#[derive(Clone, Debug)]
pub struct Seen<K>(FairMap<K, ()>);

impl<K: Clone + Eq + Hash> Seen<K> {
    /// An empty one. Ids count no bytes.
    pub fn new(limits: Limits, seed: HashSeed) -> Self {
        Seen(FairMap::new(limits, seed))
    }

    /// Remembers an id; says whether it is new.
    pub fn insert(&mut self, source: Peer, id: K, now: Time) -> bool {
        self.0.insert(source, (id, ()), 0, now, |_, ()| ())
    }

    /// Whether the id was seen, within its age.
    pub fn contains(&self, id: &K, now: Time) -> bool {
        self.0.is_fresh(id, now)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids in order of arrival.
    pub fn oldest_first(&self) -> impl Iterator<Item = &K> + '_ {
        self.0.oldest_first().map(|(id, ())| id)
    }
}
