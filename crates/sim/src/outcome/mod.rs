//! What came of a run: one document for scripts, people and the report.
//!
//! ```text
//!                      ┌─► json   one line, for scripts
//!   a run ──► Outcome ─┼─► table  for a terminal
//!                      └─► report::html  a page with plots
//! ```
//!
//! A run of one scenario has one [`BroadcastOutcome`]; a comparison has one for each contender, on the
//! same network and seed. The words:
//!
//! - *due* are the pairs of a message and an honest subscriber that lived from its publication to the
//!   end of the run; *delivered* are those of them that came true.
//! - a *copy* is a receipt of a payload, wanted or not. One a delivery is the least there can be.
//! - a *floor* is what no protocol can go below on this network; it stands beside what was measured.
//!
//! *Not promised:* `wall_seconds` and `peak_rss_bytes` are of the machine that ran it. All else is the
//! same for the same scenario and seed, wherever it runs.

mod broadcast;
mod figures;
mod loss;
pub(crate) mod rounding;
#[cfg(test)]
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;

pub use broadcast::{
    BroadcastOutcome, Busiest, Curves, Floors, Hops, Quantiles, Traffic, push_rounds,
};
pub(crate) use figures::{bytes, count, fixed, millis, percent, seconds};
pub use loss::{FaultOutcome, Missing, MissingDelivery, Violation};
pub use table::table;

use rounding::{micro, milli};
use serde::Serialize;
use std::collections::BTreeMap;

/// What came of a run, or of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// What the scenario calls itself.
    pub name: String,
    /// What all draws of the run came from.
    pub seed: u64,
    /// How many nodes there were.
    pub nodes: usize,
    /// Of the crate that ran it.
    pub version: String,
    /// What links did to what was sent over them.
    pub links: Links,
    /// Inputs handled.
    pub events: u64,
    /// How far the clock of the run came.
    #[serde(serialize_with = "milli")]
    pub simulated_seconds: f64,
    /// How long the event loop alone took.
    #[serde(serialize_with = "micro")]
    pub wall_seconds: f64,
    /// The most memory that the process held, where the system tells.
    pub peak_rss_bytes: Option<u64>,
    /// Of all that all nodes did, as 32 hexadecimal digits. Equal hashes, equal runs.
    pub hash: String,
    /// One for each contender, in the order in which they were named.
    pub broadcasts: Vec<BroadcastOutcome>,
    /// Each fault of the scenario, in its order.
    pub faults: Vec<FaultOutcome>,
    /// Each checker, and what it came to.
    pub checks: BTreeMap<String, Checked>,
    /// What a checker found. Empty if all invariants held.
    pub violations: Vec<Violation>,
    /// The due deliveries that never came, explained.
    pub missing: Missing,
    /// The scenario's text, for the report.
    #[serde(skip)]
    pub scenario: String,
}

/// What a checker came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// What it looks at held throughout.
    Held,
    /// It had nothing to say: of agreement, since the end was not quiet enough.
    NotDue,
    /// It was switched off.
    Off,
    /// It found something.
    Violated,
}

/// How links treat what is lost on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Links {
    /// Loss becomes delay, and order is kept.
    Stream,
    /// What is lost is lost; datagrams overtake each other and come twice.
    Datagram,
    /// Streams that each carry one request and its answer.
    Http,
}

impl Links {
    /// As it is called in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Links::Stream => "stream",
            Links::Datagram => "datagram",
            Links::Http => "http",
        }
    }
}

impl Outcome {
    /// The document as one line of JSON. Milliseconds have three digits after the point, ratios four.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and lists of them can always be written")
    }

    /// Inputs handled in a second of the event loop, if it took any time.
    pub fn events_per_second(&self) -> Option<f64> {
        (self.wall_seconds > 0.0).then(|| self.events as f64 / self.wall_seconds)
    }

    /// Due deliveries that never came, over all broadcasts.
    pub fn undelivered(&self) -> u64 {
        self.broadcasts.iter().map(|of| of.due.saturating_sub(of.delivered)).sum()
    }

    /// The checkers that came to that.
    pub(crate) fn checks_that(&self, came_to: Checked) -> Vec<&str> {
        let checks = self.checks.iter().filter(|(_, checked)| **checked == came_to);
        checks.map(|(name, _)| name.as_str()).collect()
    }

    /// Due deliveries over all broadcasts.
    pub fn due(&self) -> u64 {
        self.broadcasts.iter().map(|broadcast| broadcast.due).sum()
    }
}
