//! What a machine keeps because of what others send, and how much of it it may keep.
//!
//! A machine states its bounds in its config; here it says how full it is, so that a checker can hold it
//! to them.

/// One bounded collection, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Whose it is and what: `flood.seen`.
    pub name: &'static str,
    /// How many entries it holds.
    pub entries: usize,
    /// How many it may hold.
    pub entries_max: usize,
    /// How many bytes they count.
    pub bytes: usize,
    /// How many they may; [`usize::MAX`] where an entry has a fixed size.
    pub bytes_max: usize,
}

/// A machine that says how full it is.
pub trait Bounded {
    /// Shows each of its bounded collections. Takes time in proportion to the entries of those that
    /// have a bound in bytes: they may be counted anew.
    fn bounds(&self, look: &mut dyn FnMut(Bound));
}

impl Bound {
    /// Of a collection whose entries have a fixed size.
    pub fn of_entries(name: &'static str, entries: usize, entries_max: usize) -> Bound {
        Bound { name, entries, entries_max, bytes: 0, bytes_max: usize::MAX }
    }

    /// The same collection, which holds so many bytes of so many.
    pub fn with_bytes(self, bytes: usize, bytes_max: usize) -> Bound {
        Bound { bytes, bytes_max, ..self }
    }

    /// Whether it holds.
    ///
    /// ```
    /// use rumormill_protocols::parts::bounds::Bound;
    /// let recent = Bound::of_entries("flood.recent", 3, 4);
    /// assert!(recent.with_bytes(100, 100).holds());
    /// assert!(!recent.with_bytes(101, 100).holds());
    /// ```
    pub fn holds(&self) -> bool {
        self.entries <= self.entries_max && self.bytes <= self.bytes_max
    }
}
