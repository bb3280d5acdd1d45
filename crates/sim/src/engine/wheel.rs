//! What is due, in an order that doesn't depend on who asked first.
//!
//! Time is cut into windows, none longer than the least that anything takes from one node to another. So
//! whatever nodes do in a window, they do to each other in later ones: in a window they don't need each
//! other, and each may do all that it has to before the next one begins. That is the order here: window
//! by window, and in a window node by node. A node's memory is fetched once for all that it has to do, in
//! the order in which it lies there; a large network spends most of its time waiting for memory. The idea
//! is that of conservative parallel simulation (Chandy and Misra 1979; lookahead).
//!
//! The windows are the slots of a hierarchical timing wheel (Varghese and Lauck 1987). A level is a ring
//! of 4,096 slots, the present one first; a slot of a level is as long as the whole ring below. An entry
//! waits on the lowest level that reaches so far, and comes down when its slot is entered. Only what is
//! due for a few nodes is ever sorted, so an event costs the same however many wait.
//!
//! ```text
//!   level 1 …   ▏ 4,096 × 34 s    ▏  ─┐ a slot is entered: its entries go down
//!   level 0     ▏ 4,096 windows   ▏  ◄┘─┐
//!   the window that is due: buckets of nodes  ◄┘─┐
//!   the bucket that is due, sorted             ◄─┘  and what is asked for within it meanwhile, in a heap
//! ```

mod bucket;
mod due;
mod level;
mod window;

use bucket::Spare;
use due::Due;
use level::{Level, SLOTS, SLOTS_LOG};
use rumormill_core::{Duration, Time};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use window::{BUCKET_LOG, Window};

/// The place of an event in its window. The fields are in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub target: u32,
    pub time: Time,
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

/// Events by window, then by [`Key`].
#[derive(Debug)]
pub(crate) struct Wheel<E> {
    /// How long a window is, in nanoseconds, as a power of two.
    log: u32,
    near: Level<Window<E>>,
    levels: [Level<Vec<Entry<E>>>; LEVELS],
    /// What is due beyond all levels: in years.
    far: Vec<Entry<E>>,
    /// The number of the present window.
    slot: u64,
    /// Until when of the present window all is due.
    end: Time,
    /// What of the present window is due, but for the nodes whose turn it is.
    open: Window<E>,
    /// What of the present window is due after `end`, or was asked for when all else was done.
    rest: Window<E>,
    /// What is due for the nodes whose turn it is.
    due: Due<E>,
    /// What was asked for meanwhile, by one of them for itself.
    late: BinaryHeap<Reverse<Entry<E>>>,
    spare: Spare<E>,
}

#[derive(Debug)]
pub(crate) struct Entry<E> {
    key: Key,
    event: E,
}

/// The levels above the windows.
const LEVELS: usize = 3;

/// A window is 2⁹ to 2²³ ns, that is half a microsecond to 8.4 ms: the shortest is below whatever
/// anything takes, the longest has enough to do for each node of a busy network.
const LOG_MIN: u32 = 9;
const LOG_MAX: u32 = 23;

/// The longest window: observers are shown different nodes that far apart.
pub(crate) const WINDOW_MAX: Duration = Duration::from_nanos(1 << LOG_MAX);

impl<E> Wheel<E> {
    /// Windows are not longer than that, unless it is below a microsecond.
    pub fn new(window: Duration) -> Wheel<E> {
        let nanos = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        Wheel {
            log: nanos.max(1).ilog2().clamp(LOG_MIN, LOG_MAX),
            near: Level::default(),
            levels: std::array::from_fn(|_| Level::default()),
            far: Vec::new(),
            slot: 0,
            end: Time::ZERO,
            open: Window::default(),
            rest: Window::default(),
            due: Due::default(),
            late: BinaryHeap::new(),
            spare: Spare::default(),
        }
    }

    #[inline]
    pub fn push(&mut self, key: Key, event: E) {
        let entry = Entry { key, event };
        if self.slot_of(key.time) > self.slot {
            self.place(entry);
        } else if key.time > self.end || self.is_idle() {
            self.rest.push(entry, &mut self.spare);
        } else {
            self.late.push(Reverse(entry));
        }
    }

    /// Opens the next window, or what is left of the present one, if anything is due by `until`: that,
    /// and no more, is what its turns come to.
    pub fn next_window(&mut self, until: Time) -> bool {
        if !self.is_idle() || !self.open.is_empty() {
            return true;
        }
        while self.rest.is_empty() {
            match self.next_slot().filter(|next| *next <= self.slot_of(until)) {
                Some(slot) => self.turn(slot),
                None => return false,
            }
        }
        self.end = until;
        let is_due = self.rest.first() <= until;
        if is_due {
            std::mem::swap(&mut self.open, &mut self.rest);
        }
        is_due
    }

    /// When the window that is open is over, or as much of it as is due.
    pub fn window_end(&self) -> Time {
        Time::from_nanos(self.slot << self.log | ((1 << self.log) - 1)).min(self.end)
    }

    /// Whose turn is next in the window, and what time it is then.
    #[inline]
    pub fn next(&mut self) -> Option<(Time, u32)> {
        while self.is_idle() {
            let (log, in_window) = (self.log, (1 << self.log) - 1);
            let when = |key: &Key| {
                let node = u64::from(key.target) & ((1 << BUCKET_LOG) - 1);
                node << log | key.time.as_nanos() & in_window
            };
            let to = (&mut self.rest, &mut self.spare);
            if !self.due.refill((&mut self.open, self.end), to, when) {
                return None;
            }
        }
        self.first().map(|key| (key.time, key.target))
    }

    /// Takes the next one if it is of that batch: one node's, one time's.
    #[inline]
    pub fn pop_of(&mut self, batch: (Time, u32)) -> Option<(Key, E)> {
        let is_of_it = |key: &Key| (key.time, key.target) == batch;
        let entry = match self.late.is_empty() {
            true => self.due.pop_if(is_of_it),
            false => self.pop_late_or_due(is_of_it),
        };
        entry.map(|entry| (entry.key, entry.event))
    }

    fn pop_late_or_due(&mut self, may: impl Fn(&Key) -> bool) -> Option<Entry<E>> {
        let late = self.late.peek().map(|Reverse(entry)| entry.key);
        let is_late = late.is_some() && self.due.first().is_none_or(|due| Some(due) > late);
        match is_late {
            true => late.filter(may).and_then(|_| self.late.pop()).map(|Reverse(entry)| entry),
            false => self.due.pop_if(may),
        }
    }

    /// What probably follows, and for whom.
    pub fn coming(&self) -> impl Iterator<Item = (u32, &E)> + '_ {
        let entries = self.due.iter().chain(self.open.next_bucket());
        entries.map(|entry| (entry.key.target, &entry.event))
    }

    /// All there is, and for whom, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &E)> + '_ {
        let windows = self.near.iter().chain([&self.open, &self.rest]).flat_map(Window::iter);
        let above = self.levels.iter().flat_map(Level::iter).flatten().chain(&self.far);
        let now = self.due.iter().chain(self.late.iter().map(|Reverse(entry)| entry));
        windows.chain(above).chain(now).map(|entry| (entry.key.target, &entry.event))
    }

    /// Whether nobody has a turn.
    fn is_idle(&self) -> bool {
        self.due.is_empty() && self.late.is_empty()
    }

    fn first(&self) -> Option<Key> {
        let late = self.late.peek().map(|Reverse(entry)| entry.key);
        match (self.due.first(), late) {
            (Some(due), Some(late)) => Some(due.min(late)),
            (due, late) => due.or(late),
        }
    }

    fn slot_of(&self, time: Time) -> u64 {
        time.as_nanos() >> self.log
    }

    /// Puts an entry of a later window, or of one that is entered, where it waits.
    #[inline]
    fn place(&mut self, entry: Entry<E>) {
        let slot = self.slot_of(entry.key.time);
        if slot - self.slot < SLOTS as u64 {
            return self.near.slot_mut(slot as usize % SLOTS).push(entry, &mut self.spare);
        }
        self.place_above(slot, entry);
    }

    fn place_above(&mut self, slot: u64, entry: Entry<E>) {
        for (level, ring) in (1..).zip(&mut self.levels) {
            let place = slot >> shift(level);
            if place - (self.slot >> shift(level)) < SLOTS as u64 {
                return ring.slot_mut(place as usize % SLOTS).push(entry);
            }
        }
        self.far.push(entry);
    }

    /// The next slot that holds anything, on whatever level: of those above, where it begins.
    fn next_slot(&self) -> Option<u64> {
        let near = next_on(&self.near, self.slot, 0);
        let above = (1..).zip(&self.levels).filter_map(|(at, level)| next_on(level, self.slot, at));
        let far = self.far.iter().map(|entry| self.slot_of(entry.key.time)).min();
        near.into_iter().chain(above).chain(far).min()
    }

    /// Turns to that slot: what it holds is what is left to do in the present window.
    fn turn(&mut self, slot: u64) {
        self.slot = slot;
        self.bring_far();
        (0..LEVELS).rev().for_each(|level| self.bring_down(level));
        self.near.swap(slot as usize % SLOTS, &mut self.rest);
    }

    /// What is in the present slot of a level above goes down.
    fn bring_down(&mut self, level: usize) {
        let here = (self.slot >> shift(level as u32 + 1)) as usize % SLOTS;
        let mut entries = Vec::new();
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

/// Where the next slot of a level that holds anything begins, after that one.
fn next_on<S: Default>(ring: &Level<S>, slot: u64, level: u32) -> Option<u64> {
    let here = slot >> shift(level);
    let ahead = ring.next_after(here as usize % SLOTS)?;
    Some((here + ahead as u64) << shift(level))
}

/// By how many bits a slot's number on a level is shorter than on the lowest.
fn shift(level: u32) -> u32 {
    SLOTS_LOG * level
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
