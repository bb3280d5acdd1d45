//! What is known of whom: a pure table.
//!
//! A register is *live* until it is removed or its time is over. Then it is *dead*, and kept as a
//! tombstone for a while, so that an older update that comes late doesn't revive it. Dead ones are
//! dropped in the end, but for the latest of an origin: up to which version that was done is
//! remembered, and whoever was away for longer is told the origin's registers [anew](Table::doubt).

use super::message::{Delta, News, Vouched};
use super::origin::{Key, Origin};
use crate::parts::digest::{Digest, Range, VERSION_LEN};
use crate::{Life, Rumor, RumorId, Subject};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::bounded::{FairMap, HashSeed, Limits};
use rumormill_core::planted::{Bug, is_planted};
use rumormill_core::{Fingerprint, Name, Peer, Time};

/// One register's latest update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The update.
    pub rumor: Arc<Rumor>,
    /// When we learned it.
    pub at: Time,
    /// Until when it is live, or dead; the end of time, if nothing ends it.
    pub until: Time,
    /// Whether it still says something.
    pub live: bool,
}

/// The registers of all origins: the highest (version, id) of each key. Others' registers are bounded
/// and fairly evicted by who told us; our own always stay.
#[derive(Clone, Debug)]
pub struct Table {
    own: Name,
    ours: BTreeMap<Key, Entry>,
    others: FairMap<(Name, Key), Entry>,
    pub(super) origins: BTreeMap<Name, Origin>,
    /// When something is over, by time.
    deadlines: BTreeSet<(Time, Name, Key)>,
    bounds: TableBounds,
    /// Registers that gave way to others.
    evicted: u64,
    /// Rises with each change of what a digest says.
    changes: u64,
}

/// The bounds of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct TableBounds {
    /// Of others' registers, all together.
    pub others: Limits,
    /// The largest delta, which one register has to fit in.
    pub delta_bytes_max: usize,
    /// How long the dead are remembered.
    pub tombstone_ttl: Duration,
}

/// What time did to a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Registers that are no longer live.
    pub expired: Vec<Arc<Rumor>>,
    /// Keys of our own that were dropped.
    pub own_keys: Vec<Key>,
}

impl Table {
    /// An empty one of a node called `own`.
    pub fn new(own: Name, bounds: TableBounds, seed: HashSeed) -> Table {
        Table {
            own,
            ours: BTreeMap::new(),
            others: FairMap::new(bounds.others, seed),
            origins: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            bounds,
            evicted: 0,
            changes: 0,
        }
    }

    /// Whether a register can be told at all, alone in a delta.
    pub fn fits(&self, rumor: &Arc<Rumor>) -> bool {
        let alone = Delta::EMPTY_LEN + 3 * VERSION_LEN + News::from(rumor.clone()).wire_len();
        alone <= self.bounds.delta_bytes_max && rumor.kept_len() <= self.bounds.others.bytes
    }

    /// Takes in another's update; says whether it is above what is known. What is no register, what is
    /// too large to be told on, and what revives the removed is not.
    ///
    /// Of an origin that is told anew, what comes on another way than that is doubted as what was known.
    pub fn put(&mut self, news: News, source: Peer, now: Time) -> bool {
        let (origin, version) = (news.rumor.origin.clone(), news.rumor.version);
        let Subject::Register(key) = news.rumor.subject.clone() else { return false };
        let put = self.put_anew(news, source, now);
        if let Some(origin) = self.origins.get_mut(&origin).filter(|_| put)
            && origin.anew > 0
            && version <= origin.anew
        {
            origin.doubted.insert(key);
        }
        put
    }

    /// As [`put`](Self::put), of an origin that is told anew: it is confirmed.
    pub fn put_anew(&mut self, news: News, source: Peer, now: Time) -> bool {
        let Subject::Register(key) = &news.rumor.subject else { return false };
        let place = (news.rumor.origin.clone(), key.clone());
        if !self.is_above(&news.rumor, &place) || !self.fits(&news.rumor) {
            return false;
        }
        self.others.remove(&place).inspect(|old| self.forget(&place, old));
        let entry = self.entry_of(news, now);
        let (until, version, bytes) = (entry.until, entry.rumor.version, entry.rumor.kept_len());
        let mut evicted = Vec::new();
        let gone = |place: (Name, Key), entry: Entry| evicted.push((place, entry));
        let kept = self.others.insert(source, (place.clone(), entry), bytes, now, gone);
        for (place, entry) in evicted {
            self.evict(&place, &entry);
        }
        if kept {
            self.note(place, version, until);
        } else {
            self.evicted += 1;
            self.origins.get_mut(&place.0).into_iter().for_each(|origin| origin.lossy = true);
            self.drop_if_empty(&place.0);
        }
        kept
    }

    /// Whether an update is above what is known at its place.
    fn is_above(&self, rumor: &Rumor, place: &(Name, Key)) -> bool {
        let Some(origin) = self.origins.get(&place.0) else { return true };
        match self.others.get(place) {
            Some(old) if is_planted(Bug::OlderWins) => rumor.rank() != old.rumor.rank(),
            Some(old) => rumor.rank() > old.rumor.rank(),
            None => !origin.is_past(rumor.version),
        }
    }

    /// An update that is known was told anew.
    pub fn confirm(&mut self, rumor: &Rumor) {
        let Subject::Register(key) = &rumor.subject else { return };
        let same = self.find(&rumor.origin, key).is_some_and(|old| old.rumor.id == rumor.id);
        if let Some(origin) = self.origins.get_mut(&rumor.origin).filter(|_| same) {
            origin.doubted.remove(key);
        }
    }

    /// Up to where an origin is being told anew; 0 if it isn't.
    pub fn told_anew(&self, name: &Name) -> u64 {
        self.origins.get(name).map_or(0, |origin| origin.anew)
    }

    fn entry_of(&self, News { rumor, age }: News, now: Time) -> Entry {
        let ttl = self.bounds.tombstone_ttl;
        let (live, until) = match rumor.life {
            Life::Lasting => (true, Time::from_nanos(u64::MAX)),
            Life::For(span) if age < span => (true, now + (span - age)),
            Life::For(span) => (false, now + ttl.saturating_sub(age - span)),
            Life::Removed => (false, now + ttl.saturating_sub(age)),
        };
        Entry { rumor, at: now, until, live }
    }

    /// Since when it runs, as [`News`] has it.
    pub(super) fn age(&self, entry: &Entry, now: Time) -> Duration {
        let left = entry.until.since(now);
        let ttl = self.bounds.tombstone_ttl;
        match (entry.rumor.life, entry.live) {
            (Life::Lasting, _) => Duration::ZERO,
            (Life::For(span), true) => span.saturating_sub(left),
            (Life::For(span), false) => span + ttl.saturating_sub(left),
            (Life::Removed, _) => ttl.saturating_sub(left),
        }
    }

    /// Takes in an update of our own.
    pub fn put_own(&mut self, rumor: Arc<Rumor>, now: Time) {
        let Subject::Register(key) = rumor.subject.clone() else { return };
        let (place, version) = ((self.own.clone(), key.clone()), rumor.version);
        self.ours.remove(&key).inspect(|old| self.forget(&place, old));
        let entry = self.entry_of(rumor.into(), now);
        self.note(place, version, entry.until);
        self.ours.insert(key, entry);
    }

    fn note(&mut self, place: (Name, Key), version: u64, until: Time) {
        self.changes += 1;
        let origin = self.origins.entry(place.0.clone()).or_default();
        origin.versions.insert((version, place.1.clone()));
        origin.doubted.remove(&place.1);
        if until < Time::from_nanos(u64::MAX) {
            self.deadlines.insert((until, place.0, place.1));
        }
    }

    /// An entry is no longer in its map: what leads to it goes too.
    fn forget(&mut self, place: &(Name, Key), entry: &Entry) {
        self.changes += 1;
        if !is_planted(Bug::StaleDeadline) {
            self.deadlines.remove(&(entry.until, place.0.clone(), place.1.clone()));
        }
        if let Some(origin) = self.origins.get_mut(&place.0) {
            origin.versions.remove(&(entry.rumor.version, place.1.clone()));
            origin.doubted.remove(&place.1);
        }
    }

    /// An entry gave way to others: nothing can be vouched for any more.
    fn evict(&mut self, place: &(Name, Key), entry: &Entry) {
        self.evicted += 1;
        self.forget(place, entry);
        self.origins.get_mut(&place.0).into_iter().for_each(|origin| origin.lossy = true);
        self.drop_if_empty(&place.0);
    }

    /// An origin is known as long as one of its registers is, be it a dead one.
    pub fn drop_if_empty(&mut self, name: &Name) {
        self.changes += 1;
        if self.origins.get(name).is_some_and(|origin| origin.versions.is_empty()) {
            self.origins.remove(name);
        }
    }

    /// A broadcast update came: it makes us complete if it is exactly the next.
    pub fn follows(&mut self, name: &Name, version: u64) -> Vec<Arc<Rumor>> {
        match self.origins.get(name) {
            Some(origin) if origin.is_next(version) => {
                self.complete_to(name, Vouched { from: version - 1, upto: version })
            }
            _ => Vec::new(),
        }
    }

    /// Somebody vouches that nothing of the origin is missing up to there. Gives what this shows to be
    /// gone.
    pub fn complete_to(&mut self, name: &Name, vouched: Vouched) -> Vec<Arc<Rumor>> {
        let others = self.origins.get_mut(name).filter(|_| *name != self.own);
        // Since we asked, we may have begun to be told anew: then what was not told is missing.
        let others = others.filter(|origin| vouched.from <= origin.complete);
        let Some(origin) = others else { return Vec::new() };
        self.changes += 1;
        origin.complete = origin.complete.max(vouched.upto);
        if origin.anew == 0 || origin.complete < origin.anew {
            return Vec::new();
        }
        origin.gone = origin.gone.max(origin.anew);
        origin.anew = 0;
        let doubted = core::mem::take(&mut origin.doubted);
        let gone = doubted.into_iter().filter_map(|key| self.remove(&(name.clone(), key)));
        let gone = gone.filter(|entry| entry.live).map(|entry| entry.rumor).collect();
        self.drop_if_empty(name);
        gone
    }

    /// Of this origin all will be told again, since removals up to `upto` were forgotten: what is not
    /// confirmed until then is gone.
    pub fn doubt(&mut self, name: &Name, upto: u64) {
        if *name == self.own {
            return;
        }
        self.changes += 1;
        let origin = self.origins.entry(name.clone()).or_default();
        if origin.complete < upto && origin.anew < upto {
            let old = origin.versions.iter().filter(|(version, _)| *version <= upto);
            origin.doubted = old.map(|(_, key)| key.clone()).collect();
            origin.complete = 0;
            origin.anew = upto;
        }
    }

    fn remove(&mut self, place: &(Name, Key)) -> Option<Entry> {
        let entry = match place.0 == self.own {
            true => self.ours.remove(&place.1),
            false => self.others.remove(place),
        }?;
        self.forget(place, &entry);
        Some(entry)
    }

    /// When the next is over.
    pub fn next_deadline(&self) -> Option<Time> {
        self.deadlines.first().map(|(at, ..)| *at)
    }

    /// What is over by now.
    pub fn sweep(&mut self, now: Time) -> Swept {
        let mut swept = Swept::default();
        while let Some((at, ..)) = self.deadlines.first()
            && *at <= now
            && let Some((_, name, key)) = self.deadlines.pop_first()
        {
            self.sweep_one((name, key), now, &mut swept);
        }
        swept
    }

    fn sweep_one(&mut self, place: (Name, Key), now: Time, swept: &mut Swept) {
        let until = now + self.bounds.tombstone_ttl;
        let entry = match place.0 == self.own {
            true => self.ours.get_mut(&place.1),
            false => self.others.get_mut(&place),
        };
        let (Some(entry), Some(origin)) = (entry, self.origins.get_mut(&place.0)) else { return };
        let version = entry.rumor.version;
        // What came before it may still be missing, and would be taken for something removed.
        let needed = version == origin.latest() || version > origin.complete;
        if entry.live || needed {
            if entry.live {
                swept.expired.push(entry.rumor.clone());
            }
            (entry.live, entry.until) = (false, until);
            self.deadlines.insert((until, place.0, place.1));
            return;
        }
        origin.gone = origin.gone.max(version);
        self.remove(&place);
        if place.0 == self.own {
            swept.own_keys.push(place.1);
        }
    }

    /// The highest rank of our own registers.
    pub fn own_latest(&self) -> Option<(u64, RumorId)> {
        self.ours.values().map(|entry| entry.rumor.rank()).max()
    }

    /// Our own registers, live and dead.
    pub fn ours(&self) -> &BTreeMap<Key, Entry> {
        &self.ours
    }

    /// Of ourselves nobody lacks what is below that: it was told, or never said.
    pub fn settle_own(&mut self, version: u64) {
        if let Some(origin) = self.origins.get_mut(&self.own) {
            origin.complete = version.min(origin.latest());
        }
    }

    /// After a restart: which removals of our own we forgot before it, we forgot too. All came before
    /// the latest that was kept.
    pub fn forgot_own(&mut self) {
        if let Some(origin) = self.origins.get_mut(&self.own) {
            origin.gone = origin.latest().saturating_sub(1);
        }
    }

    /// What is known, in brief: as many origins of the range as fit in so many bytes. `own_version` is
    /// what we say of ourselves.
    pub fn digest(&self, range: Range, own_version: u64, bytes_max: usize) -> Digest {
        let mut digest = Digest { range, ..Digest::default() };
        let own = (own_version > 0 && digest.range.contains(&self.own)).then_some(own_version);
        let mut last = None;
        for (name, origin) in digest.range.clone().of(&self.origins) {
            if digest.wire_len() + 4 * VERSION_LEN > bytes_max && last.is_some() {
                digest.range.upto = last;
                break;
            }
            last = Some(name.clone());
            if *name != self.own {
                origin.say(name, &mut digest);
            }
        }
        if let Some(version) = own.filter(|_| digest.range.contains(&self.own)) {
            digest.known.insert(self.own.clone(), version);
        }
        digest
    }

    /// Every live register, by origin, our own included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> + '_ {
        self.kept().filter(|entry| entry.live)
    }

    /// Every register, live and dead.
    fn kept(&self) -> impl Iterator<Item = &Entry> + '_ {
        self.origins.iter().flat_map(|(name, origin)| {
            origin.versions.iter().filter_map(|(_, key)| self.find(name, key))
        })
    }

    /// One register, live or dead.
    pub(super) fn find(&self, origin: &Name, key: &Key) -> Option<&Entry> {
        match *origin == self.own {
            true => self.ours.get(key),
            false => self.others.get(&(origin.clone(), key.clone())),
        }
    }

    /// One live register.
    pub fn get(&self, origin: &Name, key: &str) -> Option<&Entry> {
        self.find(origin, &Arc::from(key)).filter(|entry| entry.live)
    }

    /// How many registers of others are kept.
    pub fn len(&self) -> usize {
        self.others.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.others.is_empty()
    }

    /// How many bytes they count, counted anew.
    pub(super) fn bytes(&self) -> usize {
        self.others.oldest_first().map(|(_, entry)| entry.rumor.kept_len()).sum()
    }

    /// How many registers wait for their time.
    pub(super) fn deadlines_len(&self) -> usize {
        self.deadlines.len()
    }

    /// How many registers gave way to others since it was made.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Rises with each change of what its digest says.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Adds all that is known.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number((self.ours.len() + self.others.len()) as u64);
        for entry in self.kept() {
            entry.rumor.fingerprint(into);
            into.number(entry.live.into()).number(entry.until.as_nanos());
        }
        self.origins.values().for_each(|origin| origin.fingerprint(into));
    }
}
