//! Room for connections: so many at once, and so many of them for one source.
//!
//! Without the second bound a single host could hold all places by doing nothing, and keep out everybody
//! else. Programs of the node's own host are not bounded so: they share one address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All places.
pub(super) struct Places {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_source: BTreeMap<IpAddr, usize>,
}

/// One that is taken until this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    source: IpAddr,
}

impl Places {
    /// So many of them.
    pub fn new(most: usize) -> Arc<Places> {
        Arc::new(Places { most, taken: Mutex::default() })
    }

    /// A place for a connection from there, if there is one.
    pub fn take(self: &Arc<Self>, from: IpAddr) -> Option<Place> {
        let (source, most) = (source(from), self.most_of(from));
        let mut taken = self.taken();
        let of_it = taken.by_source.get(&source).copied().unwrap_or(0);
        if taken.all >= self.most || of_it >= most {
            return None;
        }
        taken.all += 1;
        taken.by_source.insert(source, of_it + 1);
        Some(Place { places: self.clone(), source })
    }

    fn most_of(&self, from: IpAddr) -> usize {
        if from.to_canonical().is_loopback() { self.most } else { self.most.div_ceil(4) }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has one IPv6 address has the 2⁶⁴ of its network.
fn source(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all = taken.all.saturating_sub(1);
        match taken.by_source.get_mut(&self.source) {
            Some(of_it) if *of_it > 1 => *of_it -= 1,
            _ => drop(taken.by_source.remove(&self.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(places: &Arc<Places>, from: &str, count: usize) -> Vec<Place> {
        (0..count).filter_map(|_| places.take(from.parse().unwrap())).collect()
    }

    #[test]
    fn one_source_takes_a_quarter_and_leaves_the_rest_to_others() {
        let places = Places::new(8);
        let greedy = take(&places, "192.0.2.1", 8);
        assert_eq!(greedy.len(), 2);
        assert_eq!(take(&places, "::ffff:192.0.2.1", 1).len(), 0, "the same, in other words");
        let network = take(&places, "2001:db8::1", 1);
        assert_eq!((network.len(), take(&places, "2001:db8::ffff:1", 8).len()), (1, 1));
        let local = take(&places, "127.0.0.1", 8);
        assert_eq!(local.len(), 5, "its own host has all that is left");
        assert_eq!(take(&places, "192.0.2.2", 1).len(), 0);
    }

    #[test]
    fn a_place_is_free_again_and_nothing_is_kept_of_who_had_it() {
        let places = Places::new(1);
        for source in ["192.0.2.1", "192.0.2.2", "::1"] {
            assert_eq!(take(&places, source, 3).len(), 1, "{source}");
        }
        assert!(places.taken().by_source.is_empty() && places.taken().all == 0);
    }
}
