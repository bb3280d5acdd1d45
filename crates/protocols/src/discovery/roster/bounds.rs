//! How full a roster is.

use super::{PEERS_MAX, Roster};
use crate::parts::bounds::{Bound, Bounded};

impl Bounded for Roster {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        let (listed, all) = (self.listed as usize, self.entries.len());
        look(Bound::of_entries("roster.list", listed, PEERS_MAX));
        look(Bound::of_entries("roster.guests", all - listed, self.config.guests_max));
        look(Bound::of_entries("roster.elsewhere", self.elsewhere.len(), all));
        look(Bound::of_entries("roster.waiting", self.waiting.iter().count(), listed));
    }
}
