//! One level of the wheel.

/// How many slots a level has, as a power of two: 4,096.
pub(super) const SLOTS_LOG: u32 = 12;
pub(super) const SLOTS: usize = 1 << SLOTS_LOG;
const WORDS: usize = SLOTS / 64;

/// Slots, and which of them hold anything.
#[derive(Debug)]
pub(super) struct Level<T> {
    slots: Vec<Vec<T>>,
    filled: [u64; WORDS],
    /// Emptied buffers, the last used first: it is still in the processor's cache.
    spare: Vec<Vec<T>>,
}

impl<T> Default for Level<T> {
    fn default() -> Self {
        Level { slots: Vec::new(), filled: [0; WORDS], spare: Vec::new() }
    }
}

impl<T> Level<T> {
    pub fn push(&mut self, slot: usize, entry: T) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Vec::new);
        }
        let into = &mut self.slots[slot];
        if into.is_empty() {
            self.filled[slot / 64] |= 1 << (slot % 64);
            if into.capacity() == 0 {
                *into = self.spare.pop().unwrap_or_default();
            }
        }
        into.push(entry);
    }

    /// How far after that slot, around the ring, the next one is that holds anything.
    pub fn next_after(&self, slot: usize) -> Option<usize> {
        let from = (slot + 1) % SLOTS;
        let (first, shift) = (from / 64, from % 64);
        let words = (0..=WORDS).map(|ahead| {
            let at = (first + ahead) % WORDS;
            let mask = match ahead {
                0 => u64::MAX << shift,
                WORDS => !(u64::MAX << shift),
                _ => u64::MAX,
            };
            (at, self.filled[at] & mask)
        });
        let (at, word) = words.into_iter().find(|(_, word)| *word != 0)?;
        let found = at * 64 + word.trailing_zeros() as usize;
        Some((found + SLOTS - slot) % SLOTS).filter(|ahead| *ahead > 0)
    }

    /// What the slots after that one hold.
    pub fn after(&self, slot: usize) -> impl Iterator<Item = &T> + '_ {
        let mut ahead = 0;
        let next = move || {
            let step = self.next_after((slot + ahead) % SLOTS)?;
            ahead += step;
            (ahead < SLOTS).then(|| &self.slots[(slot + ahead) % SLOTS])
        };
        std::iter::from_fn(next).flatten()
    }

    /// Takes what is in a slot, for an empty buffer.
    pub fn swap(&mut self, slot: usize, empty: &mut Vec<T>) {
        let word = &mut self.filled[slot / 64];
        if *word & 1 << (slot % 64) == 0 {
            return;
        }
        *word &= !(1 << (slot % 64));
        let taken = std::mem::take(&mut self.slots[slot]);
        let empty = std::mem::replace(empty, taken);
        if empty.capacity() > 0 && self.spare.len() < SLOTS {
            self.spare.push(empty);
        }
    }
}
