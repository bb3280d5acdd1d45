//! What the page is made of, from top to bottom.

mod copies;
mod faults;
mod headline;
mod kinds;
mod latency;
mod load;
mod losses;
mod propagation;
mod quantiles;
mod verdict;

use super::figure::Figure;
use crate::outcome::{BroadcastOutcome, Outcome};

pub use headline::{headline, note};
pub use verdict::{verdict, violations};

/// All plots that there is something to draw for.
pub fn figures(outcome: &Outcome) -> String {
    let figures: [Option<Figure>; 9] = [
        latency::figure(outcome),
        propagation::figure(outcome),
        copies::copies(outcome),
        copies::hops(outcome),
        kinds::figure(outcome),
        load::figure(outcome),
        losses::missing(outcome),
        losses::dropped(outcome),
        faults::figure(outcome),
    ];
    figures.iter().flatten().map(Figure::html).collect()
}

/// What is said of each broadcast, as a sentence of a caption; nothing where that would be a list.
fn each(outcome: &Outcome, say: impl Fn(&BroadcastOutcome) -> Option<String>) -> String {
    let broadcasts = &outcome.broadcasts;
    let said = broadcasts.iter().filter_map(|of| Some(format!("{}: {}", of.label, say(of)?)));
    let said: Vec<String> = said.collect();
    match said.len() {
        0 | 4.. => String::new(),
        _ => format!(" {}.", said.join("; ")),
    }
}

/// Heads of a table: what the first column is, and a column for each broadcast.
fn heads(outcome: &Outcome, first: &str) -> Vec<String> {
    let labels = outcome.broadcasts.iter().map(|broadcast| broadcast.label.clone());
    std::iter::once(first.to_string()).chain(labels).collect()
}
