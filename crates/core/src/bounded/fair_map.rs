//! A map and a set with fair eviction.

use super::{FairQueue, Limits, Place};
use crate::{Peer, Time};
use core::hash::{BuildHasher, Hash};
use foldhash::fast::FixedState;
use hashbrown::HashTable;

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
///
/// The entries lie in a [`FairQueue`]; the table over them holds their places alone.
#[derive(Clone, Debug)]
pub struct FairMap<K, V> {
    seed: HashSeed,
    places: HashTable<u32>,
    entries: FairQueue<(K, V)>,
}

impl<K: Clone + Eq + Hash, V> FairMap<K, V> {
    /// An empty one.
    pub fn new(limits: Limits, seed: HashSeed) -> Self {
        FairMap { seed, places: HashTable::new(), entries: FairQueue::new(limits) }
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
        let hash = self.seed.hash_one(&key);
        while let Some(place) = self.entries.too_old(now) {
            self.forget(place, &mut gone);
        }
        if self.find(hash, &key).is_some() {
            return false;
        }
        let Some(place) = self.entries.put_over(source, (key, value), bytes, now) else {
            return false;
        };
        let (seed, entries) = (self.seed, &self.entries);
        self.places.insert_unique(hash, place.index(), |index| hash_at(seed, entries, *index));
        while let Some(victim) = self.entries.over() {
            self.forget(victim, &mut gone);
        }
        self.entries.get(place).is_some()
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(self.place(key)?).map(|(_, value)| value)
    }

    /// The value of a key, to change in place; what it counts stays as it was.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key)?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key)?;
        self.take(place).map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &K) -> bool {
        self.place(key).is_some()
    }

    /// Whether the key is there and not too old.
    pub fn is_fresh(&self, key: &K, now: Time) -> bool {
        self.place(key).is_some_and(|place| self.entries.is_fresh(place, now))
    }

    fn place(&self, key: &K) -> Option<Place> {
        // Empty tables are common, and hashing is most of a look-up.
        if self.places.is_empty() {
            return None;
        }
        self.find(self.seed.hash_one(key), key)
    }

    fn find(&self, hash: u64, key: &K) -> Option<Place> {
        let is_it = |index: &u32| {
            let entry = self.entries.get(Place::of_index(*index));
            entry.is_some_and(|(other, _)| other == key)
        };
        self.places.find(hash, is_it).map(|index| Place::of_index(*index))
    }

    fn forget(&mut self, place: Place, gone: &mut impl FnMut(K, V)) {
        if let Some((key, value)) = self.take(place) {
            gone(key, value);
        }
    }

    fn take(&mut self, place: Place) -> Option<(K, V)> {
        let hash = hash_at(self.seed, &self.entries, place.index());
        if let Ok(found) = self.places.find_entry(hash, |index| *index == place.index()) {
            found.remove();
        }
        self.entries.remove(place)
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

/// The hash of the key in a place.
fn hash_at<K: Hash, V>(seed: HashSeed, entries: &FairQueue<(K, V)>, index: u32) -> u64 {
    entries.get(Place::of_index(index)).map_or(0, |(key, _)| seed.hash_one(key))
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

    /// Whether the id is held, however old.
    pub fn holds(&self, id: &K) -> bool {
        self.0.contains(id)
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
