//! What went wrong, on purpose or not.

use super::rounding::milli;
use serde::Serialize;
use std::collections::BTreeMap;

/// What came of a fault of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FaultOutcome {
    /// As it is called in a scenario: `crash`.
    pub kind: String,
    /// When it was to happen, in milliseconds of the run.
    #[serde(serialize_with = "milli")]
    pub at_ms: f64,
    /// How often it did something. A fault that never fired has shown nothing.
    pub fired: u64,
    /// What it was, for people.
    pub detail: String,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Who found it.
    pub checker: String,
    /// When, in nanoseconds of the run.
    pub at_ns: u64,
    /// Where, if it is of one node.
    pub node: Option<usize>,
    /// What was wrong, for people.
    pub detail: String,
    /// The one command that shows it again.
    pub replay: String,
}

/// The due deliveries that never came.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Missing {
    /// How many.
    pub total: u64,
    /// How many for which reason. They add up to `total`.
    pub by_reason: BTreeMap<String, u64>,
    /// A few of them.
    pub examples: Vec<MissingDelivery>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MissingDelivery {
    /// Its id.
    pub message: String,
    /// Who should have it.
    pub node: usize,
    /// When it was published, in milliseconds of the run.
    #[serde(serialize_with = "milli")]
    pub published_ms: f64,
    /// Why it is missing: a key of [`Missing::by_reason`].
    pub reason: String,
    /// The same with what is known of this one, for people.
    pub detail: String,
}
