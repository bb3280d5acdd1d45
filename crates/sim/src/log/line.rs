//! What stands in a line.

use crate::engine::At;
use rumormill_core::Time;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The first line: which run it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format: [`FORMAT`](super::FORMAT).
    #[serde(rename = "rumormill_log")]
    pub format: u64,
    /// Of the crate that wrote it.
    pub version: String,
    /// What the scenario calls itself.
    pub name: String,
    /// What all draws of the run came from.
    pub seed: u64,
    /// How many nodes there were at the start.
    pub nodes: usize,
    /// What node 0 is called: origins are called by numbers from here on.
    pub base: u64,
    /// The command that runs it again.
    pub command: String,
}

/// What a line is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The node is told something.
    #[default]
    Input,
    /// The node tells the layer above.
    Event,
    /// A message leaves the node: a send, a request or an answer.
    Sent,
    /// A message did not arrive. The node is where that was noticed.
    Lost,
    /// A message was not sent at all.
    Dropped,
    /// Something was done to the network from outside.
    Fault,
}

impl What {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            What::Input => "input",
            What::Event => "event",
            What::Sent => "sent",
            What::Lost => "lost",
            What::Dropped => "dropped",
            What::Fault => "fault",
        }
    }
}

/// A line of a log, but for the first. Its keys are written in this order; those without a value are
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<'a> {
    /// When, in nanoseconds of the run.
    pub t: u64,
    /// To which node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<usize>,
    /// What it is of.
    pub what: What,
    /// Of which kind: that of the message if it is of one (`rumor`, `digest`), else a word for the
    /// input, the event or the fault (`timer`, `learned`, `crash`).
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// Whose timer, write or request it is, where nothing else says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<Cow<'a, str>>,
    /// Who sent it; of an event, who sent what the node was handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// To whom it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
    /// The rumor that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// The rumors in the message, where there can be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<Cow<'a, str>>,
    /// What the rumor's origin is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<u64>,
    /// The rumor's version, or another that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The key of the register that the rumor is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<Cow<'a, str>>,
    /// The topic that the rumor is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Cow<'a, str>>,
    /// How many more hops the message may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u8>,
    /// The size of what was sent, without the transport's framing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Cow<'a, str>>,
}

impl<'a> Line<'a> {
    /// One that says nothing more.
    pub fn new(time: Time, what: What, kind: &'a str) -> Line<'a> {
        Line { t: time.as_nanos(), what, kind: kind.into(), ..Line::default() }
    }

    /// Whether it is about that rumor, among others perhaps.
    pub fn is_about(&self, id: &str) -> bool {
        self.all_ids().any(|other| other == id)
    }

    /// All rumors that it is about.
    pub fn all_ids(&self) -> impl Iterator<Item = &str> {
        self.id.iter().chain(&self.ids).map(AsRef::as_ref)
    }

    /// Whether it says that a node published something.
    pub fn is_publication(&self) -> bool {
        let is_own = || self.kind == "learned" && self.from.is_none();
        self.what == What::Event && (self.kind == "published" || is_own())
    }
}

/// One of something that happens to a node.
pub(super) fn at(at: &At, what: What) -> Line<'static> {
    Line { node: Some(at.node), ..Line::new(at.time, what, "") }
}

/// Who caused it, if it was another node.
pub(super) fn cause(at: &At) -> Option<usize> {
    (at.source != at.node && at.source != At::OUTSIDE).then_some(at.source)
}
