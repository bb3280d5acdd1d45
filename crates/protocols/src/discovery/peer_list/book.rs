//! The address book: whom we know and how that stands. A pure table.

use crate::parts::acquaintance::{Acquaintance, Footing};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rumormill_core::{Address, Gone, LinkId, Name, Peer, Target, Time};

/// How it stands with somebody we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Heard of; to be probed.
    New,
    /// A dial is under way.
    Dialing,
    /// Linked; `neighbour` if the other planes use it.
    Up {
        /// Its handle.
        peer: Peer,
        /// Its link.
        link: LinkId,
        /// Whether the other planes were told.
        neighbour: bool,
    },
    /// Reached before, and in reserve.
    Spare,
    /// Failed, and tried again then.
    Down {
        /// When.
        until: Time,
        /// How it went last.
        gone: Gone,
    },
}

/// Somebody we know.
#[derive(Clone, Debug)]
pub struct Known {
    /// How to dial it.
    pub target: Target,
    /// What it calls itself: known once it was reached.
    pub name: Option<Name>,
    /// Where it can be reached by others.
    pub address: Option<Address>,
    /// Given by configuration: never forgotten.
    pub seed: bool,
    /// Reached before, in this life or an earlier one.
    pub(super) reached: bool,
    /// How it stands.
    pub standing: Standing,
    /// Failures in a row.
    pub failures: u32,
    /// When it was last tried.
    pub tried_at: Time,
    /// In reserve, and not to be dialled before.
    pub(super) rests_until: Time,
    /// Who told us of it.
    pub(super) source: Peer,
    /// Whether it told us whom it knows.
    pub(super) asked: bool,
    /// Whether it was we who dialled its link.
    pub(super) dialled: bool,
}

impl Known {
    /// Whether it was ever reached.
    pub fn is_verified(&self) -> bool {
        self.reached
    }

    /// Whether it failed when it was last tried.
    pub fn is_down(&self) -> bool {
        matches!(self.standing, Standing::Down { .. })
    }

    /// Whether the other planes use it.
    pub fn is_neighbour(&self) -> bool {
        matches!(self.standing, Standing::Up { neighbour: true, .. })
    }

    /// As operators are shown it.
    pub fn acquaintance(&self) -> Acquaintance {
        let dialled = match &self.target {
            Target::Address(address) => Some(address),
            Target::Name(_) => None,
        };
        Acquaintance {
            name: self.name.clone(),
            address: self.address.as_ref().or(dialled).cloned(),
            footing: self.footing(),
            is_seed: self.seed,
            is_verified: self.is_verified(),
            failures: self.failures,
        }
    }

    fn footing(&self) -> Footing {
        match self.standing {
            Standing::New => Footing::Unverified,
            Standing::Dialing => Footing::Dialing,
            Standing::Up { neighbour: true, .. } => Footing::Neighbour,
            Standing::Up { .. } | Standing::Spare => Footing::Reserve,
            Standing::Down { until, gone } => Footing::Down { until, gone: Some(gone) },
        }
    }

    /// Whether others are told of it.
    pub(super) fn is_listed(&self) -> bool {
        self.is_verified() && matches!(self.standing, Standing::Up { .. } | Standing::Spare)
    }
}

/// How much the book holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    pub known: usize,
    pub unverified: usize,
    pub unverified_per_source: usize,
}

/// Whom we know, by a number that only rises.
#[derive(Clone, Debug)]
pub(super) struct Book {
    caps: Caps,
    known: BTreeMap<u32, Known>,
    targets: BTreeMap<Target, u32>,
    names: BTreeMap<Name, u32>,
    links: BTreeMap<LinkId, u32>,
    next: u32,
}

impl Book {
    pub fn new(caps: Caps) -> Book {
        let known = BTreeMap::new();
        let (targets, names, links) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Book { caps, known, targets, names, links, next: 1 }
    }

    pub fn get(&self, id: u32) -> Option<&Known> {
        self.known.get(&id)
    }

    pub fn get_mut(&mut self, id: u32) -> Option<&mut Known> {
        self.known.get_mut(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Known)> + '_ {
        self.known.iter().map(|(id, known)| (*id, known))
    }

    pub fn by_target(&self, target: &Target) -> Option<u32> {
        self.targets.get(target).copied()
    }

    pub fn by_name(&self, name: &Name) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The ids of all that `wanted` says, rising.
    pub fn ids_where(&self, wanted: impl Fn(&Known) -> bool) -> Vec<u32> {
        self.iter().filter(|(_, known)| wanted(known)).map(|(id, _)| id).collect()
    }

    pub fn neighbours(&self) -> usize {
        self.known.values().filter(|known| known.is_neighbour()).count()
    }

    /// The entries of the largest of the indices that lead to those known.
    pub fn indices_len(&self) -> usize {
        self.targets.len().max(self.names.len()).max(self.links.len())
    }

    /// Adds somebody, if there is room or can be made.
    pub fn add(&mut self, target: Target, source: Peer, seed: bool) -> Option<u32> {
        if let Some(id) = self.by_target(&target) {
            self.known.get_mut(&id)?.seed |= seed;
            return None;
        }
        if !seed && !self.has_room(source) {
            return None;
        }
        let id = self.next;
        self.next += 1;
        let address = match &target {
            Target::Address(address) => Some(address.clone()),
            Target::Name(_) => None,
        };
        self.targets.insert(target.clone(), id);
        let known = Known {
            target,
            name: None,
            address,
            seed,
            reached: false,
            standing: Standing::New,
            failures: 0,
            tried_at: Time::ZERO,
            rests_until: Time::ZERO,
            source,
            asked: false,
            dialled: false,
        };
        self.known.insert(id, known);
        Some(id)
    }

    /// Adds somebody who was reached in an earlier life, if there is room.
    pub fn add_reached(&mut self, target: Target) {
        if self.known.len() < self.caps.known
            && let Some(known) =
                self.add(target, Peer::STRANGER, true).and_then(|id| self.get_mut(id))
        {
            (known.seed, known.reached) = (false, true);
        }
    }

    pub fn remove(&mut self, id: u32) {
        let Some(known) = self.known.remove(&id) else { return };
        self.targets.remove(&known.target);
        if let Some(name) = known.name.filter(|name| self.names.get(name) == Some(&id)) {
            self.names.remove(&name);
        }
        self.links.retain(|_, owner| *owner != id);
    }

    /// It was reached, and is called so.
    pub fn name(&mut self, id: u32, name: Name, address: Option<Address>) {
        let Some(known) = self.known.get_mut(&id) else { return };
        if let Some(old) = known.name.replace(name.clone()).filter(|old| *old != name) {
            self.names.remove(&old);
        }
        known.reached = true;
        known.address = address.or(known.address.take());
        self.names.insert(name, id);
    }

    pub fn link(&mut self, id: u32, link: LinkId) {
        self.links.insert(link, id);
    }

    pub fn unlink(&mut self, link: LinkId) -> Option<u32> {
        self.links.remove(&link)
    }

    /// Makes room for one more unverified, told by `source`: a source that has fewer waiting than
    /// another takes the other's newest place; then the longest failing gives way.
    fn has_room(&mut self, source: Peer) -> bool {
        let waiting = self.ids_where(|known| !known.is_verified() && !known.seed);
        let of = |source: Peer| waiting.iter().filter(|id| self.known[id].source == source).count();
        let ours = of(source);
        if ours >= self.caps.unverified_per_source {
            return false;
        }
        if waiting.len() >= self.caps.unverified {
            let is_waiting = |id: &&u32| self.known[*id].standing == Standing::New;
            let mut newest_first = waiting.iter().rev().filter(is_waiting);
            let fuller = newest_first.find(|id| of(self.known[*id].source) > ours + 1);
            let Some(victim) = fuller.copied() else { return false };
            self.remove(victim);
        }
        self.known.len() < self.caps.known || self.drop_longest_failing()
    }

    fn drop_longest_failing(&mut self) -> bool {
        let failing = self.iter().filter(|(_, known)| known.is_down() && !known.seed);
        let Some((victim, _)) = failing.max_by_key(|(_, known)| known.failures) else {
            return false;
        };
        self.remove(victim);
        true
    }
}
