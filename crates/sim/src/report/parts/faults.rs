//! When the network was hurt.

use crate::outcome::{FaultOutcome, Outcome, Violation, count, seconds};
use crate::report::figure::Figure;
use crate::report::grid::Grid;
use crate::report::plot::{About, Lane, Lanes};

const TITLE: &str = "Faults";

/// A lane for each kind of fault, and one for violations; nothing if there were neither.
pub fn figure(outcome: &Outcome) -> Option<Figure> {
    let lanes: Vec<Lane> = kinds(&outcome.faults).into_iter().chain(violations(outcome)).collect();
    if lanes.is_empty() {
        return None;
    }
    let caption = caption(outcome);
    let about = About { id: "faults", title: TITLE, text: &caption };
    let svg = Lanes { about, seconds: outcome.simulated_seconds, lanes }.svg();
    Some(Figure { title: TITLE, svg, table: table(&outcome.faults), caption })
}

/// Kinds in the order in which the scenario has them.
fn kinds(faults: &[FaultOutcome]) -> Vec<Lane> {
    let mut names: Vec<&str> = Vec::new();
    for fault in faults {
        if !names.contains(&&fault.kind[..]) {
            names.push(&fault.kind);
        }
    }
    names.into_iter().map(|name| kind(name, faults)).collect()
}

fn kind(name: &str, faults: &[FaultOutcome]) -> Lane {
    let of_kind = || faults.iter().filter(|fault| fault.kind == name);
    let moments = of_kind().map(|fault| (fault.at_ms / 1e3, fault.fired > 0)).collect();
    let text = times(of_kind().map(|fault| fault.fired).sum());
    Lane { name: name.into(), moments, text, is_bad: false }
}

fn violations(outcome: &Outcome) -> Option<Lane> {
    let when = |of: &Violation| (of.at_ns as f64 / 1e9, true);
    let moments: Vec<_> = outcome.violations.iter().map(when).collect();
    let text = count(moments.len() as u64);
    let name = "violation".into();
    (!moments.is_empty()).then_some(Lane { name, moments, text, is_bad: true })
}

fn times(fired: u64) -> String {
    if fired == 0 { "never".into() } else { format!("{}×", count(fired)) }
}

fn table(faults: &[FaultOutcome]) -> Grid {
    let mut grid = Grid::new(["fault", "at", "fired", "what"]).words(3);
    for fault in faults {
        let at = seconds(fault.at_ms / 1e3);
        grid.row([fault.kind.clone(), at, count(fault.fired), fault.detail.clone()]);
    }
    grid
}

fn caption(outcome: &Outcome) -> String {
    let never = outcome.faults.iter().filter(|fault| fault.fired == 0).count();
    let faults = "When each fault of the scenario was to happen, and how often it did something.";
    let hollow = " A hollow mark is one that never did: it has shown nothing.";
    let bad = " A cross is a violation.";
    let hollow = if never > 0 { hollow } else { "" };
    format!("{faults}{hollow}{}", if outcome.violations.is_empty() { "" } else { bad })
}
