//! How full the address book of a node is. Whom its configuration gave counts nowhere.

use super::book::Known;
use super::{PeerList, REFUSED_MAX};
use crate::parts::bounds::{Bound, Bounded};
use alloc::collections::BTreeMap;

impl Bounded for PeerList {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        let others = || self.known().filter(|known| !known.seed);
        let unverified = || others().filter(|known| !known.is_verified());
        let config = &self.config;
        look(Bound::of_entries("peer_list.known", others().count(), config.known_max));
        look(Bound::of_entries(
            "peer_list.unverified",
            unverified().count(),
            config.unverified_max,
        ));
        look(Bound::of_entries(
            "peer_list.unverified_of_a_source",
            of_one_source(unverified()),
            config.unverified_per_source_max,
        ));
        look(Bound::of_entries("peer_list.refused", self.refused.len(), REFUSED_MAX));
        let (indices, known) = (self.book.indices_len(), self.known().count());
        look(Bound::of_entries("peer_list.indices", indices, known));
    }
}

/// The most that any source told.
fn of_one_source<'a>(known: impl Iterator<Item = &'a Known>) -> usize {
    let mut told = BTreeMap::new();
    known.for_each(|known| *told.entry(known.source).or_insert(0) += 1);
    told.into_values().max().unwrap_or_default()
}
