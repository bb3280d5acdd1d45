//! What is under way and has a deadline.

use rumormill_core::Time;
use std::collections::BTreeMap;

/// Numbered things that all have the same time to be answered in, so the oldest is due first.
/// Whoever comes first takes the thing: a late, second or forged answer finds nothing.
#[derive(Debug)]
pub(super) struct Open<V> {
    things: BTreeMap<u64, (Time, V)>,
    bound: usize,
    next: u64,
}

impl<V> Open<V> {
    pub fn new(bound: usize) -> Self {
        Open { things: BTreeMap::new(), bound, next: 1 }
    }

    /// Puts a thing and gives its number; gives it back if there is no room. `due` never falls from
    /// one call to the next.
    pub fn put(&mut self, due: Time, thing: V) -> Result<u64, V> {
        if self.things.len() >= self.bound {
            return Err(thing);
        }
        let number = self.next;
        self.next += 1;
        self.things.insert(number, (due, thing));
        Ok(number)
    }

    pub fn take(&mut self, number: u64) -> Option<V> {
        self.things.remove(&number).map(|(_, thing)| thing)
    }

    pub fn take_where(&mut self, wanted: impl Fn(&V) -> bool) -> Vec<(u64, V)> {
        let taken = self.things.extract_if(.., |_, (_, thing)| wanted(thing));
        taken.map(|(number, (_, thing))| (number, thing)).collect()
    }

    pub fn take_due(&mut self, now: Time) -> Option<(u64, V)> {
        self.next_due().filter(|due| *due <= now)?;
        self.things.pop_first().map(|(number, (_, thing))| (number, thing))
    }

    pub fn next_due(&self) -> Option<Time> {
        self.things.first_key_value().map(|(_, (due, _))| *due)
    }

    pub fn len(&self) -> usize {
        self.things.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_taken_once_and_the_oldest_is_due_first() {
        let mut open = Open::new(2);
        let [first, second] = [5, 6].map(|nanos| open.put(Time::from_nanos(nanos), nanos).unwrap());
        assert_eq!(open.put(Time::from_nanos(7), 7), Err(7), "no room");
        assert_eq!(open.next_due(), Some(Time::from_nanos(5)));
        assert_eq!(open.take_due(Time::from_nanos(5)), Some((first, 5)));
        assert_eq!(open.take_due(Time::from_nanos(5)), None);
        assert_eq!((open.take(second), open.take(second)), (Some(6), None));
    }
}
