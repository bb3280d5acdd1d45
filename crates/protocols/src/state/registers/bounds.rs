//! How full the registers of a node are.

use super::exchange::OPEN_MAX;
use super::{DENIED_MAX, OWN_KEYS_MAX, Registers};
use crate::parts::bounds::{Bound, Bounded};

impl Bounded for Registers {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        self.table_bounds(look);
        look(Bound::of_entries("registers.keys", self.own.len(), OWN_KEYS_MAX));
        look(Bound::of_entries("registers.denied", self.denied.len(), DENIED_MAX));
        look(Bound::of_entries("registers.exchanges", self.exchanges.open_len(), OPEN_MAX));
    }
}

impl Registers {
    fn table_bounds(&self, look: &mut dyn FnMut(Bound)) {
        let (table, limits) = (&self.table, self.config.table_limits());
        look(
            Bound::of_entries("registers.others", table.len(), limits.entries)
                .with_bytes(table.bytes(), limits.bytes),
        );
        let ours = table.ours();
        let bytes = ours.values().map(|entry| entry.rumor.payload.len()).sum();
        look(
            Bound::of_entries("registers.ours", ours.len(), OWN_KEYS_MAX)
                .with_bytes(bytes, self.config.own_bytes_max),
        );
        // An origin is known as long as one of its registers is; we are one too.
        let (origins, deadlines) = (table.origins.len(), table.deadlines_len());
        look(Bound::of_entries("registers.origins", origins, limits.entries + 1));
        look(Bound::of_entries("registers.deadlines", deadlines, limits.entries + OWN_KEYS_MAX));
    }
}
