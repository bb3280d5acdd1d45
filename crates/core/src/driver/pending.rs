//! Numbers for what is under way.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Numbers things that will be answered later: each number is used once, and whoever comes first
/// takes the thing. So a late, second or forged answer finds nothing.
#[derive(Clone, Debug)]
pub struct Pending<V> {
    open: BTreeMap<u64, V>,
    next: u64,
}

impl<V> Default for Pending<V> {
    fn default() -> Self {
        Pending { open: BTreeMap::new(), next: 1 }
    }
}

impl<V> Pending<V> {
    /// Puts a thing; gives its number.
    pub fn put(&mut self, thing: V) -> u64 {
        let number = self.next;
        self.next += 1;
        self.open.insert(number, thing);
        number
    }

    /// Takes the thing of that number.
    pub fn take(&mut self, number: u64) -> Option<V> {
        self.open.remove(&number)
    }

    /// The thing of that number.
    pub fn get(&self, number: u64) -> Option<&V> {
        self.open.get(&number)
    }

    /// Takes all that `wanted` says, in order of number.
    pub fn take_where(&mut self, wanted: impl Fn(&V) -> bool) -> Vec<(u64, V)> {
        self.open.extract_if(.., |_, thing| wanted(thing)).collect()
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
