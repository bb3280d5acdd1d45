//! What is remembered of one message at one node, in 32 bits: there may be a billion of them.

use crate::lens::Onward;

/// A message and a node. All bits zero: the node has not heard of it.
///
/// ```text
///   31           16 15   14       10 9    8 7        0
///   ▏ copies       ▏lost▏           ▏onward▏ hops + 1 ▏
/// ```
///
/// Each count stays at its largest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(super) struct Pair(u32);

/// The most hops that are told apart.
pub(super) const HOPS_MAX: u32 = 254;

/// A few of the bits.
#[derive(Clone, Copy)]
struct Field {
    shift: u32,
    max: u32,
}

const HOPS: Field = Field { shift: 0, max: 0xff };
const ONWARD: Field = Field { shift: 8, max: 0b11 };
const LOST: Field = Field { shift: 15, max: 1 };
const COPIES: Field = Field { shift: 16, max: 0xffff };

impl Pair {
    fn get(self, field: Field) -> u32 {
        self.0 >> field.shift & field.max
    }

    fn set(&mut self, field: Field, value: u32) {
        self.0 = self.0 & !(field.max << field.shift) | value.min(field.max) << field.shift;
    }

    /// What the publisher has of its own message.
    pub fn published() -> Pair {
        let mut pair = Pair::default();
        pair.set_onward(Onward::Told);
        pair.set(HOPS, 1);
        pair
    }

    /// Over how many hops it came, if the node has it.
    pub fn hops(self) -> Option<u32> {
        self.get(HOPS).checked_sub(1)
    }

    pub fn is_delivered(self) -> bool {
        self.get(HOPS) > 0
    }

    /// The node has it from now on; says whether that is new.
    pub fn deliver(&mut self, hops: u32) -> bool {
        let is_new = !self.is_delivered();
        if is_new {
            self.set(HOPS, hops.min(HOPS_MAX) + 1);
        }
        is_new
    }

    /// The node has something newer, and needs it no more; says whether it did.
    pub fn supersede(&mut self, hops: u32) -> bool {
        let needed = self.deliver(hops);
        if needed {
            self.set_onward(Onward::Kept);
        }
        needed
    }

    /// What the node does with the copy that it took, or else with the last one that came.
    pub fn onward(self) -> Onward {
        match self.get(ONWARD) {
            0 => Onward::Kept,
            1 => Onward::Told,
            _ => Onward::LastHop,
        }
    }

    pub fn set_onward(&mut self, onward: Onward) {
        let bits = match onward {
            Onward::Kept => 0,
            Onward::Told => 1,
            Onward::LastHop => 2,
        };
        self.set(ONWARD, bits);
    }

    /// A copy has come.
    pub fn received(&mut self, onward: Onward) {
        self.set(COPIES, self.get(COPIES) + 1);
        if !self.is_delivered() {
            self.set_onward(onward);
        }
    }

    /// A copy on its way there was lost.
    pub fn lost(&mut self) {
        self.set(LOST, 1);
    }

    /// How many copies have come.
    pub fn copies(self) -> u32 {
        self.get(COPIES)
    }

    /// Whether a copy was lost on its way there.
    pub fn has_lost(self) -> bool {
        self.get(LOST) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_at_their_largest_and_touch_nothing_else() {
        let mut pair = Pair::default();
        (0..100_000).for_each(|_| pair.received(Onward::LastHop));
        assert_eq!((pair.copies(), pair.onward(), pair.hops()), (65_535, Onward::LastHop, None));
        assert!(!pair.has_lost());
        assert!(pair.deliver(300) && !pair.deliver(1));
        (0..31).for_each(|_| pair.lost());
        assert_eq!((pair.copies(), pair.hops()), (65_535, Some(HOPS_MAX)));
        assert!(pair.has_lost());
    }

    #[test]
    fn what_came_after_the_first_copy_changes_nothing_about_it() {
        let mut pair = Pair::default();
        pair.received(Onward::LastHop);
        pair.deliver(3);
        pair.received(Onward::Told);
        assert_eq!((pair.copies(), pair.onward(), pair.hops()), (2, Onward::LastHop, Some(3)));
    }
}
