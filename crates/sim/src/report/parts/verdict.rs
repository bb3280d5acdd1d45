//! What the run came to, in a sentence.

use crate::outcome::{Checked, Outcome, Violation, count, fixed};
use crate::report::escape::escape;

/// Violations, else missing deliveries, else that all is well.
pub fn verdict(outcome: &Outcome) -> String {
    let (class, word, text) = judge(outcome);
    format!("<p class=\"verdict {class}\"><b>{word}</b> <span>{}</span></p>\n", escape(&text))
}

fn judge(outcome: &Outcome) -> (&'static str, &'static str, String) {
    let (due, missing) = (outcome.due(), outcome.undelivered());
    match outcome.violations.len() {
        0 if due == 0 => ("warn", "Silence", "Nothing was due: nothing can be said.".into()),
        0 if missing == 0 => ("good", "All delivered", all(due) + &held(outcome)),
        0 => ("warn", "Missing", some(missing, due) + &held(outcome)),
        1 => ("bad", "Violated", "An invariant did not hold.".into()),
        n => ("bad", "Violated", format!("Invariants did not hold, {} times.", count(n as u64))),
    }
}

fn all(due: u64) -> String {
    format!("{} deliveries were due, and all came.", count(due))
}

fn some(missing: u64, due: u64) -> String {
    let (missing, due) = (count(missing), count(due));
    format!("{missing} of {due} due deliveries never came: see below.")
}

/// What was checked, where nothing was violated.
fn held(outcome: &Outcome) -> String {
    match outcome.checks_that(Checked::Held) {
        held if held.is_empty() => " No invariant was checked.".into(),
        held => format!(" No invariant was violated, of those checked: {}.", held.join(", ")),
    }
}

/// Each with its replay command; nothing if there is none.
pub fn violations(outcome: &Outcome) -> String {
    if outcome.violations.is_empty() {
        return String::new();
    }
    let found: String = outcome.violations.iter().map(violation).collect();
    format!("<section class=\"sheet\">\n<h2>Violations</h2>\n{found}</section>\n")
}

fn violation(of: &Violation) -> String {
    let at = fixed(of.at_ns as f64 / 1e9, 9);
    let node = of.node.map(|node| format!(", at node {node}")).unwrap_or_default();
    let (checker, detail, replay) = (escape(&of.checker), escape(&of.detail), escape(&of.replay));
    format!(
        "<p><b>{checker}</b> at {at} s{node}: {detail}. This shows it again:</p>\n\
         <pre><code>{replay}</code></pre>\n"
    )
}
