//! Chains through the slots of a table: doubly linked lists without pointers.

/// No slot.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A slot's neighbours in one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Links {
    pub older: u32,
    pub newer: u32,
}

/// The ends of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub oldest: u32,
    pub newest: u32,
    pub len: u32,
}

impl Default for Links {
    fn default() -> Self {
        Links { older: NOWHERE, newer: NOWHERE }
    }
}

impl Default for Chain {
    fn default() -> Self {
        Chain { oldest: NOWHERE, newest: NOWHERE, len: 0 }
    }
}

impl Chain {
    /// Adds a slot as the newest. `links` says which of a slot's links are this chain's.
    pub fn append<S>(&mut self, slots: &mut [S], index: u32, links: fn(&mut S) -> &mut Links) {
        *links(&mut slots[index as usize]) = Links { older: self.newest, newer: NOWHERE };
        match slots.get_mut(self.newest as usize) {
            Some(newest) => links(newest).newer = index,
            None => self.oldest = index,
        }
        self.newest = index;
        self.len += 1;
    }

    /// Takes a slot of this chain out of it.
    pub fn unlink<S>(&mut self, slots: &mut [S], index: u32, links: fn(&mut S) -> &mut Links) {
        let Links { older, newer } = *links(&mut slots[index as usize]);
        match slots.get_mut(older as usize) {
            Some(older) => links(older).newer = newer,
            None => self.oldest = newer,
        }
        match slots.get_mut(newer as usize) {
            Some(newer) => links(newer).older = older,
            None => self.newest = older,
        }
        self.len -= 1;
    }

    /// The slots from the oldest to the newest.
    pub fn walk<F: Fn(u32) -> Links>(&self, links: F) -> Walk<F> {
        Walk { rest: *self, links }
    }
}

/// A walk along a chain, from both ends.
pub(super) struct Walk<F> {
    rest: Chain,
    links: F,
}

impl<F: Fn(u32) -> Links> Iterator for Walk<F> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.rest.len = self.rest.len.checked_sub(1)?;
        let index = self.rest.oldest;
        self.rest.oldest = (self.links)(index).newer;
        Some(index)
    }
}

impl<F: Fn(u32) -> Links> DoubleEndedIterator for Walk<F> {
    fn next_back(&mut self) -> Option<u32> {
        self.rest.len = self.rest.len.checked_sub(1)?;
        let index = self.rest.newest;
        self.rest.newest = (self.links)(index).older;
        Some(index)
    }
}
