//! What came of a sweep: one scenario over a grid of settings, a run for each point of it.
//!
//! ```text
//!   axes ─► grid: a run each ─► Figures ─┬─► csv    a row a run, for other programs
//!                                        └─► points ─► html  a page: verdict, front, heat maps, table
//! ```
//!
//! A *point* is a run; or where an axis is `seed`, all runs that differ in their seed alone, of which it
//! has the medians. A point is on the *front* if no other has both a lower p99 latency and fewer bytes per
//! delivery (Pareto): who is on it pays for the one with the other, who is not pays for nothing.
//!
//! Nothing here is of the machine: the same sweep gives the same bytes, wherever and in whatever order its
//! runs were done.
//!
//! *Not promised:* that the front is that of the protocol. It is that of the points that were tried.

mod axes;
mod csv;
mod figures;
mod front;
mod page;
mod plots;
mod points;
mod tables;
#[cfg(test)]
mod tests;
mod verdict;

pub use axes::{Axes, Axis};
pub use csv::csv;
pub use figures::Figures;
pub use front::front;
pub use page::html;
pub use points::{Point, SEED, points};

/// A sweep of which all runs are done.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What the scenario calls itself.
    pub name: String,
    /// Of the crate that ran it.
    pub version: String,
    /// The scenario's text.
    pub scenario: String,
    /// What was varied.
    pub axes: Axes,
    /// What came of each run, in the order of the grid.
    pub runs: Vec<Figures>,
    /// The runs that broke a promise or could not be done; of many the first few.
    pub troubles: Vec<Trouble>,
}

/// A run that broke a promise, or that could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which.
    pub run: usize,
    /// What was wrong, for people.
    pub what: String,
    /// The one command that shows it again.
    pub command: String,
}
