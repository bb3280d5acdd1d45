//! A queue in order of arrival, with fair eviction.

use super::Limits;
use crate::{Peer, Time};
use alloc::collections::VecDeque;
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
    /// Rising numbers; a removed entry stays as a hole until it is at the front, or holes are many.
    entries: VecDeque<Entry<V>>,
    /// What each source holds, in no order; short, since sources are peers.
    shares: Vec<Share>,
    next: u64,
    live: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    number: u64,
    source: usize,
    at: Time,
    bytes: usize,
    value: Option<V>,
}

#[derive(Clone, Debug)]
struct Share {
    source: usize,
    bytes: usize,
    numbers: VecDeque<u64>,
}

impl<V> FairQueue<V> {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        let (entries, shares) = (VecDeque::new(), Vec::new());
        FairQueue { limits, entries, shares, next: 0, live: 0, bytes: 0 }
    }

    /// Appends an entry that counts `bytes`, and hands what is too old or has to give way to `gone`.
    /// Gives the entry's number, or nothing if it alone is over the limit (then nothing changes).
    pub fn push(
        &mut self,
        source: Peer,
        value: V,
        bytes: usize,
        now: Time,
        mut gone: impl FnMut(V),
    ) -> Option<u64> {
        if bytes > self.limits.bytes || self.limits.entries == 0 {
            return None;
        }
        self.expire(now, &mut gone);
        let (number, source) = (self.next, source.index());
        self.next += 1;
        self.entries.push_back(Entry { number, source, at: now, bytes, value: Some(value) });
        self.charge(source, number, bytes);
        while self.live > self.limits.entries || self.bytes > self.limits.bytes {
            let victim = self.victim();
            self.remove(victim).map(&mut gone);
        }
        Some(number)
    }

    /// Hands what is too old to `gone`.
    pub fn expire(&mut self, now: Time, mut gone: impl FnMut(V)) {
        while let Some(front) = self.entries.front()
            && now.since(front.at) >= self.limits.age
        {
            let number = front.number;
            self.remove(number).map(&mut gone);
        }
    }

    /// The entry of that number.
    pub fn get(&self, number: u64) -> Option<&V> {
        self.entries[self.position(number)?].value.as_ref()
    }

    /// The entry of that number, to change in place; its size stays what it was.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        let at = self.position(number)?;
        self.entries[at].value.as_mut()
    }

    /// Whether the entry of that number is there and not too old, though nobody may have
    /// [swept](FairQueue::expire) since it became so.
    pub fn is_fresh(&self, number: u64, now: Time) -> bool {
        let entry = self.position(number).map(|at| &self.entries[at]);
        entry.is_some_and(|entry| entry.value.is_some() && now.since(entry.at) < self.limits.age)
    }

    /// Takes an entry out.
    pub fn remove(&mut self, number: u64) -> Option<V> {
        let at = self.position(number)?;
        let entry = &mut self.entries[at];
        let (source, bytes) = (entry.source, entry.bytes);
        let value = entry.value.take()?;
        self.refund(source, number, bytes);
        self.tidy();
        Some(value)
    }

    /// All entries, the oldest first.
    pub fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &V> + '_ {
        self.entries.iter().filter_map(|entry| entry.value.as_ref())
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// How many bytes they count.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&number, |entry| entry.number).ok()
    }

    fn charge(&mut self, source: usize, number: u64, bytes: usize) {
        self.live += 1;
        self.bytes += bytes;
        if let Some(share) = self.shares.iter_mut().find(|share| share.source == source) {
            share.bytes += bytes;
            share.numbers.push_back(number);
        } else {
            self.shares.push(Share { source, bytes, numbers: VecDeque::from([number]) });
        }
    }

    fn refund(&mut self, source: usize, number: u64, bytes: usize) {
        self.live -= 1;
        self.bytes -= bytes;
        let Some(at) = self.shares.iter().position(|share| share.source == source) else { return };
        let share = &mut self.shares[at];
        share.bytes -= bytes;
        if let Ok(place) = share.numbers.binary_search(&number) {
            share.numbers.remove(place);
        }
        if share.numbers.is_empty() {
            self.shares.swap_remove(at);
        }
    }

    /// The oldest entry of the source that holds most of what ran out; among equals the one whose
    /// oldest is oldest.
    fn victim(&self) -> u64 {
        let over_bytes = self.bytes > self.limits.bytes;
        let weight = |share: &Share| if over_bytes { share.bytes } else { share.numbers.len() };
        let heaviest = self
            .shares
            .iter()
            .max_by_key(|share| (weight(share), core::cmp::Reverse(share.numbers.front())));
        heaviest.and_then(|share| share.numbers.front().copied()).unwrap_or_default()
    }

    fn tidy(&mut self) {
        while self.entries.front().is_some_and(|entry| entry.value.is_none()) {
            self.entries.pop_front();
        }
        if self.entries.len() > 2 * self.live + 16 {
            self.entries.retain(|entry| entry.value.is_some());
        }
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
            removed in prop::collection::vec(0u64..300, 0..50),
        ) {
            let mut queue = FairQueue::new(limits(20, 60));
            for (source, bytes) in pushes {
                queue.push(Peer::new(source, 0), source, bytes, Time::ZERO, drop);
                prop_assert!(queue.len() <= 20 && queue.bytes() <= 60);
                prop_assert!(queue.entries.len() <= 2 * queue.len() + 17);
            }
            removed.into_iter().for_each(|number| _ = queue.remove(number));
            prop_assert_eq!(queue.len(), queue.oldest_first().count());
            let held: usize = queue.shares.iter().map(|share| share.numbers.len()).sum();
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
