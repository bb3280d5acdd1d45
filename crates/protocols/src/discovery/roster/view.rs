//! What others are told of the list, and what operators are shown.

use super::Roster;
use super::entry::Entry;
use super::waiting::Wait;
use crate::parts::acquaintance::{Acquaintance, Footing};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rumormill_core::{Address, Target};

impl Roster {
    /// The list, then the guests.
    pub fn acquaintances(&self) -> impl Iterator<Item = Acquaintance> + '_ {
        let waits: BTreeMap<u32, Wait> = self.waiting.iter().map(|it| (it.entry, *it)).collect();
        let others = self.entries.iter().zip(0..).filter(|(entry, _)| !entry.is_ourselves());
        others.map(move |(entry, at)| self.acquaintance(entry, at, waits.get(&at)))
    }

    /// The addresses that others are told: on the list, and up.
    pub fn listed_addresses(&self) -> Vec<Address> {
        let up = (0..self.listed).filter(|at| self.entries[*at as usize].is_up());
        let mut listed: Vec<Address> = up.filter_map(|at| self.address_of(at)).collect();
        listed.sort_unstable();
        listed.dedup();
        listed
    }

    /// Where an entry is reached, if that is known.
    pub(super) fn address_of(&self, at: u32) -> Option<Address> {
        if let Ok(place) = self.elsewhere.binary_search_by_key(&at, |(entry, _)| *entry) {
            return Some(self.elsewhere[place].1.clone());
        }
        match self.entries[at as usize].target() {
            Target::Address(address) => Some(address),
            Target::Name(_) => None,
        }
    }

    fn acquaintance(&self, entry: &Entry, at: u32, wait: Option<&Wait>) -> Acquaintance {
        Acquaintance {
            name: entry.wanted().cloned(),
            address: self.address_of(at),
            footing: footing(entry, wait),
            is_seed: at < self.listed,
            is_verified: entry.is_reached(),
            failures: entry.failures.into(),
        }
    }
}

fn footing(entry: &Entry, wait: Option<&Wait>) -> Footing {
    if entry.is_up() {
        return Footing::Neighbour;
    }
    if entry.is_dialing() {
        return Footing::Dialing;
    }
    match wait {
        Some(wait) if wait.gone.is_some() => Footing::Down { until: wait.due, gone: wait.gone },
        _ => Footing::Unverified,
    }
}
