//! Entries of some nodes in one window.

use super::Entry;

/// Entries as they came, each at its place until it is taken. They lie in blocks, so that it never moves
/// them to grow, and what it has room for and doesn't need is less than a block.
#[derive(Debug)]
pub(super) struct Bucket<E> {
    blocks: Vec<Block<E>>,
}

/// Some entries in a row.
type Block<E> = Vec<Option<Entry<E>>>;

/// A place is the number of a block, and so many bits of a place in it.
const BLOCK_LOG: usize = 6;

/// A block has as many entries as fit in 4 KiB, which every allocator has at hand.
const fn len<E>() -> usize {
    let fit = 4096 / size_of::<Option<Entry<E>>>();
    if fit < 1 << BLOCK_LOG { fit } else { 1 << BLOCK_LOG }
}

/// Empty blocks, for the next bucket: the one that was used last is still in the processor's cache.
#[derive(Debug)]
pub(super) struct Spare<E>(Vec<Block<E>>);

impl<E> Default for Spare<E> {
    fn default() -> Self {
        Spare(Vec::new())
    }
}

impl<E> Default for Bucket<E> {
    fn default() -> Self {
        Bucket { blocks: Vec::new() }
    }
}

impl<E> Bucket<E> {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    #[inline]
    pub fn push(&mut self, entry: Entry<E>, spare: &mut Spare<E>) {
        match self.blocks.last_mut() {
            Some(block) if block.len() < const { len::<E>() } => block.push(Some(entry)),
            _ => self.push_block(entry, spare),
        }
    }

    fn push_block(&mut self, entry: Entry<E>, spare: &mut Spare<E>) {
        // The first one grows as it is needed: most buckets of a small network hold little.
        let room = if self.blocks.is_empty() { 0 } else { len::<E>() };
        let mut block = spare.0.pop().unwrap_or_else(|| Vec::with_capacity(room));
        block.push(Some(entry));
        self.blocks.push(block);
    }

    #[inline]
    pub fn get(&self, place: usize) -> Option<&Entry<E>> {
        self.blocks[place >> BLOCK_LOG][place % (1 << BLOCK_LOG)].as_ref()
    }

    #[inline]
    pub fn get_mut(&mut self, place: usize) -> &mut Option<Entry<E>> {
        &mut self.blocks[place >> BLOCK_LOG][place % (1 << BLOCK_LOG)]
    }

    /// All entries that are there, and their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Entry<E>)> + '_ {
        let blocks = self.blocks.iter().enumerate();
        let all = blocks.flat_map(|(at, block)| (at << BLOCK_LOG..).zip(block));
        all.filter_map(|(place, entry)| Some((place, entry.as_ref()?)))
    }

    /// Empties it.
    pub fn clear(&mut self, spare: &mut Spare<E>) {
        self.blocks.iter_mut().for_each(Vec::clear);
        spare.0.append(&mut self.blocks);
    }
}
