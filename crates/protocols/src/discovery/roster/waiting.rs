//! Who is to be dialled, and when. Empty, and without memory, while everybody is up.

use alloc::collections::VecDeque;
use core::time::Duration;
use rumormill_core::{Fingerprint, Gone, Time};

/// Somebody who waits. An entry waits at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub due: Time,
    /// When it was put here.
    pub since: Time,
    /// Its place on the list.
    pub entry: u32,
    /// How it went last; nothing: it was not tried yet.
    pub gone: Option<Gone>,
}

/// By when they are due; among equals by when they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(VecDeque<Wait>);

impl Waiting {
    pub fn put(&mut self, wait: Wait) {
        let place = self.0.partition_point(|other| other.due <= wait.due);
        self.0.insert(place, wait);
    }

    /// Takes out the first who is due.
    pub fn take_due(&mut self, now: Time) -> Option<u32> {
        let first = self.0.front().filter(|wait| wait.due <= now)?.entry;
        self.0.pop_front();
        self.let_go();
        Some(first)
    }

    /// When the first is due.
    pub fn next(&self) -> Option<Time> {
        self.0.front().map(|wait| wait.due)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Wait> + '_ {
        self.0.iter()
    }

    fn find(&self, entry: u32) -> Option<Wait> {
        self.0.iter().find(|wait| wait.entry == entry).copied()
    }

    pub fn forget(&mut self, entry: u32) {
        self.0.retain(|wait| wait.entry != entry);
        self.let_go();
    }

    /// Makes one due now that has waited for so long; says whether it was there.
    pub fn hurry(&mut self, entry: u32, after: Duration, now: Time) -> bool {
        let Some(wait) = self.find(entry) else { return false };
        if wait.due <= now || now.since(wait.since) < after {
            return false;
        }
        self.0.retain(|wait| wait.entry != entry);
        self.put(Wait { due: now, ..wait });
        true
    }

    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.0.len() as u64);
        for wait in &self.0 {
            into.number(wait.due.as_nanos()).number(wait.since.as_nanos());
            into.number(wait.entry.into());
        }
    }

    fn let_go(&mut self) {
        if self.0.is_empty() {
            self.0 = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(entry: u32, due: u64) -> Wait {
        Wait { due: Time::from_nanos(due), since: Time::ZERO, entry, gone: None }
    }

    #[test]
    fn comes_out_by_time_and_then_in_order() {
        let mut waiting = Waiting::default();
        for (entry, due) in [(0, 5), (1, 3), (2, 5), (3, 9)] {
            waiting.put(wait(entry, due));
        }
        waiting.forget(3);
        let mut take = || waiting.take_due(Time::from_nanos(5));
        assert_eq!([take(), take(), take(), take()], [Some(1), Some(0), Some(2), None]);
        assert_eq!(waiting.0.capacity(), 0);
    }

    #[test]
    fn who_has_just_come_is_not_hurried() {
        let (mut waiting, after) = (Waiting::default(), Duration::from_nanos(10));
        waiting.put(wait(7, 100));
        assert!(!waiting.hurry(7, after, Time::from_nanos(9)));
        assert!(waiting.hurry(7, after, Time::from_nanos(10)));
        assert!(!waiting.hurry(7, after, Time::from_nanos(11)), "it is due already");
        assert_eq!(waiting.next(), Some(Time::from_nanos(10)));
    }
}
