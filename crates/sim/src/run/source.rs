//! Where actions come from.

use super::stage::Stage;
use crate::outcome::FaultOutcome;
use rumormill_core::Time;

/// A workload or a fault: something that acts on the network now and then.
pub(super) trait Source {
    /// When it acts next; nothing, if never again.
    fn next(&self) -> Option<Time>;

    /// It is that time.
    fn act(&mut self, stage: &mut Stage<'_>);

    /// A node started, again perhaps.
    fn started(&mut self, node: usize, at: Time) {
        let _ = (node, at);
    }

    /// What came of it, if it is a fault.
    fn outcome(&self, stage: &Stage<'_>) -> Option<FaultOutcome> {
        let _ = stage;
        None
    }
}
