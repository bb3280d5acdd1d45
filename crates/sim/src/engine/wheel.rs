//! What is due, in an order that doesn't depend on who asked first.
//!
//! A hierarchical timing wheel (Varghese and Lauck 1987): time is cut into slots of 66 µs. A level is a
//! ring of 4,096 slots, the present one first; a slot of a level is as long as the whole ring below.
//! An entry waits on the lowest level that reaches so far, and comes down when its slot is entered.
//! Only the lowest slot that is due is sorted, so an event costs the same however many wait.
//!
//! ```text
//!   level 2   ▏ 4,096 × 18 min  ▏  ─┐ a slot is entered: its entries go down
//!   level 1   ▏ 4,096 × 268 ms  ▏  ◄┘─┐
//!   level 0   ▏ 4,096 × 66 µs   ▏  ◄──┘─┐
//!   the slot that is due, sorted        ◄┘  and what is asked for within it meanwhile, in a heap
//! ```

mod level;

use level::{Level, SLOTS, SLOTS_LOG};
use rumormill_core::Time;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The place of an event in the run. The fields are in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub time: Time,
    pub target: u32,
    pub source: Source,
    /// The source's own count, so that the key is unique.
    pub number: u64,
}

/// Who caused an event. Timers come after all arrivals of their time, whoever sent these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source(u32);

const TIMER: u32 = 1 << 31;

impl Source {
    /// Whoever stands outside comes after what nodes cause at the same time.
    pub const OUTSIDE: Source = Source(TIMER - 1);

    /// How many nodes can be told apart.
    pub const NODES_MAX: usize = (TIMER - 1) as usize;

    pub fn node(node: u32) -> Source {
        Source(node)
    }

    pub fn timer_of(node: u32) -> Source {
        Source(node | TIMER)
    }

    /// The node; of who stands outside, a number that no node has.
    pub const fn number(self) -> u32 {
        self.0 & !TIMER
    }
}

/// Events by [`Key`], the earliest first.
#[derive(Debug)]
pub(crate) struct Wheel<E> {
    levels: [Level<Entry<E>>; LEVELS],
    /// What is due in more than 52 days.
    far: Vec<Entry<E>>,
    /// The number of the slot that is due.
    slot: u64,
    /// What is due in it, the earliest last.
    due: Vec<Entry<E>>,
    /// What was asked for since, in it or before.
    late: BinaryHeap<Reverse<Entry<E>>>,
}

#[derive(Debug)]
pub(crate) struct Entry<E> {
    key: Key,
    event: E,
}

const LEVELS: usize = 3;

/// A slot of the lowest level is 2¹⁶ ns: short enough that what a large network has due in one fits the
/// processor's cache when it is sorted, long enough that a small one does not turn for each event.
const SLOT_NANOS_LOG: u32 = 16;

impl<E> Default for Wheel<E> {
    fn default() -> Self {
        let levels = std::array::from_fn(|_| Level::default());
        Wheel { levels, far: Vec::new(), slot: 0, due: Vec::new(), late: BinaryHeap::new() }
    }
}

fn slot_of(time: Time) -> u64 {
    time.as_nanos() >> SLOT_NANOS_LOG
}

impl<E> Wheel<E> {
    pub fn push(&mut self, key: Key, event: E) {
        let entry = Entry { key, event };
        if slot_of(key.time) <= self.slot {
            self.late.push(Reverse(entry));
        } else {
            self.place(entry);
        }
    }

    /// When and for whom the next one is, if it is due by `until`.
    pub fn next(&mut self, until: Time) -> Option<(Time, u32)> {
        while self.due.is_empty() && self.late.is_empty() {
            if !self.turn(slot_of(until)) {
                return None;
            }
        }
        let key = self.first()?;
        (key.time <= until).then_some((key.time, key.target))
    }

    /// Takes the next one if it is of that batch: one node's, one time's.
    pub fn pop_of(&mut self, batch: (Time, u32)) -> Option<(Key, E)> {
        let key = self.first().filter(|key| (key.time, key.target) == batch)?;
        let is_late = self.late.peek().is_some_and(|Reverse(entry)| entry.key == key);
        let entry = match is_late {
            true => self.late.pop().map(|Reverse(entry)| entry),
            false => self.due.pop(),
        };
        entry.map(|entry| (entry.key, entry.event))
    }

    /// What probably follows, and for whom: not in its exact order.
    pub fn coming(&self) -> impl Iterator<Item = (u32, &E)> + '_ {
        let next = self.levels[0].after(self.slot as usize % SLOTS);
        let entries = self.due.iter().rev().chain(next);
        entries.map(|entry| (entry.key.target, &entry.event))
    }

    fn first(&self) -> Option<Key> {
        let late = self.late.peek().map(|Reverse(entry)| entry.key);
        match (self.due.last().map(|entry| entry.key), late) {
            (Some(due), Some(late)) => Some(due.min(late)),
            (due, late) => due.or(late),
        }
    }

    /// Puts an entry of a later slot where it waits.
    fn place(&mut self, entry: Entry<E>) {
        let slot = slot_of(entry.key.time);
        for (level, ring) in self.levels.iter_mut().enumerate() {
            let place = slot >> shift(level);
            if place - (self.slot >> shift(level)) < SLOTS as u64 {
                return ring.push(place as usize % SLOTS, entry);
            }
        }
        self.far.push(entry);
    }

    /// Turns to the next slot that holds anything, on whatever level, no further than `last`; says
    /// whether there is one.
    fn turn(&mut self, last: u64) -> bool {
        let next = (0..LEVELS).filter_map(|level| self.next_on(level)).chain(self.next_far()).min();
        let Some(next) = next.filter(|next| *next <= last) else { return false };
        self.slot = next;
        self.bring_far();
        (1..LEVELS).rev().for_each(|level| self.bring_down(level));
        self.levels[0].swap(next as usize % SLOTS, &mut self.due);
        if self.due.len() > 1 {
            self.due.sort_unstable_by_key(|entry| Reverse(entry.key));
        }
        true
    }

    /// Where the next slot of a level that holds anything begins.
    fn next_on(&self, level: usize) -> Option<u64> {
        let here = self.slot >> shift(level);
        let ahead = self.levels[level].next_after(here as usize % SLOTS)?;
        Some((here + ahead as u64) << shift(level))
    }

    fn next_far(&self) -> Option<u64> {
        self.far.iter().map(|entry| slot_of(entry.key.time)).min()
    }

    /// What is in the present slot of a level goes down.
    fn bring_down(&mut self, level: usize) {
        let mut entries = Vec::new();
        let here = (self.slot >> shift(level)) as usize % SLOTS;
        self.levels[level].swap(here, &mut entries);
        entries.into_iter().for_each(|entry| self.place(entry));
    }

    /// What was far and is within reach now.
    fn bring_far(&mut self) {
        if !self.far.is_empty() {
            let far = std::mem::take(&mut self.far);
            far.into_iter().for_each(|entry| self.place(entry));
        }
    }
}

/// By how many bits a slot's number on a level is shorter than on the lowest.
fn shift(level: usize) -> u32 {
    SLOTS_LOG * level as u32
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
mod tests;
