//! What is known of whom: a pure table.

use crate::parts::digest::{Digest, within_budget};
use crate::{Rumor, RumorId, Subject};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::bounded::{FairMap, HashSeed, Limits};
use rumormill_core::{Fingerprint, Name, Peer, Time};

type Key = Arc<str>;

/// One register's latest update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The update.
    pub rumor: Arc<Rumor>,
    /// When we learned it.
    pub at: Time,
}

/// The registers of all origins: the highest (version, id) of each key. Others' registers are bounded
/// and fairly evicted by who told us; our own always stay.
#[derive(Clone, Debug)]
pub struct Table {
    own: Name,
    ours: BTreeMap<Key, Entry>,
    others: FairMap<(Name, Key), Entry>,
    origins: BTreeMap<Name, Origin>,
    entry_bytes_max: usize,
}

#[derive(Clone, Debug, Default)]
struct Origin {
    keys: BTreeSet<Key>,
    /// Up to here nothing of the origin is missing.
    complete: u64,
}

impl Table {
    /// An empty one of a node called `own`.
    pub fn new(own: Name, limits: Limits, seed: HashSeed) -> Table {
        Table {
            own,
            ours: BTreeMap::new(),
            others: FairMap::new(limits, seed),
            origins: BTreeMap::new(),
            entry_bytes_max: limits.bytes,
        }
    }

    /// Takes in another's update; says whether it is above what is known. What is no register, or
    /// larger than the table, is not.
    pub fn put(&mut self, rumor: Arc<Rumor>, source: Peer, now: Time) -> bool {
        let Subject::Register(key) = &rumor.subject else { return false };
        let (origin, key) = (rumor.origin.clone(), key.clone());
        let place = (origin.clone(), key.clone());
        let known = self.others.get(&place).is_some_and(|old| old.rumor.rank() >= rumor.rank());
        if known || rumor.kept_len() > self.entry_bytes_max {
            return false;
        }
        self.others.remove(&place);
        let (bytes, entry) = (rumor.kept_len(), Entry { rumor, at: now });
        let origins = &mut self.origins;
        let gone = |(origin, key): (Name, Key), _| forget(origins, &origin, &key);
        let kept = self.others.insert(source, (place, entry), bytes, now, gone);
        if kept {
            self.origins.entry(origin).or_default().keys.insert(key);
        } else {
            forget(&mut self.origins, &origin, &key);
        }
        kept
    }

    /// Takes in an update of our own.
    pub fn put_own(&mut self, rumor: Arc<Rumor>, now: Time) {
        if let Subject::Register(key) = &rumor.subject {
            self.ours.insert(key.clone(), Entry { rumor: rumor.clone(), at: now });
        }
    }

    /// The highest rank of our own registers.
    pub fn own_latest(&self) -> Option<(u64, RumorId)> {
        self.ours.values().map(|entry| entry.rumor.rank()).max()
    }

    /// A broadcast update came: it makes us complete if it is exactly the next.
    pub fn follows(&mut self, origin: &Name, version: u64) {
        if let Some(origin) = self.origins.get_mut(origin)
            && version == origin.complete + 1
        {
            origin.complete = version;
        }
    }

    /// A delta came this far: nothing of the origin is missing below.
    pub fn complete_to(&mut self, origin: &Name, version: u64) {
        if let Some(origin) = self.origins.get_mut(origin) {
            origin.complete = origin.complete.max(version);
        }
    }

    /// What is known, in brief; `own_version` is what we say of ourselves.
    pub fn digest(&self, own_version: u64) -> Digest {
        let mut digest = Digest::default();
        for (name, origin) in &self.origins {
            digest.known.insert(name.clone(), origin.complete);
            if let Some(latest) = self.latest(name, origin).filter(|held| *held > origin.complete) {
                digest.held.insert(name.clone(), latest);
            }
        }
        if own_version > 0 {
            digest.known.insert(self.own.clone(), own_version);
        }
        digest
    }

    fn latest(&self, name: &Name, origin: &Origin) -> Option<u64> {
        let entry = |key: &Key| self.others.get(&(name.clone(), key.clone()));
        origin.keys.iter().filter_map(entry).map(|entry| entry.rumor.version).max()
    }

    /// What we know beyond `known`, within a budget: see [`within_budget`].
    pub fn beyond(&self, known: &Digest, budget_bytes: usize) -> Vec<Arc<Rumor>> {
        let is_news = |entry: &&Entry| known.lacks(&entry.rumor);
        let news = self.entries().filter(is_news).map(|entry| entry.rumor.clone()).collect();
        within_budget(news, known, budget_bytes)
    }

    /// How far somebody who knew `known` is complete once it has `sent`, by origin: as far as we are
    /// `ours` says, and no further than what was cut off.
    pub fn completes(&self, known: &Digest, sent: &[Arc<Rumor>], ours: &Digest) -> Digest {
        let told = sent.iter().map(|rumor| &rumor.origin).chain(known.held.keys());
        let mut complete: BTreeMap<Name, u64> =
            told.map(|origin| (origin.clone(), ours.version(origin))).collect();
        let ids: BTreeSet<RumorId> = sent.iter().map(|rumor| rumor.id).collect();
        let is_cut_off =
            |entry: &&Entry| known.lacks(&entry.rumor) && !ids.contains(&entry.rumor.id);
        for entry in self.entries().filter(is_cut_off) {
            if let Some(upto) = complete.get_mut(&entry.rumor.origin) {
                *upto = (*upto).min(entry.rumor.version.saturating_sub(1));
            }
        }
        complete.retain(|_, upto| *upto > 0);
        Digest::of(complete)
    }

    /// Every register, by origin and key, our own first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> + '_ {
        let others = self.origins.iter().flat_map(|(name, origin)| {
            origin.keys.iter().filter_map(|key| self.others.get(&(name.clone(), key.clone())))
        });
        self.ours.values().chain(others)
    }

    /// One register.
    pub fn get(&self, origin: &Name, key: &str) -> Option<&Entry> {
        match *origin == self.own {
            true => self.ours.get(key),
            false => self.others.get(&(origin.clone(), Arc::from(key))),
        }
    }

    /// How many registers of others are known.
    pub fn len(&self) -> usize {
        self.others.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.others.is_empty()
    }

    /// Adds all that is known.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number((self.ours.len() + self.others.len()) as u64);
        self.entries().for_each(|entry| entry.rumor.fingerprint(into));
        self.origins.values().for_each(|origin| _ = into.number(origin.complete));
    }
}

/// An origin is known as long as one of its registers is.
fn forget(origins: &mut BTreeMap<Name, Origin>, name: &Name, key: &Key) {
    if let Some(origin) = origins.get_mut(name) {
        origin.keys.remove(key);
        if origin.keys.is_empty() {
            origins.remove(name);
        }
    }
}
