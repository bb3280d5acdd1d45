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

/// For each origin the version up to which everything of it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest(pub BTreeMap<Name, u64>);

impl Digest {
    /// Whether that is beyond what is known: also version 0 of an origin that is not known at all.
    pub fn lacks(&self, rumor: &Rumor) -> bool {
        self.0.get(&rumor.origin).is_none_or(|known| rumor.version > *known)
    }

    /// What is known of an origin; 0 for an unknown one.
    pub fn version(&self, origin: &Name) -> u64 {
        self.0.get(origin).copied().unwrap_or(0)
    }

    /// Its size on the wire in bytes, about.
    pub fn wire_len(&self) -> usize {
        16 + 16 * self.0.len()
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
