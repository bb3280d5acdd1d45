//! What one node knows, in brief.
//!
//! Scuttlebutt's idea (van Renesse, Dumitriu, Gough, Thomas: *Efficient Reconciliation and Flow
//! Control for Anti-Entropy Protocols*, 2008): versions of one origin only rise, so one number for
//! each origin says what a node has of it.

use alloc::collections::BTreeMap;
use core::ops::Bound;
use rumormill_core::{Fingerprint, Name};

/// What a number of an origin costs on the wire in bytes, about.
pub const VERSION_LEN: usize = 26;

/// The origins that a digest speaks of: above `after`, up to and with `upto`; nothing is no bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The last origin before it.
    pub after: Option<Name>,
    /// The last one in it.
    pub upto: Option<Name>,
}

impl Range {
    /// All that come after that one.
    pub fn after(after: Option<Name>) -> Range {
        Range { after, upto: None }
    }

    /// Whether an origin is in it.
    pub fn contains(&self, origin: &Name) -> bool {
        self.after.as_ref().is_none_or(|after| origin > after)
            && self.upto.as_ref().is_none_or(|upto| origin <= upto)
    }

    /// What of a map is in it.
    pub fn of<'a, V>(&self, map: &'a BTreeMap<Name, V>) -> impl Iterator<Item = (&'a Name, &'a V)> {
        let after = self.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let upto = self.upto.as_ref().map_or(Bound::Unbounded, Bound::Included);
        // Bounds that cross would panic: a stranger can send such.
        let crossed =
            matches!((&self.after, &self.upto), (Some(after), Some(upto)) if after >= upto);
        (!crossed).then(|| map.range::<Name, _>((after, upto))).into_iter().flatten()
    }
}

/// What a node knows, by origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// The version up to which nothing of the origin is missing.
    pub known: BTreeMap<Name, u64>,
    /// Above that, the latest update that is held, if there is one: it need not be told again, though
    /// something before it may be missing.
    pub held: BTreeMap<Name, u64>,
    /// Origins that are being told anew, and up to which version of theirs removals were forgotten by
    /// who began it.
    pub anew: BTreeMap<Name, u64>,
    /// Which origins it speaks of: those in it that it doesn't name are not known at all.
    pub range: Range,
}

impl Digest {
    /// A digest of these and no others, with nothing held above.
    pub fn of(known: BTreeMap<Name, u64>) -> Digest {
        Digest { known, ..Digest::default() }
    }

    /// Up to which version nothing of an origin is missing; 0 for an unknown one.
    pub fn version(&self, origin: &Name) -> u64 {
        self.known.get(origin).copied().unwrap_or(0)
    }

    /// The latest version that is known of an origin, with or without something missing before it.
    pub fn latest(&self, origin: &Name) -> u64 {
        self.held.get(origin).copied().unwrap_or(0).max(self.version(origin))
    }

    /// A number that two nodes share if they know the same, and else almost never.
    pub fn hash(&self) -> u64 {
        let mut print = Fingerprint::new();
        for part in [&self.known, &self.held] {
            print.number(part.len() as u64);
            for (origin, version) in part {
                print.name(origin).number(*version);
            }
        }
        print.finish()[0]
    }

    /// Its size on the wire in bytes, about.
    pub fn wire_len(&self) -> usize {
        64 + VERSION_LEN * (self.known.len() + self.held.len() + self.anew.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_leaves_out_its_lower_end_alone() {
        let map: BTreeMap<Name, u64> = (1..=5).map(|n| (Name::Number(n), n)).collect();
        let name = |n| Some(Name::Number(n));
        let of = |after, upto| Range { after, upto }.of(&map).map(|(_, n)| *n).sum::<u64>();
        assert_eq!([of(None, None), of(name(2), None), of(name(2), name(4))], [15, 12, 7]);
        assert_eq!([of(name(4), name(2)), of(name(3), name(3))], [0, 0], "crossed");
        assert!(Range::after(name(2)).contains(&Name::Number(3)));
        assert!(!Range::after(name(2)).contains(&Name::Number(2)));
    }

    #[test]
    fn a_hash_tells_what_is_known_from_what_is_held() {
        let of = |known: u64, held: Option<u64>| {
            let held = held.map(|held| (Name::Number(1), held)).into_iter().collect();
            Digest { held, ..Digest::of([(Name::Number(1), known)].into()) }.hash()
        };
        assert_eq!(of(3, None), of(3, None));
        assert!(of(3, None) != of(4, None) && of(3, Some(9)) != of(3, None));
    }
}
