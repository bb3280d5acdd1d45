//! The published messages: for each, what every node has of it.

use super::pair::Pair;
use hashbrown::HashMap;
use rumormill_core::Time;
use rumormill_core::bounded::HashSeed;
use rumormill_protocols::{Rumor, RumorId, Subject};
use std::collections::BTreeMap;
use std::mem::size_of;
use std::sync::Arc;

/// The most memory that pairs may take: 4 GiB.
pub(super) const PAIRS_MAX: usize = (4 << 30) / size_of::<Pair>();

/// One message.
pub(super) struct Column {
    pub id: RumorId,
    pub publisher: usize,
    pub published: Time,
    /// Of a register, where the version before it is: who has this one needs that no more.
    pub older: Option<usize>,
    version: u64,
    /// By node.
    pub pairs: Vec<Pair>,
}

/// A register: whose, and its key.
type Register = (usize, Arc<str>);

pub(super) struct Board {
    nodes: usize,
    columns: Vec<Column>,
    /// By id; [`NOBODYS`] is none of ours.
    places: HashMap<RumorId, u32, HashSeed>,
    /// The latest version of each register.
    latest: BTreeMap<Register, usize>,
    /// What was looked up last.
    found: (RumorId, Option<usize>),
    /// Messages that there was no room for.
    pub unmeasured: u64,
}

/// The place of what nobody published, though it says so.
const NOBODYS: u32 = u32::MAX;

impl Board {
    pub fn new(nodes: usize, seed: u64) -> Board {
        Board {
            nodes,
            columns: Vec::new(),
            places: HashMap::with_hasher(HashSeed(seed)),
            latest: BTreeMap::new(),
            found: (RumorId([0, 0]), None),
            unmeasured: 0,
        }
    }

    /// The messages, in the order of their publication.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn column(&self, place: usize) -> &Column {
        &self.columns[place]
    }

    /// Where a message is, if it was published by one of ours.
    pub fn find(&mut self, id: RumorId) -> Option<usize> {
        if self.found.0 != id {
            self.found = (id, self.look_up(id));
        }
        self.found.1
    }

    /// The same, for once.
    pub fn look_up(&self, id: RumorId) -> Option<usize> {
        let place = self.places.get(&id).filter(|place| **place != NOBODYS);
        place.map(|place| *place as usize)
    }

    pub fn pair(&self, place: usize, node: usize) -> Pair {
        self.columns[place].pairs[node]
    }

    pub fn pair_mut(&mut self, place: usize, node: usize) -> &mut Pair {
        &mut self.columns[place].pairs[node]
    }

    /// Somebody made this up: its name is not to be taken for that of a message of ours.
    pub fn disown(&mut self, id: RumorId) {
        self.places.entry(id).or_insert(NOBODYS);
    }

    /// A node publishes; gives the message's place. Nothing happens, and there is none, if it was
    /// published before or there is no room.
    pub fn open(
        &mut self,
        id: RumorId,
        publisher: usize,
        now: Time,
        rumor: Option<&Rumor>,
    ) -> Option<usize> {
        if self.places.contains_key(&id) {
            return None;
        }
        let place = self.columns.len();
        if (place + 1).saturating_mul(self.nodes) > PAIRS_MAX {
            self.disown(id);
            self.unmeasured += 1;
            return None;
        }
        let (older, version) = self.follow(place, publisher, rumor);
        let mut pairs = vec![Pair::default(); self.nodes];
        pairs[publisher] = Pair::published();
        self.columns.push(Column { id, publisher, published: now, older, version, pairs });
        self.places.insert(id, place as u32);
        self.found = (id, Some(place));
        Some(place)
    }

    /// What a new version of a register follows, and the version. One that is not above the latest (its
    /// origin forgot what it had said) follows nothing.
    fn follow(
        &mut self,
        place: usize,
        publisher: usize,
        rumor: Option<&Rumor>,
    ) -> (Option<usize>, u64) {
        let Some(rumor) = rumor else { return (None, 0) };
        let Subject::Register(key) = &rumor.subject else { return (None, rumor.version) };
        let register = (publisher, key.clone());
        let latest = self.latest.get(&register).copied();
        if latest.is_some_and(|latest| self.columns[latest].version >= rumor.version) {
            return (None, rumor.version);
        }
        self.latest.insert(register, place);
        (latest, rumor.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::{Bytes, Name};
    use rumormill_protocols::Life;

    fn set(board: &mut Board, key: &str, (id, version): (u64, u64)) -> Option<usize> {
        let rumor = Rumor {
            id: RumorId([id, id]),
            origin: Name::Number(0),
            version,
            subject: Subject::register(key),
            payload: Bytes::new(),
            life: Life::Lasting,
        };
        let place = board.open(rumor.id, 0, Time::ZERO, Some(&rumor));
        place.and_then(|place| board.column(place).older)
    }

    #[test]
    fn a_version_follows_the_latest_of_its_key_if_it_is_above_it() {
        let mut board = Board::new(2, 0);
        assert_eq!(set(&mut board, "book", (1, 5)), None);
        assert_eq!(set(&mut board, "song", (2, 6)), None);
        assert_eq!(set(&mut board, "book", (3, 7)), Some(0));
        // It has forgotten what it said.
        assert_eq!(set(&mut board, "book", (4, 1)), None);
        assert_eq!(set(&mut board, "book", (5, 8)), Some(2));
        assert_eq!((board.columns().len(), board.find(RumorId([4, 4]))), (5, Some(3)));
    }

    #[test]
    fn what_is_disowned_is_never_opened() {
        let mut board = Board::new(2, 0);
        board.disown(RumorId([1, 1]));
        assert_eq!(board.find(RumorId([1, 1])), None);
        assert_eq!(board.open(RumorId([1, 1]), 0, Time::ZERO, None), None);
        assert_eq!(board.open(RumorId([2, 2]), 0, Time::ZERO, None), Some(0));
        assert_eq!((board.open(RumorId([2, 2]), 1, Time::ZERO, None), board.unmeasured), (None, 0));
    }
}
