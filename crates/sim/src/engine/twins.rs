//! Twins: several nodes with one identity. All have the same name, address and keys; each thinks that it
//! is the one.
//!
//! Who dials the identity reaches one of those that are up, always the same as long as these don't
//! change: as if each lived behind a router of its own that announces the address. Whom they dial
//! themselves can't tell them apart either: their links are links of one peer, and what is sent to it
//! goes over the newest.
//!
//! Source: Bano et al., *Twins: BFT Systems Made Robust* (2020): what a Byzantine node can do is mostly
//! what two correct ones with its identity do.

use super::draws;
use rumormill_core::Rng;
use std::collections::BTreeMap;

/// Who pretends to be whom.
#[derive(Debug, Default)]
pub(crate) struct Twins {
    /// By number of a twin: whose name and address it has.
    faces: BTreeMap<u32, u32>,
    /// By number of a node that has twins: which of them all are up, itself among them.
    up: BTreeMap<u32, Vec<u32>>,
}

impl Twins {
    /// A twin that is not up yet, of a node that is up, or is not.
    pub fn add(&mut self, twin: u32, of: u32, is_up: bool) {
        self.faces.insert(twin, of);
        self.up.entry(of).or_insert_with(|| is_up.then_some(of).into_iter().collect());
    }

    /// Whose name and address a node has.
    pub fn face(&self, node: u32) -> u32 {
        // Mostly there are none.
        if self.faces.is_empty() { node } else { self.faces.get(&node).copied().unwrap_or(node) }
    }

    /// A node came up, or went down.
    pub fn turn(&mut self, node: u32, is_up: bool) {
        let Some(up) = self.up.get_mut(&self.face(node)) else { return };
        up.retain(|other| *other != node);
        if is_up {
            up.push(node);
            up.sort_unstable();
        }
    }

    /// Which of those with that name and address a dialler reaches.
    pub fn reached(&self, face: u32, dialler: u32, seed: u64) -> u32 {
        let Some(up) = self.up.get(&face) else { return face };
        let mut rng = Rng::new(draws::key(seed, face, u64::from(dialler), *b"twin"), 0);
        rng.pick(up).copied().unwrap_or(face)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_dials_reaches_one_of_those_that_are_up() {
        let mut twins = Twins::default();
        assert_eq!((twins.face(3), twins.reached(3, 8, 1)), (3, 3));
        twins.add(20, 3, true);
        twins.turn(20, true);
        assert_eq!([3, 20, 4].map(|node| twins.face(node)), [3, 3, 4]);
        let reached =
            |twins: &Twins| (0..20).map(|from| twins.reached(3, from, 1)).collect::<Vec<_>>();
        let both = reached(&twins);
        assert_eq!(both, reached(&twins), "always the same one");
        assert!((5..15).contains(&both.iter().filter(|node| **node == 20).count()), "{both:?}");
        twins.turn(3, false);
        assert_eq!(reached(&twins), [20; 20]);
        twins.turn(20, false);
        assert_eq!(reached(&twins), [3; 20], "nobody is up, and its own place is dialled");
    }
}
