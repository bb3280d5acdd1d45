//! Reasons. Nothing is dropped, refused or closed without one of these.

use core::fmt;

/// Why something was not sent, not answered, not dialled, or was closed.
///
/// One list for all, so that counters, receipts and logs use the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Why {
    /// No link to that peer may send (it never came up, or is gone).
    NotLinked,
    /// The peer's outbox has no room for this class of message.
    Full,
    /// The message is larger than the outbox or the transport can ever take.
    TooLarge,
    /// The peer doesn't keep up with what it must be told; its link is closed.
    Slow,
    /// The other side said no, or gave no answer before its own deadline.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The other side doesn't speak this protocol, or this network.
    Unsupported,
    /// The asker no longer wants it.
    Cancelled,
    /// It did not decode, or broke the protocol's rules.
    Malformed,
    /// Nobody listens there, or the way there is broken.
    Unreachable,
    /// Somebody answered there, but not the one we looked for.
    NotThem,
    /// It leads back to ourselves.
    Ourselves,
    /// The other side, or the driver, closed the link.
    Closed,
    /// A bound on the asker's or everybody's share was reached.
    Overloaded,
    /// The machine that asked wants no more of this peer.
    Unwanted,
    /// It could not be made durable: the disk failed.
    NotStored,
}

impl Why {
    /// Every reason, in order of its discriminant: counters are arrays over this.
    pub const ALL: [Why; 16] = [
        Why::NotLinked,
        Why::Full,
        Why::TooLarge,
        Why::Slow,
        Why::Refused,
        Why::TimedOut,
        Why::Unsupported,
        Why::Cancelled,
        Why::Malformed,
        Why::Unreachable,
        Why::NotThem,
        Why::Ourselves,
        Why::Closed,
        Why::Overloaded,
        Why::Unwanted,
        Why::NotStored,
    ];

    /// The reason as a label: kebab-case, stable, fit for metrics and JSON.
    pub const fn label(self) -> &'static str {
        match self {
            Why::NotLinked => "not-linked",
            Why::Full => "full",
            Why::TooLarge => "too-large",
            Why::Slow => "slow",
            Why::Refused => "refused",
            Why::TimedOut => "timed-out",
            Why::Unsupported => "unsupported",
            Why::Cancelled => "cancelled",
            Why::Malformed => "malformed",
            Why::Unreachable => "unreachable",
            Why::NotThem => "not-them",
            Why::Ourselves => "ourselves",
            Why::Closed => "closed",
            Why::Overloaded => "overloaded",
            Why::Unwanted => "unwanted",
            Why::NotStored => "not-stored",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl core::error::Error for Why {}

/// How a peer or link went. A peer evicted from a view is not a failed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gone {
    /// It said goodbye, or we did, in good order.
    Left,
    /// It broke: the link died, a request found nobody, a probe stayed unanswered.
    Failed(Why),
    /// It is fine, but its place was given to another.
    Evicted,
}

/// A judgement on a message, by a signature check or by the application above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Good: remember it, hand it on.
    Accept,
    /// Bad: don't hand it on, and hold it against whoever sent it.
    Reject,
    /// Of no use here: don't hand it on, blame nobody.
    Ignore,
}
