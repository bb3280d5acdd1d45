//! One level of the wheel.

/// How many slots a level has, as a power of two: 4,096.
pub(super) const SLOTS_LOG: u32 = 12;
pub(super) const SLOTS: usize = 1 << SLOTS_LOG;
/// As many as a word has bits.
const WORDS: usize = SLOTS / 64;
/// More of them are not kept for another use.
const SPARE_MAX: usize = 64;

/// Slots, and which of them hold anything.
#[derive(Debug)]
pub(super) struct Level<S> {
    slots: Vec<S>,
    filled: [u64; WORDS],
    /// Which words of `filled` are not zero.
    words: u64,
    /// What was emptied, the last used first: it is still in the processor's cache.
    spare: Vec<S>,
}

impl<S> Default for Level<S> {
    fn default() -> Self {
        Level { slots: Vec::new(), filled: [0; WORDS], words: 0, spare: Vec::new() }
    }
}

impl<S: Default> Level<S> {
    /// A slot, to put something in.
    #[inline]
    pub fn slot_mut(&mut self, slot: usize) -> &mut S {
        if self.filled[slot / 64] & 1 << (slot % 64) == 0 {
            self.begin(slot);
        }
        &mut self.slots[slot]
    }

    fn begin(&mut self, slot: usize) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, S::default);
        }
        self.filled[slot / 64] |= 1 << (slot % 64);
        self.words |= 1 << (slot / 64);
        if let Some(spare) = self.spare.pop() {
            self.slots[slot] = spare;
        }
    }

    /// What is in the slots: in those where nothing was put, what is empty.
    pub fn iter(&self) -> impl Iterator<Item = &S> + '_ {
        self.slots.iter()
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

    /// Takes what is in a slot, for what is empty; nothing if nothing was put there.
    pub fn swap(&mut self, slot: usize, empty: &mut S) {
        let word = &mut self.filled[slot / 64];
        if *word & 1 << (slot % 64) == 0 {
            return;
        }
        *word &= !(1 << (slot % 64));
        if *word == 0 {
            self.words &= !(1 << (slot / 64));
        }
        let taken = std::mem::take(&mut self.slots[slot]);
        let emptied = std::mem::replace(empty, taken);
        if self.spare.len() < SPARE_MAX {
            self.spare.push(emptied);
        }
    }
}
