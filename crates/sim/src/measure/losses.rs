//! What became of copies that did not come, as long as there is room to remember it.

use crate::model::Lost;
use hashbrown::HashMap;
use rumormill_core::Why;
use rumormill_core::bounded::HashSeed;

/// The most pairs of a message and a node whose losses are remembered, and the most whose refusals.
const RECORDS_MAX: usize = 1_000_000;

/// Reasons, each with how often it was one; there are few.
type Tally = Vec<(&'static str, u32)>;

/// The reasons by pair of a message's place and a node.
pub(super) struct Losses {
    /// How many pairs are remembered, of each sort.
    room: usize,
    /// Of copies on their way to the node.
    lost: HashMap<(u32, u32), Tally, HashSeed>,
    /// Of copies that the node could not send: to whom is not known.
    refused: HashMap<(u32, u32), Tally, HashSeed>,
}

impl Losses {
    pub fn new(seed: u64) -> Losses {
        Losses::with_room(RECORDS_MAX, seed)
    }

    pub(super) fn with_room(room: usize, seed: u64) -> Losses {
        let empty = || HashMap::with_hasher(HashSeed(seed));
        Losses { room, lost: empty(), refused: empty() }
    }

    pub fn lost(&mut self, (place, to): (usize, usize), why: Lost) {
        note(&mut self.lost, self.room, (place, to), why.label());
    }

    pub fn refused(&mut self, (place, from): (usize, usize), why: Why) {
        note(&mut self.refused, self.room, (place, from), why.label());
    }

    /// What most copies to a node were lost to.
    pub fn why_lost(&self, place: usize, to: usize) -> Option<(&'static str, u32)> {
        most(&self.lost, (place, to))
    }

    /// Why most of what a node could not send was refused.
    pub fn why_refused(&self, place: usize, from: usize) -> Option<(&'static str, u32)> {
        most(&self.refused, (place, from))
    }
}

type Records = HashMap<(u32, u32), Tally, HashSeed>;

fn key((place, node): (usize, usize)) -> (u32, u32) {
    (place as u32, node as u32)
}

fn note(records: &mut Records, room: usize, pair: (usize, usize), label: &'static str) {
    if records.len() >= room && !records.contains_key(&key(pair)) {
        return;
    }
    let tally = records.entry(key(pair)).or_default();
    match tally.iter_mut().find(|(known, _)| *known == label) {
        Some((_, times)) => *times += 1,
        None => tally.push((label, 1)),
    }
}

/// Of equally frequent ones, the first that was one.
fn most(records: &Records, pair: (usize, usize)) -> Option<(&'static str, u32)> {
    let tally = records.get(&key(pair))?;
    tally.iter().rev().max_by_key(|(_, times)| *times).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_reason_counts_and_of_equals_the_first() {
        let mut losses = Losses::new(0);
        assert_eq!(losses.why_lost(0, 1), None);
        losses.lost((0, 1), Lost::Deaf);
        losses.lost((0, 1), Lost::Loss);
        assert_eq!(losses.why_lost(0, 1), Some(("deaf", 1)));
        losses.lost((0, 1), Lost::Loss);
        assert_eq!((losses.why_lost(0, 1), losses.why_lost(1, 0)), (Some(("loss", 2)), None));
    }

    #[test]
    fn what_there_is_no_room_for_is_not_remembered() {
        let mut losses = Losses::with_room(10, 0);
        (0..11).for_each(|node| losses.refused((7, node), Why::Full));
        losses.refused((7, 3), Why::Full);
        assert_eq!(losses.why_refused(7, 3), Some(("full", 2)));
        assert_eq!(losses.why_refused(7, 10), None);
    }
}
