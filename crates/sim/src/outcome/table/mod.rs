//! The document for a terminal: plain text, at most 100 columns wide, except that a command to copy
//! is never folded.

mod grid;
mod headline;
mod lists;
mod prose;

use super::Outcome;

/// How wide it may be, in columns.
const WIDTH: usize = 100;

/// What `sim run` prints: of each outcome a headline with the floors, then where the bytes went, what
/// was dropped, what the faults did, what is missing and what was violated. Parts without content are
/// left out.
pub fn table(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(whole).collect::<Vec<_>>().join("\n")
}

fn whole(outcome: &Outcome) -> String {
    let parts = [
        headline::about(outcome),
        headline::broadcasts(outcome),
        lists::kinds(outcome),
        lists::dropped(outcome),
        lists::faults(outcome),
        lists::missing(outcome),
        lists::checks(outcome),
        lists::violations(outcome),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}
