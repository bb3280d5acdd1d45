//! What did not arrive, and what was dropped.

use crate::outcome::{MissingDelivery, Outcome, count, seconds};
use crate::report::figure::Figure;
use crate::report::grid::Grid;
use crate::report::plot::{About, Row, Rows};
use std::collections::BTreeMap;

/// Why due deliveries are missing, with a few of them; nothing if none is.
pub fn missing(outcome: &Outcome) -> Option<Figure> {
    let missing = &outcome.missing;
    if missing.total == 0 {
        return None;
    }
    let (total, due) = (count(missing.total), count(outcome.due()));
    let caption =
        format!("{total} of {due} due deliveries never came: each, by what it was lost to.");
    let title = "Missing deliveries";
    let about = About { id: "missing", title, text: &caption };
    let groups = vec![(String::new(), rows(&missing.by_reason))];
    let svg = Rows { about, groups }.svg();
    Some(Figure { title, svg, table: examples(&missing.examples), caption })
}

fn examples(examples: &[MissingDelivery]) -> Grid {
    let mut grid =
        Grid::new(["message", "published", "node", "reason", "what is known"]).words(3).words(4);
    for MissingDelivery { message, node, published_ms, reason, detail } in examples {
        let (at, node) = (seconds(published_ms / 1e3), node.to_string());
        grid.row([message.clone(), at, node, reason.clone(), detail.clone()]);
    }
    grid
}

/// What was dropped, by reason; nothing if nothing was.
pub fn dropped(outcome: &Outcome) -> Option<Figure> {
    if outcome.broadcasts.iter().all(|of| of.dropped.values().all(|dropped| *dropped == 0)) {
        return None;
    }
    let title = "Dropped messages";
    let caption = "Messages that were given up, by reason. What is dropped at one place may still \
                   arrive another way.";
    let groups = outcome.broadcasts.iter().map(|of| (of.label.clone(), rows(&of.dropped)));
    let about = About { id: "dropped", title, text: caption };
    let svg = Rows { about, groups: groups.filter(|group| !group.1.is_empty()).collect() }.svg();
    Some(Figure { title, svg, table: dropped_table(outcome), caption: caption.into() })
}

fn dropped_table(outcome: &Outcome) -> Grid {
    let mut grid = Grid::new(["broadcast", "reason", "dropped"]).words(1);
    for broadcast in &outcome.broadcasts {
        for (reason, dropped) in &broadcast.dropped {
            grid.row([broadcast.label.clone(), reason.clone(), count(*dropped)]);
        }
    }
    grid
}

/// The most frequent first.
fn rows(by_reason: &BTreeMap<String, u64>) -> Vec<Row> {
    let row = |(reason, times): (&String, &u64)| Row {
        name: reason.clone(),
        value: *times as f64,
        text: count(*times),
    };
    let mut rows: Vec<Row> = by_reason.iter().map(row).collect();
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    rows
}
