//! The outcome of a run as a page: one HTML file that needs nothing else, neither scripts nor fonts
//! nor a network.
//!
//! ```text
//!   Outcome ─► parts: a Figure each ─┐
//!                 │ plot: SVG        ├─► page ─► one file
//!                 └ table: the same  ┘
//! ```
//!
//! Each plot is drawn as static SVG and says all that it shows in a table below it. Nothing is told by
//! colour alone: lines differ in dashes and markers and carry their names, bars differ in patterns. So
//! the page can be printed, read aloud, and read in light and dark.
//!
//! What is in the outcome is text to the page, whatever it holds. The same outcome gives the same
//! bytes.

mod escape;
mod figure;
mod grid;
mod page;
mod parts;
mod plot;
pub mod sweep;
#[cfg(test)]
mod tests;

use crate::outcome::Outcome;

/// The report as an HTML document.
pub fn html(outcome: &Outcome) -> String {
    page::page(outcome)
}
