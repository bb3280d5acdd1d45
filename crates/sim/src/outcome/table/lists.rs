//! Where the bytes went, and what went wrong.

use super::WIDTH;
use super::grid::Grid;
use super::prose::{folded, plain};
use crate::outcome::{Checked, MissingDelivery, Outcome, Violation, bytes, count, fixed, seconds};

/// Examples that are shown of what is missing, and violations.
const SHOWN: usize = 5;

/// What was sent, by kind of message.
pub fn kinds(outcome: &Outcome) -> String {
    let mut grid = Grid::new(2, &["broadcast", "kind", "messages", "bytes", "share"]);
    for broadcast in &outcome.broadcasts {
        let all: u64 = broadcast.bytes_by_kind.values().map(|traffic| traffic.bytes).sum();
        for (kind, traffic) in &broadcast.bytes_by_kind {
            let share = traffic.bytes as f64 * 100.0 / all.max(1) as f64;
            let (label, kind) = (broadcast.label.clone(), kind.clone());
            let bytes = bytes(traffic.bytes as f64);
            grid.row([label, kind, count(traffic.messages), bytes, fixed(share, 1) + " %"]);
        }
    }
    grid.titled("sent, by kind of message")
}

/// What was dropped, by reason.
pub fn dropped(outcome: &Outcome) -> String {
    let mut grid = Grid::new(2, &["broadcast", "reason", "dropped"]);
    for broadcast in &outcome.broadcasts {
        for (reason, dropped) in &broadcast.dropped {
            grid.row([broadcast.label.clone(), reason.clone(), count(*dropped)]);
        }
    }
    grid.titled("dropped, by reason")
}

/// Which faults did something, and how often.
pub fn faults(outcome: &Outcome) -> String {
    if outcome.faults.is_empty() {
        return String::new();
    }
    let line = |fault: &crate::outcome::FaultOutcome| {
        let fired = if fault.fired == 0 { "never".into() } else { count(fault.fired) + "×" };
        let at = seconds(fault.at_ms / 1e3);
        let kind = plain(&fault.kind);
        let detail = folded(&fault.detail, 36, WIDTH);
        format!("  {at:>9}  {kind:<12}  {fired:>7}  {}", detail.trim_start())
    };
    let lines: String = outcome.faults.iter().map(line).map(ended).collect();
    format!("faults: when, what, how often it fired\n{lines}")
}

/// Why due deliveries are missing, with a few of them.
pub fn missing(outcome: &Outcome) -> String {
    let missing = &outcome.missing;
    if missing.total == 0 {
        return String::new();
    }
    let mut grid = Grid::new(1, &["reason", "deliveries"]);
    for (reason, times) in &missing.by_reason {
        grid.row([reason.clone(), count(*times)]);
    }
    let title = format!("missing: {} of {} due", count(missing.total), count(outcome.due()));
    let examples: String = missing.examples.iter().take(SHOWN).map(example).collect();
    grid.titled(&title) + &examples
}

fn example(of: &MissingDelivery) -> String {
    let MissingDelivery { message, node, published_ms, detail, .. } = of;
    let at = seconds(published_ms / 1e3);
    folded(&format!("e.g. {message}, published at {at}, at node {node}: {detail}"), 2, WIDTH)
}

/// What was checked, and what not.
pub fn checks(outcome: &Outcome) -> String {
    let said = |came_to, word: &str, why: &str| {
        let checks = outcome.checks_that(came_to);
        let said = format!("{word}: {}{why}", checks.join(", "));
        (!checks.is_empty()).then_some(said)
    };
    let parts = [
        said(Checked::Held, "held", ""),
        said(Checked::NotDue, "not asked", " (too little quiet at the end)"),
        said(Checked::Off, "off", ""),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("checks  {}\n", parts.join("; ")),
    }
}

/// What a checker found, each with the command that shows it again.
pub fn violations(outcome: &Outcome) -> String {
    let found = outcome.violations.len();
    if found == 0 {
        return String::new();
    }
    let shown: String = outcome.violations.iter().take(SHOWN).map(violation).collect();
    let more = found.saturating_sub(SHOWN);
    let more =
        if more == 0 { String::new() } else { format!("  and {} more\n", count(more as u64)) };
    format!("VIOLATIONS: {}\n{shown}{more}", count(found as u64))
}

fn violation(of: &Violation) -> String {
    let at = fixed(of.at_ns as f64 / 1e9, 6);
    let node = of.node.map(|node| format!(", node {node}")).unwrap_or_default();
    let what = folded(&format!("{} at {at} s{node}: {}", of.checker, of.detail), 2, WIDTH);
    format!("{what}    {}\n", plain(&of.replay))
}

fn ended(line: String) -> String {
    line.trim_end().to_string() + "\n"
}
