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
/// rising order, so that what was cut off never hides behind what was sent.
pub fn within_budget(
    mut news: Vec<Arc<Rumor>>,
    known: &Digest,
    budget_bytes: usize,
) -> Vec<Arc<Rumor>> {
    let mut behind: BTreeMap<Name, u64> = BTreeMap::new();
    for rumor in &news {
        let gap = rumor.version.saturating_sub(known.version(&rumor.origin));
        let most = behind.entry(rumor.origin.clone()).or_default();
        *most = gap.max(*most);
    }
    news.sort_by(|a, b| {
        let gaps = behind[&b.origin].cmp(&behind[&a.origin]);
        gaps.then_with(|| a.origin.cmp(&b.origin)).then_with(|| a.rank().cmp(&b.rank()))
    });
    let mut spent = 0;
    news.into_iter()
        .take_while(|rumor| {
            spent += rumor.wire_len();
            spent <= budget_bytes
        })
        .collect()
}
