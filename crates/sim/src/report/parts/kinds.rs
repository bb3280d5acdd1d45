//! Where the bytes went.

use crate::outcome::{BroadcastOutcome, Outcome, Traffic, bytes, count};
use crate::report::figure::Figure;
use crate::report::grid::Grid;
use crate::report::plot::{About, Row, Rows};

const TITLE: &str = "Bytes by kind of message";

/// A bar for each kind of message, the heaviest first; nothing if nothing was sent.
pub fn figure(outcome: &Outcome) -> Option<Figure> {
    if outcome.broadcasts.iter().all(|broadcast| broadcast.bytes_by_kind.is_empty()) {
        return None;
    }
    let caption = "All that was sent over the whole run, lost messages included, without the \
                   transport's framing.";
    let groups = outcome.broadcasts.iter().map(|of| (of.label.clone(), rows(of)));
    let about = About { id: "kinds", title: TITLE, text: caption };
    let rows = Rows { about, groups: groups.collect() };
    Some(Figure { title: TITLE, svg: rows.svg(), table: table(outcome), caption: caption.into() })
}

fn rows(broadcast: &BroadcastOutcome) -> Vec<Row> {
    let all: u64 = broadcast.bytes_by_kind.values().map(|traffic| traffic.bytes).sum();
    let row = |(kind, traffic): (&String, &Traffic)| {
        let share = traffic.bytes as f64 * 100.0 / all.max(1) as f64;
        let text = format!("{} ({share:.1} %)", bytes(traffic.bytes as f64));
        Row { name: kind.clone(), value: traffic.bytes as f64, text }
    };
    let mut rows: Vec<Row> = broadcast.bytes_by_kind.iter().map(row).collect();
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    rows
}

fn table(outcome: &Outcome) -> Grid {
    let mut grid = Grid::new(["broadcast", "kind", "messages", "bytes"]).words(1);
    for broadcast in &outcome.broadcasts {
        for (kind, traffic) in &broadcast.bytes_by_kind {
            let (messages, bytes) = (count(traffic.messages), count(traffic.bytes));
            grid.row([broadcast.label.clone(), kind.clone(), messages, bytes]);
        }
    }
    grid
}
