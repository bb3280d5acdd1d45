//! What one node knows, in brief; and what it would tell another that knows less.
//!
//! Scuttlebutt's idea (van Renesse, Dumitriu, Gough, Thomas: *Efficient Reconciliation and Flow
//! Control for Anti-Entropy Protocols*, 2008): versions of one origin only rise, so one number for
//! each origin says what a node has of it.

use crate::Rumor;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::Name;

/// What a node knows, by origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// The version up to which nothing of the origin is missing.
    pub known: BTreeMap<Name, u64>,
    /// Above that, the latest update that is held, if there is one: it need not be told again, though
    /// something before it may be missing.
    pub held: BTreeMap<Name, u64>,
}

impl Digest {
    /// A digest of these, with nothing held above.
    pub fn of(known: BTreeMap<Name, u64>) -> Digest {
        Digest { known, held: BTreeMap::new() }
    }

    /// Whether that is beyond what is known: also version 0 of an origin that is not known at all.
    pub fn lacks(&self, rumor: &Rumor) -> bool {
        let beyond = self.known.get(&rumor.origin).is_none_or(|known| rumor.version > *known);
        beyond && self.held.get(&rumor.origin) != Some(&rumor.version)
    }

    /// Up to which version nothing of an origin is missing; 0 for an unknown one.
    pub fn version(&self, origin: &Name) -> u64 {
        self.known.get(origin).copied().unwrap_or(0)
    }

    /// The latest version that is known of an origin, with or without something missing before it.
    pub fn latest(&self, origin: &Name) -> u64 {
        self.held.get(origin).copied().unwrap_or(0).max(self.version(origin))
    }

    /// Its size on the wire in bytes, about.
    pub fn wire_len(&self) -> usize {
        16 + 16 * (self.known.len() + self.held.len())
    }
}

/// Cuts `news` to a budget: origins where the other is most behind first, each origin's updates in
/// rising order. Once one of an origin doesn't fit, no later one of it goes, so that what was cut off
/// never hides behind what was sent. The very first goes whatever its size: else nothing would ever
/// repair it, nor what comes after it.
pub fn within_budget(
    mut news: Vec<Arc<Rumor>>,
    known: &Digest,
    budget_bytes: usize,
) -> Vec<Arc<Rumor>> {
    let gaps = gaps(&news, known);
    news.sort_by(|a, b| {
        let most_behind = gaps[&b.origin].cmp(&gaps[&a.origin]);
        most_behind.then_with(|| a.origin.cmp(&b.origin)).then_with(|| a.rank().cmp(&b.rank()))
    });
    let (mut sent, mut spent, mut cut) = (Vec::new(), 0, None);
    for rumor in news {
        let fits = sent.is_empty() || spent + rumor.wire_len() <= budget_bytes;
        if !fits || cut.as_ref() == Some(&rumor.origin) {
            cut = Some(rumor.origin.clone());
            continue;
        }
        spent += rumor.wire_len();
        sent.push(rumor);
    }
    sent
}

/// How far the other is behind, by origin.
fn gaps(news: &[Arc<Rumor>], known: &Digest) -> BTreeMap<Name, u64> {
    let mut gaps: BTreeMap<Name, u64> = BTreeMap::new();
    for rumor in news {
        let gap = rumor.version.saturating_sub(known.version(&rumor.origin));
        let most = gaps.entry(rumor.origin.clone()).or_default();
        *most = gap.max(*most);
    }
    gaps
}
