//! A column a message: which nodes have it.
//!
//! A bit a node. A column is dropped once its window is over, counted from its first bit; and before, the
//! oldest first, if all together come to more than a gibibyte.

use hashbrown::HashMap;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Duration, Time};
use rumormill_protocols::RumorId;
use std::collections::VecDeque;

/// The most bytes of all columns.
const BYTES_MAX: usize = 1 << 30;

#[derive(Debug)]
pub(super) struct Columns {
    window: Duration,
    nodes: usize,
    /// The oldest first.
    columns: VecDeque<Column>,
    /// The number of the first; they are numbered as they come.
    first: u64,
    numbers: HashMap<RumorId, u64, HashSeed>,
    bytes_max: usize,
}

#[derive(Debug)]
struct Column {
    id: RumorId,
    since: Time,
    bits: Vec<u64>,
}

impl Columns {
    pub fn new(nodes: usize, window: Duration, seed: HashSeed) -> Columns {
        let (columns, numbers) = (VecDeque::new(), HashMap::with_hasher(seed));
        Columns { window, nodes, columns, first: 0, numbers, bytes_max: BYTES_MAX }
    }

    /// A node has the message; says whether it had it already, within the window.
    pub fn mark(&mut self, id: RumorId, node: usize, now: Time) -> bool {
        self.expire(now);
        if node >= self.nodes {
            self.nodes = node + 1;
        }
        let number = match self.numbers.get(&id) {
            Some(number) => *number,
            None => self.open(id, now),
        };
        let bits = &mut self.columns[(number - self.first) as usize].bits;
        let (word, bit) = (node / 64, 1 << (node % 64));
        if word >= bits.len() {
            bits.resize(word + 1, 0);
        }
        let had = bits[word] & bit != 0;
        bits[word] |= bit;
        had
    }

    /// A node has the message no more, and may get it again.
    pub fn unmark(&mut self, id: RumorId, node: usize) {
        let number = self.numbers.get(&id).copied();
        let column = number.and_then(|number| self.columns.get_mut((number - self.first) as usize));
        column.into_iter().for_each(|column| column.unmark(node));
    }

    /// A node has nothing any more.
    pub fn forget(&mut self, node: usize) {
        self.columns.iter_mut().for_each(|column| column.unmark(node));
    }

    fn open(&mut self, id: RumorId, now: Time) -> u64 {
        let words = self.nodes.div_ceil(64);
        while !self.columns.is_empty() && (self.columns.len() + 1) * words * 8 > self.bytes_max {
            self.drop_first();
        }
        let number = self.first + self.columns.len() as u64;
        self.columns.push_back(Column { id, since: now, bits: vec![0; words] });
        self.numbers.insert(id, number);
        number
    }

    fn expire(&mut self, now: Time) {
        let window = self.window;
        let is_over = |column: &Column| now.since(column.since) >= window;
        while self.columns.front().is_some_and(is_over) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some(column) = self.columns.pop_front() {
            self.numbers.remove(&column.id);
            self.first += 1;
        }
    }
}

impl Column {
    fn unmark(&mut self, node: usize) {
        if let Some(word) = self.bits.get_mut(node / 64) {
            *word &= !(1 << (node % 64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn columns(window_secs: u64) -> Columns {
        Columns::new(3, Duration::from_secs(window_secs), HashSeed::default())
    }

    fn at(secs: u64) -> Time {
        Time::ZERO + Duration::from_secs(secs)
    }

    #[test]
    fn a_column_ends_with_its_window() {
        let mut columns = columns(10);
        assert!(!columns.mark(RumorId([0, 1]), 70, at(0)));
        assert!(columns.mark(RumorId([0, 1]), 70, at(9)));
        assert!(!columns.mark(RumorId([0, 1]), 70, at(10)));
        assert_eq!((columns.columns.len(), columns.numbers.len()), (1, 1));
    }

    #[test]
    fn the_oldest_gives_way_when_there_is_no_room() {
        let mut columns = Columns { bytes_max: 16, ..columns(10) };
        (0..5).for_each(|id| assert!(!columns.mark(RumorId([0, id]), 0, at(0))));
        assert_eq!(columns.columns.len(), 2);
        assert!(columns.mark(RumorId([0, 4]), 0, at(1)));
        assert!(!columns.mark(RumorId([0, 0]), 0, at(1)), "it was forgotten");
    }

    proptest! {
        /// Never a second time that was none; and none is missed while its window is open.
        #[test]
        fn it_knows_what_a_list_of_all_would(
            steps in prop::collection::vec((0u64..4, 0usize..130, 0u64..3, 0u8..8), 0..200),
        ) {
            let (mut columns, mut now) = (columns(20), 0);
            let mut opened: BTreeMap<u64, u64> = BTreeMap::new();
            let mut has: BTreeMap<(u64, usize), ()> = BTreeMap::new();
            for (id, node, passes, what) in steps {
                now += passes;
                match what {
                    0 => {
                        columns.forget(node);
                        has.retain(|(_, other), ()| *other != node);
                    }
                    1 => {
                        columns.unmark(RumorId([0, id]), node);
                        has.remove(&(id, node));
                    }
                    _ => {
                        if opened.get(&id).is_none_or(|since| now - since >= 20) {
                            opened.insert(id, now);
                            has.retain(|(other, _), ()| *other != id);
                        }
                        let had = has.insert((id, node), ()).is_some();
                        prop_assert_eq!(columns.mark(RumorId([0, id]), node, at(now)), had);
                    }
                }
            }
        }
    }
}
