//! What is due in one window.

use super::Entry;
use super::bucket::{Bucket, Spare};
use rumormill_core::Time;
use std::cmp::Reverse;

/// Entries of one window in buckets: each is of so many nodes in a row that its entries are sorted in
/// the processor's cache.
#[derive(Debug)]
pub(super) struct Window<E> {
    buckets: Vec<Bucket<E>>,
    /// The buckets that hold anything.
    filled: Vec<u32>,
    /// Whether the lowest of them is the last.
    is_ordered: bool,
    /// The earliest of their times.
    first: Time,
}

/// A bucket is of so many nodes, as a power of two.
pub(super) const BUCKET_LOG: u32 = 14;

const NEVER: Time = Time::from_nanos(u64::MAX);

impl<E> Default for Window<E> {
    fn default() -> Self {
        Window { buckets: Vec::new(), filled: Vec::new(), is_ordered: false, first: NEVER }
    }
}

impl<E> Window<E> {
    #[inline]
    pub fn push(&mut self, entry: Entry<E>, spare: &mut Spare<E>) {
        self.first = self.first.min(entry.key.time);
        let at = entry.key.target >> BUCKET_LOG;
        if at as usize >= self.buckets.len() {
            self.buckets.resize_with(at as usize + 1, Bucket::default);
        }
        let bucket = &mut self.buckets[at as usize];
        if bucket.is_empty() {
            self.filled.push(at);
            self.is_ordered = false;
        }
        bucket.push(entry, spare);
    }

    pub fn is_empty(&self) -> bool {
        self.filled.is_empty()
    }

    /// When the first entry is due. It stays when buckets are taken, until all are.
    pub fn first(&self) -> Time {
        self.first
    }

    /// Takes the bucket of the lowest nodes, if there is one.
    pub fn take_bucket(&mut self) -> Option<Bucket<E>> {
        if !self.is_ordered {
            self.filled.sort_unstable_by_key(|at| Reverse(*at));
            self.is_ordered = true;
        }
        let at = self.filled.pop()?;
        if self.filled.is_empty() {
            self.first = NEVER;
        }
        Some(std::mem::take(&mut self.buckets[at as usize]))
    }

    /// What will probably be taken next.
    pub fn next_bucket(&self) -> impl Iterator<Item = &Entry<E>> + '_ {
        let bucket = self.filled.last().map(|at| &self.buckets[*at as usize]);
        bucket.into_iter().flat_map(Bucket::iter).map(|(_, entry)| entry)
    }

    /// All there is.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<E>> + '_ {
        self.buckets.iter().flat_map(Bucket::iter).map(|(_, entry)| entry)
    }
}
