//! One level of the wheel.

/// How many slots a level has, as a power of two: 4,096.
pub(super) const SLOTS_LOG: u32 = 12;
pub(super) const SLOTS: usize = 1 << SLOTS_LOG;
/// As many as a word has bits.
const WORDS: usize = SLOTS / 64;

/// Slots, and which of them hold anything.
#[derive(Debug)]
pub(super) struct Level<T> {
    slots: Vec<Vec<T>>,
    filled: [u64; WORDS],
    /// Which words of `filled` are not zero.
    words: u64,
    /// Emptied buffers, the last used first: it is still in the processor's cache.
    spare: Vec<Vec<T>>,
}

impl<T> Default for Level<T> {
    fn default() -> Self {
        Level { slots: Vec::new(), filled: [0; WORDS], words: 0, spare: Vec::new() }
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
            self.words |= 1 << (slot / 64);
            if into.capacity() == 0 {
                *into = self.spare.pop().unwrap_or_default();
            }
        }
        into.push(entry);
    }

    /// How far after that slot, around the ring, the next one is that holds anything.
    #[inline]
    pub fn next_after(&self, slot: usize) -> Option<usize> {
        let from = (slot + 1) % SLOTS;
        let at = from / 64;
        let here = self.filled[at] & (u64::MAX << (from % 64));
        let found = match here {
            0 => {
                // The words after that one, around the ring; that one, wholly, comes last.
                let others = self.words.rotate_right(at as u32 + 1);
                let ahead = (self.words != 0).then(|| others.trailing_zeros() as usize)?;
                let word = (at + 1 + ahead) % WORDS;
                word * 64 + self.filled[word].trailing_zeros() as usize
            }
            here => at * 64 + here.trailing_zeros() as usize,
        };
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
        if *word == 0 {
            self.words &= !(1 << (slot / 64));
        }
        let taken = std::mem::take(&mut self.slots[slot]);
        let empty = std::mem::replace(empty, taken);
        if empty.capacity() > 0 && self.spare.len() < SLOTS {
            self.spare.push(empty);
        }
    }
}
