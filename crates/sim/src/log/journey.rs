//! The way of one message through the network, put together from the lines of a log.
//!
//! A node's place in the tree is below who told it first. Further copies are counted where they came
//! to nothing: at who knew it already. What never arrived stands with who sent it.

use super::line::{Line, What};
use serde::Serialize;
use std::collections::BTreeMap;

/// The way of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Journey {
    /// The message's id.
    pub id: String,
    /// What its origin is called, if the log says it.
    pub origin: Option<u64>,
    /// Its version.
    pub version: Option<u64>,
    /// The register that it is of.
    pub register: Option<String>,
    /// The topic that it is of.
    pub topic: Option<String>,
    /// Who heard it, in the order in which they did; its publisher first.
    pub heard: Vec<Stop>,
    /// Copies that reached who knew it, or something newer.
    pub copies: u64,
    /// What was sent of it and came to nothing.
    pub wasted: Vec<Waste>,
    #[serde(skip)]
    place: BTreeMap<usize, usize>,
    /// What brought it, as far as it was not heard yet.
    #[serde(skip)]
    bringing: BTreeMap<usize, String>,
    /// Copies that came to who had not heard it: who knew something newer, or heard it later.
    #[serde(skip)]
    early: BTreeMap<usize, u64>,
}

/// A node that heard it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// The node.
    pub node: usize,
    /// Who told it; nothing: it published it.
    pub from: Option<usize>,
    /// When, in nanoseconds of the run.
    pub t: u64,
    /// The kind of message that brought it: `rumor`, or `delta` if it came by repair.
    pub by: Option<String>,
    /// Through how many nodes it went, its publisher included.
    pub hop: usize,
    /// How many more copies it received.
    pub copies: u64,
    /// How often it heard it anew: it had crashed and forgotten.
    pub again: u64,
}

/// A copy that came to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waste {
    /// Who sent it, or would have.
    pub from: usize,
    /// To whom; nothing: it was not sent at all.
    pub to: Option<usize>,
    /// When that was noticed, in nanoseconds of the run.
    pub t: u64,
    /// What became of it: `lost` or `dropped`.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Journey {
    /// Of that message.
    pub fn new(id: &str) -> Journey {
        Journey { id: id.into(), ..Journey::default() }
    }

    /// Adds a line of the log. Those that are not about the message change nothing.
    pub fn add(&mut self, line: &Line<'_>) {
        if !line.is_about(&self.id) {
            return;
        }
        if line.id.is_some() {
            self.describe(line);
        }
        let Some(node) = line.node else { return };
        match (line.what, line.kind.as_ref()) {
            (What::Input, kind) => self.brought(node, kind),
            (What::Event, "published" | "arrived" | "learned") => self.hear(node, line),
            (What::Event, "duplicate" | "stale") => self.copy(node),
            (What::Lost, _) => self.waste(line.from.unwrap_or(node), line.to, line),
            (What::Dropped, _) => self.waste(node, None, line),
            _ => {}
        }
    }

    /// Where a node is in the list of those who heard it.
    pub(super) fn place(&self, node: usize) -> Option<usize> {
        self.place.get(&node).copied()
    }

    /// What the message is: the first line that says it counts.
    fn describe(&mut self, line: &Line<'_>) {
        let text =
            |text: &Option<std::borrow::Cow<'_, str>>| text.as_ref().map(|it| it.to_string());
        self.origin = self.origin.or(line.origin);
        self.version = self.version.or(line.version);
        self.register = self.register.take().or_else(|| text(&line.register));
        self.topic = self.topic.take().or_else(|| text(&line.topic));
    }

    fn brought(&mut self, node: usize, kind: &str) {
        if self.place(node).is_none() {
            self.bringing.insert(node, kind.into());
        }
    }

    fn hear(&mut self, node: usize, line: &Line<'_>) {
        if let Some(place) = self.place(node) {
            self.heard[place].again += 1;
            return;
        }
        let from = line.from.filter(|from| *from != node);
        let told_at = from.and_then(|from| self.place(from));
        let hop = told_at.map_or(0, |place| self.heard[place].hop) + usize::from(from.is_some());
        let by = self.bringing.remove(&node).filter(|_| from.is_some());
        let copies = self.early.remove(&node).unwrap_or_default();
        self.place.insert(node, self.heard.len());
        self.heard.push(Stop { node, from, t: line.t, by, hop, copies, again: 0 });
    }

    fn copy(&mut self, node: usize) {
        self.copies += 1;
        match self.place(node) {
            Some(place) => self.heard[place].copies += 1,
            None => *self.early.entry(node).or_default() += 1,
        }
    }

    fn waste(&mut self, from: usize, to: Option<usize>, line: &Line<'_>) {
        let why = line.why.as_deref().unwrap_or_default().into();
        self.wasted.push(Waste { from, to, t: line.t, what: line.what.word().into(), why });
    }
}
