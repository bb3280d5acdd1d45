//! Who carried how much.

use super::quantiles;
use crate::outcome::{BroadcastOutcome, Outcome, bytes};
use crate::report::figure::Figure;
use crate::report::plot::{About, Line, Lines, Unit};

const TITLE: &str = "Load by node";

/// Bytes of nodes, from the idlest to the busiest; nothing if there is no curve.
pub fn figure(outcome: &Outcome) -> Option<Figure> {
    let loads = outcome.broadcasts.iter().flat_map(|of| &of.curves.load).map(|point| point.1);
    let max = loads.max()?;
    let unit = Unit::of_bytes(max as f64);
    let caption = caption(outcome);
    let name = format!("sent and received, {}", unit.name);
    let lines = Lines {
        about: About { id: "load", title: TITLE, text: &caption },
        names: ("nodes, from the idlest, %".into(), &name),
        lines: outcome.broadcasts.iter().map(|of| line(of, unit)).collect(),
        reference: None,
        top: None,
        may_be_logarithmic: false,
    };
    let curves: Vec<Vec<(f64, f64)>> = outcome.broadcasts.iter().map(turned).collect();
    let table = quantiles::table(outcome, "nodes", &curves, bytes);
    Some(Figure { title: TITLE, svg: lines.svg(), table, caption })
}

fn line(broadcast: &BroadcastOutcome, unit: Unit) -> Line {
    let point = |&(share, bytes): &(f64, u64)| (share * 100.0, bytes as f64 / unit.size);
    Line {
        name: broadcast.label.clone(),
        points: broadcast.curves.load.iter().map(point).collect(),
    }
}

/// Values first, as the table reads them.
fn turned(broadcast: &BroadcastOutcome) -> Vec<(f64, f64)> {
    broadcast.curves.load.iter().map(|&(share, bytes)| (bytes as f64, share)).collect()
}

fn caption(outcome: &Outcome) -> String {
    let text = "So many of the nodes carried at most so much. A flat line is a fair share; a steep end \
                is a few that carry for all.";
    let busiest = super::each(outcome, |of| {
        let busiest = of.busiest_node?;
        let all = bytes((busiest.bytes_received + busiest.bytes_sent) as f64);
        Some(format!("node {} carried most, {all}", busiest.node))
    });
    format!("{text}{busiest}")
}
