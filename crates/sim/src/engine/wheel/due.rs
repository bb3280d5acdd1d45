//! What is due for the nodes whose turn it is, in its order.

use super::bucket::{Bucket, Spare};
use super::window::{BUCKET_LOG, Window};
use super::{Entry, Key, LOG_MAX};
use rumormill_core::Time;

/// A bucket, and in which order its entries are to be taken. They lie where they came to lie: what is
/// sorted is a word for each, of its target, its time and its place.
#[derive(Debug)]
pub(super) struct Due<E> {
    bucket: Bucket<E>,
    order: Vec<u64>,
    /// How many were taken.
    taken: usize,
}

/// How many bits of a word are the entry's place. What is above tells when it is due.
const PLACE_BITS: u32 = 64 - BUCKET_LOG - LOG_MAX;

fn place(word: u64) -> usize {
    (word & ((1 << PLACE_BITS) - 1)) as usize
}

impl<E> Default for Due<E> {
    fn default() -> Self {
        Due { bucket: Bucket::default(), order: Vec::new(), taken: 0 }
    }
}

impl<E> Due<E> {
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.taken == self.order.len()
    }

    /// What comes first.
    #[inline]
    pub fn first(&self) -> Option<Key> {
        let word = self.order.get(self.taken)?;
        self.bucket.get(place(*word)).map(|entry| entry.key)
    }

    /// Takes it, if it may.
    #[inline]
    pub fn pop_if(&mut self, may: impl FnOnce(&Key) -> bool) -> Option<Entry<E>> {
        let word = self.order.get(self.taken)?;
        let entry = self.bucket.get_mut(place(*word)).take_if(|entry| may(&entry.key));
        self.taken += usize::from(entry.is_some());
        entry
    }

    /// What is left, as it will be taken.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<E>> + '_ {
        self.order[self.taken..].iter().filter_map(|word| self.bucket.get(place(*word)))
    }

    /// When all is taken: takes the next bucket of a window, if there is one; what of it is due after
    /// `end` goes to `rest`. `when` tells target and time of an entry in as many bits as places leave,
    /// the lower the earlier.
    pub fn refill(
        &mut self,
        (window, end): (&mut Window<E>, Time),
        (rest, spare): (&mut Window<E>, &mut Spare<E>),
        when: impl Fn(&Key) -> u64,
    ) -> bool {
        self.bucket.clear(spare);
        self.order.clear();
        self.taken = 0;
        let Some(bucket) = window.take_bucket() else { return false };
        self.bucket = bucket;
        let mut has_more = false;
        for (place, entry) in self.bucket.iter() {
            match entry.key.time <= end {
                true => self.order.push(when(&entry.key) << PLACE_BITS | place as u64),
                false => has_more = true,
            }
        }
        if has_more {
            self.put_off(end, (rest, spare));
        }
        self.sort();
        true
    }

    fn put_off(&mut self, end: Time, (rest, spare): (&mut Window<E>, &mut Spare<E>)) {
        let places = self.bucket.iter().filter(|(_, entry)| entry.key.time > end);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let entries = places.into_iter().filter_map(|place| self.bucket.get_mut(place).take());
        entries.for_each(|entry| rest.push(entry, spare));
    }

    /// Mostly the words tell. What is due for one node at one time is told apart by its source.
    fn sort(&mut self) {
        self.order.sort_unstable();
        let when = |word: &u64| word >> PLACE_BITS;
        for same in self.order.chunk_by_mut(|one, next| when(one) == when(next)) {
            if same.len() > 1 {
                same.sort_unstable_by_key(|word| self.bucket.get(place(*word)).map(|it| it.key));
            }
        }
    }
}
