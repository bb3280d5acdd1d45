//! What went through a driver, and what did not.

use rumormill_core::{Class, Message, Why};
use std::collections::BTreeMap;

/// Sums since the driver's start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// What was handed to the transport, by kind of message.
    pub sent: BTreeMap<&'static str, Traffic>,
    /// What arrived, by kind of message.
    pub received: BTreeMap<&'static str, Traffic>,
    /// What came to nothing, by what it was and why.
    pub dropped: BTreeMap<(Dropped, Why), u64>,
    /// Queued forwards and lazy gossip that gave way to newer messages.
    pub evicted: u64,
    /// Inputs that the machine was given.
    pub inputs: u64,
    /// Turns of the loop.
    pub turns: u64,
    /// Timers that fired.
    pub timers: u64,
    /// Signatures judged good, and not.
    pub verified: [u64; 2],
}

/// Messages and their bytes on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many.
    pub messages: u64,
    /// Their bytes, without the transport's framing.
    pub bytes: u64,
}

/// What can come to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dropped {
    /// A message of [`Class::Control`].
    Control,
    /// A message of [`Class::Own`].
    Own,
    /// A message of [`Class::Forward`].
    Forward,
    /// A message of [`Class::Lazy`].
    Lazy,
    /// A message of [`Class::Digest`].
    Digest,
    /// A request of ours.
    Request,
    /// An answer of ours that nobody waited for, or that we owed.
    Reply,
    /// A frame that arrived.
    Arrived,
    /// A signature to check.
    Verify,
    /// A durable write.
    Write,
    /// A dial of ours.
    Dial,
    /// A link.
    Link,
}

impl Dropped {
    /// The word for it: kebab-case, stable, fit for metrics and JSON.
    pub const fn label(self) -> &'static str {
        match self {
            Dropped::Control => "control",
            Dropped::Own => "own",
            Dropped::Forward => "forward",
            Dropped::Lazy => "lazy",
            Dropped::Digest => "digest",
            Dropped::Request => "request",
            Dropped::Reply => "reply",
            Dropped::Arrived => "arrived",
            Dropped::Verify => "verify",
            Dropped::Write => "write",
            Dropped::Dial => "dial",
            Dropped::Link => "link",
        }
    }

    /// A queued message of that class.
    pub fn of_class<T>(class: &Class<T>) -> Dropped {
        match class {
            Class::Control => Dropped::Control,
            Class::Own(_) => Dropped::Own,
            Class::Forward => Dropped::Forward,
            Class::Lazy => Dropped::Lazy,
            Class::Digest(_) => Dropped::Digest,
        }
    }
}

impl Counters {
    pub(super) fn sent<M: Message>(&mut self, message: &M) {
        add(&mut self.sent, message);
    }

    pub(super) fn received<M: Message>(&mut self, message: &M) {
        add(&mut self.received, message);
    }

    pub(super) fn dropped(&mut self, what: Dropped, why: Why) {
        self.dropped_many(what, why, 1);
    }

    pub(super) fn dropped_many(&mut self, what: Dropped, why: Why, count: u64) {
        *self.dropped.entry((what, why)).or_default() += count;
    }
}

fn add<M: Message>(traffic: &mut BTreeMap<&'static str, Traffic>, message: &M) {
    let traffic = traffic.entry(message.kind()).or_default();
    traffic.messages += 1;
    traffic.bytes += message.wire_len() as u64;
}
