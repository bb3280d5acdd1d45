//! What was done, counted over all nodes.

use rumormill_core::Why;
use std::collections::BTreeMap;

/// Counts over all nodes since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Inputs handled.
    pub inputs: u64,
    /// What was sent, by kind of message: requests and answers included, lost ones included, copies
    /// and what never left an outbox not.
    pub sent: BTreeMap<&'static str, Traffic>,
    /// What gave way to something newer in an outbox.
    pub evicted: u64,
    /// Transmissions lost on the way: by chance (over streams, the attempts), by a cut, at deaf ears.
    pub lost: u64,
    /// Second copies of datagrams that got through.
    pub doubled: u64,
    /// What arrived when its link, or its receiver, was gone.
    pub stray: u64,
    dropped: [u64; Why::ALL.len()],
}

/// How much of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many messages.
    pub messages: u64,
    /// How many bytes, without the transport's framing.
    pub bytes: u64,
}

impl Counters {
    /// How many sends were dropped at once for that reason.
    pub fn dropped(&self, why: Why) -> u64 {
        self.dropped[why as usize]
    }

    /// All messages and bytes sent.
    pub fn total(&self) -> Traffic {
        self.sent.values().fold(Traffic::default(), |sum, one| Traffic {
            messages: sum.messages + one.messages,
            bytes: sum.bytes + one.bytes,
        })
    }

    pub(crate) fn count_sent(&mut self, kind: &'static str, bytes: usize) {
        let traffic = self.sent.entry(kind).or_default();
        traffic.messages += 1;
        traffic.bytes += bytes as u64;
    }

    pub(crate) fn count_dropped(&mut self, why: Why) {
        self.dropped[why as usize] += 1;
    }
}
