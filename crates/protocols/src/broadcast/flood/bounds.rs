//! How full a flooding node is.

use super::{Flood, PUBLISHED_MAX, SENDERS_MAX, WAITING_MAX};
use crate::parts::bounds::{Bound, Bounded};

impl Bounded for Flood {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        let (recent, pending) = (self.config.recent_limits(), self.config.pending_limits());
        look(Bound::of_entries("flood.seen", self.seen.len(), self.config.seen_entries));
        look(
            Bound::of_entries("flood.recent", self.recent.len(), recent.entries)
                .with_bytes(self.recent.bytes(), recent.bytes),
        );
        let waiting = || self.pending.oldest_first().map(|(_, pending)| pending).chain(&self.fresh);
        let bytes = waiting().map(|pending| pending.rumor.kept_len()).sum();
        look(
            Bound::of_entries("flood.pending", self.pending.len(), pending.entries)
                .with_bytes(bytes, pending.bytes),
        );
        let senders = waiting().map(|pending| pending.others.len()).max().unwrap_or_default();
        look(Bound::of_entries("flood.senders", senders, SENDERS_MAX));
        look(Bound::of_entries("flood.waiting", self.waiting.len(), WAITING_MAX));
        look(Bound::of_entries("flood.published", self.published.len(), PUBLISHED_MAX));
    }
}
