//! Why a delivery is missing.

use rumormill_core::Duration;
use std::fmt;

/// A reason, with a node that shows it where there is one. It is written as what is known, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// So many copies came, and it took none.
    NotTaken(u32),
    /// Copies were sent to it that neither came nor were lost.
    UnderWay,
    /// Copies were sent to it and lost, that many to this, which was the most.
    Lost(&'static str, u32),
    /// Copies were sent to it and lost; it is not remembered to what.
    CopiesLost,
    /// A peer that has it could not send it to all its peers.
    Refused(usize, &'static str),
    /// A peer that has it tells all its peers, but its uplink is slow.
    Outbox(usize),
    /// A peer has it, could tell it on, and drew others.
    NotChosen(usize),
    /// The honest peers that have it got it over the last hop.
    HopLimit(usize),
    /// The honest peers that have it got it by repair, or need it no more.
    NotRepaired(usize),
    /// Of its peers only hostile ones have it.
    Censored(usize),
    /// Who has it is a peer only since so long after the publication.
    LinkedLate(usize, Duration),
    /// No peer has it.
    CutOff,
    /// Nobody has it who did not crash since the publication.
    Crashed,
    /// A peer has it, tells all its peers at once, and did not tell it.
    Unexplained(usize),
}

impl Reason {
    /// As a label: kebab-case, stable, fit for reports and JSON.
    pub fn label(self) -> &'static str {
        match self {
            Reason::NotTaken(_) => "not-taken",
            Reason::UnderWay => "under-way",
            Reason::Lost(label, _) | Reason::Refused(_, label) => label,
            Reason::CopiesLost => "copies-lost",
            Reason::Outbox(_) => "outbox",
            Reason::NotChosen(_) => "not-chosen",
            Reason::HopLimit(_) => "hop-limit",
            Reason::NotRepaired(_) => "not-repaired",
            Reason::Censored(_) => "censored",
            Reason::LinkedLate(..) | Reason::CutOff => "cut-off",
            Reason::Crashed => "crashed",
            Reason::Unexplained(_) => "unexplained",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Reason::NotTaken(1) => write!(f, "a copy came, and it did not take it"),
            Reason::NotTaken(copies) => write!(f, "{copies} copies came, and it took none"),
            Reason::UnderWay => write!(f, "what was sent to it had not come when the run ended"),
            Reason::Lost(why, times) => {
                write!(f, "all that was sent to it was lost, {times} × {why}")
            }
            Reason::CopiesLost => {
                write!(f, "all that was sent to it was lost, there was no room to note to what")
            }
            Reason::Refused(node, why) => {
                write!(f, "node {node} has it, and could not send it to all its peers: {why}")
            }
            Reason::Outbox(node) => {
                write!(f, "node {node} has it, and did not get it out over its slow uplink")
            }
            Reason::NotChosen(node) => write!(f, "node {node} has it, and told others"),
            Reason::HopLimit(node) => write!(f, "node {node} has it, over the last hop"),
            Reason::NotRepaired(node) => {
                write!(f, "node {node} has it or something newer by repair, which tells who asks")
            }
            Reason::Censored(node) => {
                write!(f, "of its peers only hostile ones have it, node {node} for one")
            }
            Reason::LinkedLate(node, late) => {
                write!(f, "node {node} has it, but linked to it {late:?} after the publication")
            }
            Reason::CutOff => write!(f, "nobody that is linked to it has it"),
            Reason::Crashed => write!(f, "all that had it have crashed since"),
            Reason::Unexplained(node) => {
                write!(f, "node {node} has it, tells all its peers, and did not tell it")
            }
        }
    }
}
