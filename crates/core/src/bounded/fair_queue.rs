//! A queue in order of arrival, with fair eviction.

use super::Limits;
use super::chain::{Chain, Links, NOWHERE};
use crate::{Peer, Time};
use alloc::vec::Vec;

/// Entries in order of arrival, each of one source, within [`Limits`].
///
/// ```
/// use rumormill_core::bounded::{FairQueue, Limits};
/// use rumormill_core::{Duration, Peer, Time};
/// let limits = Limits { entries: 3, bytes: 100, age: Duration::MAX };
/// let (honest, flooder) = (Peer::new(1, 0), Peer::new(2, 0));
/// let mut queue = FairQueue::new(limits);
/// queue.push(honest, "kept", 4, Time::ZERO, drop);
/// for _ in 0..10 {
///     queue.push(flooder, "flood", 5, Time::ZERO, drop);
/// }
/// assert_eq!(queue.oldest_first().collect::<Vec<_>>(), [&"kept", &"flood", &"flood"]);
/// ```
#[derive(Clone, Debug)]
pub struct FairQueue<V> {
    limits: Limits,
    slots: Vec<Slot<V>>,
    /// The first free slot; they are chained.
    free: u32,
    all: Chain,
    bytes: usize,
    /// What each source holds, in no order; short, since sources are peers.
    shares: Vec<Share>,
}

/// Where an entry is, as long as it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

/// Many of these are kept, so they are small: 40 bytes beside the value.
#[derive(Clone, Debug)]
struct Slot<V> {
    /// Nothing, if the slot is free.
    value: Option<V>,
    at: Time,
    bytes: u32,
    source: u32,
    /// Among all; of a free slot, the next free one is newer.
    all: Links,
    /// Among those of its source.
    own: Links,
}

#[derive(Clone, Copy, Debug)]
struct Share {
    source: u32,
    own: Chain,
    bytes: usize,
}

impl Place {
    /// As a number below that of the entries that were ever held at once.
    pub(super) fn index(self) -> u32 {
        self.0
    }

    pub(super) fn of_index(index: u32) -> Place {
        Place(index)
    }
}

fn in_all<V>(slot: &mut Slot<V>) -> &mut Links {
    &mut slot.all
}

fn in_own<V>(slot: &mut Slot<V>) -> &mut Links {
    &mut slot.own
}

impl<V> FairQueue<V> {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        let (slots, shares, all) = (Vec::new(), Vec::new(), Chain::default());
        FairQueue { limits, slots, free: NOWHERE, all, bytes: 0, shares }
    }

    /// Appends an entry that counts `bytes`, and hands what is too old or has to give way to `gone`.
    /// Gives the entry's place, or nothing if it alone is over the limit (then nothing changes), or had
    /// to give way at once, being of the fullest source and the oldest of it.
    pub fn push(
        &mut self,
        source: Peer,
        value: V,
        bytes: usize,
        now: Time,
        mut gone: impl FnMut(V),
    ) -> Option<Place> {
        self.expire(now, &mut gone);
        let place = self.put_over(source, value, bytes, now)?;
        while let Some(victim) = self.over() {
            self.remove(victim).map(&mut gone);
        }
        self.get(place).is_some().then_some(place)
    }

    /// Hands what is too old to `gone`.
    pub fn expire(&mut self, now: Time, mut gone: impl FnMut(V)) {
        while let Some(place) = self.too_old(now) {
            self.remove(place).map(&mut gone);
        }
    }

    /// The oldest entry, if it is too old.
    pub(super) fn too_old(&self, now: Time) -> Option<Place> {
        let oldest = self.slots.get(self.all.oldest as usize)?;
        (now.since(oldest.at) >= self.limits.age).then_some(Place(self.all.oldest))
    }

    /// Appends an entry, though another may have to give way then: see [`over`](FairQueue::over).
    pub(super) fn put_over(
        &mut self,
        source: Peer,
        value: V,
        bytes: usize,
        now: Time,
    ) -> Option<Place> {
        let counted = u32::try_from(bytes).ok().filter(|_| bytes <= self.limits.bytes)?;
        if self.limits.entries == 0 {
            return None;
        }
        let (source, links) = (source.index() as u32, Links::default());
        let value = Some(value);
        let place =
            self.put(Slot { value, at: now, bytes: counted, source, all: links, own: links });
        self.charge(source, place);
        Some(place)
    }

    /// Which entry has to give way, if one has.
    pub(super) fn over(&self) -> Option<Place> {
        let is_over = self.len() > self.limits.entries || self.bytes > self.limits.bytes;
        is_over.then(|| self.victim())
    }

    /// The entry in that place.
    pub fn get(&self, place: Place) -> Option<&V> {
        self.slots.get(place.0 as usize)?.value.as_ref()
    }

    /// The entry in that place, to change; its size stays what it was.
    pub fn get_mut(&mut self, place: Place) -> Option<&mut V> {
        self.slots.get_mut(place.0 as usize)?.value.as_mut()
    }

    /// Whether the entry in that place is not too old, though nobody may have
    /// [swept](FairQueue::expire) since it became so.
    pub fn is_fresh(&self, place: Place, now: Time) -> bool {
        let slot = self.slots.get(place.0 as usize).filter(|slot| slot.value.is_some());
        slot.is_some_and(|slot| now.since(slot.at) < self.limits.age)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, Place(index): Place) -> Option<V> {
        let slot = self.slots.get_mut(index as usize)?;
        let value = slot.value.take()?;
        let (source, bytes) = (slot.source, slot.bytes as usize);
        self.refund(source, index, bytes);
        self.slots[index as usize].all.newer = self.free;
        self.free = index;
        Some(value)
    }

    /// All entries, the oldest first.
    pub fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &V> + '_ {
        let slots = |index: u32| &self.slots[index as usize];
        let walk = self.all.walk(move |index| slots(index).all);
        walk.filter_map(move |index| slots(index).value.as_ref())
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.all.len as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.len == 0
    }

    /// How many bytes they count.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn put(&mut self, slot: Slot<V>) -> Place {
        let index = self.free;
        match self.slots.get_mut(index as usize) {
            Some(freed) => {
                self.free = freed.all.newer;
                *freed = slot;
                Place(index)
            }
            None => {
                self.slots.push(slot);
                Place(self.slots.len() as u32 - 1)
            }
        }
    }

    fn charge(&mut self, source: u32, Place(index): Place) {
        let bytes = self.slots[index as usize].bytes as usize;
        self.bytes += bytes;
        self.all.append(&mut self.slots, index, in_all);
        let share = match self.shares.iter().position(|share| share.source == source) {
            Some(at) => &mut self.shares[at],
            None => {
                self.shares.push(Share { source, own: Chain::default(), bytes: 0 });
                self.shares.last_mut().expect("it was just pushed")
            }
        };
        share.bytes += bytes;
        share.own.append(&mut self.slots, index, in_own);
    }

    fn refund(&mut self, source: u32, index: u32, bytes: usize) {
        self.bytes -= bytes;
        self.all.unlink(&mut self.slots, index, in_all);
        let Some(at) = self.shares.iter().position(|share| share.source == source) else { return };
        let share = &mut self.shares[at];
        share.bytes -= bytes;
        share.own.unlink(&mut self.slots, index, in_own);
        if share.own.len == 0 {
            self.shares.swap_remove(at);
        }
    }

    /// The oldest entry of the source that holds most of what ran out; among equals the one whose
    /// oldest came first.
    fn victim(&self) -> Place {
        let over_bytes = self.bytes > self.limits.bytes;
        let weight = |share: &Share| if over_bytes { share.bytes } else { share.own.len as usize };
        let age = |share: &Share| {
            let since = self.slots.get(share.own.oldest as usize).map(|slot| slot.at);
            core::cmp::Reverse((since, share.source))
        };
        let heaviest = self.shares.iter().max_by_key(|share| (weight(share), age(share)));
        Place(heaviest.map_or(NOWHERE, |share| share.own.oldest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    fn limits(entries: usize, bytes: usize) -> Limits {
        Limits { entries, bytes, age: Duration::from_secs(10) }
    }

    #[test]
    fn what_is_old_goes() {
        let mut queue = FairQueue::new(limits(10, 10));
        let mut gone = Vec::new();
        let at = |secs| Time::ZERO + Duration::from_secs(secs);
        queue.push(Peer::STRANGER, 'a', 1, at(0), |value| gone.push(value));
        queue.push(Peer::STRANGER, 'b', 1, at(5), |value| gone.push(value));
        queue.push(Peer::STRANGER, 'c', 1, at(10), |value| gone.push(value));
        assert_eq!((gone, queue.len()), (alloc::vec!['a'], 2));
    }

    #[test]
    fn what_can_never_fit_changes_nothing() {
        let mut queue = FairQueue::new(limits(10, 10));
        queue.push(Peer::STRANGER, 'a', 10, Time::ZERO, drop);
        assert_eq!(queue.push(Peer::STRANGER, 'b', 11, Time::ZERO, drop), None);
        assert_eq!(queue.oldest_first().collect::<Vec<_>>(), [&'a']);
    }

    proptest! {
        #[test]
        fn bounds_hold_and_a_fair_share_stays(
            pushes in prop::collection::vec((0u32..4, 1usize..9), 0..300),
            removed in prop::collection::vec(0u32..30, 0..50),
        ) {
            let mut queue = FairQueue::new(limits(20, 60));
            for (source, bytes) in pushes {
                queue.push(Peer::new(source, 0), source, bytes, Time::ZERO, drop);
                prop_assert!(queue.len() <= 20 && queue.bytes() <= 60);
                prop_assert!(queue.slots.len() <= 21, "freed slots are used again");
            }
            removed.into_iter().for_each(|index| _ = queue.remove(Place(index)));
            prop_assert_eq!(queue.len(), queue.oldest_first().count());
            let held: usize = queue.shares.iter().map(|share| share.own.len as usize).sum();
            prop_assert_eq!(queue.len(), held);
        }

        #[test]
        fn a_flooder_never_takes_a_fair_share(flood in 1usize..500) {
            let mut queue = FairQueue::new(limits(20, 1000));
            (0..10).for_each(|_| { queue.push(Peer::new(1, 0), 1, 1, Time::ZERO, drop); });
            (0..flood).for_each(|_| { queue.push(Peer::new(2, 0), 2, 1, Time::ZERO, drop); });
            prop_assert_eq!(queue.oldest_first().filter(|source| **source == 1).count(), 10);
        }
    }
}
