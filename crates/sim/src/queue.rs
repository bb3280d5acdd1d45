//! What is due, in an order that doesn't depend on who asked first.

use rumormill_core::Time;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The place of an event in the run. The fields are in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub time: Time,
    pub target: u32,
    /// Timers come after all arrivals of their time.
    pub is_timer: bool,
    pub source: u32,
    /// The source's own count, so that the key is unique.
    pub number: u64,
}

/// Events by [`Key`], the earliest first.
#[derive(Debug)]
pub(crate) struct Queue<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
}

#[derive(Debug)]
struct Entry<E> {
    key: Key,
    event: E,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Queue { heap: BinaryHeap::new() }
    }
}

impl<E> Queue<E> {
    pub fn push(&mut self, key: Key, event: E) {
        self.heap.push(Reverse(Entry { key, event }));
    }

    /// When and for whom the next one is.
    pub fn next(&self) -> Option<(Time, u32)> {
        self.heap.peek().map(|Reverse(entry)| (entry.key.time, entry.key.target))
    }

    /// Takes the next one if it is of that batch: one node's, one time's.
    pub fn pop_of(&mut self, batch: (Time, u32)) -> Option<(Key, E)> {
        self.next().filter(|next| *next == batch)?;
        self.heap.pop().map(|Reverse(entry)| (entry.key, entry.event))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<E> Eq for Entry<E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_key() -> impl Strategy<Value = Key> {
        (0u64..3, 0u32..3, any::<bool>(), 0u32..3, 0u64..1000).prop_map(
            |(time, target, is_timer, source, number)| Key {
                time: Time::from_nanos(time),
                target,
                is_timer,
                source,
                number,
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_of_pushes_is_forgotten(keys in prop::collection::vec(any_key(), 0..60)) {
            let drain = |keys: &mut dyn Iterator<Item = Key>| {
                let mut queue = Queue::default();
                keys.for_each(|key| queue.push(key, ()));
                let next = |queue: &mut Queue<()>| queue.next().and_then(|batch| queue.pop_of(batch));
                std::iter::from_fn(|| next(&mut queue)).map(|(key, ())| key).collect::<Vec<_>>()
            };
            let forwards = drain(&mut keys.iter().copied());
            prop_assert_eq!(&forwards, &drain(&mut keys.iter().rev().copied()));
            prop_assert!(forwards.is_sorted());
        }
    }

    #[test]
    fn a_batch_is_one_node_at_one_time_timers_last() {
        let key = |time, target, is_timer, source| {
            let time = Time::from_nanos(time);
            Key { time, target, is_timer, source, number: 1 }
        };
        let mut queue = Queue::default();
        for (event, key) in [
            ('t', key(5, 1, true, 0)),
            ('b', key(5, 1, false, 9)),
            ('a', key(5, 1, false, 2)),
            ('n', key(5, 2, false, 0)),
            ('l', key(6, 1, false, 0)),
        ] {
            queue.push(key, event);
        }
        let batch = queue.next().unwrap();
        let taken: String = std::iter::from_fn(|| queue.pop_of(batch)).map(|(_, e)| e).collect();
        assert_eq!(taken, "abt");
        assert_eq!(queue.next(), Some((Time::from_nanos(5), 2)));
    }
}
