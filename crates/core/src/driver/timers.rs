//! A priority queue of timers.

use crate::Time;
use alloc::collections::BinaryHeap;
use core::cmp::{Ordering, Reverse};

/// Timers in order of time, then of setting.
#[derive(Clone, Debug)]
pub struct Timers<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    set: u64,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    due: Time,
    set: u64,
    token: T,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Timers { heap: BinaryHeap::new(), set: 0 }
    }
}

impl<T> Timers<T> {
    /// Sets one.
    pub fn set(&mut self, due: Time, token: T) {
        self.set += 1;
        self.heap.push(Reverse(Entry { due, set: self.set, token }));
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.0.due)
    }

    /// Takes the next one that is due by `now`.
    pub fn pop_due(&mut self, now: Time) -> Option<T> {
        self.next().filter(|due| *due <= now)?;
        self.heap.pop().map(|entry| entry.0.token)
    }

    /// How many are set.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.set).cmp(&(other.due, other.set))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_of_time_then_of_setting() {
        let mut timers = Timers::default();
        for (due, token) in [(5, 'b'), (1, 'a'), (5, 'c'), (9, 'd')] {
            timers.set(Time::from_nanos(due), token);
        }
        let now = Time::from_nanos(5);
        let due: alloc::string::String = core::iter::from_fn(|| timers.pop_due(now)).collect();
        assert_eq!((due.as_str(), timers.len()), ("abc", 1));
    }
}
