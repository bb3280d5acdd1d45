//! What was done, counted over all nodes and by node.

use crate::model::Lost;
use rumormill_core::Why;
use std::collections::BTreeMap;

/// Counts over all nodes since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Inputs handled.
    pub inputs: u64,
    /// What gave way to something newer in an outbox.
    pub evicted: u64,
    /// Second copies of datagrams that got through.
    pub doubled: u64,
    /// Attempts over streams that were lost and made again.
    pub retransmitted: u64,
    /// What hostile nodes were to send, and kept back.
    pub withheld: u64,
    /// What came while a slow node was busy, and waited.
    pub postponed: u64,
    /// What else arrived when its link, or its receiver, was gone.
    pub stray: u64,
    sent: Vec<(&'static str, Traffic)>,
    lost: [u64; Lost::ALL.len()],
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

/// What one node has sent and received: messages, requests and answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// What left it.
    pub sent: Traffic,
    /// What reached it.
    pub received: Traffic,
}

impl Traffic {
    pub(crate) fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes as u64;
    }
}

impl Counters {
    /// How many sends were dropped at once for that reason.
    pub fn dropped(&self, why: Why) -> u64 {
        self.dropped[why as usize]
    }

    /// How many transmissions did not arrive, for that reason: attempts over streams not counted, and
    /// not what ended with its connection.
    pub fn lost(&self, why: Lost) -> u64 {
        self.lost[why as usize]
    }

    /// What was sent, by kind of message: requests and answers included, lost ones included, copies
    /// and what never left an outbox not.
    pub fn sent(&self) -> BTreeMap<&'static str, Traffic> {
        self.sent.iter().copied().collect()
    }

    /// What was sent of one kind.
    pub fn sent_of(&self, kind: &str) -> Traffic {
        let found = self.sent.iter().find(|(other, _)| *other == kind);
        found.map(|(_, traffic)| *traffic).unwrap_or_default()
    }

    /// All messages and bytes sent.
    pub fn total(&self) -> Traffic {
        self.sent.iter().fold(Traffic::default(), |sum, (_, one)| Traffic {
            messages: sum.messages + one.messages,
            bytes: sum.bytes + one.bytes,
        })
    }

    pub(crate) fn count_sent(&mut self, kind: &'static str, bytes: usize) {
        // Kinds are few and literals: mostly the very same text is found.
        let same = |other: &str| std::ptr::eq(other, kind) || other == kind;
        match self.sent.iter_mut().find(|(other, _)| same(other)) {
            Some((_, traffic)) => traffic.add(bytes),
            None => self.sent.push((kind, Traffic { messages: 1, bytes: bytes as u64 })),
        }
    }

    pub(crate) fn count_dropped(&mut self, why: Why) {
        self.dropped[why as usize] += 1;
    }

    pub(crate) fn count_lost(&mut self, why: Lost) {
        self.lost[why as usize] += 1;
    }
}
